"""The rows of the page of tests: files, functions with a bar for each test, and the table of a function's tests."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile

from recviewer.catalog.value_words import KIND_WORDS, OUTCOME_WORDS
from recviewer.pages.templatetags.words import counted
from recviewer.pages.tests.functions import TestFunction, outliers_said, product_of, provider_of, told
from recviewer.pages.tests.tally import Tally, sum_of
from recviewer.pages.text.folds import Fold, Folds
from recviewer.pages.text.test_addresses import url_of_test

OPEN = 40
"""Maximum number of functions in files that are open at first."""

NAMED_RUNS = 6
"""Runs of the suite that are named."""

DOTS = 3
"""Rows of a table with equal names that are told apart by dots; further ones are numbered."""

BARS = 60
"""Tests of a function with a bar each; with more, a bar represents several."""


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One bar: of a test, or of several. tone: warn, bad or ""."""

    x: int
    y: float
    height: float
    tone: str


@dataclass(frozen=True, slots=True)
class GridCell:
    """The recordings of one test. url: "" if there is no such test.

    unread: number of those that no run of the suite reads.
    """

    url: str
    count: int
    missed: int
    failed: int
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Grid:
    """The tests of a function: a row for the other parameters, a column for each provider."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[GridCell, ...]], ...]


@dataclass(frozen=True, slots=True)
class ReadByRuns:
    """What runs of the suite say about a row. runs: how many read any of it.

    is_never: those with something to say read none. title: in words.
    """

    runs: int
    is_never: bool
    title: str


@dataclass(frozen=True, slots=True)
class FunctionView:
    """A row. url: of the only test, "" if there are several; then fold contains them. marks: (glyph, tone, words).

    by_runs: None if no run is stored.
    """

    anchor: str
    file: str
    name: str
    parameters: str
    bars: tuple[DrawnBar, ...]
    width: int
    tests: int
    tally: Tally
    does: str
    with_: str
    marks: tuple[tuple[str, str, str], ...]
    url: str
    fold: Fold | None
    by_runs: ReadByRuns | None

    @property
    def verdicts(self) -> tuple[tuple[str, int], ...]:
        """The decisions."""
        return verdicts_of(self.tally)


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file with its functions. folder: without the common prefix of all files; title: its full path.

    by_runs: None if no run is stored.
    """

    folder: str
    name: str
    title: str
    functions: int
    tests: int
    tally: Tally
    fold: Fold
    marks: tuple[tuple[str, str, str], ...]
    by_runs: ReadByRuns | None

    @property
    def verdicts(self) -> tuple[tuple[str, int], ...]:
        """The decisions."""
        return verdicts_of(self.tally)


class RowTeller:
    """Builds rows. has_runs: runs of the suite are stored, so that each row mentions them."""

    def __init__(
        self, folds: Folds, models: tuple[str, ...], functions: Sequence[TestFunction], *, has_runs: bool
    ) -> None:
        self._folds, self._models, self._has_runs = folds, models, has_runs
        self._start = shared_folder(list(dict.fromkeys(one.file for one in functions)))

    def files(self, functions: Sequence[TestFunction], *, is_narrow: bool) -> tuple[tuple[FileLine, ...], Fold | None]:
        """Return the files, and the fold with further ones. Files with outliers are open."""
        by_file: dict[str, list[TestFunction]] = {}
        for one in functions:
            by_file.setdefault(one.file, []).append(one)
        opened = _opened(by_file, is_narrow=is_narrow)
        every = list(by_file.items())

        def view(at: int) -> FileLine:
            return self._file(*every[at], is_open=every[at][0] in opened)

        return self._folds.some("files", len(every), view, "file", template="tests/_files.html")

    def _file(self, file: str, some: Sequence[TestFunction], *, is_open: bool) -> FileLine:
        tally = sum_of(one.sum for one in some)
        folder, slash, name = file.rpartition("/")
        fold = self._folds.fold(
            f"f-{_short_hash(file)}",
            file,
            template="tests/_functions.html",
            make=lambda: tuple([self.function(one) for one in some]),
            weight=1 << 30,
            is_open=is_open,
        )
        return FileLine(
            (folder + slash).removeprefix(self._start),
            name or "no file",
            file,
            len(some),
            sum(len(one.tests) for one in some),
            tally,
            fold,
            tuple(_plain_marks(tally))[:1],
            _read_by(tally) if self._has_runs else None,
        )

    def function(self, one: TestFunction) -> FunctionView:
        """Return the row of a function."""
        self._folds.spend(1_300 + 70 * min(BARS, len(one.tests)))
        bars = tuple(_bars(one, self._models))
        single = len(one.tests) == 1
        apart = outliers_said(one, self._models)
        marks = [*([("warn", "warn", apart)] if apart else []), *_plain_marks(one.sum)]
        anchor = _short_hash(f"{one.file}\0{one.name}")
        names = [name for name, _ in _most(one.sum.models) if name]
        return FunctionView(
            anchor=f"fn-{anchor}",
            file=one.file.removeprefix(self._start),
            name=one.short,
            parameters=product_of(one, self._models),
            bars=() if single else bars,
            width=len(bars) * 7,
            tests=len(one.tests),
            tally=one.sum,
            does=_did(one.sum),
            with_=_few([name.rpartition("/")[2] for name in names]),
            marks=tuple(marks[:3]),
            url=url_of_test(one.tests[0][0]) if single else "",
            fold=None if single else self._grid(one, anchor),
            by_runs=_read_by(one.sum) if self._has_runs else None,
        )

    def _grid(self, one: TestFunction, anchor: str) -> Fold:
        return self._folds.fold(
            f"g-{anchor}",
            counted(len(one.tests), "test"),
            template="tests/_grid.html",
            make=lambda: self._grid_of(one),
            weight=260 * len(one.tests),
        )

    def _grid_of(self, one: TestFunction) -> Grid:
        columns: dict[str, None] = {}
        rows: dict[str, dict[str, GridCell]] = {}
        before: Counter[tuple[str, str]] = Counter()
        for test, tally in one.tests:
            parameters = told(test, self._models)
            provider = provider_of(parameters)
            has_provider = bool(provider)
            rest = [
                each.value
                for each in parameters
                if each.name != "provider" and not (has_provider and each.name == "model")
            ]
            cell = GridCell(url_of_test(test), tally.count, tally.missed, tally.failed, tally.unread)
            row = " · ".join(rest) or (provider and "all") or "no parameters"
            alike, first = (provider, row), row
            while provider in rows.get(row, {}):  # another model of the same provider
                before[alike] += 1
                row = first + (" ·" * before[alike] if before[alike] <= DOTS else f" · {before[alike] + 1:,}")
            rows.setdefault(row, {})[provider] = cell
            columns[provider] = None
        nothing = GridCell("", 0, 0, 0)
        self._folds.spend(240 * len(one.tests) + 60 * len(columns) * len(rows))
        return Grid(
            tuple(columns),
            tuple([(row, tuple([cells.get(column, nothing) for column in columns])) for row, cells in rows.items()]),
        )


