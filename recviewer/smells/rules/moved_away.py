"""A recording in a folder that replay does not search."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.pairing.pair import How
from recviewer.pairing.sides import Side
from recviewer.replay.lists import is_common
from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Told, counted

HOME = "recordings"
"""The folder beside a test in which OGX looks for its recordings."""


def _holds(case: Case) -> Held | None:
    """Replay searches the folder `recordings` beside the test file, and the shared one."""
    if case.new is None:
        return Held(Severity.RED, case.moved_to) if case.moved_to else None
    if case.old is None or case.old.folder == case.new.folder or is_common(case.new.folder.rstrip("/")):
        return None
    if _home(case.old) and case.old.folder.endswith(_home(case.old)) and not case.new.folder.endswith(_home(case.new)):
        return Held(Severity.RED, case.new.folder, is_compared=True)
    is_only_moved = case.pair is not None and case.pair.how is How.BYTES
    return Held(Severity.AMBER, case.new.folder, is_compared=True) if is_only_moved and not case.new.test_id else None


def _home(side: Side) -> str:
    """Return the folder that replay searches for a test's recordings, relative to the tests' root; "" if unknown."""
    file = side.test_id.partition("::")[0].replace("\\", "/")
    folder, slash, _ = file.rpartition("/")
    return f"{folder}/{HOME}/" if slash else ""


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    places = list(dict.fromkeys(one.held.what for one in some))
    named = ", ".join(places[:3]) + (f" and {len(places) - 3:,} more" if len(places) > 3 else "")
    verb, it = ("lies", "it") if len(some) == 1 else ("lie", "them")
    return Told(
        f"{counted(len(some), 'recording')} {verb} where replay does not look for {it}",
        f"Replay looks in the folder “{HOME}” beside the test and in the shared one; now: {named}.",
        some[0].case.side.path,
    )


RULE = Rule(
    "moved-away",
    "it lies where replay does not look",
    Explained(
        what="A recording that a change moved out of the folder in which replay looks for it.",
        why="No test finds it any more.",
        example="A file that went from `recordings/` to `old-recordings/`.",
        fix="Move it back, or delete it if no test needs it.",
        measured="nothing in seven pull requests of OGX and seven changes of cassettes.",
    ),
    _holds,
    _tell,
    needs=Needs.CHANGE,
    about=About.PLACE,
    of_gone=True,
    levels=(Severity.RED, Severity.AMBER),
)
