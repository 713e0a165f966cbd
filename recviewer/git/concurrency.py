"""Limits concurrent git calls of a process, so that pages without git are served even if git hangs.

A web process has eight threads, and the repository determines how long git takes, so some threads are always kept free.
A page calls git several times: after two consecutive timeouts git is not called for a while, so that a page does not
wait for each.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

MOST = 5
"""Most threads that may wait for git at once."""

PATIENCE_SECONDS = 3.0
"""How long a thread waits for its turn; not at all if all others have been running for longer already."""


MOST_HANGS = 2
"""Number of consecutive timeouts after which git is not called for a while."""

REST_SECONDS = 30.0
"""How long git is not called then. The next call tries again, and one more timeout starts another pause."""


class NoSlot(Exception):
    """Git is running in as many threads as allowed, and does not finish."""


class ConcurrencyLimit:
    """A reentrant semaphore with a limited wait: calls by a thread that has a slot use the same one."""

    def __init__(self, most: int, patience_seconds: float) -> None:
        self._most, self._patience = most, patience_seconds
        self.begin_anew()

    def begin_anew(self) -> None:
        """Reset in a forked process, which has none of its parent's threads."""
        self._changed = threading.Condition()
        self._since: dict[int, float] = {}

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold a slot for this thread. Raises NoSlot."""
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
    """Consecutive timeouts, over all threads of this process."""

    def __init__(self) -> None:
        self.begin_anew()

    def begin_anew(self) -> None:
        """Reset."""
        self._count, self._until = 0, 0.0

    def are_too_many(self) -> bool:
        """Tell whether git must not be called at the moment."""
        return time.monotonic() < self._until

    def add(self) -> None:
        """Record a timeout."""
        self._count += 1
        if self._count >= MOST_HANGS:
            self._until = time.monotonic() + REST_SECONDS


of_git = ConcurrencyLimit(MOST, PATIENCE_SECONDS)
hangs = Hangs()
os.register_at_fork(after_in_child=of_git.begin_anew)
os.register_at_fork(after_in_child=hangs.begin_anew)
