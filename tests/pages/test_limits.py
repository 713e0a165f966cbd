import json
import time
from urllib.parse import urlencode

import pytest
from django.core.management import call_command
from django.http import QueryDict
from django.urls import reverse

from recviewer.catalog import indexer, search
from recviewer.catalog.models import IndexRun, Recording
from recviewer.catalog.state import current_state, stable_state
from recviewer.language.tree import Term
from recviewer.pages.recordings.list_state import ListState
from recviewer.review import narrowing
from recviewer.review.narrowing import TERM_LIMIT, VALUES_LIMIT, read
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from tests.conftest import exchange

FEW = "Only the first 20 words were searched for."
LEFT_OUT = "180 filters were left out: a query holds 20 at most, of 3,000 characters together."


@pytest.fixture
def two(make_recording):
    return [
        make_recording("tests/recordings/a.json", asked="Which planet is blue?", answered="The third planet of eight."),
        make_recording("tests/recordings/b.json", asked="Who are you?", answered="A model."),
    ]


def page(client, **query):
    response = client.get("/", query, follow=True)
    assert response.status_code == 200
    return response


def test_words_beyond_the_limit_are_told_and_not_searched_for(client, two):
    assert FEW not in page(client, q=" ".join(["third", *[f"-no{n}" for n in range(19)]])).content.decode()

    response = page(client, q=" ".join(["third", *[f"-no{n}" for n in range(19)], "nowhere"]))

    assert FEW in response.content.decode()
    assert [one.path for one in response.context["page"].recordings] == ["tests/recordings/a.json"]


def test_equal_words_count_once(client, two):
    response = page(client, q="third " * 150)

    assert "Only the first" not in response.content.decode()
    assert len(response.context["page"].recordings) == 1


def test_characters_beyond_the_limit_are_told(client, two):
    response = page(client, q=f"third {'x' * 1_000}")

    assert "Only the first 1,000 characters were searched for." in response.content.decode()
    assert "Only the first" not in page(client, q="third " * 1_000).content.decode()
    assert len(response.content) < 200_000


@pytest.mark.slow
@pytest.mark.parametrize("key", ["tag", "model", "path", "kind", "suite", "size", "hash", "has"])
def test_filters_beyond_the_limit_are_told_and_not_used(client, two, key):
    response = client.get("/", {key: [f"{key}{n}" for n in range(200)]})

    html = response.content.decode()
    assert LEFT_OUT in html
    assert len(response.context["page"].chips) == TERM_LIMIT
    assert f"{key}150" not in html


def test_filters_typed_into_the_box_are_limited_too(client, two):
    response = page(client, q=" ".join(f"path:{n}" for n in range(200)))

    assert LEFT_OUT in response.content.decode()


def test_a_value_without_end_is_left_out(client, two):
    response = page(client, path="x" * (VALUES_LIMIT + 1))

    assert "1 filter was left out" in response.content.decode()
    assert response.context["page"].total == 2


def test_a_decision_on_all_says_what_of_the_query_was_left_out(client, two):
    response = client.get(reverse("bulk:show"), {"path": [f"{n}" for n in range(200)]})

    assert LEFT_OUT in response.content.decode()


def test_scripts_are_told(client, two):
    assert client.get("/recordings.json", {"path": [f"{n}" for n in range(200)]}).json()["hints"] == [LEFT_OUT]
    assert client.get("/recordings.json", {"q": "third"}).json()["hints"] == []


@pytest.mark.parametrize("command", ["search", "export"])
def test_command_lines_are_told(two, root, capsys, command):
    words = " ".join(["third", *[f"-no{n}" for n in range(19)], "nowhere"])
    if command == "search":
        call_command("search", words)
    else:
        call_command("export", str(root), query=words)

    out, err = capsys.readouterr()
    assert FEW in err
    assert "a.json" in out


