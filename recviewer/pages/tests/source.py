"""The source of a test in git at HEAD: read as text, at its function's line. Nothing of it is run or imported."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from recviewer.bounded.cache import Recent
from recviewer.git import blobs, history, repository
from recviewer.git.repository import GitFailed
from recviewer.memory import git_contents
from recviewer.pages.text.test_ids import TestId

MOST_BYTES = 2_000_000
"""Maximum size of a source file that is searched."""

LINES = 240
"""Maximum number of lines of a function that are shown; further ones are counted."""

WIDTH = 400
"""Characters of a line that are shown."""


@dataclass(frozen=True, slots=True)
class TestSource:
    """A test's function. file: its path in the repository. line: of its `def`, from 1.

    text: from its first decorator on, which is in line `first`. more: number of further lines. commit: short.
    """

    __test__ = False

    file: str
    line: int
    first: int
    text: str
    more: int
    commit: str


_kept = Recent[tuple[str, str], tuple[str, ...]](16, weigh=len, limit=60_000)
"""By commit and path, the lines of files."""


def source_of(test: TestId) -> TestSource | None:
    """Return the source of a test, None if git has no such file or no such function."""
    file = test.file.removesuffix("::")
    here = git_contents.here() if file.endswith(".py") else None
    if here is None:
        return None
    try:
        commit = repository.resolve(here, "HEAD")
        lines = _kept.made((commit, file), lambda: _lines(here, commit, file))
    except (GitFailed, UnicodeEncodeError):
        return None
    return found_in(lines, test, file, commit[:7])


def _lines(here: repository.Repository, commit: str, file: str) -> tuple[str, ...]:
    blob = blobs.at(here, commit, file.encode())
    if blob is None or blob[1] > MOST_BYTES:
        return ()
    data = next((data for _, data in history.contents(here, [blob[0]])), b"")
    return tuple(data.decode("utf-8", "replace").splitlines())


def found_in(lines: tuple[str, ...], test: TestId, file: str, commit: str) -> TestSource | None:
    """Return a test's function in the lines of a file, that of its class if the id names one."""
    start, end = 0, len(lines)
    *classes, function = test.function.split("::")
    for name in classes:
        at = _defined(lines, rf"\s*class\s+{re.escape(name)}\b", start, end)
        if at < 0:
            return None
        start, end = at + 1, _end(lines, at, end)
    at = _defined(lines, rf"\s*(?:async\s+)?def\s+{re.escape(function)}\b", start, end)
    if at < 0:
        return None
    end, first = _end(lines, at, end), _decorated(lines, at)
    shown = [line if len(line) <= WIDTH else f"{line[:WIDTH]}…" for line in lines[first : min(end, first + LINES)]]
    return TestSource(file, at + 1, first + 1, "\n".join(shown), max(0, end - first - LINES), commit)


def _defined(lines: tuple[str, ...], pattern: str, start: int, end: int) -> int:
    is_it = re.compile(pattern).match
    return next((at for at, line in enumerate(islice(lines, start, end), start) if is_it(line)), -1)


def _end(lines: tuple[str, ...], at: int, end: int) -> int:
    """Return the line after which a block ends: before the next line that is not indented further."""
    depth = _depth(lines[at])
    body = at + 1
    while body < end and not lines[body - 1].rstrip().endswith(":"):  # the parameters may take several lines
        body += 1
    stop = next((one for one in range(body, end) if lines[one].strip() and _depth(lines[one]) <= depth), end)
    while stop > at + 1 and not lines[stop - 1].strip():
        stop -= 1
    return stop


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())


def _decorated(lines: tuple[str, ...], at: int) -> int:
    """Return the first line of the decorators above a function, or its own."""
    depth, first = _depth(lines[at]), at
    while first and lines[first - 1].strip() and _depth(lines[first - 1]) >= depth:
        first -= 1
        if lines[first].lstrip().startswith(("def ", "class ", "async def ")):
            return at
    while first < at and not lines[first].lstrip().startswith("@"):
        first += 1
    return first
