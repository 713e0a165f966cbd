"""Converts a tree of requests to conversations: turns in order, and branches where there are several continuations.

A path that replay cannot find is an older generation if replay finds a call as deep in the same conversation.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from recviewer.exchange.made_ids import blinded
from recviewer.exchange.text import words_of
from recviewer.threads.model import Answered, AskedMessage, Branch, Conversation, Instructed, Turn
from recviewer.threads.sameness import Digest, asked_with, words_said
from recviewer.threads.tree import Group, Node


@dataclass(slots=True, eq=False)
class _Answer:
    """One answer to the messages up to a node. is_other: another answer comes before it."""

    group: Group
    node: Node
    is_other: bool = False

    def told(self, place: int, same_as: int) -> Answered:
        """Return the turn."""
        group = self.group
        first = asked_with(self.node.groups[0].entries[0].exchange)
        own = [asked_with(entry.exchange) for entry in group.entries]
        differs = sorted({key for one in own for key in first.keys() | one.keys() if first.get(key) != one.get(key)})
        ids = {tuple([call.id for out in entry.exchange.outputs for call in out.tool_calls]) for entry in group.entries}
        return Answered(
            self.node.depth + 1,
            place,
            tuple(group.entries),
            group.sent_back,
            group.unsent,
            self.is_other,
            same_as,
            tuple(differs),
            len(ids) > 1,
        )


@dataclass(slots=True, eq=False)
class _Way:
    """A path from a node on: turns, then its branches. older: paths that replay cannot find.

    weight: as in `Node`. first: the number of its first answer.
    """

    turns: deque[Node | _Answer]
    branches: list[_Way] = field(default_factory=list)
    older: list[_Way] = field(default_factory=list)
    is_found: bool = False
    weight: tuple[int, int, str] = (0, 0, "")
    first: int = 0


def told(root: Node, *, in_order: bool = False) -> tuple[Conversation, ...]:
    """Return the conversations of a tree, those that replay finds first. in_order: in entry order instead."""
    after = _after_each(root)
    older = _older_beginnings(root, after)
    aside = {way for some in older.values() for way in some}
    ways = [after[child] for child in root.children.values()]
    ways.sort(key=lambda way: (0, 0, way.weight[2]) if in_order else way.weight)
    telling = _Telling()
    return tuple([telling.conversation(way, older.get(way, [])) for way in ways if way not in aside])


def _after_each(root: Node) -> dict[Node, _Way]:
    """Return the path that starts at each node of a tree. A single continuation is merged into its predecessor's path."""
    order, waiting = [], [root]
    while waiting:
        node = waiting.pop()
        order.append(node)
        waiting += node.children.values()
    reach = _reaches(order)
    after: dict[Node, _Way] = {}
    for node in reversed(order):
        if node is not root:
            after[node] = _way_of(node, after, reach[node])
    return after


def _reaches(order: Sequence[Node]) -> dict[Node, int]:
    """Return, for each node, the greatest depth of an answer in its conversation that replay finds. order: parents first."""
    beginning: dict[Node, Node] = {}
    furthest: dict[Node, int] = {}
    for node in order:
        for child in node.children.values():
            beginning[child] = beginning.get(node, child)
        if any(entry.is_found for entry in node.ends):
            first = beginning[node]
            furthest[first] = max(furthest.get(first, 0), node.depth + 1)
    return {node: furthest.get(first, 0) for node, first in beginning.items()}


def _way_of(node: Node, after: dict[Node, _Way], reach: int) -> _Way:
    """Return the path that starts at a node: itself, its answers, and their continuations. reach: see `_reaches`."""
    tied = {child for group in node.groups for child in group.ways}
    ways = [_answered(group, node, after, reach) for group in node.groups]
    ways += [after[child] for child in node.children.values() if child not in tied]
    made = _joined(ways, reach if node.is_found else 0)
    if not node.told:
        made.turns.appendleft(node)
    made.turns.extendleft(reversed(node.since))
    made.weight, made.is_found = node.weight, node.is_found
    return made


def _answered(group: Group, node: Node, after: dict[Node, _Way], reach: int) -> _Way:
    """Return the path that starts with an answer."""
    below = [after[child] for child in group.ways]
    found = sum(entry.is_found for entry in group.entries) - sum(way.weight[0] for way in below)
    every = len(group.entries) - sum(way.weight[1] for way in below)
    made = _joined(below, reach if found else 0)
    made.turns.appendleft(_Answer(group, node))
    made.is_found = found > 0
    made.weight = (-found, -every, min([entry.rank for entry in group.entries] + [way.weight[2] for way in below]))
    made.first = node.depth + 1
    return made


