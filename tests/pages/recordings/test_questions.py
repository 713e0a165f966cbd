"""The list in order of tests, question by question."""

import re
from types import SimpleNamespace

import pytest

from recviewer.catalog.columns import Columns
from recviewer.pages.recordings import questions
from recviewer.pages.recordings.questions import QuestionOrder, Questions, Shares, shares
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen


def of(*counts):
    every = range(sum(counts))
    return Questions(SimpleNamespace(ids=every), SimpleNamespace(places=every), b"\1" * len(every), counts)


@pytest.mark.parametrize(
    ("counts", "pages"),
    [
        ((), [()]),
        ((1, 2), [(1, 2)]),
        ((6, 4, 1), [(6, 4), (1,)]),
        ((8, 8, 8), [(8,), (8,), (8,)]),
        ((12,), [(12,)]),
        ((80, 80, 80, 2), [(80, 80, 80), (2,)]),
        ((1, 12, 1), [(1,), (12,), (1,)]),
    ],
)
def test_a_page_has_room_for_whole_questions_or_for_one(counts, pages, monkeypatch):
    monkeypatch.setattr(questions, "_chosen_of", lambda ids: ((ids[0], Shares(1, 1)),))
    made = [of(*counts).page(number, 10) for number in range(1, len(pages) + 1)]

    assert [tuple(one.count for one in page.questions) for page in made] == pages
    assert {page.pages for page in made} == {len(pages)}
    assert of(*counts).page(99, 10) == made[-1]


def test_of_many_answers_only_a_few_are_read(monkeypatch):
    monkeypatch.setattr(questions, "_chosen_of", lambda ids: ((ids[0], Shares(13, 12)), (ids[-1], Shares(13, 1))))
    some = of(12, 13, 2)
    whole, many, last = some.page(1, 50).questions

    assert whole.ids == tuple(range(12))
    assert (many.ids, many.common, many.count, many.at) == ((12, 24), ((13, 12), (13, 1)), 13, 12)
    assert (last.ids, last.at) == ((25, 26), 25)
    assert [some.question(number) for number in range(3)] == [whole, many, last]


def test_of_many_answers_the_rarest_are_read_besides_the_first():
    said = ["a"] * 20 + [f"b{number % 8}" for number in range(16)] + ["c"]
    assert questions._sample(said, shares([0] * 37, said)) == [0, 20, 21, 22, 23, 36]

    kinds = ["answer"] * 30 + ["error"] * 2 + ["answer"] * 5
    assert questions._sample(range(37), shares(kinds, range(37))) == [0, 1, 2, 3, 30, 31]

    said = ["a"] * 37
    assert questions._sample(said, shares(said, said)) == [0]


def test_every_recording_is_in_the_question_where_it_stands():
    some = of(3, 1, 2)

    assert [some.question_at(at) for at in range(6)] == [(0, 0), (0, 0), (0, 0), (1, 3), (2, 4), (2, 4)]
    assert [some.page_of(number, 4) for number in range(3)] == [1, 1, 2]


def test_a_question_is_one_within_its_function_and_what_replay_cannot_find_comes_last(make_recording):
    told = {
        "a": {"test": "t.py::test_a[1]", "asked": "Who?"},
        "b": {"test": "t.py::test_a[2]", "asked": "Where?"},
        "c": {"test": "t.py::test_a[3]", "asked": "Who?"},
        "d": {"test": "t.py::test_b", "asked": "Who?"},
        "e": {"asked": "Who?"},
    }
    made = {name: make_recording(f"r/recordings/{name}.json", **more) for name, more in told.items()}
    type(made["a"]).objects.exclude(path=made["a"].path).update(replay="current")
    type(made["a"]).objects.filter(path=made["a"].path).update(replay="older")
    columns = Columns()

    order = QuestionOrder(columns)

    names = {one.pk: name for name, one in made.items()}
    assert [names[columns.ids[place]] for place in order.places] == ["c", "a", "b", "d", "e"]
    assert len(set(order.numbers)) == 4
    assert order.numbers[0] == order.numbers[1]


