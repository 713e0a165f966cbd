"""What distinguishes the rows of a page: what neighbours share is shown once, what differs is shown in each."""

from __future__ import annotations

import json
from collections.abc import Container, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from django.urls import reverse

from recviewer.catalog.models import Recording
from recviewer.exchange.request_values import DIGEST_MARK
from recviewer.pages.text.test_ids import TestId, parameters_of, parse

NO_TEST = "no test"

FOLLOWING = frozenset({"stream_options"})
"""Values that follow from others, or from what a row shows: said only if they are the only ones that differ."""

MOST_VALUES = 3
"""Values of a request that a row says."""

SAID = ("asked", "answered", "answer_kind", "outcome")
"""Columns in which neighbours say the same."""


@dataclass(frozen=True, slots=True)
class RowPlace:
    """A row among its neighbours.

    heading: the function or file that begins with this row, "" where none does. folder: the file of a heading's function
    with its folder, the folder of its file, or the suite of what names no test. url: where a heading leads. is_again: the
    row above is of the same function and asks the same, as far as it stands in a row: what they share is said there.
    is_model_again: nor has it another model. differs: what is different among the rows of the function, piece by piece.
    values: of its request, those that differ from rows that look the same. lines: how many a question takes with all its
    answers, said by its first row, as is told: how many answers.
    """

    heading: str = ""
    folder: str = ""
    is_again: bool = False
    is_model_again: bool = False
    differs: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    url: str = ""
    lines: int = 1
    told: str = ""


def gathered(rows: Sequence[Recording]) -> tuple[Recording, ...]:
    """Return the rows of a page in order of tests, with those of one function and question together.

    Among these, equal answers are together. Both are at the place of their first row.
    """
    made: list[Recording] = []
    for _, run in groupby(rows, key=_function):
        some = list(run)
        questions = _firsts([one.asked for one in some])
        answers = _firsts([(one.asked, one.answered, one.answer_kind, one.outcome) for one in some])
        order = sorted(range(len(some)), key=lambda at: (questions[at], answers[at], at))
        made += [some[at] for at in order]
    return tuple(made)


def _function(one: Recording) -> tuple[str, str]:
    test = parse(one.test_id or "")
    return test.file, test.function


def _firsts(values: Sequence[Hashable]) -> list[int]:
    """Return, for each value, the index of its first occurrence."""
    first: dict[Hashable, int] = {}
    return [first.setdefault(value, at) for at, value in enumerate(values)]


def places_of(
    rows: Sequence[Recording], *, is_by_test: bool, marked: Container[int] = frozenset()
) -> tuple[RowPlace, ...]:
    """Return the place of each row of a page.

    is_by_test: the list is in order of tests, so functions can be headings. marked: ids of rows with hits in the
    question, which they do not share with rows without.
    """
    if is_by_test:
        runs = groupby(
            ((one, parse(one.test_id or "")) for one in rows), key=lambda pair: (pair[1].file, pair[1].function)
        )
        return tuple(place for _, run in runs for place in _of_run(list(run), marked))
    tests = [parse(one.test_id or "") for one in rows]
    return tuple(
        RowPlace(differs=(_short(test), *_without_model(_pieces(one, test), one)))
        for one, test in zip(rows, tests, strict=True)
    )


def by_file(rows: Sequence[Recording]) -> tuple[RowPlace, ...]:
    """Return the place of each row of a page in order of files; a file with many calls is a heading."""
    made: list[RowPlace] = []
    for file, run in groupby(rows, key=lambda one: one.file_path if one.part else ""):
        some = list(run)
        places = places_of(some, is_by_test=False)
        if file:
            folder, slash, name = file.rpartition("/")
            first = replace(places[0], heading=name, folder=folder + slash, url=reverse("files:show", args=[file]))
            places = (first, *places[1:])
        made += places
    return tuple(made)


def _short(test: TestId) -> str:
    return test.short or NO_TEST


def _file_of(one: Recording, test: TestId) -> str:
    """Return the file of a test with the folder that it is in, or the suite of a recording that names no test."""
    return "/".join(test.file.removesuffix("::").split("/")[-2:]) or one.suite