def _joined(ways: Sequence[_Way], reach: int) -> _Way:
    """Merge paths from one node: a single one continues, several become branches or other answers, dead ones older
    generations.

    reach: depth to which replay finds answers, 0 if nothing that leads here is found either.
    """
    ordered = sorted(ways, key=lambda way: way.weight)
    dead = [way for way in ordered if not way.is_found and way.first <= reach]
    live = [way for way in ordered if way not in dead]
    long = [way for way in live if not _is_answer(way)]
    if not live:
        made = _Way(deque())
    elif len(long) > 1:
        made = _Way(deque(), branches=live)
    else:
        short = [way for way in live if _is_answer(way)]
        made = long[0] if long else short.pop(0)
        _put_behind_first(made, short)
    made.older += dead
    made.first = min([way.first for way in ways], default=0)
    return made


def _is_answer(way: _Way) -> bool:
    return len(way.turns) == 1 and isinstance(way.turns[0], _Answer) and not way.branches


def _put_behind_first(way: _Way, others: Sequence[_Way]) -> None:
    """Put other answers after the first turn of a path, or before it if that is not an answer."""
    first = way.turns.popleft() if way.turns and isinstance(way.turns[0], _Answer) else None
    for other in reversed(others):
        answer = other.turns[0]
        if isinstance(answer, _Answer):
            answer.is_other = first is not None or other is not others[0]
        way.turns.appendleft(answer)
        way.older += other.older
    if first is not None:
        way.turns.appendleft(first)


def _older_beginnings(root: Node, after: dict[Node, _Way]) -> dict[_Way, list[_Way]]:
    """Return, by conversation that replay finds, those it cannot find that start equally except for ids."""
    children = sorted(root.children.values(), key=lambda child: child.weight)
    found: dict[str, _Way] = {}
    for child in children:
        if child.is_found:
            found.setdefault(_beginning(child), after[child])
    older: dict[_Way, list[_Way]] = {}
    for child in children:
        way = found.get(_beginning(child)) if not child.is_found else None
        if way is not None:
            older.setdefault(way, []).append(after[child])
    return older


def _beginning(node: Node) -> str:
    """Return the texts of a conversation up to its first answer or fork, without ids."""
    said = []
    while node.message is not None and not node.is_sent:
        said.append(f"{node.message.role}\0{blinded(words_of(node.message.parts))}")
        if node.ends or len(node.children) != 1:
            break
        node = next(iter(node.children.values()))
    return "\0\0".join(said)


class _Telling:
    """Numbers turns in display order."""

    def __init__(self) -> None:
        self._place = 0
        self._said: dict[Digest, int] = {}
        self._answered: dict[tuple[Digest, Digest], int] = {}

    def conversation(self, way: _Way, beginnings: Sequence[_Way]) -> Conversation:
        """Return a conversation. beginnings: older ones with the same start."""
        ways = list(_down(way))
        trunk = self._branch(way, is_older=False)
        older = [one for each in ways for one in each.older]
        return Conversation(trunk, tuple([self._branch(one, is_older=True) for one in [*older, *beginnings]]))

    def _branch(self, way: _Way, *, is_older: bool) -> Branch:
        names = {way: ""}
        turns: dict[_Way, tuple[Turn, ...]] = {}
        ways = list(_down(way))
        for one in ways:
            turns[one] = tuple([self._turn(turn, is_older=is_older) for turn in one.turns])
            for number, inner in enumerate(one.branches):
                names[inner] = ".".join(filter(None, (names[one], letters(number))))
        made: dict[_Way, Branch] = {}
        for one in reversed(ways):
            made[one] = Branch(names[one], turns[one], tuple([made[inner] for inner in one.branches]))
        return made[way]

    def _turn(self, turn: Node | _Answer, *, is_older: bool) -> Turn:
        self._place += 1
        if isinstance(turn, _Answer):
            words = (turn.node.prefix, words_said(turn.group.entries[0].exchange))
            first = (
                self._answered.setdefault(words, self._place)
                if not is_older
                else self._answered.get(words, self._place)
            )
            return turn.told(self._place, first if first != self._place else 0)
        same_as = self._said.get(turn.content, 0)
        if not is_older:
            self._said.setdefault(turn.content, self._place)
        assert turn.message is not None
        return AskedMessage(
            turn.depth,
            self._place,
            turn.message,
            turn.sent,
            same_as,
            len(turn.ids) > 1,
            is_answer=turn.is_sent,
            exchange=turn.exchange,
            instructed=_instructed(turn),
        )


def _instructed(node: Node) -> Instructed:
    if node.is_without:
        return Instructed.NOT
    return Instructed.OTHERWISE if node.is_since else Instructed.AS_BEFORE


def _down(way: _Way) -> Iterator[_Way]:
    """Yield paths in display order, each before its branches."""
    waiting = [way]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(one.branches)


def letters(number: int) -> str:
    """Return the name of a branch: A to Z, then AA, AB, …. number: from 0."""
    name = ascii_uppercase[number % 26]
    return letters(number // 26 - 1) + name if number >= 26 else name
