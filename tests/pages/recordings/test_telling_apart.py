"""What tells the rows of a page of the list apart."""

import json
from pathlib import Path

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.pages.recordings.telling_apart import gathered, places_of
from tests.conftest import exchange


def row(test="", asked="What time is it?", model="gpt-4o", turns=1):
    return Recording(test_id=test or None, asked=asked, model=model, turns=turns, suite="inference")


def test_the_function_is_said_once_and_what_differs_in_each_row():
    rows = [
        row("tests/t.py::test_time[client-txt=openai/gpt-4o]"),
        row("tests/t.py::test_time[client-txt=azure/gpt-4o]"),
        row("tests/t.py::test_day[client-txt=openai/gpt-4o]"),
        row(),
    ]

    found = places_of(rows, is_by_test=True)

    assert [one.heading for one in found] == ["time", "", "day", "no test"]
    assert [one.folder for one in found] == ["tests/t.py", "", "tests/t.py", "inference"]
    assert [one.differs for one in found] == [("openai",), ("azure",), ("openai", "client"), ()]


def test_a_question_is_said_once_of_one_function():
    rows = [
        row("t.py::test_a[x]"),
        row("t.py::test_a[y]"),
        row("t.py::test_a[y]", asked="Another?"),
        row("t.py::test_b", asked="Another?"),
    ]

    assert [one.is_again for one in places_of(rows, is_by_test=True)] == [False, True, False, False]


def test_a_question_in_which_words_were_found_is_not_shared_with_one_without():
    rows = [row("t.py::test_a[x]"), row("t.py::test_a[y]"), row("t.py::test_a[z]")]
    for number, one in enumerate(rows):
        one.pk = number

    found = places_of(rows, is_by_test=True, marked={1, 2})

    assert [one.is_again for one in found] == [False, False, True]


def test_what_asks_and_answers_the_same_in_one_function_stands_together():
    said = [
        ("a", "How?", "So."),
        ("a", "When?", "Now."),
        ("a", "How?", "Thus."),
        ("a", "How?", "So."),
        ("b", "How?", "So."),
    ]
    rows = [row(f"t.py::test_{name}[{at}]", asked=asked) for at, (name, asked, _) in enumerate(said)]
    for one, (_, _, answered) in zip(rows, said, strict=True):
        one.answered = answered

    assert [rows.index(one) for one in gathered(rows)] == [0, 3, 2, 1, 4]


def test_what_the_answers_to_one_question_share_is_no_difference():
    rows = [
        row("t.py::test_a[txt=openai/m-earth]"),
        row("t.py::test_a[txt=azure/m-earth]"),
        row("t.py::test_a[txt=azure/m-mars]", asked="Another?"),
        row("t.py::test_a[txt=azure/m-mars]", asked="Another?"),
    ]

    told = [one.differs for one in places_of(rows, is_by_test=True)]

    assert told[0] != told[1]
    assert told[2] == told[3] != ()  # nothing tells them apart: then all that tells them from others


def test_calls_of_one_test_differ_in_how_many_messages_they_send():
    rows = [row("t.py::test_a", turns=1), row("t.py::test_a", turns=3)]

    assert [one.differs for one in places_of(rows, is_by_test=True)] == [("1 message",), ("3 messages",)]


def test_the_model_that_the_row_names_is_not_named_again():
    rows = [row("t.py::test_a[txt=ollama/llama]", model="llama"), row("t.py::test_a[txt=ollama/llama]", model="guard")]

    assert [one.differs for one in places_of(rows, is_by_test=True)] == [(), ()]


def test_in_another_order_each_row_names_its_function():
    rows = [row("t.py::test_a[x]"), row("t.py::test_a[y]"), row()]

    found = places_of(rows, is_by_test=False)

    assert [one.differs for one in found] == [("a", "x"), ("a", "y"), ("no test",)]
    assert not any(one.heading or one.is_again for one in found)


