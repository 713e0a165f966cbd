"""The one word for the state of a recording in a row."""

from __future__ import annotations

from dataclasses import dataclass

from recviewer.catalog.models import Recording
from recviewer.exchange.text import Outcome
from recviewer.pages.text.classes import STATES


@dataclass(frozen=True, slots=True)
class StateWord:
    """The word for a state. glyph: of the sprite; tone: good, bad, warn, or none."""

    glyph: str
    tone: str
    word: str
    title: str


_VERDICTS = {
    state: StateWord(look.glyph, look.tone, look.title, look.words or look.title)
    for state, look in STATES.items()
    if state in ("approved", "rejected", "delete")
}
_OUTCOMES = {
    "unreadable": StateWord("error", "bad", "unreadable", "the file cannot be read"),
    "failed": StateWord("error", "bad", "failed", "the answer ended with a failure"),
    "filtered": StateWord("warn", "warn", "filtered", "a filter stopped the answer"),
    "refused": StateWord("warn", "warn", "refused", "the model refused to answer"),
    "unfinished": StateWord("warn", "warn", "no end", "the answer had not ended"),
    "truncated": StateWord("warn", "warn", "cut off", "the answer ended at a limit"),
    "paused": StateWord("warn", "warn", "paused", "the turn was paused and is to go on"),
    "odd_end": StateWord("warn", "warn", "unknown end", "recviewer does not know its finish reason"),
    "empty": StateWord("warn", "warn", "empty", "the answer says nothing"),
}
LOST = "replay cannot find it"
_REPLAY = {
    "older": StateWord("warn", "warn", LOST, "named by an older rule: replay looks for another name"),
    "edited": StateWord("warn", "warn", LOST, "changed after it was named: replay looks for another name"),
    "unknown": StateWord("warn", "warn", LOST, "no rule that is known gives its name"),
}


def state_of_end(outcome: Outcome | None) -> StateWord | None:
    """Return the word for an outcome that is not a good one; None for none."""
    return _OUTCOMES[outcome] if outcome else None


def verdict_of(standing: object) -> StateWord | None:
    """Return the word for a decision; None if there is none."""
    return _VERDICTS.get(str(getattr(standing, "state", standing or "")))


def state_of(recording: Recording, standing: object) -> StateWord | None:
    """Return the most important state of a recording: a verdict, else an error, else an oddity; None if nothing."""
    verdict = verdict_of(standing)
    if verdict is not None:
        return verdict
    if recording.outcome == "error":
        word = f"error {recording.error_status}" if recording.error_status else "error"
        return StateWord("error", "bad", word, "a failure recorded as the answer")
    return _OUTCOMES.get(recording.outcome) or _REPLAY.get(recording.replay)
