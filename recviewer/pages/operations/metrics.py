"""`/metrics`: figures for Prometheus, in its text format. They cover the whole instance, whichever worker answers."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

import recviewer
from recviewer.catalog import database, freshness, last_look
from recviewer.catalog.models import Recording
from recviewer.loop import marks
from recviewer.loop.models import HostJob, JobState, WatchedRequest
from recviewer.pages.site.status import is_from_here
from recviewer.review.models import AuditEvent, Standing, TrashRecord

PLAIN = "text/plain; charset=utf-8"
KIND = "text/plain; version=0.0.4; charset=utf-8"


@login_not_required
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Return the figures to requests with the token or, if there is none, from this machine.

    To others the page does not exist.
    """
    if not _is_known(request):
        return HttpResponse("no such page\n", PLAIN, status=404)
    return HttpResponse("".join(_lines()), KIND, headers={"Cache-Control": "no-store"})


def _is_known(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode("utf-8", "replace"), f"Bearer {settings.METRICS_TOKEN}".encode())
    return is_from_here(request)


def _lines() -> Iterator[str]:
    yield from _one("recviewer_info", "The version that runs.", {f'{{version="{recviewer.__version__}"}}': 1})
    yield from _one("recviewer_recordings", "Recordings in the index.", {"": Recording.objects.count()})
    yield from _one(
        "recviewer_index_failed", "1 while the last comparison with the disk failed.", {"": int(freshness.has_failed())}
    )
    age = last_look.seconds_ago()
    if age is not None:
        yield from _one("recviewer_index_age_seconds", "Since the last comparison with the disk.", {"": round(age, 1)})
    free = database.free_bytes()
    if free is not None:
        yield from _one("recviewer_disk_free_bytes", "Free bytes in the data folder.", {"": free})
    states = Standing.objects.values_list("state").annotate(count=Count("pk")).order_by("state")
    yield from _one(
        "recviewer_decided",
        "Contents by what the verdicts on them come to.",
        {f'{{state="{state}"}}': n for state, n in states},
    )
    held = TrashRecord.objects.filter(restored_at=None, discarded_at=None).count()
    yield from _one("recviewer_trash", "Recordings in the trash.", {"": held})
    acts = AuditEvent.objects.count()
    yield from _one("recviewer_acts_total", "Acts in the log.", {"": acts}, "counter")
    if settings.HOST is None:
        return
    jobs = dict.fromkeys(JobState.values, 0)
    jobs |= dict(HostJob.objects.values_list("state").annotate(count=Count("pk")))
    yield from _one(
        "recviewer_jobs", "Jobs of the code host, by state.", {f'{{state="{one}"}}': n for one, n in jobs.items()}
    )
    troubled = HostJob.objects.filter(attempts__gt=0).count()
    yield from _one("recviewer_jobs_in_trouble", "Jobs whose last try failed.", {"": troubled})
    watched = WatchedRequest.objects.filter(is_open=True).count()
    yield from _one("recviewer_requests_open", "Open requests of the code host.", {"": watched})
    alive = marks.time(marks.ALIVE)
    if alive is not None:
        seconds = abs((timezone.now() - alive).total_seconds())
        yield from _one(
            "recviewer_worker_silent_seconds", "Since the worker was last heard of.", {"": round(seconds, 1)}
        )


def _one(name: str, says: str, values: dict[str, float], kind: str = "gauge") -> Iterator[str]:
    yield f"# HELP {name} {says}\n# TYPE {name} {kind}\n"
    for labels, value in values.items():
        yield f"{name}{labels} {value}\n"


app_name = "metrics"
urlpatterns = [path("metrics", show, name="show")]
