"""A recording that replay cannot find by its name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.replay.names import ReplayState
from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Told, counted

_WORSE = (
    ReplayState.CURRENT,
    ReplayState.UNVERIFIABLE,
    ReplayState.OLDER,
    ReplayState.EDITED,
    ReplayState.UNKNOWN,
)
"""From the best on. What cannot be checked is no finding by itself, but it is worse than what was right."""

_LOST = (ReplayState.OLDER, ReplayState.EDITED, ReplayState.UNKNOWN)


def _holds(case: Case) -> Held | None:
    """Red is what could be found before; what never could, and what is new, is amber."""
    if case.new is None or case.new.exchange.kind is Kind.UNREADABLE:
        return None
    state = _state(case.new)
    if state is ReplayState.CURRENT:
        return None
    if case.old is not None and _state(case.old) is ReplayState.CURRENT:
        return Held(Severity.RED, _rule(case.new), is_compared=True)
    is_worse = case.known is None or _WORSE.index(state) > _WORSE.index(_state(case.known))
    return Held(Severity.AMBER, _rule(case.new)) if state in _LOST and is_worse else None


def _state(side: Side) -> ReplayState:
    return side.meaning.replay.state


def _rule(side: Side) -> str:
    if _state(side) is ReplayState.UNVERIFIABLE:
        return "that cannot be checked"
    rule = side.meaning.replay.rule
    return f"by the older rule {rule}" if rule else "that no known rule gives"


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    names = Counter(one.held.what for one in some)
    said = ", ".join(f"{n:,} {'has a name' if n == 1 else 'have names'} {what}" for what, n in names.most_common())
    detail = f"Replay looks for {'another name' if len(some) == 1 else 'other names'}: {said}."
    was_found = sum(one.case.known is not None and _state(one.case.known) is ReplayState.CURRENT for one in some)
    if was_found:
        detail += f" {counted(was_found, 'recording')} could be found before this change."
    elif any(one.case.known for one in some):
        detail += " None of them could be found before either."
    title = f"Replay cannot find {counted(len(some), 'recording')} by {'its' if len(some) == 1 else 'their'} name"
    return Told(title, detail, some[0].case.side.name)


RULE = Rule(
    "cannot-replay",
    "replay cannot find it by its name",
    Explained(
        what="A recording whose name is not what the newest rule of its recorder makes of its request.",
        why="Replay looks for another name: no test reads the file, and it stays in the tree for nothing, or its "
        "test fails.",
        example="A file that has the name that the rules before a change of the recorder gave it.",
        fix="Look on its page which field moved the name and whether a live twin stands beside it, then delete it "
        "or record its test again.",
        mistaken="Recordings of a recorder whose rules recviewer does not know are said to be unverifiable, and are no "
        "finding.",
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.NAME,
    levels=(Severity.RED, Severity.AMBER),
)
