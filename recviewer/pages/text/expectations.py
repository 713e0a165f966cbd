"""A line on something that a test looks for in an answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from recviewer.asserts.expectations import AnswerPiece, Expectation, Relation

MOST_WORDS = 12
"""Maximum number of alternative words in a line."""
PERHAPS = "; the test may mean another answer"
"""Added if the source does not tell which question is meant, and the words are in one of several answers."""
LONGEST = 200
"""Maximum length of one of them."""


@dataclass(frozen=True, slots=True)
class ExpectedLine:
    """One expectation. before, after: the text around the words.

    any_of: the words, one of which is enough; more: further ones. state: whether they are there. where: the line of the
    test's source.
    """

    tone: str
    glyph: str
    before: str
    any_of: tuple[str, ...]
    more: int
    after: str
    state: str
    where: str


def line_of(expectation: Expectation, path: str, state: tuple[str, str, str]) -> ExpectedLine:
    """Return the line of an expectation. path: of the test's source. state: (tone, glyph, words)."""
    before, after = _around(expectation)
    texts = tuple(_written(text) for text in expectation.any_of)
    tone, glyph, said = state
    where = f"{path.rpartition('/')[2]}, line {expectation.line}"
    return ExpectedLine(tone, glyph, before, texts[:MOST_WORDS], len(texts[MOST_WORDS:]), after, said, where)


def _written(value: Any) -> str:
    """Return an expected value as a person would write it."""
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
    """Return the words before and after an expected value."""
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
