"""Neighbours in the list that answer the same stand behind one line."""

import pytest

from recviewer.catalog.models import Recording
from recviewer.exchange.text import LINE
from recviewer.pages.recordings.row_folds import arranged, folded
from recviewer.pages.recordings.telling_apart import places_of

PROVIDERS = ("azure", "bedrock", "ollama", "openai", "vertexai", "vllm")


def row(number, answered="Noon.", asked="What time is it?", function="time", **more):
    test = f"tests/t.py::test_{function}[txt={PROVIDERS[number]}/m]"
    return Recording(
        test_id=test, asked=asked, answered=answered, size=100, fingerprint=f"2:{number}", **({"model": "m"} | more)
    )


def arrangement(rows, *, is_folding=True, is_first=True, is_last=True):
    places = places_of(rows, is_by_test=True)
    return arranged(rows, places, is_folding=is_folding, is_first=is_first, is_last=is_last)


def shown(rows, standings=None):
    return folded(rows, arrangement(rows), [str(number) for number in range(len(rows))], standings or {})


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


def test_a_question_has_as_many_lines_as_its_answers_and_says_how_many_these_are():
    rows = [*map(row, range(5)), row(5, "Midnight."), row(0, asked="Which day?")]

    told = arrangement(rows).places

    assert [(one.lines, one.told) for one in told if not one.is_again] == [(3, "6 recordings"), (1, "")]


@pytest.mark.parametrize(
    ("kinds", "noun"), [("error error", "errors"), ("text call", "answers"), ("text note", "recordings")]
)
def test_errors_and_lists_are_not_called_answers(kinds, noun):
    rows = [row(at, answer_kind=kind) for at, kind in enumerate(kinds.split())]

    assert arrangement(rows).places[0].told == f"2 {noun}"


def test_a_question_that_is_the_same_at_its_beginning_alone_says_so():
    assert arrangement([row(at, asked="a" * LINE) for at in range(2)]).places[0].told == "2 that begin so"


@pytest.mark.parametrize(("is_first", "is_last"), [(True, False), (False, True)])
def test_a_question_that_may_go_on_on_another_page_counts_what_is_here(is_first, is_last):
    (first, *_) = arrangement([row(0), row(1)], is_first=is_first, is_last=is_last).places

    assert first.told == "2 recordings here"


def test_a_model_is_said_where_it_changes_from_the_row_above_that_is_seen():
    models = ["m", "m", "other", "other", "other"]
    rows = [row(at, f"Noon {at}.", model=model) for at, model in enumerate(models)]

    assert [one.is_model_again for one in arrangement(rows).places] == [False, True, False, True, True]


def test_a_fold_says_the_model_of_its_first_row_and_hides_none_from_the_row_below():
    rows = [row(at, model="m" if at else "first") for at in range(5)] + [row(5, "Midnight.", model="m")]

    assert [one.is_model_again for one in arrangement(rows).places] == [False, False, True, True, True, False]
