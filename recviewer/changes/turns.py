"""The turns of a test before and now, side by side, as far as changed recordings contain them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recviewer.changes.model import Change
from recviewer.exchange.made_ids import blinded
from recviewer.exchange.text import SENT, words_of
from recviewer.pairing.sides import Side
from recviewer.threads.aligning import Alignment, Became, aligned
from recviewer.threads.model import Answered, AskedMessage, Branch, Entry, Turn
from recviewer.threads.threads import threads_of

MOST_WAYS = 40
"""Most paths on each side for which those of both sides are compared."""


@dataclass(frozen=True, slots=True)
class Strand:
    """One path through a conversation, before and now. name: identifies it among several, "" for the only one.

    begun: number of leading pieces that an earlier strand shows; pieces: the others. If there are several, only those
    with differences are included.
    """

    name: str
    pieces: tuple[Alignment, ...]
    begun: int = 0


@dataclass(frozen=True, slots=True)
class _Line:
    """All turns of a conversation from its start to one of its ends. opening: the text before the model's first turn."""

    name: str
    turns: tuple[Turn, ...]
    keys: frozenset[str]
    opening: str


def strands_of(changes: Iterable[Change]) -> tuple[Strand, ...]:
    """Align what a test said before with what it says now: each path through each conversation with the one it became.

    changes: of one test. Each request repeats the conversation so far, so unchanged turns are included up to the last
    changed one. Paths are matched if their recordings are pairs, then if they start alike, then the last ones of each
    side; a path without a match is left out, and all of them if there are very many.
    """
    some = [change for change in changes if not change.is_older]
    old, new = (_lines(sides) for sides in ((one.old for one in some), (one.new for one in some)))
    if not old or not new or max(len(old), len(new)) > MOST_WAYS:
        return ()
    paired = {one.old.path: one.new.path for one in some if one.old is not None and one.new is not None}
    return tuple(_told_once(_matched(old, new, paired), paired, is_alone=len(old) == len(new) == 1))


def _told_once(
    matched: Iterable[tuple[_Line, _Line]], paired: Mapping[str, str], *, is_alone: bool
) -> Iterator[Strand]:
    told: set[Alignment] = set()
    for before, now in matched:
        found = aligned(before.turns, now.turns, paired)
        begun = next((at for at, one in enumerate(found) if one not in told), len(found))
        told.update(found)
        if begun < len(found) and (is_alone or any(one.became is not Became.SAME for one in found[begun:])):
            yield Strand("" if is_alone else now.name, found[begun:], begun)


def _matched(old: Sequence[_Line], new: Sequence[_Line], paired: Mapping[str, str]) -> list[tuple[_Line, _Line]]:
    """Return the matched paths, in the order of the new ones."""
    weights = [
        (-sum(paired.get(key) in two.keys for key in one.keys), one.opening != two.opening, j, i)
        for i, one in enumerate(old)
        for j, two in enumerate(new)
    ]
    found: dict[int, int] = {}
    for shared, is_other, j, i in sorted(weights):
        if (shared or not is_other) and j not in found and i not in found.values():
            found[j] = i
    left, open_ = (
        [at for at in range(len(some)) if at not in done] for some, done in ((old, found.values()), (new, found))
    )
    if len(left) == len(open_) == 1:
        found[open_[0]] = left[0]
    return [(old[i], new[j]) for j, i in sorted(found.items())]


def _lines(sides: Iterable[Side | None]) -> list[_Line]:
    there = {side.path: side for side in sides if side is not None}
    entries = [Entry(path, side.exchange, order=_order(side)) for path, side in there.items()]
    conversations = threads_of(entries, in_order=all(side.part for side in there.values())).conversations
    made = []
    for number, conversation in enumerate(conversations, 1):
        name = f"conversation {number}" if len(conversations) > 1 else ""
        for branch, turns in _ways(conversation.trunk):
            keys = frozenset(entry.key for turn in turns if isinstance(turn, Answered) for entry in turn.entries)
            told = ", ".join(filter(None, (name, f"branch {branch}" if branch else "")))
            made.append(_Line(told, turns, keys, _opening(turns)))
    return made


def _order(side: Side) -> str:
    return f"{side.file_path}\0{side.index:08}" if side.part else ""


def _ways(trunk: Branch) -> Iterator[tuple[str, tuple[Turn, ...]]]:
    """Yield each path through a conversation, by the name of its last branch, in display order."""
    waiting: list[tuple[Branch, tuple[Turn, ...]]] = [(trunk, ())]
    while waiting:
        branch, before = waiting.pop()
        turns = before + branch.turns
        if branch.branches:
            waiting += [(one, turns) for one in reversed(branch.branches)]
        else:
            yield branch.name, turns


def _opening(turns: Sequence[Turn]) -> str:
    said = []
    for turn in turns:
        if not isinstance(turn, AskedMessage) or turn.message.role in SENT:
            break
        said.append(f"{turn.message.role}\0{blinded(words_of(turn.message.parts))}")
    return "\0\0".join(said)
