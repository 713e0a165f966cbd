"""Whether changed answers still contain what their tests look for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import NamedTuple

from recviewer.asserts.expectations import AnswerPiece, Expectation, Expectations
from recviewer.asserts.held import Verification, asks, holding_of
from recviewer.asserts.patterns import limited
from recviewer.asserts.reading import expectations_of
from recviewer.asserts.sources import SourceFiles
from recviewer.bounded.cache import Recent
from recviewer.changes.facts import Expected, Met
from recviewer.changes.model import Change
from recviewer.changes.sources import Range
from recviewer.difference.model import Churn
from recviewer.exchange.model import Exchange
from recviewer.git.repository import Repository
from recviewer.git.texts import Texts, stamp, texts_of, texts_on_disk


class KeptWords(NamedTuple):
    """How many answers with other words keep every word that their tests look for, of those that contained any."""

    keep: int
    of: int

    @property
    def lost(self) -> int:
        """How many do not."""
        return self.of - self.keep


def kept(changes: Iterable[Change]) -> KeptWords:
    """Count the answers with other words that contained what their tests look for, and those that still do."""
    held_before = [one for one in changes if one.churn is Churn.TEXT and one.new is not None and one.expected.was_held]
    return KeptWords(sum(not one.expected.loses for one in held_before), len(held_before))


def attached(asked: Range, changes: Sequence[Change]) -> list[Change]:
    """Return changes with their tests' expectations. Raises GitFailed if the sources cannot be read."""
    tests = {change.about.test_id for change in changes if change.about.test_id and not change.is_quiet}
    if not tests and asked.head:
        return list(changes)
    with _texts(asked) as text:
        read = _read(text if asked.head else _noted(asked.repository, text), tests)
    answers = {test: _Answers(some) for test, some in _answers(changes).items()}
    with limited():
        return [
            replace(change, expected=_expected(change, found, answers.get(change.about.test_id, _Answers(()))))
            if (found := read.get(change.about.test_id)) is not None and not change.is_quiet
            else change
            for change in changes
        ]


_read_on_disk = Recent[str, set[str]](8)
"""The source files searched on disk the last time, by work tree."""


def state_on_disk(repository: Repository) -> str:
    """Return a digest that changes if a source file was touched that was searched in a work tree the last time."""
    paths = _read_on_disk.get(str(repository.work_tree)) or ()
    return hashlib.blake2b(
        repr([stamp(repository, path) for path in sorted(paths)]).encode(), digest_size=8
    ).hexdigest()


def _noted(repository: Repository, text: Texts) -> Texts:
    """Return the same source texts, recording which are requested."""
    paths = _read_on_disk.put(str(repository.work_tree), set())

    def noted(path: str) -> str | None:
        paths.add(path)
        return text(path)

    return noted


def _texts(asked: Range) -> AbstractContextManager[Texts]:
    return texts_on_disk(asked.repository) if asked.is_on_disk else texts_of(asked.repository, asked.head)


def _read(text: Texts, tests: Iterable[str]) -> Mapping[str, Expectations | None]:
    """Read the sources of tests, file by file."""
    sources = SourceFiles(text)
    return {test: expectations_of(sources, test) for test in sorted(tests)}


def _answers(changes: Sequence[Change]) -> dict[str, list[Exchange]]:
    """Return the new exchanges of each test."""
    found: dict[str, list[Exchange]] = {}
    for change in changes:
        if change.new is not None:
            found.setdefault(change.new.test_id, []).append(change.new.exchange)
    return found


class _Answers:
    """The new answers of one test. Each is searched once for each expectation, however many changes the test has."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = [one for one in exchanges if one.outputs]
        self._searched: dict[int, tuple[set[int], set[int], set[int]]] = {}

    def meet(self, one: Expectation, but: Exchange | None) -> bool:
        """Tell whether another answer meets an expectation: one to its question, if there is any."""
        if id(one) not in self._searched:
            asked = {id(side) for side in self._exchanges if one.question is not None and asks(side, one.question)}
            meeting = {id(side) for side in self._exchanges if holding_of(one, [side]).state is Verification.THERE}
            self._searched[id(one)] = asked, meeting & asked, meeting
        asked, answering, meeting = self._searched[id(one)]
        among = answering if len(asked) > (id(but) in asked) else meeting
        return len(among) > (id(but) in among)


def _expected(change: Change, read: Expectations, others: _Answers) -> Expected:
    """Return which expectations of its test a change keeps."""
    old, new = (side.exchange if side is not None else None for side in (change.old, change.new))
    met = []
    for one in read.expected:
        if one.question is not None and not any(asks(side, one.question) for side in (old, new) if side is not None):
            continue
        before, now = _holds(one, old), _holds(one, new)
        if before or (now and not (one.absent and before is None)):
            elsewhere = now is False and not one.absent and others.meet(one, new)
            met.append(Met(one, before, now, elsewhere, _is_plain(one, new), read.path))
    is_error = any(side is not None and side.error is not None for side in (old, new))
    errors = tuple(dict.fromkeys(name for one in read.raises for name in one.names)) if is_error else ()
    return Expected(tuple(_once(met)), True, len(read.unread), read.cut, errors)


def _once(met: Iterable[Met]) -> Iterable[Met]:
    """Yield each expectation once, even if several asserts have it."""
    seen: list[tuple[object, ...]] = []
    for one in met:
        words = one.expectation
        key = words.where, words.how, words.any_of, words.absent, words.steps, words.inside, one.before, one.now
        if key not in seen:
            seen.append(key)
            yield one


def _is_plain(one: Expectation, side: Exchange | None) -> bool:
    """Tell whether an expectation is certainly about this answer, because no other answer follows it."""
    if side is None or not holding_of(one, [side]).exact:
        return False
    return one.where is AnswerPiece.TOOL or not any(output.tool_calls for output in side.outputs)


def _holds(one: Expectation, side: Exchange | None) -> bool | None:
    """Tell whether an answer meets an expectation, None if unknown."""
    state = holding_of(one, [side]).state if side is not None else Verification.UNTOLD
    return None if state is Verification.UNTOLD else state is Verification.THERE