@pytest.mark.django_db
def test_the_list_says_a_function_and_a_question_once(client, make_recording):
    for name, provider in (("a", "openai"), ("b", "azure")):
        make_recording(
            f"tests/integration/inference/recordings/{name}.json",
            asked="How far?",
            answered=f"Far, says {provider}.",
            test=f"tests/integration/inference/test_far.py::test_far[txt={provider}/gpt-4o]",
        )

    html = client.get("/").content.decode()

    assert html.count('class="rows-function"') == 1
    assert html.count('class="row" data-again') == 1
    assert html.count('<span class="asked"><span>How far?</span>') == 2
    assert html.count("<small>2 answers</small>") == 1
    assert ">openai</span>" in html
    assert ">azure</span>" in html
    assert "far · openai" in client.get("/?sort=-size").content.decode()


def test_in_order_of_files_a_file_of_many_calls_is_a_heading_that_leads_to_it(client, root, db):
    place = root / "a" / "cassettes" / "test_sky" / "test_planets.yaml"
    place.parent.mkdir(parents=True)
    place.write_bytes((Path(__file__).parents[2] / "recorders/cases/vcrpy/test_planets.yaml").read_bytes())
    indexer.refresh(processes=1)

    page = client.get("/?sort=file").content.decode()

    at = "/files/a/cassettes/test_sky/test_planets.yaml"
    assert page.count(f'<h2><a href="{at}">test_planets.yaml</a></h2>') == 1
    rows = Recording.objects.order_by("place")
    found = [page.index(f'id="row-{row.pk}"') for row in rows]
    assert found == sorted(found)


def asking(values, *, answered="get_weather", length=10, test="t.py::test_a[x]"):
    one = row(test)
    one.answered, one.asked_length = answered, length
    one.request_values = json.dumps(values) if values else ""
    return one


def test_what_differs_in_the_requests_of_equal_rows_is_said():
    rows = [
        asking({"seed": "1", "tools": "#aa", "user": "me"}),
        asking({"seed": "2", "tools": "#bb", "user": "me"}),
        asking({"tools": "#aa", "user": "me"}),
    ]

    assert [one.values for one in places_of(rows, is_by_test=True)] == [
        ("seed 1", "tools variant 1"),
        ("seed 2", "tools variant 2"),
        ("no seed", "tools variant 1"),
    ]


def test_the_requests_of_rows_that_look_different_are_not_compared():
    rows = [
        asking({"seed": "1"}, answered="Yes."),
        asking({"seed": "2"}, answered="No."),
        asking({"seed": "3"}, answered="No.", test="t.py::test_a[y]"),
    ]

    assert [one.values for one in places_of(rows, is_by_test=True)] == [(), (), ()]


def test_at_most_three_values_are_said_and_the_rest_counted():
    rows = [asking(dict.fromkeys("abcde", value)) for value in "12"]

    assert [one.values for one in places_of(rows, is_by_test=True)] == [
        ("a 1", "b 1", "c 1", "2 more"),
        ("a 2", "b 2", "c 2", "2 more"),
    ]


def test_equal_values_with_questions_of_another_length_are_told_by_it():
    rows = [asking({}, length=1_204), asking({}, length=1_310), asking({"seed": "1"}, answered="No.", length=5)]

    found = [one.values for one in places_of(rows, is_by_test=True)]

    assert found == [("asked in 1,204 characters",), ("asked in 1,310 characters",), ()]


def test_a_value_that_follows_from_others_is_said_only_if_nothing_else_differs():
    options = {"stream_options": "#aa"}
    alone = [asking(options), asking({})]
    beside = [asking({"seed": "1", **options}), asking({"seed": "2"})]

    assert [one.values for one in places_of(alone, is_by_test=True)] == [
        ("with stream_options",),
        ("no stream_options",),
    ]
    assert [one.values for one in places_of(beside, is_by_test=True)] == [("seed 1",), ("seed 2",)]


def test_the_list_says_what_the_requests_of_equal_answers_differ_in(client, make_recording):
    for name, seed in (("one", 1), ("two", 2)):
        made = exchange(answered="Noon.")
        made["request"]["body"] |= {"seed": seed, "temperature": 0.5}
        make_recording(f"tests/recordings/{name}.json", data=json.dumps(made).encode())

    said = client.get("/?q=noon").text

    assert ">seed 1<" in said
    assert ">seed 2<" in said
    assert "temperature" not in said
