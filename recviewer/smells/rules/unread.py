"""A recording that was not read, because it or the files beside it are too large."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Told, counted


def _holds(case: Case) -> Held | None:
    """Its content is unknown, so all other rules may have missed something."""
    if case.new is None or not case.new.meaning.unread or (case.old is not None and case.old.blob == case.new.blob):
        return None
    return Held(Severity.AMBER)


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    return Told(f"{counted(len(some), 'recording was', 'recordings were')} not read", some[0].case.side.meaning.unread)


RULE = Rule(
    "unread",
    "it holds too much, and recviewer left it unread",
    Explained(
        what="A recording that was left unread, for it holds too much, or the files beside it do.",
        why="Nobody knows what it says: whatever the other rules would find may be in it.",
        example="A file of 40 MB with a million numbers.",
        fix="Look at it in the raw view. Make the test ask for less.",
        measured="nothing in the three; 3 in the later tree of OGX: streams of 26 MB, which nobody read. All are right.",
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
)
