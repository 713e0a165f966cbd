"""The one word that a row says of its recording."""

from __future__ import annotations

from dataclasses import dataclass

from recviewer.catalog.models import Recording
from recviewer.exchange.text import Outcome


@dataclass(frozen=True, slots=True)
class State:
    """The one word a row says of itself. glyph: of the sprite; tone: good, bad, warn, or none."""

    glyph: str
    tone: str
    word: str
    title: str


_VERDICTS = {
    "approved": State("ok", "good", "approved", "approved"),
    "rejected": State("redo", "bad", "re-record", "to be recorded again"),
    "delete": State("cross", "warn", "delete", "marked for deletion"),
}
_OUTCOMES = {
    "unreadable": State("error", "bad", "unreadable", "the file cannot be read"),
    "failed": State("error", "bad", "failed", "the answer ended with a failure"),
    "filtered": State("warn", "warn", "filtered", "a filter stopped the answer"),
    "refused": State("warn", "warn", "refused", "the model refused to answer"),
    "unfinished": State("warn", "warn", "no end", "the answer had not ended"),
    "truncated": State("warn", "warn", "cut off", "the answer ended at a limit"),
    "paused": State("warn", "warn", "paused", "the turn was paused and is to go on"),
    "odd_end": State("warn", "warn", "unknown end", "nobody has described its finish reason"),
    "empty": State("warn", "warn", "empty", "the answer says nothing"),
}
_REPLAY = {
    "older": State("warn", "warn", "older rule", "named by an older rule: replay looks for another name"),
    "edited": State("warn", "warn", "edited", "changed after it was named: replay looks for another name"),
}


def state_of_end(outcome: Outcome | None) -> State | None:
    """Return the word for an end that is no good one; None for none."""
    return _OUTCOMES[outcome] if outcome else None


def state_of(recording: Recording, standing: object) -> State | None:
    """Return what matters most of a recording: a verdict, else an error, else what is odd about it; None if nothing."""
    verdict = _VERDICTS.get(str(getattr(standing, "state", standing or "")))
    if verdict is not None:
        return verdict
    if recording.outcome == "error":
        word = f"error {recording.error_status}" if recording.error_status else "error"
        return State("error", "bad", word, "a failure recorded as the answer")
    return _OUTCOMES.get(recording.outcome) or _REPLAY.get(recording.replay)
