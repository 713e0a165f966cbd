"""What tells the rows of a page of the list apart: what neighbours share is said once, what differs is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.urls import reverse

from recviewer.catalog.models import Recording
from recviewer.exchange.text import LINE
from recviewer.pages.text.test_ids import TestId, parameters_of, parse

NO_TEST = "no test"


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row among its neighbours.

    heading: the function or file that begins with this row, "" where none does. suite: of a heading; url: where it leads.
    is_again: the row above is of the same function and asks the same. differs: what is different among the rows of the
    function, piece by piece.
    """

    heading: str = ""
    suite: str = ""
    is_again: bool = False
    differs: tuple[str, ...] = ()
    url: str = ""


def places_of(rows: Sequence[Recording], *, is_by_test: bool) -> tuple[RowPlace, ...]:
    """Return the place of each row of a page. is_by_test: the list is in order of tests: functions can be headings."""
    if is_by_test:
        runs = groupby(
            ((one, parse(one.test_id or "")) for one in rows), key=lambda pair: (pair[1].file, pair[1].function)
        )
        return tuple(place for _, run in runs for place in _of_run(list(run)))
    tests = [parse(one.test_id or "") for one in rows]
    return tuple(
        RowPlace(differs=(_short(test), *_without_model(_pieces(one, test), one)))
        for one, test in zip(rows, tests, strict=True)
    )


def by_file(rows: Sequence[Recording]) -> tuple[RowPlace, ...]:
    """Return the place of each row of a page in order of files: a file that holds many calls is a heading."""
    made: list[RowPlace] = []
    for file, run in groupby(rows, key=lambda one: one.file_path if one.part else ""):
        some = list(run)
        places = places_of(some, is_by_test=False)
        if file:
            folder, slash, name = file.rpartition("/")
            first = replace(places[0], heading=name, suite=folder + slash, url=reverse("files:show", args=[file]))
            places = (first, *places[1:])
        made += places
    return tuple(made)


def _short(test: TestId) -> str:
    return test.short or NO_TEST


def _of_run(run: Sequence[tuple[Recording, TestId]]) -> Iterator[RowPlace]:
    pieces = [_pieces(one, test) for one, test in run]
    shared = set[str].intersection(*map(set, pieces)) if len(run) > 1 else set()
    turns: dict[str, set[int]] = {}
    for one, test in run:
        turns.setdefault(test.parameters, set()).add(one.turns)
    before: Recording | None = None
    for (one, test), mine in zip(run, pieces, strict=True):
        differs = [piece for piece in _without_model(mine, one) if piece not in shared]
        if len(turns[test.parameters]) > 1:
            differs.append(f"{one.turns:,} message{'s' * (one.turns != 1)}")
        yield RowPlace(
            heading="" if before else _short(test),
            suite="" if before else one.suite,
            is_again=before is not None
            and before.asked == one.asked
            and 0 < len(one.asked) < LINE,  # else it may be cut
            differs=tuple(differs),
        )
        before = one


def _pieces(one: Recording, test: TestId) -> tuple[str, ...]:
    """Return the values of a test's parameters, the provider first."""
    found = [made for made in parameters_of(test, (one.model,) if one.model else ()) if made.value]
    found.sort(key=lambda made: made.name != "provider")
    return tuple(made.value for made in found)


def _without_model(pieces: Sequence[str], one: Recording) -> Sequence[str]:
    """Leave out the model that the row names itself."""
    return [piece for piece in pieces if piece != one.model]
