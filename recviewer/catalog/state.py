"""The catalog's state: an identifier of its current content, under which results are cached.

There are two forms. `current_state` always returns an identifier, which tells whether anything has changed since a page
was made. While a run writes rows it stays the same, so nothing may be cached under it; use `stable_state` for that,
which returns "" during a run.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Max, Q, QuerySet, Subquery

from recviewer.catalog.models import IndexRun, Recording
from recviewer.catalog.prepared import prepared

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
    return f"{run}.{newest or 0}.{began.timestamp():.6f}{'' if ended else _WRITING}"


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