def test_a_pasted_failure_longer_than_a_query_is_understood():
    line = "FAILED tests/test_a.py::test_b[x] - AssertionError: " + "long " * 1_900

    assert read(line).words == "tests/test_a.py::test_b[x]"
    assert read(line).hints == ()


@pytest.mark.parametrize(
    "text",
    [
        "x " + "0" * 9_990, "test_a[ " * 1_200, "a.py " * 2_000, "test_" * 2_000, "a::" * 3_000, "x " + "/" * 9_000,
        '"' * 9_000, "- " * 5_000, "_" * 5_000 + " x " + "_" * 4_000, "FAILED " * 1_400, "E   " * 2_500, "path:" * 2_000,
        "k:" * 5_000, "[" * 9_000, "hash " * 2_000, "pytest -x " * 1_000, "a.b" * 3_000 + " .py", "Test" * 2_500,
        "test_a." * 1_400 + " ",
    ],
)  # fmt: skip
def test_any_paste_is_read_at_once(text):
    started = time.process_time()
    search.tokens(read(text).words)

    assert time.process_time() - started < 2


def test_one_filter_is_blamed_and_two_that_leave_nothing_are_not(client, two):
    one = page(client, path="nowhere", kind="chat").context["page"]
    both = page(client, path="nowhere", host="nobody.example").context["page"]

    assert (one.blame.worst.said, one.blame.worst.left) == ("path:nowhere", 2)
    assert both.blame.worst is None
    assert [part.left for part in both.blame.parts] == [0, 0]
    assert [one.term.said for one in both.blame.unknown] == ["host:nobody.example"]


def test_alternatives_are_not_blamed_one_by_one():
    terms = (
        Term("kind", "chat"),
        Term("kind", "genai"),
        Term("path", "a"),
        Term("path", "b"),
        Term("kind", "rerank", True),
    )

    assert narrowing.parts(terms) == [terms[:2], terms[2:3], terms[3:4], terms[4:]]


def test_several_tags_must_all_be_there_and_none_of_those_left_out(client, two):
    tag([Seen(two[0].path, two[0].blob), Seen(two[1].path, two[1].blob)], actor="ada", name="One")
    tag([Seen(two[0].path, two[0].blob)], actor="ada", name="Two")

    def found(*tags):
        query = urlencode([("tag", one) for one in tags])
        return [one.path[-6:] for one in client.get(f"/?{query}").context["page"].recordings]

    assert found("one", "TWO") == ["a.json"]
    assert found("one", "two", "three") == []
    assert found("one", "!two") == ["b.json"]
    assert found("!two", "!three") == ["b.json"]
    assert found("one", "One", "ONE") == ["a.json", "b.json"]


def test_words_are_searched_for_once_for_a_page(client, two, monkeypatch):
    asked = []
    condition = search.condition
    monkeypatch.setattr(search, "condition", lambda *words: asked.append(words) or condition(*words))

    page(client, q="planet which")
    page(client, q="planet which", sort="-size")

    assert len(asked) == 1


def test_what_a_new_run_wrote_is_found_at_once(client, two, root):
    assert page(client, q="zebra").context["page"].total == 0
    place = root / "tests/recordings/b.json"
    place.write_text(json.dumps(exchange(answered="A zebra.")))
    indexer.refresh(processes=1)

    assert page(client, q="zebra").context["page"].total == 1


def test_nothing_is_kept_while_a_run_writes(client, two):
    before = stable_state()
    IndexRun.objects.filter(pk=IndexRun.objects.latest("pk").pk).update(finished_at=None)

    assert stable_state() == ""
    assert current_state() != before
    assert page(client, q="third").context["page"].total == 1
    Recording.objects.all().delete()
    assert page(client, q="third").context["page"].total == 0


def test_links_of_a_list_keep_only_what_is_used(two):
    state = ListState.of(QueryDict(urlencode([("path", f"{n}") for n in range(50)])))

    assert state.address().count("path=") == TERM_LIMIT
