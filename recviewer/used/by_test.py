"""Compares which tests read a recording, in runs with the plugin, with the test that the recording names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from recviewer.exchange.amounts import counted
from recviewer.used.model import UsedRun

NAMED = 20
"""Most lines of one kind."""

_RAN = frozenset({"passed", "failed", "xfailed", "xpassed"})


@dataclass(frozen=True, slots=True)
class ReadByOthers:
    """A file read by tests that it does not name. tests: those that it names; readers: the others; is_own: a test that
    it names also reads it.
    """

    path: str
    tests: tuple[str, ...]
    readers: tuple[str, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class ByTest:
    """The combined result of some runs. runs: those with test information. tests: how many tests ran, each counted
    once.

    silent: tests that ran and certainly read no recording in any run. others: files read by other tests. parameters:
    (path, test) of files whose test was in no run, though its function was, with other parameters. is_foreign: the test
    names of the runs match no recording's, so others and parameters are empty.
    """

    runs: tuple[str, ...]
    tests: int
    silent: tuple[str, ...]
    others: tuple[ReadByOthers, ...]
    parameters: tuple[tuple[str, str], ...]
    is_foreign: bool


def by_test(runs: Sequence[UsedRun], recorded: Mapping[str, Iterable[str]], start: str = "") -> ByTest:
    """Compare the tests of runs with the tests that recordings name.

    recorded: the test ids that each file names, by path. start: prefix from the top of the repository to the tree of
    these paths, ending in `/`, or "".
    """
    with_tests = [run for run in runs if run.tests]
    ran = {one.test for run in with_tests for one in run.tests if one.outcome in _RAN}
    known = {one.test for run in with_tests for one in run.tests}
    reading, readers = set[str](), dict[str, set[str]]()
    for run in with_tests:
        for one in run.tests:
            if one.files or one.perhaps:
                reading.add(one.test)
            for path in one.files:
                whole = f"{run.root}/{path}" if run.root else path
                readers.setdefault(whole.removeprefix(start), set()).add(one.test)
    named = {path: tuple(dict.fromkeys(filter(None, tests))) for path, tests in recorded.items()}
    is_foreign = bool(known) and not any(test in known for tests in named.values() for test in tests)
    return ByTest(
        runs=tuple(run.name for run in with_tests),
        tests=len(ran),
        silent=tuple(sorted(ran - reading)),
        others=() if is_foreign else tuple(_others(named, readers)),
        parameters=() if is_foreign else tuple(_parameters(named, known)),
        is_foreign=is_foreign,
    )


def _others(named: Mapping[str, tuple[str, ...]], readers: Mapping[str, set[str]]) -> Iterator[ReadByOthers]:
    for path, tests in sorted(named.items()):
        others = readers.get(path, set()) - set(tests)
        if tests and others:
            yield ReadByOthers(path, tests, tuple(sorted(others)), bool(readers[path] & set(tests)))


def _parameters(named: Mapping[str, tuple[str, ...]], known: set[str]) -> Iterator[tuple[str, str]]:
    functions = {test.partition("[")[0] for test in known}
    for path, tests in sorted(named.items()):
        for test in tests:
            if test not in known and test.partition("[")[0] in functions:
                yield path, test


def report_lines(found: ByTest) -> Iterator[str]:
    """Yield it as lines for a terminal."""
    if not found.runs:
        yield "No run that is kept knows of tests: recviewer used --tests, with pytest."
        return
    yield f"{counted(found.tests, 'test')} ran, in {counted(len(found.runs), 'run')}: {', '.join(found.runs)}"
    yield from _listed(f"{counted(len(found.silent), 'test')} read no recording", found.silent)
    if found.is_foreign:
        yield "No recording names a test as these runs do."
        return
    lines = [f"{one.path}  by {_some(one.readers)}{', and by its own' if one.is_own else ''}" for one in found.others]
    yield from _listed(f"{counted(len(lines), 'file is', 'files are')} read by other tests than it names", lines)
    lines = [f"{path}  {test}" for path, test in found.parameters]
    yield from _listed(f"{counted(len(lines), 'recorded test')} did not run, others of its function did", lines)


def _listed(heading: str, lines: Sequence[str]) -> Iterator[str]:
    yield f"{heading}{':' if lines else '.'}"
    yield from (f"  {line}" for line in lines[:NAMED])
    if len(lines) > NAMED:
        yield f"  … and {len(lines) - NAMED:,} more"


def _some(tests: Sequence[str]) -> str:
    return tests[0] if len(tests) == 1 else f"{tests[0]} and {len(tests) - 1:,} more"
