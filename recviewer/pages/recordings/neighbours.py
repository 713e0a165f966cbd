"""The other recordings of the same test, in the order in which the test made them, as far as that can be known.

A file of many calls has them in their order. Other recordings contain no times, but a later call of a test sends more
or longer messages than an earlier one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.db.models import QuerySet
from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode

from recviewer.catalog.model_lists import request_of
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.catalog.state import stable_state

SHOWN = 15

FIND = "find"
"""The URL parameter of a recording's page with the words to find on it."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One recording of the test."""

    number: int
    url: str
    answered: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """place: of this recording, from 1. shown: those around it."""

    place: int
    count: int
    shown: tuple[Neighbour, ...]
    previous: str
    next: str


def neighbours_of(recording: Recording) -> Neighbours | None:
    """Return the recordings of the same test, None if this is the only one or its test is unknown."""
    if not recording.test_id:
        return None
    rows = _of_test(recording.test_id)
    if len(rows) < 2:
        return None
    if all(part for _, _, part, _ in rows):
        rows.sort(key=lambda row: (row[0].removesuffix(f"/{row[2]}"), row[3]))
    place = next((at for at, row in enumerate(rows) if row[0] == recording.path), 0)
    start = max(0, min(place - SHOWN // 2, len(rows) - SHOWN))
    shown = [
        Neighbour(at + 1, url_of(row[0]), row[1][:80], at == place)
        for at, row in enumerate(rows[start : start + SHOWN], start)
    ]
    return Neighbours(
        place=place + 1,
        count=len(rows),
        shown=tuple(shown),
        previous=url_of(rows[place - 1][0]) if place else "",
        next=url_of(rows[place + 1][0]) if place + 1 < len(rows) else "",
    )


@prepared
def _of_test(test_id: str) -> QuerySet[Recording, tuple[str, str, str, int]]:
    rows = Recording.objects.filter(test_id=test_id).order_by("turns", "asked_length", "path")
    return rows.values_list("path", "answered", "part", "place")


def url_of(path: str) -> str:
    """Return the URL of a recording's page."""
    return _url(path, get_script_prefix())


@lru_cache(32)
def looked_for(words: str) -> str:
    """Return the query string of a recording's page that finds words there, "" for none."""
    return f"?{urlencode({FIND: words})}" if words else ""


@lru_cache(4_000)
def _url(path: str, prefix: str) -> str:
    """Return the URL with the prefix."""
    return reverse("recording:show", kwargs={"key": path})


def shared_list(path: str) -> tuple[str, str]:
    """Return with how many files replay merges a list of models, and where that is shown; ("", "") for other
    recordings.
    """
    asked = request_of(path, stable_state())
    if asked is None:
        return "", ""
    count = len(asked.read)
    words = f"one of {count:,} files that replay joins" if count > 1 else "what replay makes of this list"
    mine = next(one for one in asked.files if one.row.path == path)
    return (words if mine.is_read else "replay does not read this list"), reverse("models:show", args=[asked.digits])
