"""The tree at a glance, above the list."""

import json

import pytest

from recviewer.catalog import indexer
from tests.conftest import exchange

URL = "/overview/"


@pytest.fixture
def put(root, db):
    """Return a function that writes a recording for each (suite, model), and indexes all."""

    def put(*some):
        for at, (suite, model) in enumerate(some):
            document = exchange(asked=f"Question {at}?")
            document["request"]["model"] = document["request"]["body"]["model"] = model
            place = root / f"tests/integration/{suite}/recordings/{at}.json"
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(json.dumps(document))
        indexer.refresh(processes=1)

    return put


@pytest.fixture
def tree(put):
    """Five recordings of two suites and three models."""
    put(("a", "one"), ("a", "one"), ("a", "two"), ("b", "one"), ("b", "<b>&"))


def cuts(client, query=""):
    overview = client.get(f"/{query}").context["page"].overview
    return {cut.name: cut for cut in overview.cuts} if overview else None


def test_every_cut_adds_up_to_the_whole(client, tree):
    shown = cuts(client)

    def told(name):
        return {one.name: one.number for one in shown[name].segments}

    assert told("suite") == {"a": "3", "b": "2"}
    assert told("model") == {"one": "3", "&lt;b&gt;&amp;": "1", "two": "1"}
    assert told("verdict") == {"undecided": "5"}
    for cut in shown.values():
        assert cut.rest is None
        assert sum(int(one.number) for one in cut.segments) == 5
        assert cut.segments[0].x == 0
        assert cut.segments[-1].x + cut.segments[-1].width == 800


def test_each_value_leads_to_as_many_as_it_says(client, tree):
    for cut in cuts(client).values():
        for one in cut.segments:
            assert client.get(f"/{one.url}").context["page"].total == int(one.number)


def test_further_values_are_summed_up(client, put):
    put(*[("a", f"model-{at}") for at in range(9)])

    cut = cuts(client)["model"]

    assert len(cut.segments) == 5
    assert cut.rest == (4, "4")
    assert "4 more <b>4</b>" in client.get("/").content.decode()


def test_names_are_no_markup(client, tree):
    html = client.get("/").content.decode()

    assert "&lt;b&gt;&amp;" in html
    assert "<b>&<" not in html


def test_what_is_narrowed_has_none(client, tree):
    assert cuts(client, "?suite=a") is None
    assert cuts(client, "?q=question") is None
    assert "overview" not in client.get("/", headers={"hx-request": "true"}).content.decode()


def test_it_is_hidden_for_good_and_shown_again(client, tree):
    answer = client.post(URL, {"by": "hidden"})

    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert cuts(client) is None
    assert "show the overview" in client.get("/").content.decode()
    client.post(URL, {"by": "number"})
    assert cuts(client)
    assert "show the overview" not in client.get("/").content.decode()


def test_by_size_it_counts_bytes(client, tree):
    client.post(URL, {"by": "size"})

    shown = cuts(client)

    assert shown["suite"].segments[0].number.endswith("B")
    assert "verdict" not in shown


def test_a_way_that_does_not_exist_changes_nothing(client, tree):
    client.post(URL, {"by": "<script>"})
    assert client.cookies.get("overview") is None
    client.cookies["overview"] = "nonsense"
    assert cuts(client)
    assert client.get(URL).status_code == 405


def test_above_the_tests_their_recordings_are_cut(client, tree, make_recording):
    make_recording("tests/integration/c/recordings/none.json", data=json.dumps(exchange(test=None)).encode())
    page = client.get("/tests/").context["page"]
    shown = {cut.name: cut for cut in page.overview.cuts}

    assert {one.name: one.number for one in shown["suite"].segments} == {"a": "3", "b": "2"}
    assert sum(int(one.number) for one in shown["verdict"].segments) == page.overview.total == 5
    for cut in shown.values():
        for one in cut.segments:
            assert client.get(f"/tests/{one.url}").context["page"].sum.count == int(one.number)
    assert "All 5 recordings of tests at a glance" in client.get("/tests/").content.decode()
    assert client.get("/tests/?suite=a").context["page"].overview is None


def test_above_the_tests_it_is_hidden_and_shown_too(client, tree):
    assert client.post(URL, {"by": "hidden", "tests": "1"})["Location"] == "/tests/"
    page = client.get("/tests/")
    assert page.context["page"].overview is None
    assert "show the overview" in page.content.decode()
    client.post(URL, {"by": "size", "tests": "1"})
    assert client.get("/tests/").context["page"].overview.by == "size"
