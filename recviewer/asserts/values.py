"""What an expression of a test may stand for, as far as its source tells."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

if TYPE_CHECKING:
    import ast

    from recviewer.asserts.sources import SourceFile

Step: TypeAlias = tuple[str, tuple[Any, ...]]
"""What is done to a text before it is compared: the name of a method of str and its arguments."""


@dataclass(frozen=True, slots=True)
class Known:
    """A number, a text, None, or a truth value that the source spells out."""

    value: Any


@dataclass(frozen=True, slots=True)
class Many:
    """A list, a tuple or a set whose members the source spells out."""

    members: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Fields:
    """A dict, or an object made with keyword arguments. made_by: the name of its class, "" for a dict."""

    members: dict[str, Value] = field(hash=False)
    made_by: str = ""


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One call that asks a model. number: its place among those of the test, from 1. question: what a person asks in it,
    None where the source does not spell it out.
    """

    number: int
    question: str | None


@dataclass(frozen=True, slots=True)
class AnswerValue:
    """What came back from a call that asks a model, or some piece of it.

    path: the names that lead to it, `[]` for a member of a list, `{}` where a text was read as JSON. steps: what was done to
    the text since. many: a list of such pieces. sure: nothing on the way had to be guessed.
    """

    asked: ModelCall
    path: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    many: bool = False
    sure: bool = True

    def at(self, name: str) -> AnswerValue:
        """Return what a name leads to."""
        return replace(self, path=(*self.path, name), steps=(), many=False)

    def after(self, step: Step) -> AnswerValue:
        """Return it after a step."""
        return replace(self, steps=(*self.steps, step))

    def member(self) -> AnswerValue:
        """Return one of its members."""
        return replace(self, many=False) if self.many else self.at("[]")

    def guessed(self) -> AnswerValue:
        """Return it as something that is not sure."""
        return replace(self, sure=False)


@dataclass(frozen=True, slots=True)
class FunctionValue:
    """A function whose source is at hand. self_: what its first parameter stands for, of a method."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
    source: SourceFile
    names: dict[str, Value] = field(hash=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClassValue:
    """A class whose source is at hand."""

    node: ast.ClassDef
    source: SourceFile


@dataclass(frozen=True, slots=True)
class Unknown:
    """Anything else. name: the dotted name that it has in the source, "" where it has none."""

    name: str = ""


Value: TypeAlias = Known | Many | Fields | AnswerValue | FunctionValue | ClassValue | Unknown

UNKNOWN: Final = Unknown()


def plain(value: Value) -> Any:
    """Return the Python value that stands for a value which is known to its last member. Raises LookupError for others."""
    match value:
        case Known():
            return value.value
        case Many():
            return [plain(member) for member in value.members]
        case Fields():
            return {name: plain(member) for name, member in value.members.items()}
    raise LookupError("not known")


def known(value: Any) -> Value:
    """Return the value for plain data, such as JSON holds."""
    match value:
        case dict():
            return Fields({str(name): known(member) for name, member in value.items()})
        case list() | tuple() | set() | frozenset() | range():
            return Many(tuple(known(member) for member in value))
    return Known(value)


def joined(first: Value, second: Value) -> Value:
    """Return what a name stands for after two ways of which either may have been taken."""
    if first == second:
        return first
    heard = [value for value in (first, second) if isinstance(value, AnswerValue)]
    if not heard:
        return UNKNOWN
    nothing = (Known(""), Known(None), Many(()), Fields({}))
    return heard[0] if len(heard) == 1 and (first in nothing or second in nothing) else heard[0].guessed()
