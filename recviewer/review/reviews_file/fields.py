"""Validation of the fields of a line of a file of reviews: each function raises BadLine for an invalid value."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from recviewer.review.subjects import PATH_LENGTH, unfit
from recviewer.store.paths import components
from recviewer.store.refusals import OutsideRoot

AHEAD = timedelta(days=1)
"""How far a clock elsewhere may be ahead. Anything dated later would outlast all that is said until then."""
EVER = datetime(1970, 1, 1, tzinfo=UTC)
_NAME_LENGTH = 1000
_BLOB = re.compile("[0-9a-f]{40}")
Line = dict[str, Any]


class BadLine(ValueError):
    """A line that cannot be used. The message says why."""


def time(moment: datetime) -> str:
    """Return a time in its written form: in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def string(line: Line, name: str, *, length: int, default: str | None = None) -> str:
    """Return a text. default: for a missing value; None if it is required."""
    value = line.get(name, default)
    if not isinstance(value, str) or (default is None and not value):
        raise BadLine(f"“{name}” is missing" if value in (None, "") else f"“{name}” is not text")
    if len(value) > length:
        raise BadLine(f"“{name}” is longer than {length:,} characters")
    if unfit(value):
        raise BadLine(f"“{name}” holds characters that no text holds")
    return value


def path_of(line: Line, *, default: str | None = None) -> str:
    """Return the path of a recording."""
    path = string(line, "path", length=PATH_LENGTH, default=default)
    try:
        components((path or "-").encode())
    except OutsideRoot:
        raise BadLine("“path” is not a path of a file below the recordings root") from None
    return path


def name_of(line: Line, name: str, *, default: str | None = None) -> str:
    """Return the name of a person."""
    who = string(line, name, length=_NAME_LENGTH, default=default)
    if not who.isprintable():
        raise BadLine(f"“{name}” holds characters that no name holds")
    return who


def shaped(line: Line, name: str, shape: re.Pattern[str], what: str, *, default: str | None = None) -> str:
    """Return a text that matches a pattern. what: its name in the error message."""
    value = string(line, name, length=80, default=default)
    if value and not shape.fullmatch(value):
        raise BadLine(f"“{name}” is no {what}")
    return value


def blob_of(line: Line) -> str:
    """Return the id of a blob, "" for none."""
    return shaped(line, "blob", _BLOB, "name of a blob, 40 hex digits", default="")


def moment_of(line: Line, name: str, *, default: datetime | None = None) -> datetime:
    """Return a time."""
    if default is not None and name not in line:
        return default
    told = string(line, name, length=80)
    try:
        moment = datetime.fromisoformat(told)
        if moment.tzinfo is None:
            raise ValueError
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadLine(f"“{name}” is not a time with a time zone") from None
    if moment < EVER:
        raise BadLine(f"“{name}” lies before {EVER.year}")
    if moment > timezone.now() + AHEAD:
        raise BadLine(f"“{name}” lies in the future, at {time(moment)}")
    return moment


def day_of(line: Line, name: str) -> str:
    """Return a day as `2026-12-31`, "" for none."""
    told = string(line, name, length=10, default="")
    try:
        return date.fromisoformat(told).isoformat() if told else ""
    except ValueError:
        raise BadLine(f"“{name}” is not a day, as 2026-12-31 is") from None
