"""Conversations that continue with other instructions, or without any: attached to the answer they contain.

A request with other instructions starts another path through the tree. It belongs to the same conversation if, after
its instructions, it has exactly the messages of the other one, and then the answer that an exchange gave to these.
Nothing else is merged: if a request only asks the same again, it is unknown what it continues.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from recviewer.threads.sameness import Digest
from recviewer.threads.tree import Node, tied

INSTRUCTING = frozenset({"system", "developer"})
"""Roles of instructions at the start of a request."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """The start of requests' messages. told: the instructions; first: the message after them."""

    told: tuple[Node, ...]
    first: Node

    @property
    def instructions(self) -> tuple[Digest, ...]:
        """Digests of the instructions."""
        return tuple([one.content for one in self.told])


@dataclass(frozen=True, slots=True)
class _Place:
    """The point at which a conversation continues. end: the last answered message; run: the messages that repeat the
    answer; common: the messages up to `end` that both contain.
    """

    end: Node
    run: tuple[Node, ...]
    common: tuple[Node, ...]


def put_together(root: Node) -> None:
    """Move paths that continue from another path's answer behind that answer. Answers of nodes must be known already."""
    while _one_moved(root):
        pass


def _one_moved(root: Node) -> bool:
    every = sorted(_openings(root), key=lambda one: one.first.prefix)
    alike: dict[Digest, list[_Opening]] = {}
    for one in every:
        alike.setdefault(one.first.content, []).append(one)
    for opening in every:
        if not _is_alone([*opening.told, opening.first]):
            continue
        others = [one for one in alike[opening.first.content] if one.instructions != opening.instructions]
        places = [place for other in others for place in _places(other, opening)]
        if places:
            _move(root, opening, max(places, key=lambda one: (len(one.common), one.end.prefix)))
            return True
    return False


def _openings(root: Node) -> Iterator[_Opening]:
    waiting: list[tuple[Node, tuple[Node, ...]]] = [(root, ())]
    while waiting:
        node, told = waiting.pop()
        for child in node.children.values():
            if child.message is not None and child.message.role in INSTRUCTING:
                waiting.append((child, (*told, child)))
            elif child.message is not None:
                yield _Opening(told, child)


def _is_alone(nodes: Sequence[Node]) -> bool:
    """Tell whether each of the nodes has a single continuation and no answer."""
    return all(len(one.children) == 1 and not one.ends for one in nodes)


def _places(other: _Opening, opening: _Opening) -> Iterator[_Place]:
    """Yield the points at which a path may continue another one's answers: both have equal messages up to there."""
    mine, there = opening.first, other.first
    common: list[Node] = []
    while there.content == mine.content and _is_alone([mine]):
        common.append(there)
        (following,) = mine.children.values()
        run = _repeated(there, following)
        if run:
            yield _Place(there, run, tuple(common))
        found = next((one for one in _by_prefix(there) if one.content == following.content), None)
        if found is None:
            return
        mine, there = following, found


def _by_prefix(node: Node) -> list[Node]:
    return sorted(node.children.values(), key=lambda child: child.prefix)


def _repeated(end: Node, first: Node) -> tuple[Node, ...]:
    """Return the messages that repeat an answer of a node and are followed by others; () if there are none."""
    if not end.groups or not first.is_sent:
        return ()
    found = tied(end.groups, first)
    run = found[0] if found is not None else ()
    return tuple(run) if run and _is_alone(run[:-1]) and run[-1].children and not run[-1].ends else ()


def _move(root: Node, opening: _Opening, place: _Place) -> None:
    """Move the repetition of the answer, and everything after it, behind the answered messages."""
    first, last, count = place.run[0], place.run[-1], place.run[0].sent
    top = next(iter(opening.told), opening.first)
    del root.children[top.prefix]
    place.end.children[first.prefix] = first
    back = place.end.depth + 1 - first.depth
    for one in place.run:
        one.depth += back
    for at, one in enumerate(opening.told, 1):
        one.depth = last.depth + at
        one.is_since = True
    last.since = opening.told
    for one in _below(last):
        one.depth += back + len(opening.told)
    for child in last.children.values():
        child.is_without = not opening.told
    for one in place.common:
        one.sent += count


def _below(node: Node) -> Iterator[Node]:
    waiting = list(node.children.values())
    while waiting:
        one = waiting.pop()
        yield one
        waiting += one.children.values()
