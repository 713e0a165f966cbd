"""The title of a range: the number of its pull request and the title from the list of requests."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

from recviewer.changes.sources import Spec
from recviewer.changes.touched import Counter
from recviewer.git import refs
from recviewer.git.landmarks import landmarks
from recviewer.git.repository import GitFailed, Repository

COUNTS = Counter(settings.DATA_DIR / "touched.json")
"""What requests and branches touch, and their first commits: one for the process, stored in the data folder."""

_REQUEST = re.compile(r"(?:refs/)?(?P<kind>pull|merge-requests)/(?P<number>\d+)/head")


@dataclass(frozen=True, slots=True)
class RequestName:
    """number: `#3` or `!3` of a request, "" for none. title: the subject of its first commit, "" if unknown."""

    number: str
    title: str


def called(here: Repository, spec: Spec, head: str) -> RequestName:
    """Return the title of a range. head: the full name of its newest commit, "" for the files on disk."""
    found = _REQUEST.fullmatch(spec.head)
    number = f"{'#' if found['kind'] == 'pull' else '!'}{found['number']}" if found else ""
    return RequestName(number, _title(here, head) if number and head else "")


def _title(here: Repository, head: str) -> str:
    try:
        base = landmarks(here).base
        touch = COUNTS.touched(here, base, [head]).get(head) if base else None
        first = touch.first if touch and touch.first else head
        commit = refs.commits(here, [first]).get(first)
    except GitFailed:
        return ""
    return commit.subject if commit else ""
