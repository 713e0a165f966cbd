"""What a test looks for in an answer, and whether it is there, as lines of a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from recviewer.changes.facts import Expected, Met
from recviewer.pages.text.expectations import PERHAPS, ExpectedLine, line_of

MOST_LINES = 40
"""Lines of one page; losses come first."""


@dataclass(frozen=True, slots=True)
class ShownExpected:
    """The lines of a change. more: number of further lines.

    unread, is_cut, errors: as in `changes.expected.Expected`.
    """

    lines: tuple[ExpectedLine, ...]
    more: int
    unread: int
    is_cut: bool
    errors: tuple[str, ...]


def expected_of(expected: Expected) -> ShownExpected | None:
    """Return the lines on what the test of a change looks for; None if its source is not available."""
    if not expected.is_read:
        return None
    met = sorted(expected.met, key=lambda one: not one.is_lost)
    lines = tuple(_lines(met[:MOST_LINES]))
    return ShownExpected(lines, len(met) - len(lines), expected.unread, expected.is_cut, expected.errors)


def _lines(met: Iterable[Met]) -> Iterable[ExpectedLine]:
    for one in met:
        tone, glyph, said = _state(one)
        yield line_of(one.expectation, one.path, (tone, glyph, said + ("" if one.is_spelled_out else PERHAPS)))


def _state(met: Met) -> tuple[str, str, str]:
    """Return (tone, glyph, words) of a result. Only what certainly is about this answer is red."""
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
