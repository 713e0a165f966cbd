"""The expectations of a test, as read from its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from recviewer.asserts.values import Step


class AnswerPiece(StrEnum):
    """The part of an answer that a test looks at."""

    TEXT = "text"
    TOOL = "tool"
    ARGUMENTS = "arguments"


class Relation(StrEnum):
    """The required relation between the part of the answer and the expected value."""

    CONTAINS = "contains"
    EQUALS = "equals"
    STARTS = "starts"
    ENDS = "ends"
    MATCHES = "matches"


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that an assert looks for in an answer."""

    where: AnswerPiece
    how: Relation
    any_of: tuple[Any, ...]
    """Alternatives, one of which suffices; texts, or plain data if the answer is parsed as JSON."""
    absent: bool
    """None of them may occur."""
    steps: tuple[Step, ...]
    """Operations applied to the text first."""
    inside: tuple[str, ...]
    """The path of a field, if the answer is parsed as JSON."""
    as_json: bool
    """Whether the answer is parsed as JSON."""
    question: str | None
    """The question whose answer it is, None if the source does not spell it out."""
    asked: int
    """The number of its call among those of the test."""
    sure: bool
    """Nothing was guessed, and the assert is reached unconditionally, as far as the source shows."""
    line: int
    """The line of the test, also if a function called by it asserts."""


@dataclass(frozen=True, slots=True)
class ExpectedError:
    """An error that a test expects. names: of the exceptions, as written. match: what its message must contain."""

    names: tuple[str, ...]
    match: str
    line: int


@dataclass(frozen=True, slots=True)
class Expectations:
    """The expectations in the source of one test.

    path, line: of the test. expected, raises: in source order. unread: lines of asserts about an answer that are not
    supported. cut: the source was too long to be followed to its end.
    """

    path: str
    line: int
    expected: tuple[Expectation, ...] = ()
    raises: tuple[ExpectedError, ...] = ()
    unread: tuple[int, ...] = ()
    cut: bool = False
