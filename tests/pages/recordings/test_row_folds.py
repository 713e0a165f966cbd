"""Neighbours in the list that answer the same stand behind one line."""

import pytest

from recviewer.catalog.models import Recording
from recviewer.exchange.text import LINE
from recviewer.pages.recordings.row_folds import folded
from recviewer.pages.recordings.telling_apart import places_of

PROVIDERS = ("azure", "bedrock", "ollama", "openai", "vertexai", "vllm")


def row(number, answered="Noon.", asked="What time is it?", function="time", **more):
    test = f"tests/t.py::test_{function}[txt={PROVIDERS[number]}/m]"
    return Recording(
        test_id=test, asked=asked, answered=answered, model="m", size=100, fingerprint=f"2:{number}", **more
    )


def shown(rows, standings=None):
    places = places_of(rows, is_by_test=True)
    return folded(rows, places, [str(number) for number in range(len(rows))], standings or {})


def told(rows):
    return [(item.row, item.fold and item.fold.rows) for item in shown(rows)]


def test_those_that_answer_the_same_are_folded_below_the_first():
    rows = [*map(row, range(5)), row(5, "Midnight.")]

    assert told(rows) == [("0", ("1", "2", "3", "4")), ("5", None)]


def test_a_fold_that_saves_less_than_two_rows_is_not_drawn():
    assert told([*map(row, range(3))]) == [("0", None), ("1", None), ("2", None)]


@pytest.mark.parametrize(
    "more",
    [
        {"answered": "Noon!"},
        {"asked": "What time was it?"},
        {"function": "day"},
        {"outcome": "error"},
        {"answer_kind": "call"},
    ],
)
def test_what_differs_stands_open(more):
    rows = [*map(row, range(5))]
    rows[2] = row(2, **more)

    assert all(fold is None for _, fold in told(rows))


@pytest.mark.parametrize(("length", "is_folded"), [(LINE - 1, True), (LINE, False)])
def test_an_answer_that_may_be_cut_is_not_called_the_same(length, is_folded):
    assert (told([row(number, "a" * length) for number in range(4)])[0][1] is not None) is is_folded


def test_what_is_asked_the_same_only_at_its_beginning_is_said_so():
    (whole,), (cut,) = shown([row(at) for at in range(4)]), shown([row(at, asked="a" * LINE) for at in range(4)])

    assert (whole.fold.is_cut, cut.fold.is_cut) == (False, True)


def test_the_line_says_what_differs_how_they_stand_and_how_large_they_are():
    rows = [row(at, replay="unknown" if at > 3 else "") for at in range(6)]

    (item,) = shown(rows, {"2:1": "approved"})

    assert (item.fold.differs, item.fold.more) == (PROVIDERS[1:4], 2)
    assert {state.word: count for state, count in item.fold.states} == {"approved": 1, "replay cannot find it": 2}
    assert item.fold.size == 500
