"""What runs of the suite report about a range: new recordings that none reads, deleted ones that one requested.

A run counts for a new recording if it knew these very bytes. A vain request for a deleted one counts if the run was on
the head of the range: it knew a new recording of it, or ran on a commit of it or, if the repository lacks its commit (a
host's merge of the two), after the head was made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from recviewer.catalog.naming import file_of, suite_of
from recviewer.changes.facts import NOTHING_SAID, RunWords
from recviewer.changes.model import Change, Key
from recviewer.changes.sources import Range
from recviewer.changes.unchanged import tests_of
from recviewer.git import ranges, refs
from recviewer.git.repository import GitFailed
from recviewer.pairing.sides import Side
from recviewer.store.paths import key_of
from recviewer.used.evidence import ELSEWHERE, OfRecording, RunSays, Speaker
from recviewer.used.model import UsedRun

_FAILED = frozenset({"failed", "error"})


def clauses_on(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return what runs report about changes shown together, each clause once, with the number of changes."""
    said = Counter(change.runs.clause for change in changes if change.runs.clause)
    return tuple(
        [one if count == len(changes) else f"{one} ({count:,} of {len(changes):,})" for one, count in said.items()]
    )


def counts_on(changes: Sequence[Change]) -> tuple[str, ...]:
    """Return the same in a word or two, for lists: `never read`, for several `2 never read`."""
    said = (
        (sum(bool(change.runs.unread) for change in changes), "never read"),
        (sum(bool(change.runs.asked) for change in changes), "missed by a run"),
    )
    return tuple([f"{count:,} {words}" if len(changes) > 1 else words for count, words in said if count])


def words_on(asked: Range, changes: Sequence[Change], runs: Sequence[UsedRun]) -> dict[Key, RunWords]:
    """Return what runs report about changes, by `Change.key`, without those they report nothing about."""
    if not runs or not changes:
        return {}
    unread = _unread(asked, changes, runs)
    vain = _asked_in_vain(asked, changes, runs)
    found = {}
    for change in changes:
        path = change.old.file_path if change.old else ""
        who = vain.get(path, ())
        names = tuple(dict.fromkeys(one.run for one in who))
        failed = {one.test for one in who if one.outcome in _FAILED}
        told = RunWords(unread.get(change.key, ()), names, len({one.test for one in who}), len(failed))
        if told != NOTHING_SAID:
            found[change.key] = told
    return found


def _unread(asked: Range, changes: Sequence[Change], runs: Sequence[UsedRun]) -> dict[Key, tuple[str, ...]]:
    every = {change.key: _known(change.new) for change in changes if change.new is not None and change.new.held_by}
    said = _said(runs, every, ())
    folders = {
        change.new.file_raw.rpartition(b"/")[0]
        for change in changes
        if change.new is not None and any(one.why == ELSEWHERE for one in said.get(change.key, ()))
    }
    if folders:
        said = _said(runs, every, _beside(asked, folders, runs))
    speaking = {key: [one for one in words if not one.why] for key, words in said.items()}
    return {
        key: tuple([one.run for one in words])
        for key, words in speaking.items()
        if words and not any(one.opens for one in words)
    }


def _known(side: Side) -> OfRecording:
    path = side.file_path
    return OfRecording(path, side.held_by, side.test_id, file_of(side.test_id), suite_of(path))


def _said(
    runs: Iterable[UsedRun], every: dict[Key, OfRecording], beside: Iterable[OfRecording]
) -> dict[Key, list[RunSays]]:
    found: dict[Key, list[RunSays]] = {key: [] for key in every}
    there = [*every.values(), *beside]
    for run in runs:
        speaker = Speaker(run, "", there)
        for key, one in every.items():
            found[key].append(speaker.says(one))
    return found


def _beside(asked: Range, folders: Collection[bytes], runs: Iterable[UsedRun]) -> list[OfRecording]:
    """Return the recordings in some folders of the head that a run used; git tells which tests they belong to."""
    used = {_whole(run, path) for run in runs for path, one in run.files.items() if one.is_used}
    with suppress(GitFailed):
        head = refs.commit_of(asked.repository, asked.head or "HEAD")
        held = ranges.listed(asked.repository, head, folders)
        files = {one.raw: one.blob for one in held if key_of(one.raw) in used}
        tests = tests_of(asked.repository, head, files, folders) if files else {}
        keys = [(key_of(raw), blob, tests.get(blob, "")) for raw, blob in files.items()]
        return [OfRecording(key, blob, test, file_of(test), suite_of(key)) for key, blob, test in keys]
    return []


def _whole(run: UsedRun, path: str) -> str:
    """Return a path of a run relative to the repository."""
    return f"{run.root}/{path}" if run.root else path


class _InVain(NamedTuple):
    run: str
    test: str
    outcome: str


def _asked_in_vain(asked: Range, changes: Sequence[Change], runs: Sequence[UsedRun]) -> dict[str, list[_InVain]]:
    """Return, by paths of deleted files, who requested them in vain."""
    there = {change.new.file_path for change in changes if change.new}
    gone = {change.old.file_path for change in changes if change.old} - there
    found: dict[str, list[_InVain]] = defaultdict(list)
    waiting = {run.name: list(_missing(run, gone)) for run in runs}
    for run in _of_head(asked, changes, [run for run in runs if waiting[run.name]]):
        for path, one in waiting[run.name]:
            found[path].append(one)
    return found


def _missing(run: UsedRun, gone: Collection[str]) -> Iterator[tuple[str, _InVain]]:
    for test in run.tests:
        for path in test.missing:
            if (whole := _whole(run, path)) in gone:
                yield whole, _InVain(run.name, test.test, test.outcome)


def _of_head(asked: Range, changes: Sequence[Change], runs: Sequence[UsedRun]) -> Iterator[UsedRun]:
    """Yield the runs that were on the head of a range."""
    if not runs:
        return
    news = {change.new.file_path: change.new.held_by for change in changes if change.new and change.new.held_by}
    mine: Collection[str] = ()
    known: dict[str, datetime] = {}
    made: datetime | None = None
    with suppress(GitFailed):
        head = refs.commit_of(asked.repository, asked.head or "HEAD")
        mine = {head, *ranges.between(asked.repository, asked.base, head)}
        named = refs.commits(asked.repository, {head, *[run.commit for run in runs if run.commit]})
        known = {name: facts.at for name, facts in named.items()}
        made = known.get(head)
    for run in runs:
        is_later = bool(run.commit) and run.commit not in known and made is not None and run.began >= made
        if run.commit in mine or is_later or _knew_one(run, news):
            yield run


def _knew_one(run: UsedRun, news: dict[str, str]) -> bool:
    return any(news.get(_whole(run, path)) == one.blob for path, one in run.files.items() if one.blob)