def _of_run(run: Sequence[tuple[Recording, TestId]], marked: Container[int]) -> Iterator[RowPlace]:
    pieces = [_pieces(one, test) for one, test in run]
    common = _shared(pieces)
    above: Recording | None = None
    for _, some in groupby(range(len(run)), key=lambda at: run[at][0].asked):
        same_question = list(some)
        shared = _shared([pieces[at] for at in same_question])
        if all(shared.issuperset(pieces[at]) for at in same_question):
            shared = common
        turns: dict[str, set[int]] = {}
        for at in same_question:
            turns.setdefault(run[at][1].parameters, set()).add(run[at][0].turns)
        told: dict[int, list[str]] = {}
        for at in same_question:
            one, test = run[at]
            told[at] = [piece for piece in _without_model(pieces[at], one) if piece not in shared]
            if len(turns[test.parameters]) > 1:
                told[at].append(f"{one.turns:,} message{'s' * (one.turns != 1)}")
        values = _request_values([run[at][0] for at in same_question], list(told.values()))
        for at, own in zip(same_question, values, strict=True):
            one, test = run[at]
            yield RowPlace(
                heading="" if above else _short(test),
                folder="" if above else _file_of(one, test),
                is_again=above is not None
                and above.asked == one.asked != ""
                and (above.pk in marked) is (one.pk in marked),
                differs=tuple(told[at]),
                values=own,
            )
            above = one


def _request_values(rows: Sequence[Recording], told: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """Return, for each row of a question, the values of its request that differ among the rows that look the same.

    told: what each row says of itself already.
    """
    values: list[tuple[str, ...]] = [()] * len(rows)
    alike: dict[Hashable, list[int]] = {}
    for at, one in enumerate(rows):
        said = (one.answered, one.answer_kind, one.outcome, one.error_status, one.model, one.host, tuple(told[at]))
        alike.setdefault(said, []).append(at)
    for some in alike.values():
        if len(some) > 1:
            for at, pieces in zip(some, _differing_values([rows[at] for at in some]), strict=True):
                values[at] = tuple(pieces)
    return values


def _differing_values(rows: Sequence[Recording]) -> Iterator[list[str]]:
    """Yield, for each row, the values in which their requests differ, at most `MOST_VALUES`; nothing if in none.

    A long value is told by a number among the different ones. Requests that differ in none may differ in length.
    """
    values: list[dict[str, str]] = [json.loads(one.request_values) if one.request_values else {} for one in rows]
    names = [name for name in sorted(set().union(*values)) if len({one.get(name) for one in values}) > 1]
    names = [name for name in names if name not in FOLLOWING] or names
    variants = {name: list(dict.fromkeys(one[name] for one in values if name in one)) for name in names}
    lengths = {one.asked_length for one in rows}
    for row, one in zip(rows, values, strict=True):
        pieces = [_told_value(name, one.get(name), variants[name]) for name in names[:MOST_VALUES]]
        if len(names) > MOST_VALUES:
            pieces.append(f"{len(names) - MOST_VALUES:,} more")
        if not names and len(lengths) > 1:
            pieces.append(f"asked in {row.asked_length:,} characters")
        yield pieces


def _told_value(name: str, value: str | None, variants: Sequence[str]) -> str:
    if value is None:
        return f"no {name}"
    if not value.startswith(DIGEST_MARK):
        return f"{name} {value}"
    return f"{name} variant {variants.index(value) + 1:,}" if len(variants) > 1 else f"with {name}"


def _shared(pieces: Sequence[Sequence[str]]) -> set[str]:
    """Return what all have in common, nothing for a single one."""
    return set[str].intersection(*map(set, pieces)) if len(pieces) > 1 else set()


def _pieces(one: Recording, test: TestId) -> tuple[str, ...]:
    """Return the values of a test's parameters, the provider first."""
    found = [made for made in parameters_of(test, (one.model,) if one.model else ()) if made.value]
    found.sort(key=lambda made: made.name != "provider")
    return tuple(made.value for made in found)


def _without_model(pieces: Sequence[str], one: Recording) -> Sequence[str]:
    """Leave out the model that the row shows itself."""
    return [piece for piece in pieces if piece != one.model]
