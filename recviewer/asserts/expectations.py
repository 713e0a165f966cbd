"""What a test looks for: the result of reading its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from recviewer.asserts.values import Step


class AnswerPiece(StrEnum):
    """Which piece of an answer a test looks at."""

    TEXT = "text"
    TOOL = "tool"
    ARGUMENTS = "arguments"


class Relation(StrEnum):
    """How what is looked for relates to that piece."""

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
    """One of these is enough; texts, or plain data where the answer is read as JSON."""
    absent: bool
    """None of them may be there."""
    steps: tuple[Step, ...]
    """What is done to the text first."""
    inside: tuple[str, ...]
    """The names of a field, where the answer is read as JSON."""
    as_json: bool
    """Whether the answer is read as JSON."""
    question: str | None
    """The question whose answer it is, None where the source does not spell it out."""
    asked: int
    """The place of its call among those of the test."""
    sure: bool
    """Nothing had to be guessed, and no condition stands before the assert that the source alone does not decide."""
    line: int
    """The line of the test, also where a function that it calls asserts."""


@dataclass(frozen=True, slots=True)
class ExpectedError:
    """An error that a test expects. names: of the exceptions, as written. match: what its message has to hold."""

    names: tuple[str, ...]
    match: str
    line: int


@dataclass(frozen=True, slots=True)
class Expectations:
    """What the source of one test says of its answers.

    path, line: where the test stands. expected, raises: in the order of the source. unread: the lines of asserts that are
    about an answer and could not be read. cut: the source was too long to be followed to its end.
    """

    path: str
    line: int
    expected: tuple[Expectation, ...] = ()
    raises: tuple[ExpectedError, ...] = ()
    unread: tuple[int, ...] = ()
    cut: bool = False
