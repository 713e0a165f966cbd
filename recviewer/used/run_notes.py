"""Aggregates the events of a watch: how often each recording was opened, by which test, and what is not to be trusted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from recviewer.store.paths import key_of
from recviewer.used.marks import MarkedTest
from recviewer.used.model import SWEPT, SweepSeen, UsedFile, UsedTest
from recviewer.used.sweeps import Sweeps
from recviewer.used.watching import Stamps


@dataclass(slots=True)
class _Seen:
    """Counters of one file. opens: of any kind; writes: those closed after writing. arrivals: it was moved to its place."""

    opens: int = 0
    writes: int = 0
    arrivals: int = 0
    first: float = 0.0
    last: float = 0.0
    ours: int = 0
    swept: int = 0

    @property
    def count(self) -> int:
        return max(0, self.opens - self.writes - self.ours - self.swept)


class RunNotes:
    """Receives the events of a watch. files: those that existed at the start.

    sweeps: detects readers of all files.
    """

    def __init__(self) -> None:
        self.files: Stamps = {}
        self.sweeps: Sweeps | None = None
        self.limits: list[str] = []
        self._seen: dict[bytes, _Seen] = {}
        self._changed: set[bytes] = set()
        self._running: frozenset[tuple[int, int]] = frozenset()
        self._during: dict[bytes, Counter[frozenset[tuple[int, int]]]] = {}
        self._is_settled = False

    def _of(self, raw: bytes) -> _Seen:
        self._changed.add(raw)
        return self._seen.setdefault(raw, _Seen())

    def opened(self, raw: bytes, at: float) -> None:
        """Count an open."""
        seen = self._of(raw)
        seen.opens += 1
        seen.first = seen.first or at
        seen.last = at
        if self._running:
            self._during.setdefault(raw, Counter())[self._running] += 1
        if self.sweeps is not None:
            self.sweeps.opened(raw, at)

    def written(self, raw: bytes, at: float) -> None:
        """Count an open that turned out to be for writing."""
        self._of(raw).writes += 1

    def arrived(self, raw: bytes, at: float) -> None:
        """Count a file that was moved to its place."""
        self._of(raw).arrivals += 1

    def gone(self, raw: bytes) -> None:
        """Nothing to do: a deleted file existed all the same."""

    def limited(self, why: str) -> None:
        """Record that something may have been missed."""
        if why not in self.limits:
            self.limits.append(why)

    def marked(self, name: str) -> None:
        """Process a test's mark: `m-PROCESS-NUMBER`, odd numbers for a start, even ones for an end."""
        kind, _, rest = name.partition("-")
        process, _, number = rest.partition("-")
        if kind != "m" or not process.isdecimal() or not number.isdecimal() or len(rest) > 30:
            return
        test = (int(process), (int(number) + 1) // 2)
        self._running = self._running | {test} if int(number) % 2 else self._running - {test}

    def lately(self) -> list[UsedFile]:
        """Return the preliminary results for files with events since the last call."""
        changed, self._changed = self._changed, set()
        return [self._used_file(raw, "", 0) for raw in sorted(changed)]

    def settle(self, ours: Mapping[bytes, int]) -> None:
        """At the end, subtract opens by our own processes and by readers of all files. ours: by path."""
        assert not self._is_settled
        self._is_settled = True
        for raw, count in ours.items():
            if raw in self._seen:
                self._seen[raw].ours = count
        for sweep in self.sweeps.found if self.sweeps else ():
            for raw in sweep.files:
                self._seen[raw].swept += 1

    @property
    def touched(self) -> set[bytes]:
        """The files that did not exist at the start, or were changed."""
        return {
            raw
            for raw, seen in self._seen.items()
            if seen.writes or seen.arrivals or (seen.opens and raw not in self.files)
        }

    def uses(self, look: Callable[[bytes], tuple[int, str]]) -> Iterator[UsedFile]:
        """Yield the result for each file that existed at the start, or was added. look: returns its current size and
        blob.
        """
        order = [*self.files, *(self.touched - self.files.keys())]
        order.sort()
        for raw in order:
            size, blob = look(raw)
            yield self._used_file(raw, blob, size)

    def _used_file(self, raw: bytes, blob: str, size: int) -> UsedFile:
        seen = self._seen.get(raw)
        if seen is None:
            return UsedFile(key_of(raw), blob, size)
        made, count = seen.writes + seen.arrivals, seen.count
        return UsedFile(
            path=key_of(raw),
            blob=blob,
            size=size,
            count=count,
            first=_time(seen.first) if count else None,
            last=_time(seen.last) if count else None,
            written=made,
            doubt=SWEPT if seen.swept and not count and not made else "",
        )

    def sweeps_seen(self) -> tuple[SweepSeen, ...]:
        """Return the readers of all files."""
        found = self.sweeps.found if self.sweeps else []
        return tuple(SweepSeen(_time(one.began), one.ended - one.began, len(one.files)) for one in found)

    def tests(self, marked: Mapping[tuple[int, int], MarkedTest]) -> tuple[UsedTest, ...]:
        """Return what each test read: what its own process opened during it, and what was opened while only it ran.

        marked: tests by process and number, with what their processes opened. Other opens during concurrent tests may
        be by any of them.
        """
        surely: dict[tuple[int, int], Counter[str]] = {one: Counter() for one in marked}
        perhaps: dict[tuple[int, int], set[str]] = {one: set() for one in marked}
        for one, test in marked.items():
            for raw, count in test.opened.items():
                if raw in self._seen:
                    surely[one][key_of(raw)] += count
        for raw, moments in self._during.items():
            if not self._seen[raw].count:
                continue
            for running, count in moments.items():
                some = [one for one in running if one in marked]
                if any(raw in marked[one].opened for one in some):
                    continue
                if len(some) == 1:
                    surely[some[0]][key_of(raw)] += count
                else:
                    for one in some:
                        perhaps[one].add(key_of(raw))
        there = {*self.files, *self._seen}
        return tuple(
            UsedTest(
                test=test.test,
                outcome=test.outcome,
                files=dict(surely[one]),
                perhaps=tuple(sorted(perhaps[one])),
                missing=tuple(sorted({key_of(raw) for raw in test.opened if raw not in there})),
            )
            for one, test in marked.items()
        )


def _time(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
