"""Which tests have recordings that a range did not change: only then is it known whether a test is gone, or new."""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Mapping, Sequence
from json import loads

import orjson

from recviewer.bounded.cache import Recent
from recviewer.changes.sources import Range
from recviewer.git.history import contents
from recviewer.git.mentions import first_lines
from recviewer.git.ranges import ChangedFile, listed
from recviewer.git.repository import GitFailed, Repository
from recviewer.pairing.successors import KeptRecording

MOST = 200
"""Most recordings that are read to find their endpoint; beyond that, any endpoint is assumed possible."""

FEW = 64
"""Up to this many blobs are read one by one; for more, `git grep` is used."""

REMEMBERED = 60_000
"""Most blobs whose test one process caches."""

_KEY = '"test_id"'
_TEST_ID = re.compile(rb'"test_id"\s*:\s*("(?:[^"\\]|\\.)*")')


_TESTS, _ENDPOINTS = Recent[str, str](REMEMBERED), Recent[str, str](REMEMBERED)
"""Facts about blobs, by id, which never change."""


class Unchanged:
    """Those tests and their recordings, searched in the folders where recordings were added or deleted.

    The recordings of a test are in one folder.
    """

    def __init__(self, asked: Range, changed: Sequence[ChangedFile]) -> None:
        self._repository, self._commit = asked.repository, asked.base
        self._changed = frozenset(item.raw for item in changed)
        self._folders = frozenset(item.raw.rpartition(b"/")[0] for item in changed if not item.old or not item.new)
        self._is_both = any(not item.new for item in changed) and any(not item.old for item in changed)
        self._tests: dict[str, str] | None = {}
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start searching in the background; not if nothing was added, or nothing deleted."""
        if self._thread is None and self._is_both:
            self._tests = None  # unknown until found
            self._thread = threading.Thread(target=self._look, daemon=True)
            self._thread.start()

    def __call__(self, tests: Collection[str]) -> Collection[KeptRecording] | None:
        """Return the unchanged recordings of all tests, with endpoints only for the tests that are named.

        None if git could not answer, or not in time.
        """
        self.begin()
        if self._thread is not None:
            self._thread.join()
        if self._tests is None:
            return None
        try:
            endpoints = _endpoints(self._repository, [blob for blob, test in self._tests.items() if test in tests])
        except GitFailed:
            return None
        return {KeptRecording(test, endpoints.get(blob, "")) for blob, test in self._tests.items()}

    def _look(self) -> None:
        try:
            held = listed(self._repository, self._commit, self._folders)
            left = {
                item.raw: item.blob for item in held if item.raw.endswith(b".json") and item.raw not in self._changed
            }
            found = tests_of(self._repository, self._commit, left, self._folders)
        except GitFailed:
            return
        self._tests = {blob: test for blob, test in found.items() if test}


def tests_of(
    repository: Repository, commit: str, files: Mapping[bytes, str], folders: Collection[bytes]
) -> dict[str, str]:
    """Return, by blob, the first test that each file of some folders names, "" if it names none. Raises GitFailed.

    files: blobs by path. commit: the commit that contains them.
    """
    known = _TESTS.among(files.values())
    unknown = {raw: blob for raw, blob in files.items() if blob not in known}
    if len(unknown) <= FEW:
        blobs = frozenset(unknown.values())
        found = {blob: _id(data) for blob, data in contents(repository, blobs)} if blobs else {}
    else:
        lines = first_lines(repository, commit, _KEY, folders)
        found = {blob: _id(lines.get(raw, b"")) for raw, blob in unknown.items()}
    _TESTS.update(found)
    return known | found


def _id(data: bytes) -> str:
    """Return the first test id in some bytes, "" if there is none."""
    found = _TEST_ID.search(data)
    try:
        return str(loads(found.group(1))) if found is not None else ""
    except ValueError:
        return ""


def _endpoints(repository: Repository, blobs: Collection[str]) -> dict[str, str]:
    """Return, by blob, the last part of a recording's endpoint; "" if it has none."""
    known = _ENDPOINTS.among(blobs)
    unknown = [blob for blob in blobs if blob not in known][:MOST]
    found = {blob: _endpoint(data) for blob, data in contents(repository, unknown)} if unknown else {}
    _ENDPOINTS.update(found)
    return known | found


def _endpoint(data: bytes) -> str:
    try:
        told = orjson.loads(data)["request"]["endpoint"]
    except (ValueError, KeyError, TypeError):
        return ""
    return told.rpartition("/")[2] if isinstance(told, str) else ""
