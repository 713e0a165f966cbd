"""Notes below a message of a conversation, on the message and on instructions that change from it on."""

from __future__ import annotations

from recviewer.threads.model import AskedMessage, Instructed

_INSTRUCTED = {
    Instructed.OTHERWISE: "From here on requests begin with this, and with no other instructions.",
    Instructed.NOT: "From here on requests hold no instructions.",
}


def asked_notes(turn: AskedMessage) -> tuple[tuple[str, str, str], ...]:
    """Return notes, each a glyph, a tone and words."""
    notes = [("note", "quiet", "No recording of this test answers this.")] if turn.is_answer else []
    if turn.ids_differ:
        notes.append(("same", "quiet", "Its ids differ between recordings, one for one."))
    if turn.instructed in _INSTRUCTED:
        notes.append(("note", "note", _INSTRUCTED[turn.instructed]))
    return tuple(notes)
