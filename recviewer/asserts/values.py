"""The abstract values of expressions in a test, as far as its source determines them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import ast

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


def plain(value: Value) -> Any:
    """Return the Python value of a completely known value. Raises LookupError for others."""
    match value:
        case Known():
            return value.value
        case Many():
            return [plain(member) for member in value.members]
        case Fields():
            return {name: plain(member) for name, member in value.members.items()}
    raise LookupError("not known")


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
    if first == second:
        return first
    heard = [value for value in (first, second) if isinstance(value, AnswerValue)]
    if not heard:
        return UNKNOWN
    nothing = (Known(""), Known(None), Many(()), Fields({}))
    return heard[0] if len(heard) == 1 and (first in nothing or second in nothing) else heard[0].guessed()
