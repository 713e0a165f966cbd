"""Test functions with their tests: their parameters, and tests with far more recordings than their siblings."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from recviewer.pages.tests.tally import Tally, sum_of
from recviewer.pages.text.test_ids import Parameter, parameters_of, parse

LEAST, TIMES, ABOVE = 8, 3, 6
"""A test has far more recordings than its siblings if it has at least the first number, the second number times the
median of the others, and the third number above it.
"""

NAMED = 3
"""Values of a parameter that are named; of more, the number is given."""


@dataclass(frozen=True, slots=True)
class TestFunction:
    """A function with its tests, in order of their ids. sum: of all of them."""

    __test__ = False

    file: str
    name: str
    tests: tuple[tuple[str, Tally], ...]
    sum: Tally

    @property
    def short(self) -> str:
        """The name in lists."""
        return self.name.rpartition("::")[2].removeprefix("test_") or "no name"

    @property
    def outliers(self) -> tuple[int, ...]:
        """The indexes of the tests with far more recordings than the others."""
        return outliers([tally.count for _, tally in self.tests])

    @property
    def distance(self) -> float:
        """How many times the median of its siblings the largest of the outliers has, 0 if there is none."""
        counts = [tally.count for _, tally in self.tests]
        usual = _medians_of_others(counts)
        return max((counts[at] / (usual[at] or 1) for at in self.outliers), default=0)


def functions_of(found: Mapping[str, Tally]) -> list[TestFunction]:
    """Return the functions of some tests, in the order of the tree."""
    by_function: dict[tuple[str, str], list[tuple[str, Tally]]] = {}
    for test, tally in found.items():
        taken = parse(test)
        by_function.setdefault((taken.file.removesuffix("::"), taken.function), []).append((test, tally))
    return [
        TestFunction(file, name, tuple(sorted(tests, key=lambda one: one[0])), sum_of(tally for _, tally in tests))
        for (file, name), tests in sorted(by_function.items())
    ]


def outliers(counts: Sequence[int]) -> tuple[int, ...]:
    """Return the indexes of those far above the median of the others."""
    return tuple(
        at
        for at, (count, usual) in enumerate(zip(counts, _medians_of_others(counts), strict=True))
        if count >= LEAST and count >= TIMES * usual and count >= usual + ABOVE
    )


def _medians_of_others(counts: Sequence[int]) -> list[float]:
    """Return for each number the median of all others, the number itself if there are none. They are sorted only once."""
    every, left = sorted(counts), len(counts) - 1
    if not left:
        return list(counts)
    found: dict[int, float] = {}
    for count in set(counts):
        gone = bisect_left(every, count)
        low, high = (every[at + (at >= gone)] for at in ((left - 1) // 2, left // 2))
        found[count] = (low + high) / 2
    return [found[count] for count in counts]


def outliers_said(function: TestFunction, models: tuple[str, ...]) -> str:
    """Describe the outliers: `openai 28 and 30, others 3`; "" if there are none."""
    places = set(function.outliers)
    if not places:
        return ""
    counts = [tally.count for _, tally in function.tests]
    many = sorted(counts[at] for at in places)
    others = sorted(count for at, count in enumerate(counts) if at not in places)
    who = {provider_of(told(function.tests[at][0], models)) for at in places}
    name = who.pop() if len(who) == 1 else ""
    lead = name or ("one has" if len(many) == 1 else f"{len(many):,} have")
    return f"{lead} {_numbers(many)}, others {_numbers(others)}" if others else f"{lead} {_numbers(many)}"


def _numbers(some: Sequence[int]) -> str:
    every = sorted(set(some))
    if len(every) <= 2:
        return " and ".join(f"{one:,}" for one in every)
    return f"{every[0]:,} to {every[-1]:,}"


def provider_of(parameters: Sequence[Parameter]) -> str:
    """Return the provider in a test's parameters, "" if there is none."""
    return next((one.value for one in parameters if one.name == "provider"), "")


@lru_cache(20_000)
def told(test_id: str, models: tuple[str, ...]) -> tuple[Parameter, ...]:
    """Return the parameters of a test, see `parameters_of`."""
    return parameters_of(parse(test_id), models)


def product_of(function: TestFunction, models: tuple[str, ...]) -> str:
    """Describe a function's parameters: `5 providers × 2 clients × earth, saturn`."""
    values: dict[tuple[str, int], dict[str, None]] = {}
    for test, _ in function.tests:
        unnamed = 0
        for one in told(test, models):
            unnamed += not one.name
            values.setdefault((one.name, 0 if one.name else unnamed), {})[one.value] = None
    has_provider = ("provider", 0) in values
    pieces = []
    order = {"provider": 0, "client": 1}
    for (name, _), some in sorted(values.items(), key=lambda one: (order.get(one[0][0], 2), one[0])):
        if name == "model" and has_provider and len(some) <= len(values["provider", 0]):
            continue
        if name in ("dimension",):
            continue
        listed = [value if len(value) <= 40 else f"{value[:39]}…" for value in some]
        noun = {"": "cases", "provider": "providers", "client": "clients"}.get(name, f"{name}s")
        are_named = len(listed) == 1 or (name != "client" and len(listed) <= NAMED and sum(map(len, listed)) <= 60)
        pieces.append(", ".join(listed) if are_named else f"{len(listed):,} {noun}")
    return " × ".join(pieces)
