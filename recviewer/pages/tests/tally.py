"""Sums over the tests of a tree, computed from the cached columns of all recordings, while nothing is indexed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery

from recviewer.bounded.cache import Recent
from recviewer.catalog.groups import groups_of
from recviewer.catalog.state import if_stable
from recviewer.exchange.text import Outcome
from recviewer.language.tree import Term
from recviewer.pages.recordings.facets import flags_of, narrowed
from recviewer.pages.recordings.list_state import ListState
from recviewer.review import narrowing, standing
from recviewer.review.models import Standing
from recviewer.threads.entries import MISSED

FAILED = frozenset({Outcome.ERROR.value, Outcome.FAILED.value, Outcome.UNREADABLE.value})

KEPT_TESTS = 60_000
"""Maximum number of tests in all cached results together; the last one is cached whatever its length."""


@dataclass(slots=True)
class Tally:
    """Sums over recordings: of a test, a function, a file, or all.

    missed: those that replay does not find. did: by outcome, and listings by kind. models: by name. verdicts: by state.
    last: when a commit last touched one, None if unknown. read_by: how many recordings each run of the suite read, by
    its name; unread: those that no run reads; untold: those that no run says anything about.
    """

    count: int = 0
    size: int = 0
    missed: int = 0
    failed: int = 0
    empty: int = 0
    did: dict[str, int] = field(default_factory=dict)
    models: dict[str, int] = field(default_factory=dict)
    verdicts: dict[str, int] = field(default_factory=dict)
    last: datetime | None = None
    read_by: dict[str, int] = field(default_factory=dict)
    unread: int = 0
    untold: int = 0

    def add(self, other: Tally) -> None:
        """Add another one."""
        self.count += other.count
        self.size += other.size
        self.missed += other.missed
        self.failed += other.failed
        self.empty += other.empty
        self.unread += other.unread
        self.untold += other.untold
        sums = ((self.did, other.did), (self.models, other.models), (self.verdicts, other.verdicts))
        for mine, theirs in (*sums, (self.read_by, other.read_by)):
            for name, count in theirs.items():
                mine[name] = mine.get(name, 0) + count
        if other.last is not None and (self.last is None or other.last > self.last):
            self.last = other.last


def sum_of(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of some tallies."""
    made = Tally()
    for one in tallies:
        made.add(one)
    return made


_Key = tuple[str, tuple[Term, ...], str]
"""The state of the catalog, and the filters."""

_kept = Recent[_Key, dict[str, Tally]](16, weigh=len, limit=KEPT_TESTS, once=True, state_of=lambda key: key[0])
_kept_verdicts = Recent[tuple[_Key, tuple[object, ...]], dict[str, dict[str, int]]](
    16, weigh=len, limit=KEPT_TESTS, once=True, state_of=lambda key: (key[0][0], key[1])
)


def tallies(state: ListState, current: str) -> dict[str, Tally]:
    """Return the tally of each test for a list's filters, by its id and in order of ids.

    current: the catalog's state, from `catalog.state`.
    """
    stable = if_stable(current)
    holds_said = narrowing.holds_said(state.terms, state.words)
    key = (current, state.terms, state.words)
    found = _added_up(state, stable) if holds_said else _kept.made(key, lambda: _added_up(state, stable))
    verdicts = _verdicts(state, stable) if holds_said else _known_verdicts(key, state, stable)
    for test, one in found.items():
        one.verdicts = verdicts.get(test, {})
    return found


def _added_up(state: ListState, stable: str) -> dict[str, Tally]:
    columns, flags = flags_of(state, stable)
    found: dict[str, Tally] = {}
    for alike, count, size, last in groups_of(columns, stable).summed(flags):
        test, kind, model, outcome, replay, _, used_by = alike
        one = found.setdefault(test or "", Tally())
        one.count += count
        one.size += size
        one.missed += count if replay in MISSED else 0
        one.failed += count if outcome in FAILED else 0
        one.empty += count if outcome == Outcome.EMPTY else 0
        what = kind if outcome == Outcome.LISTING else outcome
        one.did[what] = one.did.get(what, 0) + count
        one.models[model] = one.models.get(model, 0) + count
        one.unread += count if used_by == "" else 0
        one.untold += count if used_by is None else 0
        for run in (used_by or "").split():
            one.read_by[run] = one.read_by.get(run, 0) + count
        if last is not None and (one.last is None or last > one.last):
            one.last = last
    return found


def _known_verdicts(key: _Key, state: ListState, stable: str) -> dict[str, dict[str, int]]:
    now = standing.state()
    found = _kept_verdicts.made((key, now), lambda: _verdicts(state, stable))
    return found if standing.state() == now else _verdicts(state, stable)


def _verdicts(state: ListState, stable: str) -> dict[str, dict[str, int]]:
    """Return how many recordings of each test are in which state, without undecided ones."""
    if not Standing.objects.exists():
        return {}
    mine = Standing.objects.filter(fingerprint=OuterRef("fingerprint")).values("state")[:1]
    rows = (
        narrowed(state, None, stable)
        .exclude(test_id=None)
        .exclude(fingerprint="")
        .order_by()
        .annotate(verdict=Subquery(mine))
        .exclude(verdict=None)
        .values_list("test_id", "verdict")
        .annotate(count=Count("pk"))
    )
    found: dict[str, dict[str, int]] = {}
    for test, verdict, count in rows:
        found.setdefault(test or "", {})[verdict] = count
    return found
