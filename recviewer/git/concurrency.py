"""How many runs of git a process has at once, and when it has none: where git hangs, pages that need none of it are served.

A web process has eight threads, and a repository decides how long git takes. So some threads are always left. A page asks
git several times: where it hung twice one after the other, it is not asked for a while, so that no page waits for each.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 5
"""Threads of a process that may wait for git at once."""

PATIENCE_SECONDS = 3.0
"""How long one waits for its turn; none where all the others have been at it for longer already."""


MOST_HANGS = 2
"""After how many runs that hung one after the other git is given a rest."""

REST_SECONDS = 30.0
"""How long git is not asked then. Whoever comes next tries again, and one that hangs is enough for another rest."""


class NoSlot(Exception):
    """Git is at work in as many threads as it may be, and does not come to an end."""


class ConcurrencyLimit:
    """Threads that are let in up to a number; what one runs while it has its turn counts with it."""

    def __init__(self, most: int, patience_seconds: float) -> None:
        self._most, self._patience = most, patience_seconds
        self.begin_anew()

    def begin_anew(self) -> None:
        """Forget who has a turn: a fork has none of the threads of its parent."""
        self._changed = threading.Condition()
        self._since: dict[int, float] = {}

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have a turn of this thread. Raises NoSlot."""
        me = threading.get_ident()
        if me in self._since:
            yield
            return
        with self._changed:
            until = time.monotonic() + self._patience
            while len(self._since) >= self._most:
                now = time.monotonic()
                left = min(until, max(self._since.values()) + self._patience) - now
                if left <= 0:
                    raise NoSlot
                self._changed.wait(left)
            self._since[me] = time.monotonic()
        try:
            yield
        finally:
            with self._changed:
                del self._since[me]
                self._changed.notify()


class Hangs:
    """Runs that hung one after the other, of all threads of this process."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Know of none."""
        self._count, self._until = 0, 0.0

    def are_too_many(self) -> bool:
        """Tell whether git should not be asked just now."""
        return time.monotonic() < self._until

    def add(self) -> None:
        """Take note of a run that had to be ended for its time."""
        self._count += 1
        if self._count >= MOST_HANGS:
            self._until = time.monotonic() + REST_SECONDS


of_git = ConcurrencyLimit(MOST, PATIENCE_SECONDS)
hangs = Hangs()
os.register_at_fork(after_in_child=of_git.begin_anew)
os.register_at_fork(after_in_child=hangs.begin_anew)
