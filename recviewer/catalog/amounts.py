"""Numbers and days as people type them into filters."""

from __future__ import annotations

import re
from datetime import UTC, datetime

MOST = 2**62
_UNITS = {"": 1, "k": 1000, "m": 1_000_000, "g": 1_000_000_000}
_LOOKUPS = {"": "exact", ">": "gt", "<": "lt", ">=": "gte", "<=": "lte"}
_NUMBER = r"(\d+(?:\.\d+)?)\s*([kmg]?)b?"
_AMOUNT = re.compile(rf"(>=|<=|>|<|)\s*{_NUMBER}")
_SPAN = re.compile(rf"(?:{_NUMBER})?\.\.(?:{_NUMBER})?")
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", re.ASCII)


def amount(value: str) -> tuple[str, int] | None:
    """Parse an amount such as `>100k`, `<=5` or `12`. Returns (lookup, number), or None if it is invalid."""
    found = _AMOUNT.fullmatch(value.strip().lower())
    return None if found is None else (_LOOKUPS[found[1]], _number(found[2], found[3]))


def span(value: str) -> tuple[int, int] | None:
    """Parse a range such as `20k..100k` (both ends included), `20k..` or `..100k`. Returns None for anything else."""
    found = _SPAN.fullmatch(value.strip().lower())
    if found is None or not (found[1] or found[3]):
        return None
    return _number(found[1], found[2]) if found[1] else 0, _number(found[3], found[4]) if found[3] else MOST


def _number(digits: str, unit: str) -> int:
    return int(min(float(digits) * _UNITS[unit], MOST))


def days(value: str) -> tuple[datetime, datetime] | None:
    """Parse `2026`, `2026-04` or `2026-04-22`.

    Returns the start of that period and of the next one, in UTC, or None for other text.
    """
    found = _DAY.fullmatch(value.strip())
    if found is None:
        return None
    year, month, day = int(found[1]), int(found[2] or 1), int(found[3] or 1)
    try:
        start = datetime(year, month, day, tzinfo=UTC)
        if found[3]:
            return start, datetime.fromordinal(start.toordinal() + 1).replace(tzinfo=UTC)
        later = year * 12 + month - 1 + (1 if found[2] else 12)
        return start, datetime(later // 12, later % 12 + 1, 1, tzinfo=UTC)
    except ValueError:
        return None
