"""What was worked out and may be asked for again: the things last used are kept, bounded by number and by weight.

`functools.lru_cache` serves where a function keeps what it returns, and things weigh the same.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps the things last put in or asked for, by key. May be used by several threads at once.

    count: how many are kept. weigh: what one thing weighs, in a unit of its own; limit: what all may weigh together, None
    for no limit. at_least: so many are kept whatever they weigh; 0 keeps nothing that is too heavy by itself.
    state_of: names the state, of the catalog or of what was decided, that a thing holds for, by its key. Nobody asks for a
    state that is past, so what holds for another one goes as soon as something is kept for a new one.
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
        """Return what is kept under a key, None where nothing is; what is asked for stays longest."""
        with self._lock:
            return self._get(key)

    def among(self, keys: Iterable[K]) -> dict[K, V]:
        """Return what is kept of several keys."""
        with self._lock:
            return {key: found for key in keys if (found := self._get(key)) is not None}

    def put(self, key: K, value: V) -> V:
        """Keep a thing, in place of what was there, and return it. Those that were not used for longest go."""
        weight = self._weigh(value) if self._weigh else 0
        with self._lock:
            self._keep(key, value, weight)
        return value

    def update(self, found: Mapping[K, V]) -> None:
        """Keep several things, the last of them longest."""
        weighed = {key: (value, self._weigh(value) if self._weigh else 0) for key, value in found.items()}
        with self._lock:
            for key, (value, weight) in weighed.items():
                self._keep(key, value, weight)

    def made(self, key: K, make: Callable[[], V]) -> V:
        """Return what is kept under a key; else make it, without holding up who asks for others meanwhile, and keep it."""
        known = self.get(key)
        if known is not None or not self._once:
            return self.put(key, make()) if known is None else known
        with self._lock:
            lock = self._making.setdefault(key, Lock())
        with lock:
            with self._lock:
                self._turn_to(key)  # before the next is made, which may be as large
            try:
                known = self.get(key)
                return self.put(key, make()) if known is None else known
            finally:
                with self._lock:
                    self._making.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._kept.clear()
            self._weight = 0

    def __len__(self) -> int:
        return len(self._kept)

    def __iter__(self) -> Iterator[V]:
        """Yield what is kept at this moment, what was used last at the end."""
        with self._lock:
            return iter([value for value, _ in self._kept.values()])

    def _get(self, key: K) -> V | None:
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def _turn_to(self, key: K) -> None:
        """Let go what holds for another state than a thing of this key does."""
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
    """One thing that may be out of date as soon as it is made, so that nothing of it is kept; made by one thread at a time.

    Who asks while it is being made gets the next one, and so do all who wait with it: each gets what was begun after the
    asking, however many ask.
    """

    def __init__(self) -> None:
        self._begun = 0
        self._making = Lock()
        self._last: tuple[int, V] | None = None
        self._waiting = 0
        self._lock = Lock()

    def made(self, make: Callable[[], V]) -> V:
        """Return what was begun to be made after this was called."""
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
