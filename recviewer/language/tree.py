"""The syntax tree of a query: words and filters, conjunctions, disjunctions, and negations.

A tree says which recordings are meant, not how they are found. Lines with equal meaning by the rules of `reading` have
equal trees, and a printed tree (see `printing`) parses to itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import TypeAlias

Span: TypeAlias = tuple[int, int]
"""The start and end offset of a term in the line."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a quoted phrase. is_unwanted: negated with `-`. at: its span, which is ignored in comparisons."""

    text: str
    is_unwanted: bool = False
    is_phrase: bool = False
    at: Span = field(default=(0, 0), compare=False)


@dataclass(frozen=True, slots=True)
class Term:
    """A filter with its value. value: as in the URL, without the `!`. at: as for `Word`."""

    key: str
    value: str
    is_negative: bool = False
    at: Span = field(default=(0, 0), compare=False)

    @property
    def parameter(self) -> str:
        """The value as in the URL."""
        return f"!{self.value}" if self.is_negative else self.value

    @property
    def said(self) -> str:
        """The filter as typed: `-model:gpt-4o`."""
        return f"{'-' if self.is_negative else ''}{self.key}:{quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class All:
    """A conjunction of two or more, none of them an `All`."""

    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """A disjunction of two or more, none of them an `Either`."""

    of: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The negation of a conjunction or disjunction. Words and filters have their own flag for it."""

    of: All | Either


Leaf: TypeAlias = Word | Term
Tree: TypeAlias = Word | Term | All | Either | Not


def quoted(value: str) -> str:
    """Return a filter's value as typed: quoted if it would end early, with quotes in it doubled."""
    if value and not value.startswith('"') and not any(sign.isspace() or sign in "()" for sign in value):
        return value
    return '"' + value.replace('"', '""') + '"'


def together(parts: Iterable[Tree]) -> Tree | None:
    """Return the conjunction of distinct terms; None if there are none."""
    flat = _flat(parts, All)
    return All(flat) if len(flat) > 1 else flat[0] if flat else None


def either(parts: Iterable[Tree]) -> Tree | None:
    """Return the disjunction of distinct terms; None if there are none."""
    flat = _flat(parts, Either)
    return Either(flat) if len(flat) > 1 else flat[0] if flat else None


def _flat(parts: Iterable[Tree], kind: type[All] | type[Either]) -> tuple[Tree, ...]:
    found = dict[Tree, None]()
    for part in parts:
        found.update(dict.fromkeys(part.of if isinstance(part, (All, Either)) and isinstance(part, kind) else (part,)))
    return tuple(found)


def without(tree: Tree) -> Tree:
    """Return the negation of a tree."""
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
    """Yield the words that are not negated."""
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
    """Return a tree with only the first `count` distinct leaves of a kind, and those equal to them."""
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
