"""Reports on ranges as pages need them: kept while a process lives, with what reviewers have said by now."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from threading import Lock

from django.conf import settings

from recviewer.changes import report as reports
from recviewer.changes import sources
from recviewer.changes.overview import decided
from recviewer.changes.report import Report
from recviewer.changes.sides import Library
from recviewer.git.ranges import opened
from recviewer.git.repository import Repository
from recviewer.review.filters import standings_for

KEPT = 6
"""Ranges whose report is kept in memory; the one that was not looked at for longest goes first."""

_library = Library()
_reports: OrderedDict[tuple[str, str, str], Report] = OrderedDict()
_lock = Lock()


def repository() -> Repository:
    """Return the repository whose ranges are shown. Raises GitFailed where there is none."""
    return opened(Path(settings.REPOSITORY or settings.RECORDINGS_ROOT))


def report_of(spec: str) -> Report:
    """Work a report out, or take it from memory: commits never change, verdicts are asked each time. Raises GitFailed."""
    here = repository()
    asked = sources.open_range(here, sources.parse(spec))
    key = (str(here.git_dir), asked.base, asked.head)
    with _lock:
        known = _reports.get(key) if asked.head else None
        if known is not None:
            _reports.move_to_end(key)
    if known is None:
        known = reports.make(here, spec, library=_library)
        with _lock:
            _reports[key] = known
            while len(_reports) > KEPT:
                _reports.popitem(last=False)
    standings = standings_for([change.subject for change in known.found.changes])
    verdicts = {subject: standing.state for subject, standing in standings.items()}
    return Report(decided(known.found, verdicts), known.findings)
