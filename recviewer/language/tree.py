"""What was asked for, as a tree: words and filters, what must hold together, what is enough on its own, what is left out.

A tree says which recordings are meant and nothing of how they are found. Two lines that mean the same by the rules of
`reading` have one tree, and a tree that is printed (see `printing`) is read as itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""Where a piece stands in the line that was read: from, to."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a phrase in quotes. is_unwanted: `-` stands before it. at: its place, which is no part of what it says."""

    text: str
    is_unwanted: bool = False
    is_phrase: bool = False
    at: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """One filter with its value. value: as in the address, without the `!`. at: as for `Word`."""

    key: str
    value: str
    is_negative: bool = False
    at: Span = field(default=(0, 0), compare=False)

    @property
    def parameter(self) -> str:
        """The value as it stands in the address."""
        return f"!{self.value}" if self.is_negative else self.value

    @property
    def said(self) -> str:
        """The filter as it is typed: `-model:gpt-4o`."""
        return f"{'-' if self.is_negative else ''}{self.key}:{quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class All:
    """What must hold together: two or more, none of them an `All`."""

    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """What is enough on its own: two or more, none of them an `Either`."""

    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """What is left out together. A word or a filter says by itself that it is left out, so this holds one of the above."""

    of: All | Either


Leaf: TypeAlias = Word | Term
Tree: TypeAlias = Word | Term | All | Either | Not


def quoted(value: str) -> str:
    """Return a value as it is typed behind its filter: in quotes where it would end early, a quote in it twice."""
    if value and not value.startswith('"') and not any(sign.isspace() or sign in "()" for sign in value):
        return value
    return '"' + value.replace('"', '""') + '"'


def together(parts: Iterable[Tree]) -> Tree | None:
    """Return the tree of parts that must all hold, each once; None of none."""
    flat = _flat(parts, All)
    return All(flat) if len(flat) > 1 else flat[0] if flat else None


def either(parts: Iterable[Tree]) -> Tree | None:
    """Return the tree of parts of which one is enough, each once; None of none."""
    flat = _flat(parts, Either)
    return Either(flat) if len(flat) > 1 else flat[0] if flat else None


def _flat(parts: Iterable[Tree], kind: type[All] | type[Either]) -> tuple[Tree, ...]:
    found = dict[Tree, None]()
    for part in parts:
        found.update(dict.fromkeys(part.of if isinstance(part, (All, Either)) and isinstance(part, kind) else (part,)))
    return tuple(found)


def without(tree: Tree) -> Tree:
    """Return the tree of what a tree leaves out."""
    match tree:
        case Word():
            return replace(tree, is_unwanted=not tree.is_unwanted)
        case Term():
            return replace(tree, is_negative=not tree.is_negative)
        case Not():
            return tree.of
        case All() | Either():
            return Not(tree)


def leaves(tree: Tree | None) -> Iterator[Leaf]:
    """Yield the words and filters of a tree, in order."""
    match tree:
        case Word() | Term():
            yield tree
        case All() | Either():
            for part in tree.of:
                yield from leaves(part)
        case Not():
            yield from leaves(tree.of)


def wanted_words(tree: Tree | None, *, is_left_out: bool = False) -> Iterator[Word]:
    """Yield the words that a recording may be found by: those that nothing leaves out."""
    match tree:
        case Word():
            if tree.is_unwanted == is_left_out:
                yield replace(tree, is_unwanted=False)
        case All() | Either():
            for part in tree.of:
                yield from wanted_words(part, is_left_out=is_left_out)
        case Not():
            yield from wanted_words(tree.of, is_left_out=not is_left_out)


def first(tree: Tree | None, count: int, kind: type[Leaf]) -> Tree | None:
    """Return a tree with only so many different leaves of a kind: the first, and those equal to them."""
    if tree is None:
        return None
    kept = list(dict.fromkeys(leaf for leaf in leaves(tree) if isinstance(leaf, kind)))[:count]
    return _kept(tree, set(kept), kind)


def _kept(tree: Tree, kept: set[Leaf], kind: type[Leaf]) -> Tree | None:
    match tree:
        case Word() | Term():
            return tree if tree in kept or not isinstance(tree, kind) else None
        case Not():
            inner = _kept(tree.of, kept, kind)
            return None if inner is None else without(inner)
        case All():
            return together(filter(None, (_kept(part, kept, kind) for part in tree.of)))
        case Either():
            return either(filter(None, (_kept(part, kept, kind) for part in tree.of)))
