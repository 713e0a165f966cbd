"""The scope of an expression, and limits on the cost of following a test."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Protocol

from recviewer.asserts.sources import SourceFile, SourceFiles
from recviewer.asserts.values import FunctionValue, Value, size

MOST_STEPS = 20_000
"""Most expressions and statements that are followed in one test."""
MOST_TURNS = 60
"""Most members of a list that are iterated one by one."""
MOST_TEXT = 100_000
"""Most characters of a concatenated text."""
_PER_STEP = 100
"""Members, names or characters whose copying counts as one step."""


class Inline(Protocol):
    """Follows a call of a function whose source is available."""

    def __call__(self, function: FunctionValue, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Return the result of the call. Raises TooLong."""


class TooLong(Exception):
    """A test is too long to be followed."""


@dataclass(slots=True)
class Scope:
    """The scope of an expression: its names, its file, and counters for the whole test."""

    names: dict[str, Value]
    source: SourceFile
    sources: SourceFiles
    inline: Inline
    counts: Spent
    depth: int = 0


@dataclass(slots=True)
class Spent:
    """Counters while one test is followed."""

    steps: int = 0
    asked: int = 0
    looked_up: dict[tuple[str, str], Value] = field(default_factory=dict)

    def step(self, count: int = 1) -> None:
        """Count steps. Raises TooLong."""
        self.steps += count
        if self.steps > MOST_STEPS:
            raise TooLong

    def copied(self, *values: Value) -> None:
        """Count the steps of reading or copying values, so that none can be doubled again and again. Raises TooLong."""
        self.copies(sum(map(size, values)))

    def copies(self, count: int) -> None:
        """Count the steps of copying so many names or members. Raises TooLong."""
        self.step(count // _PER_STEP)

    def walked(self, node: ast.AST) -> None:
        """Count the steps of reading all of an expression. Raises TooLong."""
        for _ in ast.walk(node):
            self.step()
