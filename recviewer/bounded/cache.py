"""A cache of computed values: the most recently used ones are kept, limited by number and by weight.

`functools.lru_cache` is used where a function caches its own results of equal weight.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """An LRU cache by key. Thread-safe.

    count: most entries. weigh: returns an entry's weight, in any unit; limit: most total weight, None for no limit.
    at_least: this many entries are kept whatever their weight; 0 rejects an entry that is too heavy by itself.
    state_of: returns, from a key, the state (of the catalog or of the decisions) that an entry is valid for. Past
    states are never requested again, so storing an entry for a new state removes all others.
    """

    def __init__(
        self,
        count: int = 1_000_000,
        *,
        weigh: Callable[[V], int] | None = None,
        limit: int | None = None,
        at_least: int = 1,
        once: bool = False,
        state_of: Callable[[K], Hashable] | None = None,
    ) -> None:
        self._count = count
        self._weigh = weigh
        self._limit = limit
        self._at_least = at_least
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self._weight = 0
        self._lock = Lock()
        self._once = once
        self._state_of = state_of
        self._state: Hashable = None
        self._making: dict[K, Lock] = {}

    def get(self, key: K) -> V | None:
        """Return the entry for a key, None if there is none, and mark it as recently used."""
        with self._lock:
            return self._get(key)

    def among(self, keys: Iterable[K]) -> dict[K, V]:
        """Return the entries that exist for several keys."""
        with self._lock:
            return {key: found for key in keys if (found := self._get(key)) is not None}

    def put(self, key: K, value: V) -> V:
        """Store an entry, replacing an older one, and return it. The least recently used ones are evicted."""
        weight = self._weigh(value) if self._weigh else 0
        with self._lock:
            self._keep(key, value, weight)
        return value

    def update(self, found: Mapping[K, V]) -> None:
        """Store several entries, the last one as the most recently used."""
        weighed = {key: (value, self._weigh(value) if self._weigh else 0) for key, value in found.items()}
        with self._lock:
            for key, (value, weight) in weighed.items():
                self._keep(key, value, weight)

    def made(self, key: K, make: Callable[[], V]) -> V:
        """Return the entry for a key; if missing, compute it without blocking other threads, and store it."""
        known = self.get(key)
        if known is not None or not self._once:
            return self.put(key, make()) if known is None else known
        with self._lock:
            lock = self._making.setdefault(key, Lock())
        with lock:
            with self._lock:
                self._turn_to(key)  # before the next value is made, which may be as large
            try:
                known = self.get(key)
                return self.put(key, make()) if known is None else known
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def clear(self) -> None:
        """Remove all entries."""
        with self._lock:
            self._kept.clear()
            self._weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[V]:
        """Yield the current values, most recently used last."""
        with self._lock:
            return iter([value for value, _ in self._kept.values()])

    def _get(self, key: K) -> V | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def _turn_to(self, key: K) -> None:
        """Remove the entries if they are for another state than this key."""
        if self._state_of is not None and (state := self._state_of(key)) != self._state:
            self._kept.clear()
            self._weight, self._state = 0, state

    def _keep(self, key: K, value: V, weight: int) -> None:
        self._turn_to(key)
        self._drop(key)
        self._kept[key] = value, weight
        self._weight += weight
        while self._is_over():
            self._drop(next(iter(self._kept)))

    def _drop(self, key: K) -> None:
        gone = self._kept.pop(key, None)
        if gone is not None:
            self._weight -= gone[1]

    def _is_over(self) -> bool:
        if len(self._kept) > self._count:
            return True
        return self._limit is not None and self._weight > self._limit and len(self._kept) > self._at_least


class Shared(Generic[V]):
    """A value that is outdated as soon as it is made, so it is never kept; only one thread at a time makes it.

    Callers that arrive while it is being made share the next one: each gets a value that was started after its call,
    however many callers there are.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._making = Lock()
        self._last: tuple[int, V] | None = None
        self._waiting = 0
        self._lock = Lock()

    def made(self, make: Callable[[], V]) -> V:
        """Return a value whose making was started after this call."""
        with self._lock:
            self._waiting += 1
            asked = self._begun
        try:
            with self._making:
                if self._last is not None and self._last[0] > asked:
                    return self._last[1]
                self._begun += 1
                number, made = self._begun, make()
                self._last = number, made
                return made
        finally:
            with self._lock:
                self._waiting -= 1
                if not self._waiting:
                    self._last = None
