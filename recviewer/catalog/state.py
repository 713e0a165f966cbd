"""The name of what the catalog holds now. What is worked out of the catalog is kept under it, and made anew under another.

There are two forms. `current_state` always is a name, and asks whether anything changed since a page was made. While a run
writes rows that name stays the same, so nothing may be kept under it: for that there is `stable_state`, which then is "".
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Max, Q, QuerySet

from recviewer.catalog.models import IndexRun, Recording
from recviewer.catalog.prepared import prepared

_WRITING = "+"
"""Ends the name of a state in which rows are being written."""


def current_state() -> str:
    """Return a name of the catalog's present state; another one whenever a run wrote rows. Two cheap queries.

    It tells when the newest run began, so that a catalog that was built again is never taken for the one before.
    """
    newest = next(iter(_newest_recording()), 0)
    run = next(iter(_newest_run()), None)
    if run is None:
        return f"0.{newest}"
    return f"{run[0]}.{newest}.{run[1].timestamp():.6f}{'' if run[2] else _WRITING}"


@prepared
def _newest_run() -> QuerySet[IndexRun, tuple[int, datetime, datetime | None]]:
    return IndexRun.objects.order_by("-id").values_list("id", "started_at", "finished_at")[:1]


@prepared
def _newest_recording() -> QuerySet[Recording, int]:
    return Recording.objects.order_by("-id").values_list("id", flat=True)[:1]


def stable_state() -> str:
    """Return the name under which what is worked out now may be kept, "" while a run writes rows."""
    return if_stable(current_state())


def if_stable(state: str) -> str:
    """Return a name of the catalog's state as it is, "" where a run wrote rows when it was asked for."""
    return "" if state.endswith(_WRITING) else state


def rename_state(*, removed: int = 0) -> None:
    """Give the catalog's state another name, for what lists show is another now. removed: files whose rows went."""
    now = datetime.now(UTC)
    IndexRun.objects.create(started_at=now, finished_at=now, removed=removed)


def newest_writing_run() -> int:
    """Return the id of the last run that wrote rows, or was interrupted; 0 where there was none."""
    wrote = IndexRun.objects.filter(Q(added__gt=0) | Q(changed__gt=0) | Q(finished_at=None))
    return int(wrote.aggregate(newest=Max("id"))["newest"] or 0)
