"""How many recordings a request changes: counted for a page of requests at once, from file names only."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from recviewer.changes.changeset import has_home
from recviewer.git import branch_points
from recviewer.git.repository import GitFailed, Repository, TooSlow
from recviewer.recorders.registry import claims

SECONDS = 2.0
"""Longest time that counting may delay a page."""

BATCH, BATCH_SECONDS = 25, 60.0
"""Heads that are counted at once in the background, and the time limit; on failure, each alone with the same limit."""

KEPT = 20_000
"""Most counts stored in the file."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What a head changes. recordings: how many, None if unknown.

    commits, first: as in `forks.Fork`.
    """

    recordings: int | None
    commits: int
    first: str


class Counter:
    """Counts, and caches the results: the difference of two commits never changes.

    What takes longer than a page may wait is counted in the background; meanwhile pages show what is known.
    """

    def __init__(self, store: Path | None = None) -> None:
        """store: the file that keeps the counts across restarts, None for none."""
        self._kept: dict[tuple[str, str], Touch] = {}
        self._store = store
        self._is_read = False
        self._given_up: set[tuple[str, str]] = set()
        self._counting: dict[str, threading.Thread] = {}
        self._lock = threading.Lock()

    def touched(self, repository: Repository, base: str, heads: Sequence[str]) -> dict[str, Touch]:
        """Return what each head changes relative to the base (full ids).

        Heads about which nothing is known are missing: those not available here, and all of a repository that is too
        slow.
        """
        self._read()
        known = self._known(base, heads)
        missing = self._missing(base, heads, known)
        if not missing or self.is_counting(repository):
            return known
        try:
            found = count(repository, base, missing)
        except TooSlow:
            self._go_on(repository, base, missing)
            return known
        except GitFailed:
            return known
        return known | self._note(base, missing, found)

    def count_all(self, repository: Repository, base: str, heads: Sequence[str]) -> dict[str, Touch]:
        """Return what is known of many heads. Others are counted in the background, for which a page waits briefly."""
        self._read()
        known = self._known(base, heads)
        missing = self._missing(base, heads, known)
        if not missing or self.is_counting(repository):
            return known
        self._go_on(repository, base, missing)
        self.wait(repository, SECONDS)
        return self._known(base, heads)

    def is_counting(self, repository: Repository) -> bool:
        """Tell whether a repository's heads are being counted in the background."""
        thread = self._counting.get(str(repository.git_dir))
        return thread is not None and thread.is_alive()

    def wait(self, repository: Repository, seconds: float | None = None) -> None:
        """Wait for the background count, at most this long."""
        thread = self._counting.get(str(repository.git_dir))
        if thread is not None:
            thread.join(seconds)

    def _known(self, base: str, heads: Sequence[str]) -> dict[str, Touch]:
        return {head: self._kept[base, head] for head in heads if (base, head) in self._kept}

    def _missing(self, base: str, heads: Sequence[str], known: Mapping[str, Touch]) -> list[str]:
        return [head for head in dict.fromkeys(heads) if head not in known and (base, head) not in self._given_up]

    def _note(self, base: str, asked: Sequence[str], found: dict[str, Touch]) -> dict[str, Touch]:
        """Store results; heads without a result are not tried again by this process."""
        self._kept.update({(base, head): touch for head, touch in found.items()})
        self._given_up.update((base, head) for head in asked if head not in found)
        self._write()
        return found

    def _go_on(self, repository: Repository, base: str, heads: Sequence[str]) -> None:
        place = str(repository.git_dir)
        with self._lock:
            if self.is_counting(repository):
                return
            thread = threading.Thread(
                target=self._count_apart, args=(repository, base, heads), name="recviewer-counts", daemon=True
            )
            try:
                thread.start()
            except RuntimeError:  # no thread available: the next page tries again
                return
            self._counting[place] = thread

    def _count_apart(self, repository: Repository, base: str, heads: Sequence[str]) -> None:
        for start in range(0, len(heads), BATCH):
            some = heads[start : start + BATCH]
            try:
                self._note(base, some, count(repository, base, some, seconds=BATCH_SECONDS))
            except TooSlow:
                for head in some:
                    self._count_one(repository, base, head)
            except GitFailed:
                return

    def _count_one(self, repository: Repository, base: str, head: str) -> None:
        try:
            self._note(base, [head], count(repository, base, [head], seconds=BATCH_SECONDS))
        except GitFailed:
            self._given_up.add((base, head))

    def _read(self) -> None:
        if self._is_read or self._store is None:
            return
        self._is_read = True
        try:
            rows = json.loads(self._store.read_bytes())
            self._kept.update({(base, head): Touch(*touch) for base, head, *touch in rows})
        except (OSError, ValueError, TypeError):
            pass  # will be counted again

    def _write(self) -> None:
        if self._store is None:
            return
        kept = list(self._kept.items())[-KEPT:]  # a copy, since other threads add to it
        rows = [[base, head, one.recordings, one.commits, one.first] for (base, head), one in kept]
        beside = self._store.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
        try:
            beside.write_text(json.dumps(rows))
            beside.replace(self._store)
        except OSError:
            pass  # will be counted again after the next start


def count(repository: Repository, base: str, heads: Sequence[str], *, seconds: float = SECONDS) -> dict[str, Touch]:
    """Count without cache. Raises TooSlow, GitFailed."""
    until = time.monotonic() + seconds
    found = branch_points.forks(repository, base, heads, seconds=seconds)
    pairs = {head: fork.at for head, fork in found.items() if fork.at and fork.at != head}
    paths = dict(branch_points.changed(repository, pairs, seconds=max(0.1, until - time.monotonic()))) if pairs else {}
    mine = claims()
    is_home_named = any(mine.are_homes(name.split(b"/")[:-1]) for names in paths.values() for name in names)
    is_one = mine.holds if is_home_named or not paths or has_home(repository, base) else mine.holds_loose
    counts: dict[str, int | None] = {head: sum(map(is_one, names)) for head, names in paths.items()}
    counts |= {head: 0 for head, fork in found.items() if fork.at == head}
    return {head: Touch(counts.get(head), fork.commits, fork.first) for head, fork in found.items()}
