"""What a test looks for in an answer, and whether it is there, as lines of a page."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from recviewer.asserts.expectations import AnswerPiece, Expectation, Relation
from recviewer.changes.expected import Expected, Met

MOST_LINES = 40
"""Lines of one page; what is lost stands first."""
MOST_WORDS = 12
"""Words of which one is enough, that are shown of one line."""
LONGEST = 200
"""Characters of one of them that are shown."""


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """One expectation. before, after: what stands around the words. any_of: the words, of which one is enough; more: further
    ones. state: whether they are there. where: the line of the test's source.
    """

    tone: str
    glyph: str
    before: str
    any_of: tuple[str, ...]
    more: int
    after: str
    state: str
    where: str


@dataclass(frozen=True, slots=True)
class ShownExpected:
    """All of a change. more: lines that are not shown. unread, is_cut, errors: as in `changes.expected.Expected`."""

    lines: tuple[ExpectedLine, ...]
    more: int
    unread: int
    is_cut: bool
    errors: tuple[str, ...]


def expected_of(expected: Expected) -> ShownExpected | None:
    """Return what is shown of what the test of a change looks for; None where its source is not at hand."""
    if not expected.is_read:
        return None
    met = sorted(expected.met, key=lambda one: not one.is_lost)
    lines = tuple(_lines(met[:MOST_LINES]))
    return ShownExpected(lines, len(met) - len(lines), expected.unread, expected.is_cut, expected.errors)


def _lines(met: Iterable[Met]) -> Iterable[ExpectedLine]:
    for one in met:
        expectation = one.expectation
        before, after = _around(expectation)
        tone, glyph, state = _state(one)
        texts = tuple(_written(text) for text in expectation.any_of)
        where = f"{one.path.rpartition('/')[2]}, line {expectation.line}"
        yield ExpectedLine(tone, glyph, before, texts[:MOST_WORDS], len(texts[MOST_WORDS:]), after, state, where)


def _written(value: Any) -> str:
    """Return something that is looked for as a person writes it."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


_HOW = {
    Relation.CONTAINS: "",
    Relation.EQUALS: "exactly",
    Relation.STARTS: "at the start",
    Relation.ENDS: "at the end",
    Relation.MATCHES: "what matches",
}


def _around(expectation: Expectation) -> tuple[str, str]:
    """Return the words before and after what is looked for."""
    how = _HOW[expectation.how]
    field = ".".join(name for name in expectation.inside if name != "[]")
    match expectation.where:
        case AnswerPiece.TOOL:
            before, after = "a call of", ""
        case AnswerPiece.ARGUMENTS:
            before, after = how, f"in {field} of a call's arguments" if field else "in the arguments of a call"
        case _:
            before, after = how, f"in the field {field}" if field else ""
    return f"not {before}".strip() if expectation.absent else before, after


def _state(met: Met) -> tuple[str, str, str]:
    """Return (tone, glyph, words) of whether it is there. Red is only what surely is about this answer."""
    so = "so" if met.expectation.absent else "there"
    match met.before, met.now:
        case True, True:
            return "good", "ok", f"{so}, before and now"
        case True, False if not met.is_lost:
            return "note", "info", "before; now in another answer of this test"
        case True, False:
            return ("bad", "error", "before, not now") if met.plain else ("warn", "warn", "before, not now")
        case True, None:
            return "quiet", "", "in the old answer"
        case False, True:
            return "good", "ok", f"{so} now, not before"
    return "good", "ok", so


__all__ = ["ExpectedLine", "ShownExpected", "expected_of"]
