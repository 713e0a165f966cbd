"""Of a question in the list few answers stand open, and all others behind one line."""

import json

import pytest

from recviewer.catalog.models import Recording
from recviewer.exchange.text import LINE
from recviewer.pages.recordings.questions import Question, QuestionPage, Shares
from recviewer.pages.recordings.row_folds import Block, arranged, folded
from recviewer.pages.recordings.telling_apart import places_of

PROVIDERS = ("azure", "bedrock", "ollama", "openai", "vertexai", "vllm")


def row(number, answered="Noon.", asked="What time is it?", function="time", **more):
    test = f"tests/t.py::test_{function}[txt={PROVIDERS[number]}/m]"
    return Recording(
        test_id=test, asked=asked, answered=answered, size=100, fingerprint=f"2:{number}", **({"model": "m"} | more)
    )


def page(rows, *, count=0):
    """All rows as one page: of each question all, or of one that has more the first."""
    asked = {}
    for number, one in enumerate(rows):
        one.pk = number
        asked.setdefault((one.test_id.partition("[")[0], one.asked), []).append(number)
    common = (Shares(count, 2),) * len(rows) if count else ()
    made = tuple(Question(tuple(ids), count or len(ids), 0, common) for ids in asked.values())
    return QuestionPage(made, 1, len(made), 1, 1)


def arrangement(rows, *, count=0):
    return arranged(rows, places_of(rows, is_by_test=True), page(rows, count=count), is_first=True, is_last=True)


def shown(rows, standings=None, *, count=0):
    printed = [str(number) for number in range(len(rows))]
    return folded(rows, arrangement(rows, count=count), printed, standings or {}, lambda at, id: f"?at={at}#{id}")


def told(rows):
    return [(item.row, item.fold and item.fold.rows) for item in shown(rows)]


def test_those_that_answer_the_same_are_folded_below_what_stands_open():
    rows = [*map(row, range(5)), row(5, "Midnight.")]

    assert told(rows) == [("0", None), ("5", ("1", "2", "3", "4"))]


def test_three_answers_stand_open_however_many_differ():
    rows = [row(at % 6, f"Noon {at}.") for at in range(9)]

    (*_, last) = items = shown(rows)

    assert [item.row for item in items] == ["0", "1", "2"]
    assert (last.fold.rows, last.fold.same, last.fold.others) == (tuple("345678"), 0, 6)


def test_other_parameters_stand_open_before_other_words():
    rows = [row(0, f"Noon {at}.") for at in range(5)] + [row(1, "Midnight.")]

    assert [item.row for item in shown(rows)] == ["0", "1", "5"]


def test_rare_answers_and_kinds_stand_open_before_common_ones():
    rows = [
        row(at % 3, said) for at, said in enumerate(["Noon.", "One.", "One.", "Two.", "Two.", "Noon.", "Midnight."])
    ]
    assert [item.row for item in shown(rows)] == ["0", "1", "6"]

    rows = [row(at % 6, f"Noon {at}.") for at in range(9)] + [row(0, "Rate limit.", outcome="error")]
    assert [item.row for item in shown(rows)] == ["0", "1", "9"]


def test_a_fold_that_saves_less_than_two_rows_is_not_drawn():
    assert told([*map(row, range(3))]) == [("0", None), ("1", None), ("2", None)]
    assert all(fold is None for _, fold in told([row(at, f"Noon {at}.") for at in range(5)]))


@pytest.mark.parametrize("more", [{"answered": "Noon!"}, {"outcome": "error"}, {"answer_kind": "call"}])
def test_what_answers_otherwise_stands_open(more):
    rows = [*map(row, range(5))]
    rows[2] = row(2, **more)

    assert told(rows) == [("0", None), ("2", ("1", "3", "4"))]


@pytest.mark.parametrize("more", [{"asked": "What time was it?"}, {"function": "day"}])
def test_no_question_is_folded_with_another(more):
    rows = [*map(row, range(5)), row(5, **more)]

    assert told(rows) == [("0", ("1", "2", "3", "4")), ("5", None)]


def test_where_no_questions_are_told_apart_each_row_is_seen():
    rows = [*map(row, range(6))]

    assert arranged(rows, places_of(rows, is_by_test=True), None, is_first=True, is_last=True).blocks == (
        Block((0, 1, 2, 3, 4, 5)),
    )


def test_of_a_question_with_very_many_answers_the_line_leads_to_pages_of_their_own():
    *others, last = shown([row(at, f"Noon {at}.") for at in range(6)], count=80)

    assert [item.fold for item in others] == [None, None]
    assert (last.fold.count, last.fold.rows, last.fold.url) == (77, (), "?at=0#0")
    assert (last.fold.same, last.fold.others) == (3, 74)
    assert last.fold.said == "3 answer the same, 74 otherwise"
    assert arrangement([row(at) for at in range(6)], count=80).places[0].told == "80 recordings"


@pytest.mark.parametrize(("length", "is_folded"), [(LINE - 1, True), (LINE, False)])
def test_an_answer_that_may_be_cut_is_not_called_the_same(length, is_folded):
    assert (shown([row(number, "a" * length) for number in range(6)])[-1].fold.same == 5) is is_folded


def test_what_is_asked_the_same_only_at_its_beginning_is_said_so():
    (whole,), (cut,) = shown([row(at) for at in range(4)]), shown([row(at, asked="a" * LINE) for at in range(4)])

    assert (whole.fold.is_cut, cut.fold.is_cut) == (False, True)
    assert (whole.fold.said, cut.fold.said) == ("answer the same", "answer the same, asked with the same beginning")


def test_the_line_says_what_differs_how_they_stand_and_how_large_they_are():
    rows = [row(at, replay="unknown" if at > 3 else "") for at in range(6)]

    (item,) = shown(rows, {"2:1": "approved"})

    assert (item.fold.same, item.fold.others, item.fold.undecided) == (5, 0, 4)
    assert (item.fold.differs, item.fold.more) == (PROVIDERS[1:4], 2)
    assert {state.word: count for state, count in item.fold.states} == {"approved": 1, "replay cannot find it": 2}
    assert item.fold.size == 500


def test_a_line_does_not_say_that_all_are_undecided():
    assert shown([*map(row, range(6))])[0].fold.undecided == 0


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
    rows = [row(0), row(1)]

    (first, *_) = arranged(rows, places_of(rows, is_by_test=True), None, is_first=is_first, is_last=is_last).places

    assert first.told == "2 recordings here"


def test_a_model_is_said_where_it_changes_from_the_row_above_that_is_seen():
    models = ["m", "m", "other", "other", "other"]
    rows = [row(at, f"Noon {at}.", model=model) for at, model in enumerate(models)]

    assert [one.is_model_again for one in arrangement(rows).places] == [False, True, False, True, True]


def test_a_fold_hides_no_model_from_the_row_below():
    rows = [row(at, model="m" if at else "first") for at in range(5)] + [row(5, "Midnight.", model="m")]

    assert [one.is_model_again for one in arrangement(rows).places] == [False, True, True, True, True, False]


def test_values_of_requests_are_said_where_rows_that_look_the_same_are_seen():
    rows = [row(0, request_values=json.dumps({"seed": str(number)})) for number in range(5)]

    assert [one.values for one in arrangement(rows).places] == [(), *((f"seed {number}",) for number in range(1, 5))]
    assert [one.values for one in arrangement(rows[:2]).places] == [("seed 0",), ("seed 1",)]
