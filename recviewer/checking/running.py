"""Runs a check on a directory, on some files, or on a range of commits."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from recviewer.checking import trees
from recviewer.checking.lines import line_in, line_of
from recviewer.checking.model import Checked, Located, in_order
from recviewer.checking.trees import ReadFile
from recviewer.recorders.reading import without_collector
from recviewer.smells import Looking, Needs, Noticed, Rule, Surroundings
from recviewer.smells.scanning import softened

if TYPE_CHECKING:
    from recviewer.git.repository import Repository
    from recviewer.used.model import UsedRun


@dataclass(frozen=True, slots=True)
class Given:
    """The common inputs of checks. asked: the rules. collected: ids of the tests that pytest would run, None if
    unknown.

    runs: watched runs of the suite.
    """

    limit_bytes: int
    asked: tuple[Rule, ...]
    collected: frozenset[str] | None = None
    runs: tuple[UsedRun, ...] = ()


def directory(root: Path, given: Given) -> Checked:
    """Check all recordings below a directory. Raises store.NoRoot."""
    problems: list[str] = []
    looking = Looking(given.asked)
    with without_collector(), _around(root, given) as around:
        found, count = _looked_at(trees.below(root, given.limit_bytes, problems), looking)
        lines = [line for _, line in found]
        found = list(zip(softened((one for one, _ in found), around), lines, strict=True))
        found += list(with_lines(root, looking.together(around), given.limit_bytes))
    asked = [rule for rule in given.asked if rule.needs is not Needs.CHANGE]
    told = [_located(one, around.top, lines) for one, lines in found]
    return _checked(told, count, asked, given, problems, "the files on disk")


def files(top: Path, named: Collection[str], given: Given) -> Checked:
    """Check single files, by rules that need neither a test nor the tree. named: as on a command line."""
    mine, others = trees.claimed(top, named)
    asked = [rule for rule in given.asked if rule.needs is Needs.EXCHANGE]
    with without_collector():
        found, count = _looked_at(trees.named(top, mine, given.limit_bytes), Looking(asked))
    told_of = "is not a recording" if len(others) == 1 else "are not recordings"
    problems = [f"{len(others):,} of the files named {told_of}"] if others else []
    told = [_located(one, "", line) for one, line in _softened(top, found, given)]
    return _checked(told, count, asked, given, problems, "the files named")


def changed(top: Path, given: Given, base: str = "HEAD") -> Checked:
    """Check the files that changed since a commit, individually. Raises GitFailed."""
    from recviewer.changes.disk import looked_at
    from recviewer.git import refs
    from recviewer.git.ranges import opened
    from recviewer.recorders.registry import claims

    repository = opened(top)
    seen = looked_at(repository, refs.commit_of(repository, refs.valid(base)), claims().holds)
    asked = [rule for rule in given.asked if rule.needs is Needs.EXCHANGE]
    raws = [item.raw for item in seen.changed if item.new]
    with without_collector():
        found, count = _looked_at(trees.named(repository.work_tree, raws, given.limit_bytes), Looking(asked))
    told = [_located(one, "", line) for one, line in _softened(Path(repository.work_tree), found, given)]
    return _checked(told, count, asked, given, list(seen.problems), f"the files that changed since {base}")


_Found = list[tuple[Noticed, int]]


def _softened(top: Path, found: _Found, given: Given) -> _Found:
    """Return findings adjusted by their tests' sources, which are read only if a rule uses them."""
    if not any((one.rule.soften and one.test_id) or one.rule.trace for one, _ in found):
        return found
    with _around(top, given) as around:
        return list(zip(softened((one for one, _ in found), around), (line for _, line in found), strict=True))


def _looked_at(read: Iterable[ReadFile], looking: Looking) -> tuple[_Found, int]:
    """Return the findings on each recording, with lines, and the number of recordings."""
    found: _Found = []
    count = 0
    for one in read:
        count += len(one.sides)
        found += of_file(one, looking)
    return found, count


def of_file(one: ReadFile, looking: Looking) -> Iterator[tuple[Noticed, int]]:
    """Yield the findings on the recordings of a file, with lines."""
    for side in one.sides:
        for noticed in looking.at(side):
            spots = noticed.held.spots
            yield noticed, line_in(one.data, side, spots[0].pointer if spots else None)


def with_lines(root: Path, found: Iterable[Noticed], limit_bytes: int) -> Iterator[tuple[Noticed, int]]:
    """Yield findings with their lines. Only files with a pointer in a finding are read again."""
    known: dict[str, bytes] = {}
    for noticed in found:
        spots = noticed.held.spots
        if not spots or noticed.key != noticed.file:
            yield noticed, 1
            continue
        if noticed.file not in known:
            raw = noticed.file.encode("utf-8", "surrogatepass")
            known = {noticed.file: next((one.data for one in trees.named(root, [raw], limit_bytes)), b"")}
        data = known[noticed.file]
        yield noticed, line_of(data, spots[0].pointer) if data[:1] in (b"{", b"[") else 1


def _located(noticed: Noticed, top: str, line: int) -> Located:
    return Located(noticed, top + noticed.file, line)


def _checked(
    told: Sequence[Located], count: int, asked: Sequence[Rule], given: Given, problems: Sequence[str], where: str
) -> Checked:
    left = tuple([rule for rule in given.asked if rule not in asked])
    return Checked(in_order(told), count, tuple(asked), left, tuple(problems), where)


@contextmanager
def _around(root: Path, given: Given) -> Iterator[Surroundings]:
    """Yield the context of a directory's recordings: the sources in its work tree."""
    from recviewer.asserts.sources import SourceFiles
    from recviewer.checking.past import GitPast
    from recviewer.git.removals import removals
    from recviewer.git.repository import find
    from recviewer.git.texts import texts_on_disk

    repository = find(root.resolve())
    if repository is None:
        yield Surroundings(collected=given.collected, runs=given.runs)
        return
    with texts_on_disk(repository) as text:
        top, gone = top_of(repository, root), removals(repository, "HEAD")
        past = GitPast(repository, "HEAD")
        yield Surroundings(SourceFiles(_below(top, text)), top, given.collected, gone, given.runs, past)


def _below(top: str, text: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """Read a file by its path from the top of the repository, else from the recordings root, as cassettes name tests."""

    def read(path: str) -> str | None:
        found = text(path)
        return text(top + path) if found is None and top else found

    return read


def top_of(repository: Repository, root: Path) -> str:
    """Return the prefix from the top of a work tree to a directory in it, "" or ending in `/`."""
    way = os.path.relpath(root.resolve(), Path(repository.work_tree).resolve())
    return "" if way == "." or way.startswith("..") else f"{way}/"
