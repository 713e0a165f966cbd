"""The catalog's state: an identifier of its current content, under which results are cached.

There are two forms. `current_state` always returns an identifier, which tells whether anything has changed since a page
was made. While a run writes rows it stays the same, so nothing may be cached under it; use `stable_state` for that,
which returns "" during a run.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Generic, TypeVar

from django.db.models import Max, Q, QuerySet, Subquery

from recviewer.catalog.models import IndexRun, Recording
from recviewer.catalog.prepared import prepared

V = TypeVar("V")

_OF_RUN = re.compile(r"(?P<run>\d+)\.\d+\.(?P<began>\d+\.\d+)", re.ASCII)

_RUNS = 100
"""Most runs since a state; after more all rows are read again."""

_WRITING = "+"
"""Suffix of a state in which rows are being written."""


def current_state() -> str:
    """Return the catalog's present state, which changes whenever a run has written rows. Costs one cheap query.

    It includes when the newest run began, so that a rebuilt catalog is never mistaken for the one before.
    """
    found = next(iter(_newest()), None)
    if found is None:
        return f"0.{next(iter(_newest_recording()), 0)}"
    run, began, ended, newest = found
    return f"{run}.{newest or 0}.{_began(began)}{'' if ended else _WRITING}"


@prepared
def _newest() -> QuerySet[IndexRun, tuple[int, datetime, datetime | None, int | None]]:
    newest = Subquery(Recording.objects.order_by("-id").values("id")[:1])
    return IndexRun.objects.order_by("-id").values_list("id", "started_at", "finished_at", newest)[:1]


@prepared
def _newest_recording() -> QuerySet[Recording, int]:
    return Recording.objects.order_by("-id").values_list("id", flat=True)[:1]


def stable_state() -> str:
    """Return the state under which results may be cached, "" while a run writes rows."""
    return if_stable(current_state())


def if_stable(state: str) -> str:
    """Return a state unchanged, or "" if a run was writing rows when it was read."""
    return "" if state.endswith(_WRITING) else state


def written_since(state: str) -> int | None:
    """Return the run of a stable state if every change since was made to rows that carry the number of a later run.

    None if anything else has changed, such as commits or findings, or if the catalog was rebuilt: then all rows have to
    be read again. Whether rows were deleted is not known here.
    """
    told = _OF_RUN.fullmatch(state)
    if told is None:
        return None
    number = int(told["run"])
    later = IndexRun.objects.filter(id__gte=number).order_by("id")
    runs = list(later.values_list("id", "started_at", "finished_at", "added", "changed")[:_RUNS])
    if not runs or len(runs) == _RUNS or runs[0][0] != number or _began(runs[0][1]) != told["began"]:
        return None
    is_plain = all(ended is None or added > 0 or changed > 0 for _, _, ended, added, changed in runs[1:])
    return number if is_plain else None


def _began(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


class UpToDate(Generic[V]):
    """The last value that was made of all rows: the next one is made of it and of the rows that were written since."""

    def __init__(self) -> None:
        self._last: tuple[str, V] | None = None

    def made(self, state: str, make: Callable[[], V], update: Callable[[V, int], V | None]) -> V:
        """Return the value for now.

        state: the catalog's present state; "" if a run is writing rows: such a value is not kept. make: reads all
        rows. update: returns a value with the rows of later runs than one, or None if all rows have to be read.
        """
        last = self._last
        run = None if last is None else written_since(last[0])
        made = None if last is None or run is None else update(last[1], run)
        if made is None:
            if state:
                self._last = last = None  # two values at once would take twice the memory
            made = make()
        if state:
            self._last = state, made
        return made


def rename_state(*, removed: int = 0) -> None:
    """Change the catalog's state because lists show something else now.

    removed: number of files whose rows were deleted.
    """
    now = datetime.now(UTC)
    IndexRun.objects.create(started_at=now, finished_at=now, removed=removed)


def newest_writing_run() -> int:
    """Return the id of the last run that wrote rows or was interrupted; 0 if there is none."""
    wrote = IndexRun.objects.filter(Q(added__gt=0) | Q(changed__gt=0) | Q(finished_at=None))
    return int(wrote.aggregate(newest=Max("id"))["newest"] or 0)