def shared_folder(files: Sequence[str]) -> str:
    """Return the folder, `/` included, that contains all files, "" if there is none."""
    folders = [file.split("/")[:-1] for file in files if file]
    shared = (
        takewhile(lambda pair: pair[0] == pair[1], zip(min(folders), max(folders), strict=False)) if folders else ()
    )
    return "".join([f"{one}/" for one, _ in shared]) if len(folders) > 1 else ""


def _opened(by_file: dict[str, list[TestFunction]], *, is_narrow: bool) -> set[str]:
    """Return the files that are open at first: those with most outliers, or the first of a filtered list."""
    opened: set[str] = set()
    left = OPEN
    is_small = is_narrow or len(by_file) <= 3
    ranks = {
        file: sum(bool(one.outliers or one.sum.failed) for one in some) / len(some) for file, some in by_file.items()
    }
    for file, some in sorted(by_file.items(), key=lambda one: 0 if is_small else -ranks[one[0]]):
        if (is_small or ranks[file]) and len(some) <= left:
            opened.add(file)
            left -= len(some)
    return opened


def _bars(one: TestFunction, models: tuple[str, ...]) -> Iterator[DrawnBar]:
    """Yield bars, grouped by provider: the height is the square root of the number of recordings."""
    apart = set(one.outliers)
    order = sorted(range(len(one.tests)), key=lambda at: (provider_of(told(one.tests[at][0], models)), at))
    step = -(-len(order) // BARS)
    for number, start in enumerate(range(0, len(order), step)):
        some = [(at, one.tests[at][1]) for at in order[start : start + step]]
        height = round(min(18.0, 2.4 * max(tally.count for _, tally in some) ** 0.5 + 1), 1)
        is_apart = any(at in apart or tally.missed == tally.count for at, tally in some)
        tone = "bad" if any(tally.failed for _, tally in some) else "warn" if is_apart else ""
        yield DrawnBar(number * 7, round(18 - height, 1), height, tone)


def _read_by(tally: Tally) -> ReadByRuns:
    runs = sorted(tally.read_by)
    named = ", ".join(runs[:NAMED_RUNS]) + (f" and {len(runs) - NAMED_RUNS:,} more" if len(runs) > NAMED_RUNS else "")
    said = [f"read by {named}"] if runs else []
    said += [f"{tally.unread:,} of {counted(tally.count, 'recording')} never read"] if tally.unread else []
    said += [f"of {tally.untold:,} no run says anything"] if tally.untold else []
    return ReadByRuns(len(runs), bool(tally.unread) and not runs, "; ".join(said))


def _plain_marks(tally: Tally) -> Iterator[tuple[str, str, str]]:
    if tally.failed:
        yield "error", "bad", f"{tally.failed:,} failed"
    if tally.missed:
        yield "warn", "warn", f"replay cannot find {tally.missed:,}"
    if tally.unread:
        yield "warn", "warn", f"no run reads {tally.unread:,}"
    if tally.empty:
        yield "warn", "warn", counted(tally.empty, "empty answer")


_WORDS = {**KIND_WORDS, **OUTCOME_WORDS}
_NOUNS = {
    "error": "error",
    "empty": "empty answer",
    "answer": "answer",
    "call": "tool call",
    "models": "model list",
    "embeddings": "embedding",
}


def _most(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _did(tally: Tally) -> str:
    """Describe the outcomes of recordings: two kinds, then the number of others."""
    often = _most(tally.did)
    said = [
        counted(count, _NOUNS[what]) if what in _NOUNS else f"{count:,} {_WORDS.get(what, what)}"
        for what, count in often[:2]
    ]
    rest = sum(count for _, count in often[2:])
    return ", ".join(said) + (f" +{rest:,}" if rest else "")


def _few(names: Sequence[str]) -> str:
    some = list(dict.fromkeys(names))
    shown = [name if len(name) <= 28 else f"{name[:27]}…" for name in some[:2]]
    return ", ".join(shown) + (f" +{len(some) - 2:,}" if len(some) > 2 else "")


STATES = ("approved", "rejected", "delete")


def verdicts_of(tally: Tally) -> tuple[tuple[str, int], ...]:
    """Return the states of recordings except undecided, with their numbers."""
    return tuple([(state, tally.verdicts[state]) for state in STATES if tally.verdicts.get(state)])


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]
