"""A check of a range of commits: only new findings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from recviewer.asserts.sources import SourceFiles
from recviewer.changes import changeset, sources
from recviewer.changes.changeset import ChangeSet
from recviewer.changes.overview import overview
from recviewer.changes.rule_cases import cases_of
from recviewer.checking import trees
from recviewer.checking.baseline import of_noticed
from recviewer.checking.lines import line_in
from recviewer.checking.model import Checked, Located, in_order
from recviewer.checking.noting import HeldFile, note_all, notes_of
from recviewer.checking.past import GitPast
from recviewer.checking.running import Given, with_lines
from recviewer.git.history import contents
from recviewer.git.ranges import files_of, opened
from recviewer.git.removals import removals
from recviewer.git.texts import texts_of, texts_on_disk
from recviewer.pairing.sides import Library, Side
from recviewer.recorders.registry import claims
from recviewer.smells import Looking, Noticed, Rule, Surroundings
from recviewer.smells.scanning import of_changes, softened
from recviewer.store.scan import scan


def compared(folder: Path, spec: str, given: Given, *, is_quick: bool = False) -> Checked:
    """Check a range: `BASE...HEAD`, `BASE..HEAD`, or `BASE` for the differences on disk. Raises GitFailed.

    Rules about one recording and about changes are applied to the changed recordings. Rules about a test or the tree
    are applied to the whole new side, without what they find on the old one. is_quick: skips the latter.
    """
    repository = opened(folder)
    asked = sources.open_range(repository, sources.parse(spec))
    source = changeset.load(asked, Library())
    changes = overview(source).changes
    cases = cases_of(changes)
    on_changes = list(of_changes(cases, given.asked))
    if not is_quick and any(one.rule.soften or one.rule.trace for one in on_changes):
        with _around(source, given, is_old=False) as around:
            on_changes = list(softened(on_changes, around))
    found = _with_lines(source, on_changes, {case.side.path: case.side for case in cases})
    of_many = [] if is_quick else [rule for rule in given.asked if rule.among]
    if of_many:
        found += _of_many(source, of_many, given)
    told = tuple([rule for rule in given.asked if rule.holds or rule in of_many])
    left = tuple([rule for rule in given.asked if rule not in told])
    where = f"{asked.base[:9]}…{asked.head[:9] or 'the files on disk'}"
    notes = (asked.note,) if asked.note else ()
    return Checked(in_order(found), len(cases), told, left, (*source.problems, *notes), where, "change")


def _with_lines(source: ChangeSet, found: Sequence[Noticed], sides: dict[str, Side]) -> list[Located]:
    """Return findings with their locations; files are read again only for those with a pointer."""
    wanted: dict[str, str] = {}
    for one in found:
        side = sides[one.key]
        if one.held.spots or side.part:
            wanted[side.held_by] = side.file_path
    repository = source.range.repository
    data = dict(contents(repository, list(wanted)))
    told = []
    for one in found:
        spots, side = one.held.spots, sides[one.key]
        body = data.get(side.held_by, b"")
        if (spots or side.part) and not body and source.range.is_on_disk:
            body = next((read.data for read in trees.named(repository.work_tree, [side.file_raw], _MOST)), b"")
        told.append(Located(one, one.file, line_in(body, side, spots[0].pointer if spots else None)))
    return told


_MOST = 64_000_000
"""Largest file that is read again for a line number."""


def _of_many(source: ChangeSet, asked: Sequence[Rule], given: Given) -> Iterator[Located]:
    """Yield the findings of rules about many on the new side, with those of the old side marked as known."""
    looking = Looking(asked)
    note_all(looking, source.range.repository, _new_side(source), given.limit_bytes)
    before = Looking(asked)
    came = {side.path for side in (*source.added, *(item.new for item in source.modified))}
    went = (*source.deleted, *(item.old for item in source.modified))
    for name, some in looking.noted.items():
        before.noted[name] = [one for one in some if one.key not in came]
    for side in went:
        for name, note in notes_of(side, asked):
            before.noted[name].append(note)
    with _around(source, given, is_old=False) as around:
        now = looking.together(around)
    with _around(source, given, is_old=True) as around:
        known = before.together(around)
    repository = source.range.repository
    lined = (
        with_lines(repository.work_tree, now, given.limit_bytes)
        if source.range.is_on_disk
        else ((one, 1) for one in now)
    )
    yield from of_noticed(known).marked([Located(one, one.file, line) for one, line in lined])


def _new_side(source: ChangeSet) -> list[HeldFile]:
    repository = source.range.repository
    if source.range.is_on_disk:
        return [HeldFile(one.raw, "", one.obstacle) for one in scan(Path(repository.work_tree), claims()).stamps]
    mine = claims().holds if changeset.has_home(repository, source.range.head) else claims().holds_loose
    every = files_of(repository, source.range.head)
    return [HeldFile(one.raw, one.blob) for one in every if one.mode.startswith("100") and mine(one.raw)]


@contextmanager
def _around(source: ChangeSet, given: Given, *, is_old: bool) -> Iterator[Surroundings]:
    repository, asked = source.range.repository, source.range
    collected = None if is_old else given.collected
    if asked.is_on_disk and not is_old:
        with texts_on_disk(repository) as text:
            past = GitPast(repository, "HEAD")
            gone = removals(repository, "HEAD")
            yield Surroundings(SourceFiles(text), "", collected, gone, given.runs, past)
        return
    commit = asked.base if is_old else asked.head
    with texts_of(repository, commit) as text:
        known = None if is_old else GitPast(repository, commit)
        yield Surroundings(SourceFiles(text), "", collected, removals(repository, commit), given.runs, known)
