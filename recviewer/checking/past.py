"""Facts about findings from git's history: since when a file has one, and when a test's recordings were removed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from itertools import islice

from recviewer.checking import trees
from recviewer.git.history import contents, replaced_blobs
from recviewer.git.refs import commit_of
from recviewer.git.repository import GitFailed, Repository, reading, run
from recviewer.git.walk import back
from recviewer.pairing.sides import Side
from recviewer.recorders.registry import claims

FILES, VERSIONS, COMMITS, SECONDS = 20, 50, 5_000, 5.0
"""Most files whose versions are read, versions of each, commits walked for one, and seconds for it."""

GONE, GONE_SECONDS = 3_000, 10.0
"""Most removed blobs that are read, and seconds for finding them."""


class GitPast:
    """The history of a state: of HEAD for the work tree. What takes too long, or cannot be read, is unknown."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self._repository = repository
        self._commit = commit
        self._asked = 0
        self._known: dict[str, list[tuple[str, list[Side]]]] = {}

    def first(self, path: str, holds: Callable[[Side], bool]) -> str:
        """Return the first commit with a recording in this file for which a predicate holds, "" if unknown.

        path: relative to the top of the repository. Earlier names of the file are not followed.
        """
        if path not in self._known and len(self._known) >= FILES:
            return ""
        if path not in self._known:
            try:
                self._known[path] = list(self._versions(path))
            except GitFailed:
                self._known[path] = []
        return next((when for when, sides in reversed(self._known[path]) if any(map(holds, sides))), "")

    def _versions(self, path: str) -> Iterator[tuple[str, list[Side]]]:
        raw = path.encode("utf-8", "surrogatepass")
        head = commit_of(self._repository, self._commit)
        steps = back(self._repository, head, raw, limit=COMMITS, seconds=SECONDS)
        found = [(step.sha, change.new) for step in steps for change in step.changes if change.new]
        if len(found) > VERSIONS:
            return
        data = dict(contents(self._repository, [blob for _, blob in found]))
        for sha, blob in found:
            yield sha[:9], trees.read(raw, data.get(blob, b"")).sides

    def lost(self, path: str, word: str) -> str:
        """Return the last commit that changed how often a word occurs in a file, "" if unknown."""
        self._asked += 1
        if self._asked > FILES or not word or "\0" in path + word:
            return ""
        raw = path.encode("utf-8", "surrogatepass")
        words: list[str | bytes] = ["log", "-1", "--format=%h, %as", "--no-renames", f"-S{word}"]
        try:
            words += [commit_of(self._repository, self._commit), "--", b":(top,literal)" + raw]
            with reading(self._repository) as env:
                done = run(words, env=env, seconds=SECONDS)
        except GitFailed:
            return ""
        return done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else ""

    def gone(self, tests: Collection[str]) -> Iterator[tuple[str, Side]]:
        """Yield deleted or changed recordings of some tests, latest first, with the commit that did it."""
        if not tests:
            return
        named = re.compile(b"|".join(re.escape(one.encode("utf-8", "surrogatepass")) for one in tests))
        try:
            head = commit_of(self._repository, self._commit)
            some = [
                (sha, raw, blob)
                for sha, raw, blob in islice(replaced_blobs(self._repository, head, seconds=GONE_SECONDS), 10 * GONE)
                if claims().holds(raw)
            ][:GONE]
            places: dict[str, list[tuple[int, str, bytes]]] = {}
            for place, (sha, raw, blob) in enumerate(some):
                places.setdefault(blob, []).append((place, sha, raw))
            found = [
                (place, sha, raw, data)
                for blob, data in contents(self._repository, list(places))
                if named.search(data)
                for place, sha, raw in places[blob]
            ]
        except GitFailed:
            return
        for _, sha, raw, data in sorted(found, key=lambda one: one[0]):
            for side in trees.read(raw, data).sides:
                if side.test_id in tests:
                    yield sha[:9], side