@pytest.fixture
def many(make_recording, monkeypatch):
    """Six answers to one question where two are many, and one to another."""
    monkeypatch.setattr(questions, "HELD", 2)
    monkeypatch.setattr(questions, "SAMPLE", 2)
    made = [
        make_recording(f"r/recordings/{at}.json", asked="Who?", answered=f"{at}.", test=f"t.py::test_who[{at}]")
        for at in range(6)
    ]
    return [*made, make_recording("r/recordings/z.json", asked="Where?", answered="Here.", test="t.py::test_z")]


def rows(html):
    return re.findall(r'id="row-(\d+)"', html)


def test_a_question_with_very_many_answers_does_not_fill_a_page(client, many):
    html = " ".join(client.get("/").content.decode().split())

    assert rows(html) == [str(one.pk) for one in (many[0], many[1], many[6])]
    assert "<b>1–2</b> of 2 questions, 7 recordings" in html
    assert "<b>4 more</b>" in html
    (url,) = re.findall(r'class="rows-more" href="([^"]+)"', html)
    assert url == f"?sort=each&amp;page=1#row-{many[0].pk}".replace("&amp;page=1", "")
    assert rows(client.get("/?sort=each").content.decode()) == [str(one.pk) for one in many]
    assert "decide on all 7…" in html


def test_a_rare_answer_among_many_is_on_the_page(client, many, make_recording):
    type(many[0]).objects.filter(answered__in=[one.answered for one in many[:5]]).update(answered="Me.")
    make_recording("r/recordings/0.json", asked="Who?", answered="Me.", test="t.py::test_who[0]", id="again")

    html = " ".join(client.get("/").content.decode().split())

    assert rows(html) == [str(one.pk) for one in (many[0], many[5], many[6])]
    assert "<b>4 more</b> <span>answer the same, as a list</span>" in html
    html = client.get("/around/", {"key": many[0].path, "in": "?"}).content.decode()
    assert f'href="/r/{many[5].path}" rel="next"' in html


def test_scripts_get_every_recording(client, many):
    assert len(client.get("/recordings.json").json()["recordings"]) == 7


def test_what_is_searched_for_stands_in_rows_of_its_own(client, many):
    html = client.get("/?q=who").content.decode()

    assert len(rows(html)) == 6
    assert "rows-more" not in html


def test_questions_are_counted_of_what_filters_leave(client, many):
    decide([Seen(one.path, one.blob) for one in many[:4]], actor="ana", verdict="approve")

    html = " ".join(client.get("/?state=undecided").content.decode().split())

    assert rows(html) == [str(one.pk) for one in many[4:]]
    assert "<b>1–2</b> of 2 questions, 3 recordings" in html
    assert "rows-more" not in html


@pytest.mark.parametrize(("at", "sort"), [(1, "?"), (4, "?sort=each"), (6, "?")])
def test_a_recording_leads_back_to_the_page_that_has_its_row(client, many, at, sort):
    html = client.get("/around/", {"key": many[at].path, "in": "?"}).content.decode()

    assert f'href="/{sort}#row-{many[at].pk}"' in html
    assert f"<b>{at + 1}</b> of 7" in html


def test_neighbours_are_in_the_order_of_the_page(client, make_recording):
    answers = ["Noon.", "Noon.", "Noon.", "Noon.", "Midnight."]
    some = [
        make_recording(f"r/recordings/{at}.json", asked="When?", answered=one, test=f"t.py::test_a[{at}]", id=str(at))
        for at, one in enumerate(answers)
    ]

    listed = rows(client.get("/").content.decode())
    walked = [some[0].pk]
    while True:
        here = next(one for one in some if one.pk == walked[-1])
        html = client.get("/around/", {"key": here.path, "in": "?"}).content.decode()
        found = re.search(r'href="/r/([^"]+)" rel="next"', html)
        if not found:
            break
        walked.append(next(one.pk for one in some if one.path == found[1]))

    assert [str(pk) for pk in walked] == listed
    assert listed == [str(some[at].pk) for at in (0, 4, 1, 2, 3)]
