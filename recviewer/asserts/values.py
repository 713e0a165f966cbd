"""The abstract values of expressions in a test, as far as its source determines them."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    from recviewer.asserts.sources import SourceFile

Step: TypeAlias = tuple[str, tuple[Any, ...]]
"""An operation on a text before it is compared: the name of a method of str and its arguments."""


@dataclass(frozen=True, slots=True)
class Known:
    """A constant that the source spells out: a number, a text, None, or a boolean."""

    value: Any


@dataclass(frozen=True, slots=True)
class Many:
    """A list, a tuple or a set with known members."""

    members: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """A dict, or an object constructed with keyword arguments. made_by: the name of its class, "" for a dict."""

    members: dict[str, Value] = field(hash=False)
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """A call that asks a model. number: its position among those of the test, from 1. question: the user's question,
    None if the source does not spell it out.
    """

    number: int
    question: str | None


@dataclass(frozen=True, slots=True)
class AnswerValue:
    """The answer to a call of a model, or a part of it.

    path: the names that lead to it, `[]` for a list member, `{}` where a text was parsed as JSON. steps: operations
    applied to the text since. many: a list of such parts. sure: nothing was guessed.
    """

    asked: ModelCall
    path: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    many: bool = False
    sure: bool = True

    def at(self, name: str) -> AnswerValue:
        """Return the member of this name."""
        return replace(self, path=(*self.path, name), steps=(), many=False)

    def after(self, step: Step) -> AnswerValue:
        """Return it after an operation."""
        return replace(self, steps=(*self.steps, step))

    def member(self) -> AnswerValue:
        """Return one of its members."""
        return replace(self, many=False) if self.many else self.at("[]")

    def guessed(self) -> AnswerValue:
        """Return it marked as not sure."""
        return replace(self, sure=False)


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function whose source is available."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    source: SourceFile
    names: dict[str, Value] = field(hash=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassValue:
    """A class whose source is available."""

    node: ast.ClassDef
    source: SourceFile


@dataclass(frozen=True, slots=True)
class Unknown:
    """Any other value. name: its dotted name in the source, "" if it has none."""

    name: str = ""


Value: TypeAlias = Known | Many | Fields | AnswerValue | FunctionValue | ClassValue | Unknown

UNKNOWN: Final = Unknown()

MOST_BITS = 10_000
"""Largest whole number that is followed; Python refuses to write out much larger ones."""
MOST_MEMBERS = 2_000
"""Most values within one that an answer is compared with, however often the source repeats one."""
MOST_CHARACTERS = 10_000
"""Longest text that an answer is compared with."""
DEEPEST = 30
"""Deepest nesting of such a value."""


def constant(node: ast.Constant) -> Value:
    """Return the value of a constant."""
    value = node.value
    return UNKNOWN if isinstance(value, int) and value.bit_length() > MOST_BITS else Known(value)


def size(value: Value) -> int:
    """Return the number of members or characters of a value, 0 for one that has none."""
    match value:
        case Known(value=str() | bytes() as text):
            return len(text)
        case Many(members=members) | Fields(members=members):
            return len(members)
    return 0


def plain(value: Value) -> Any:
    """Return the Python value of a completely known value of what JSON has: texts, numbers, lists and objects.

    Raises LookupError for others, and for one that is too large, as one that contains itself twice, many times over.
    """
    return _plain(value, [MOST_MEMBERS], DEEPEST)


def _plain(value: Value, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth < 0:
        raise LookupError("too large")
    match value:
        case Known(value=None | bool() | int() | float() as simple):
            return simple
        case Known(value=str() as text) if len(text) <= MOST_CHARACTERS:
            return text
        case Many():
            return [_plain(member, left, depth - 1) for member in value.members]
        case Fields():
            return {name: _plain(member, left, depth - 1) for name, member in value.members.items()}
    raise LookupError("not known")


def equal(first: Value, second: Value) -> bool:
    """Tell whether two values are surely the same; False also where they are too large to tell."""
    return _equal(first, second, [MOST_MEMBERS], DEEPEST)


def _equal(first: Value, second: Value, left: list[int], depth: int) -> bool:
    left[0] -= 1
    if first is second:
        return True
    if left[0] < 0 or depth < 0:
        return False
    match first, second:
        case Many(members=some), Many(members=others):
            return len(some) == len(others) and all(
                _equal(one, other, left, depth - 1) for one, other in zip(some, others, strict=True)
            )
        case Fields(members=named, made_by=maker), Fields(members=given, made_by=other) if maker == other:
            return named.keys() == given.keys() and all(
                _equal(member, given[name], left, depth - 1) for name, member in named.items()
            )
        case (Many() | Fields(), _) | (_, Many() | Fields()):
            return False
    return first == second


def known(value: Any) -> Value:
    """Return the abstract value of plain data, such as JSON."""
    match value:
        case dict():
            return Fields({str(name): known(member) for name, member in value.items()})
        case list() | tuple() | set() | frozenset() | range():
            return Many(tuple(known(member) for member in value))
    return Known(value)


def joined(first: Value, second: Value) -> Value:
    """Return the value of a name after two alternative branches."""
    if equal(first, second):
        return first
    heard = [value for value in (first, second) if isinstance(value, AnswerValue)]
    if not heard:
        return UNKNOWN
    return heard[0] if len(heard) == 1 and (_is_nothing(first) or _is_nothing(second)) else heard[0].guessed()


def _is_nothing(value: Value) -> bool:
    """Tell whether it is what a name has before a loop fills it."""
    match value:
        case Known(value="" | None) | Many(members=()):
            return True
        case Fields(members=members, made_by=""):
            return not members
    return False
