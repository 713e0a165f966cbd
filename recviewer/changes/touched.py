"""How much of a request concerns recordings: counted for a page of requests at once, from names alone."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from recviewer.changes.changeset import has_home
from recviewer.git import forks
from recviewer.git.repository import GitFailed, Repository, TooSlow
from recviewer.recent import Recent
from recviewer.recorders.registry import claims

SECONDS = 2.0
"""How long counting may keep a page waiting."""

REST_SECONDS = 300
"""How long a repository that was too slow is not asked again."""

KEPT = 5_000
"""Counts that are kept in memory."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What a head brings. recordings: how many it touches, None where that is not known.

    commits, first: as of `forks.Fork`.
    """

    recordings: int | None
    commits: int
    first: str


class Counter:
    """Counts, and remembers: a pair of commits never changes."""

    def __init__(self) -> None:
        self._kept = Recent[tuple[str, str, str], Touch](KEPT)
        self._resting: dict[str, float] = {}

    def touched(self, repository: Repository, base: str, heads: Sequence[str]) -> dict[str, Touch]:
        """Return what each head brings to the base (full names).

        Heads of which nothing can be said are left out: those that are not here, and all of a repository that is too slow.
        """
        place = str(repository.git_dir)
        known = {head: touch for (*_, head), touch in self._kept.among((place, base, head) for head in heads).items()}
        if self._resting.get(place, 0) > time.monotonic():
            return known
        missing = [head for head in dict.fromkeys(heads) if head not in known]
        try:
            found = count(repository, base, missing) if missing else {}
        except TooSlow:
            self._resting[place] = time.monotonic() + REST_SECONDS
            return known
        except GitFailed:
            return known
        self._kept.update({(place, base, head): touch for head, touch in found.items()})
        return known | found


def count(repository: Repository, base: str, heads: Sequence[str]) -> dict[str, Touch]:
    """Count anew. Raises TooSlow, GitFailed."""
    until = time.monotonic() + SECONDS
    found = forks.forks(repository, base, heads, seconds=SECONDS)
    pairs = {head: fork.at for head, fork in found.items() if fork.at and fork.at != head}
    paths = dict(forks.changed(repository, pairs, seconds=max(0.1, until - time.monotonic()))) if pairs else {}
    mine = claims()
    is_home_named = any(mine.are_homes(name.split(b"/")[:-1]) for names in paths.values() for name in names)
    is_one = mine.holds if is_home_named or not paths or has_home(repository, base) else mine.holds_loose
    counts: dict[str, int | None] = {head: sum(map(is_one, names)) for head, names in paths.items()}
    counts |= {head: 0 for head, fork in found.items() if fork.at == head}
    return {head: Touch(counts.get(head), fork.commits, fork.first) for head, fork in found.items()}
