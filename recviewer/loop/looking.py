"""Looking at a pull request: it is queried at the host, fetched, evaluated once, and stored for the status."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings

from recviewer.changes import fetches
from recviewer.changes.overview import subjects
from recviewer.changes.sources import Spec, open_range
from recviewer.git.fetched import BRANCHES
from recviewer.git.refs import commit_of
from recviewer.hosts.calls import HostDown
from recviewer.hosts.client import HostClient
from recviewer.hosts.contract import CodeHost, HostRequest
from recviewer.loop import jobs, noticing
from recviewer.loop.models import JobKind, WatchedRequest
from recviewer.memory import ranges
from recviewer.report.report import Report

DIGITS = 8
"""Length of the stored prefix of a subject's hash. A collision only costs one needless comparison."""


def list_open(host: CodeHost, client: HostClient) -> None:
    """Request a look at each pull request that is new, moved, or no longer open.

    Raises what calls of the host raise.
    """
    there = {one.number: one for one in host.open_requests(client)}
    known = WatchedRequest.objects.in_bulk()
    for number, one in there.items():
        row = known.get(number)
        if row is None or not row.is_open or (row.seen_head, row.seen_base) != (one.head, one.base) or not row.head:
            jobs.ask(JobKind.LOOK, number)
    for number, row in known.items():
        if row.is_open and number not in there:
            jobs.ask(JobKind.LOOK, number)


def look(host: CodeHost, client: HostClient, number: int) -> None:
    """Fetch a pull request and evaluate it. Raises what calls of the host raise, and GitFailed."""
    request = host.request(client, number)
    row, _ = WatchedRequest.objects.get_or_create(number=number)
    if not request.is_open:
        row.is_open = False
        row.save(update_fields=["is_open"])
        return
    report = _brought(host, request)
    source = report.found.source
    is_new, is_other = not row.head, row.head != source.range.head
    row.is_open, row.seen_head, row.seen_base = True, request.head, request.base
    row.head, row.base, row.files = source.range.head, source.range.named or source.range.base, source.files
    row.subjects = digests(subjects(report.found.changes))
    row.save(update_fields=["is_open", "seen_head", "seen_base", "head", "base", "files", "subjects"])
    jobs.ask(JobKind.TELL, number)
    if is_other:
        noticing.tell_of_range(row, report, is_new=is_new)


def _brought(host: CodeHost, request: HostRequest) -> Report:
    """Fetch both sides and evaluate the range. Raises HostDown if the host's git is behind its own API."""
    ref = host.ref(request.number)
    assert settings.FETCH_FROM is not None
    fetches.bring(
        ranges.repository(), settings.FETCH_FROM, Path(settings.DATA_DIR), (f"refs/heads/{request.base}", ref)
    )
    repository = ranges.repository()
    head, base = commit_of(repository, ref), commit_of(repository, f"{BRANCHES}{request.base}")
    if head != request.head:
        raise HostDown(f"{ref} is at {head[:9]}, and the host says {request.head[:9]}: its copies differ for a moment")
    return ranges.report_on(open_range(repository, Spec(base, head)))


def report_of(row: WatchedRequest) -> Report:
    """Return the report on a pull request with the present verdicts. Raises GitFailed."""
    return ranges.report_on(open_range(ranges.repository(), Spec(row.base, row.head)))


def digests(some: Iterable[str]) -> str:
    """Return subjects in their stored form, in order, separated by spaces."""
    return " ".join(sorted({digest(one) for one in some}))


def digest(subject: str) -> str:
    """Return the stored prefix of a subject's hash."""
    return hashlib.sha256(subject.encode("utf-8", "surrogatepass")).hexdigest()[:DIGITS]
