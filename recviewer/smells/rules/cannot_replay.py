"""A recording that replay cannot find by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.replay.lists import test_folder
from recviewer.replay.moved import moved_by, newest_until
from recviewer.replay.names import ReplayState
from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Spot, Told, counted

_WORSE = (
    ReplayState.CURRENT,
    ReplayState.UNVERIFIABLE,
    ReplayState.OLDER,
    ReplayState.EDITED,
    ReplayState.UNKNOWN,
)
"""From best to worst. Unverifiable is not a finding by itself, but worse than current."""

_LOST = (ReplayState.OLDER, ReplayState.EDITED, ReplayState.UNKNOWN)


def _holds(case: Case) -> Held | None:
    """Red if it could be found before; amber if it never could, or if it is new."""
    if case.new is None or case.new.exchange.kind is Kind.UNREADABLE:
        return None
    state = _state(case.new)
    if state is ReplayState.CURRENT:
        return None
    if case.old is not None and _state(case.old) is ReplayState.CURRENT:
        says, spots = _said(case.new)
        return Held(Severity.RED, _rule(case.new), is_compared=True, says=says, spots=spots)
    is_worse = case.known is None or _WORSE.index(state) > _WORSE.index(_state(case.known))
    if state not in _LOST or not is_worse:
        return None
    says, spots = _said(case.new)
    return Held(Severity.AMBER, _rule(case.new), says=says, spots=spots)


def _said(side: Side) -> tuple[str, tuple[Spot, ...]]:
    """Return which rules changed the name, by which words, and where replay looks; and the locations of these words."""
    replay = side.meaning.replay
    looks = f"replay looks for {replay.expected} {_where(side.test_id)}" if replay.expected else ""
    if not replay.rule:
        told = (
            "no known rule gives its name" if replay.state is not ReplayState.UNVERIFIABLE else "its name is not a hash"
        )
        return "; ".join(filter(None, (told, looks))), ()
    moved = moved_by(replay.rule, side.exchange.request.body)
    said = [f"the older rule {replay.rule} gives its name{'' if moved else _until(replay.rule)}"]
    for slug, some in groupby(moved, lambda one: one.rule):
        group = list(some)
        words = " and ".join(f"“{one.words}”" for one in group)
        said.append(f"rule {slug}, since {group[0].since}, changes {words}")
    spots = tuple([Spot("" if side.part else f"/request/body{one.pointer}", one.words) for one in moved])
    return "; ".join(filter(None, (*said, looks))), spots


def _until(rule: str) -> str:
    """Return until when a rule was the newest, as the end of a clause: older recordings could be found at that time."""
    day = newest_until(rule) if rule else None
    return f", which was the newest until {day}" if day else ""


def _where(test_id: str) -> str:
    """Return the folders that replay searches, as a clause."""
    folder = test_folder(test_id)
    return f"in {folder} and the shared folder" if folder else "in the shared folder"


def _state(side: Side) -> ReplayState:
    return side.meaning.replay.state


def _rule(side: Side) -> str:
    if _state(side) is ReplayState.UNVERIFIABLE:
        return "that cannot be checked"
    rule = side.meaning.replay.rule
    return f"by the older rule {rule}" if rule else "that no known rule gives"


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    names = Counter((one.held.what, _until(one.case.side.meaning.replay.rule)) for one in some)
    said = "; ".join(
        f"{n:,} {'has a name' if n == 1 else 'have names'} {what}{until}" for (what, until), n in names.most_common()
    )
    detail = f"Replay looks for {'another name' if len(some) == 1 else 'other names'}: {said}."
    was_found = sum(one.case.known is not None and _state(one.case.known) is ReplayState.CURRENT for one in some)
    if was_found:
        detail += f" {counted(was_found, 'recording')} could be found before this change."
    elif any(one.case.known for one in some):
        detail += " None of them could be found before either."
    title = f"Replay cannot find {counted(len(some), 'recording')}"
    return Told(title, detail, some[0].case.side.name)


RULE = Rule(
    "cannot-replay",
    "replay cannot find it",
    Explained(
        what="A recording whose name is not what the newest rule of its recorder makes of its request.",
        why="Replay looks for another name: no test reads the file, and it stays in the tree for nothing, or its "
        "test fails.",
        example="A file that has the name that the rules before a change of the recorder gave it.",
        fix="Its page says which field of the request moved the name. Delete it where its test has the same call under a "
        "name that replay finds; else re-record the test.",
        mistaken="A range of before a rule changed: its recorder found then what that of today does not, as the finding "
        "says. Recordings of a recorder whose rules recviewer does not know are said to be unverifiable, and are no "
        "finding.",
        measured="445, 131 and 0, where no names can be looked at; 14 were read, and of 40 taken at random the names of 37 "
        "were worked out anew by other code: all are right. An independent count of the tree found the same 445. "
        "1,264 in the later tree of OGX, whose own recorder finds none of them either; it finds all others, but "
        "for 329 lists of models that it has named by another rule since. 35 in seven pull requests are red: a change of "
        "names in texts that left the names of the files; the changes of 29 were read, and all are right.",
        right={Severity.RED: (29, 29), Severity.AMBER: (20, 20)},
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.NAME,
    levels=(Severity.RED, Severity.AMBER),
)
