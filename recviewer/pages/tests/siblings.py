"""The same test function with other parameters: its tests side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from threading import Lock
from typing import NamedTuple

from django.db.models import QuerySet

from recviewer.catalog import content as contents
from recviewer.catalog.letter_case import beginning
from recviewer.catalog.models import Recording
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.pages.text.test_ids import Parameter, TestId, parameters_of, parse
from recviewer.review.filters import all_standings
from recviewer.review.subjects import BLOB_PREFIX, chunked
from recviewer.store.refusals import Refusal
from recviewer.threads.entries import MISSED
from recviewer.threads.sameness import Digest, answer_of

MOST = 100
"""Tests that the table shows."""

READ, READ_BYTES = 40, 1_000_000
"""Maximum number of tests whose last answers are compared, and of bytes of a recording that is read for that."""

ROWS = 20_000
"""Maximum number of recordings of a function that are read."""

AT_ONCE = 1_000
"""Rows of them that are in memory at once."""

COLUMNS = (
    "path", "part", "raw_path", "file", "blob", "fingerprint", "test_id", "answered", "answer_kind", "outcome",
    "error_status", "calls", "kind", "size", "model",
)  # fmt: skip
"""Columns of a test's last recording."""


_one_at_a_time = Lock()
"""Only one thread reads all tests of a function at a time, because that takes memory for each of them."""


class _Call(NamedTuple):
    """The needed columns of one of very many recordings. pk: its key in the catalog. subject: that of its verdicts."""

    pk: int
    path: str
    test_id: str
    subject: str
    replay: str
    answer_kind: str
    turns: int
    asked_length: int
    model: str


class _Sum(NamedTuple):
    """The sums of a test's recordings. last: the key of its last one."""

    calls: int
    missed: int
    last: int
    verdicts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Sibling:
    """One test. parameters: those that are not the same in all.

    ends: the words of its last answer; group: a letter for those with the same last answer, "" if they were not
    compared. missed: number of recordings that replay does not find.
    """

    test_id: str
    url: str
    parameters: tuple[Parameter, ...]
    count: int
    missed: int
    ends: str
    tone: str
    group: str
    verdicts: tuple[tuple[str, int], ...]
    is_here: bool


@dataclass(frozen=True, slots=True)
class Siblings:
    """All tests of a function. calls: number of recordings of all of them.

    alike: the largest number with the same last answer.
    """

    rows: tuple[Sibling, ...]
    count: int
    calls: int
    alike: int
    compared: int


def siblings_of(test: TestId, models: Sequence[str]) -> Siblings | None:
    """Return the tests of the same function, None if there is no other one."""
    if not test.parameters or not test.function:
        return None
    with _one_at_a_time:
        return _compared(test, models, f"{test.file}{test.function}[")


def _compared(test: TestId, models: Sequence[str], prefix: str) -> Siblings | None:
    standings = all_standings()
    every = {one: _added_up(one, list(some), standings) for one, some in groupby(_calls(prefix), attrgetter("test_id"))}
    if len(every) < 2:
        return None
    near = set(_around(list(every), test.whole))
    last = _last_of({one: some.last for one, some in every.items() if one in near})
    answers = _answers(last) if len(every) <= READ else {}
    groups = _letters(answers)
    told = {one: parameters_of(parse(one), models) for one in every}
    common = set.intersection(*map(set, told.values()))
    counts = Counter(answers.values())
    shown = [
        Sibling(
            test_id=one,
            url=url_of_test(one),
            parameters=tuple([each for each in told[one] if each not in common]) or told[one],
            count=some.calls,
            missed=some.missed,
            ends=last[one].answered[:200],
            tone=last[one].answer_kind,
            group=groups.get(answers.get(one, b""), ""),
            verdicts=some.verdicts,
            is_here=one == test.whole,
        )
        for one, some in every.items()
        if one in near and one in last
    ]
    return Siblings(
        tuple(shown),
        len(every),
        sum(some.calls for some in every.values()),
        max(counts.values(), default=0),
        len(answers),
    )


def _added_up(test_id: str, some: Sequence[_Call], standings: Mapping[str, str]) -> _Sum:
    missed = sum(row.replay in MISSED for row in some)
    return _Sum(len(some), missed, _last(test_id, some).pk, _verdicts(some, standings))


def _around(tests: Sequence[str], here: str) -> Sequence[str]:
    """Return those that are shown: of many those around this one."""
    at = tests.index(here) if here in tests else 0
    start = max(0, min(at - MOST // 2, len(tests) - MOST))
    return tests[start : start + MOST]


def _calls(prefix: str) -> Iterator[_Call]:
    """Yield the recordings of the tests whose ids have a prefix."""
    columns = (
        "pk",
        "path",
        "test_id",
        "fingerprint",
        "blob",
        "replay",
        "answer_kind",
        "turns",
        "asked_length",
        "model",
    )
    found = Recording.objects.filter(beginning("test_id", prefix)).order_by("test_id", "path")
    for pk, path, test_id, fingerprint, blob, *rest in found.values_list(*columns)[:ROWS].iterator(AT_ONCE):
        yield _Call(pk, path, test_id or "", fingerprint or (blob and BLOB_PREFIX + blob), *rest)


def _last_of(keys: Mapping[str, int]) -> dict[str, Recording]:
    """Return the last recording of each test, by its key in the catalog."""
    rows = {row.pk: row for some in chunked(keys.values()) for row in _of_keys(some)}
    return {one: rows[key] for one, key in keys.items() if key in rows}


def _of_keys(keys: Sequence[int]) -> QuerySet[Recording]:
    return Recording.objects.filter(pk__in=keys).only(*COLUMNS)


def _last(test_id: str, some: Iterable[_Call]) -> _Call:
    """Return the last call of a test, as far as the catalog tells: found by replay, with the most turns.

    If the test's id names the model of some of its calls, it is one of these; other models may only check it.
    """

    def rank(row: _Call) -> tuple[bool, bool, bool, int, int, str]:
        is_named = bool(row.model) and row.model in test_id
        is_found = row.replay not in MISSED
        return row.answer_kind != "note", is_found, is_named, row.turns, row.asked_length, row.path

    return max(some, key=rank)


def _answers(last: dict[str, Recording]) -> dict[str, Digest]:
    """Return a digest of the last answer of each test, except of those whose last recording is too long or missing."""
    found = {}
    for one, row in last.items():
        if row.size > READ_BYTES or not row.blob:
            continue
        try:
            content = contents.load(row)
        except Refusal:
            continue
        if content.blob == row.blob:
            found[one] = answer_of(content.exchange)
    return found


def _letters(answers: dict[str, Digest]) -> dict[Digest, str]:
    """Assign a letter to each answer that more than one test ends with, the most frequent first."""
    often = [answer for answer, count in Counter(answers.values()).most_common(26) if count > 1]
    return {answer: chr(ord("a") + at) for at, answer in enumerate(often)}


def _verdicts(some: Sequence[_Call], standings: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(standings.get(row.subject, "undecided") for row in some)
    return tuple([(state, counts[state]) for state in ("approved", "rejected", "delete", "undecided") if counts[state]])
