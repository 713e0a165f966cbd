"""The same test function with other parameters: what each of its tests did, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recviewer.catalog import content as contents
from recviewer.catalog.cases import beginning
from recviewer.catalog.models import Recording
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.pages.text.test_ids import Parameter, TestId, parameters_of, parse
from recviewer.review.filters import standings_for
from recviewer.review.subjects import subject_of
from recviewer.store.refusals import Refusal
from recviewer.threads.entries import MISSED
from recviewer.threads.sameness import Digest, answer_of

MOST = 100
"""Tests that the table shows."""

READ, READ_BYTES = 40, 1_000_000
"""Tests up to which their last answers are compared, and bytes of a recording that is read for that."""

ROWS = 20_000
"""Recordings of a function that are looked at."""

COLUMNS = (
    "path", "part", "raw_path", "file", "blob", "fingerprint", "test_id", "turns", "asked_length", "replay", "answered",
    "answer_kind", "outcome", "error_status", "calls", "kind", "size", "model",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sibling:
    """One test. parameters: those that are not the same in all. ends: the words of its last answer; group: a letter for
    those that end with the same answer, "" where nobody looked. missed: recordings that replay does not find.
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
    """All tests of a function. calls: recordings of all of them. alike: the most that end with the same answer."""

    rows: tuple[Sibling, ...]
    count: int
    calls: int
    alike: int
    compared: int


def siblings_of(test: TestId, models: Sequence[str]) -> Siblings | None:
    """Return the tests of the same function, None where there is no other one."""
    if not test.parameters or not test.function:
        return None
    prefix = f"{test.file}{test.function}["
    found = Recording.objects.filter(beginning("test_id", prefix)).only(*COLUMNS).order_by("test_id", "path")
    rows = list(found[:ROWS])
    by_test: dict[str, list[Recording]] = {}
    for row in rows:
        by_test.setdefault(row.test_id or "", []).append(row)
    if len(by_test) < 2:
        return None
    standings = {subject: stand.state for subject, stand in standings_for(map(subject_of, rows)).items()}
    last = {one: _last(one, some) for one, some in by_test.items()}
    answers = _answers(last) if len(by_test) <= READ else {}
    groups = _letters(answers)
    told = {one: parameters_of(parse(one), models) for one in by_test}
    common = set.intersection(*map(set, told.values()))
    counts = Counter(answers.values())
    shown = [
        Sibling(
            test_id=one,
            url=url_of_test(one),
            parameters=tuple([each for each in told[one] if each not in common]) or told[one],
            count=len(some),
            missed=sum(row.replay in MISSED for row in some),
            ends=last[one].answered[:200],
            tone=last[one].answer_kind,
            group=groups.get(answers.get(one, b""), ""),
            verdicts=_verdicts(some, standings),
            is_here=one == test.whole,
        )
        for one, some in by_test.items()
    ]
    return Siblings(
        tuple(_around(shown)),
        len(shown),
        sum(one.count for one in shown),
        max(counts.values(), default=0),
        len(answers),
    )


def _around(rows: Sequence[Sibling]) -> Sequence[Sibling]:
    """Return those that are shown: of many those around this one."""
    at = next((at for at, one in enumerate(rows) if one.is_here), 0)
    start = max(0, min(at - MOST // 2, len(rows) - MOST))
    return rows[start : start + MOST]


def _last(test_id: str, some: Iterable[Recording]) -> Recording:
    """Return the call that a test ends with, as far as that can be told from the catalog: found, with the most turns.

    Where the test's id names the model of some of its calls, it is one of these: others check what it says.
    """

    def rank(row: Recording) -> tuple[bool, bool, bool, int, int, str]:
        is_named = bool(row.model) and row.model in test_id
        is_found = row.replay not in MISSED
        return row.answer_kind != "note", is_found, is_named, row.turns, row.asked_length, row.path

    return max(some, key=rank)


def _answers(last: dict[str, Recording]) -> dict[str, Digest]:
    """Return what stands for the last answer of each test, but of those whose last recording is too long or not there."""
    found = {}
    for one, row in last.items():
        if row.size > READ_BYTES or not row.blob:
            continue
        try:
            content = contents.load(row)
        except Refusal:
            continue
        if content.blob == row.blob:
            found[one] = answer_of(content.reading.exchange)
    return found


def _letters(answers: dict[str, Digest]) -> dict[Digest, str]:
    """Give a letter to each answer that more than one test ends with, the most frequent first."""
    often = [answer for answer, count in Counter(answers.values()).most_common(26) if count > 1]
    return {answer: chr(ord("a") + at) for at, answer in enumerate(often)}


def _verdicts(some: Sequence[Recording], standings: dict[str, str]) -> tuple[tuple[str, int], ...]:
    counts = Counter(standings.get(subject_of(row), "undecided") for row in some)
    return tuple([(state, counts[state]) for state in ("approved", "rejected", "delete", "undecided") if counts[state]])
