"""The other recordings of the same test, in the order in which the test made them, as far as that can be known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from recviewer.catalog.models import Recording
from recviewer.formats.deltas import size_of
from recviewer.formats.reading import read
from recviewer.store import files
from recviewer.store.refusals import Refusal

ORDERED = 24
"""Tests with more recordings are listed by path: finding their order would mean opening them all."""

SHOWN = 15


@dataclass(frozen=True, slots=True)
class Neighbour:
    """One recording of the test."""

    number: int
    url: str
    answered: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Neighbours:
    """place: of this recording, from 1. shown: those around it. is_ordered: by how many messages they send."""

    place: int
    count: int
    shown: tuple[Neighbour, ...]
    is_ordered: bool
    previous: str
    next: str


def neighbours_of(recording: Recording) -> Neighbours | None:
    """Return the recordings of the same test, None where there is only this one or no test is known."""
    if not recording.test_id:
        return None
    rows = list(
        Recording.objects.filter(test_id=recording.test_id)
        .order_by("path")
        .values_list("path", "blob", "size", "answered")
    )
    if len(rows) < 2:
        return None
    is_ordered = len(rows) <= ORDERED
    if is_ordered:
        rows.sort(key=lambda row: (*_weight(row[0], row[1], row[2]), row[0]))
    place = next((at for at, row in enumerate(rows) if row[0] == recording.path), 0)
    start = max(0, min(place - SHOWN // 2, len(rows) - SHOWN))
    shown = [
        Neighbour(at + 1, url_of(row[0]), row[3][:80], at == place)
        for at, row in enumerate(rows[start : start + SHOWN], start)
    ]
    return Neighbours(
        place=place + 1,
        count=len(rows),
        shown=tuple(shown),
        is_ordered=is_ordered,
        previous=url_of(rows[place - 1][0]) if place else "",
        next=url_of(rows[place + 1][0]) if place + 1 < len(rows) else "",
    )


def url_of(path: str) -> str:
    """Return the address of a recording's page."""
    return reverse("recording:show", kwargs={"key": path})


_MODELS = re.compile(r"models-([0-9a-f]{12,64})-[0-9a-f]{8}\.json$")


def shared_hash(path: str) -> str:
    """Say how many model lists share the request hash in a file's name; "" where it is alone."""
    found = _MODELS.search(path)
    if not found:
        return ""
    count = Recording.objects.filter(kind="models", path__contains=f"models-{found[1]}-").count()
    return f"hash {found[1][:12]} is shared by {count:,} files; replay merges them" if count > 1 else ""


@lru_cache(maxsize=4096)
def _weight(path: str, blob: str, size: int) -> tuple[int, int]:
    """Return how many messages a recording's request has, and its size: a later call sends more."""
    if size > 400_000:
        return (1 << 20, size)
    try:
        data = files.read(settings.RECORDINGS_ROOT, path.encode(), limit_bytes=settings.FILE_LIMIT_BYTES).data
    except Refusal:
        return (0, 0)
    request = read(data).exchange.request
    return (len(request.messages), size_of(request.body))
