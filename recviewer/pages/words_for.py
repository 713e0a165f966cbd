"""How the values of the catalog are called on pages."""

from __future__ import annotations

from dataclasses import dataclass

from recviewer.catalog.models import Recording

KIND_WORDS = {
    "chat": "chat",
    "completion": "completion",
    "ollama_generate": "ollama generate",
    "ollama_chat": "ollama chat",
    "genai": "genai",
    "anthropic": "anthropic",
    "interactions": "interactions",
    "embeddings": "embeddings",
    "models": "model list",
    "ollama_ps": "process list",
    "ollama_pull": "model pull",
    "rerank": "rerank",
    "tool": "tool",
    "file_processor": "file processor",
    "exception": "exception",
    "http_error": "http error",
    "unknown": "unknown",
    "unreadable": "unreadable",
}

REPLAY_WORDS = {
    "current": "current rule",
    "older": "older rule",
    "edited": "edited after",
    "unknown": "unknown",
    "unverifiable": "not verifiable",
}

OUTCOME_WORDS = {
    "answer": "answer",
    "call": "tool call",
    "listing": "listing",
    "error": "error",
    "truncated": "cut off by length",
    "unfinished": "without finish",
    "empty": "empty",
    "unreadable": "unreadable",
}


VERDICT_WORDS = {"undecided": "undecided", "approved": "approved", "rejected": "re-record", "delete": "delete"}


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
    "unfinished": State("warn", "warn", "no finish", "the stream ended without a finish reason"),
    "truncated": State("warn", "warn", "cut off", "the answer ended at the token limit"),
    "empty": State("warn", "warn", "empty", "the answer says nothing"),
}
_REPLAY = {
    "older": State("warn", "warn", "older rule", "named by an older rule: replay looks for another name"),
    "edited": State("warn", "warn", "edited", "changed after it was named: replay looks for another name"),
}


def state_of(recording: Recording, standing: object) -> State | None:
    """Return what matters most of a recording: a verdict, else an error, else what is odd about it; None if nothing."""
    verdict = _VERDICTS.get(str(getattr(standing, "state", standing or "")))
    if verdict is not None:
        return verdict
    if recording.outcome == "error":
        word = f"error {recording.error_status}" if recording.error_status else "error"
        return State("error", "bad", word, "a failure recorded as the answer")
    return _OUTCOMES.get(recording.outcome) or _REPLAY.get(recording.replay)
