"""Where the words of a search stand in a recording, and the way there from a list."""

import json
import re
from urllib.parse import quote

import pytest

from recviewer.catalog import indexer
from recviewer.pages.recording import hits
from tests.conftest import exchange

MESSAGES = [
    {"role": "system", "content": "You know moons."},
    {"role": "user", "content": "Which moons has Saturn? Name moons."},
    {
        "role": "assistant",
        "content": "",
        "tool_calls": [{"id": "c", "type": "function", "function": {"name": "find", "arguments": '{"of": "moons"}'}}],
    },
    {"role": "tool", "tool_call_id": "c", "content": "Titan and other móons"},
]


@pytest.fixture
def talk(root, db):
    """A recording in which a word stands in each place."""
    folder = root / "a/recordings"
    folder.mkdir(parents=True)
    document = exchange(answered="Moons: Titan, full moonshine")
    document["request"]["body"]["messages"] = MESSAGES
    (folder / "talk.json").write_text(json.dumps(document))
    (folder / "other.json").write_text(json.dumps(exchange(asked="What else?", answered="Nothing of it.")))
    indexer.refresh(processes=1)


def page_of(client, words):
    return client.get("/r/a/recordings/talk.json", {"find": words}).context["page"].hits


def groups(found):
    return {group.where: group.count for group in found.groups}


@pytest.mark.parametrize(
    ("words", "counts"),
    [
        ("moon*", {"answer": 2, "prompt": 3, "call": 1, "result": 1}),
        ('"moons"', {"answer": 1, "prompt": 3, "call": 1, "result": 1}),
        ('"other moons"', {"result": 1}),
        ("titan saturn", {"answer": 1, "prompt": 1, "result": 1}),
        ("titan -moons kind:chat", {"answer": 1, "result": 1}),
        ("Jupiter", {}),
    ],
)
def test_hits_are_told_by_where_they_stand(client, talk, words, counts):
    assert groups(page_of(client, words)) == counts


def test_each_leads_to_the_first_of_its_sort_and_opens_what_is_around(client, talk):
    urls = {group.where: group.url for group in page_of(client, "moons").groups}

    assert urls["answer"].endswith("?find=moons#answer")
    assert urls["prompt"].endswith("?find=moons&open=m1#m1")
    assert urls["result"].endswith("#m4")
    for url in urls.values():
        html = client.get(url).content.decode()
        assert f'id="{url.partition("#")[2]}"' in html
    assert "You know moons." in re.sub(r"<[^>]+>", "", client.get(urls["prompt"]).content.decode())


def test_a_page_that_looks_for_nothing_says_nothing(client, talk):
    assert client.get("/r/a/recordings/talk.json").context["page"].hits is None
    assert page_of(client, "kind:chat") is None
    assert "not in its text" in client.get("/r/a/recordings/talk.json?find=Jupiter").content.decode()


def test_a_list_leads_there_only_where_words_were_found(client, talk):
    words = client.get("/", {"q": "moons"}).content.decode()
    plain = client.get("/").content.decode()

    assert 'href="/r/a/recordings/talk.json?find=moons"' in words
    assert 'href="/r/a/recordings/talk.json"' in plain
    assert "find=" not in plain
    around = client.get("/around/", {"key": "a/recordings/talk.json", "in": "?q=moons"})
    assert around.status_code == 200


def test_what_is_too_much_is_not_looked_through_and_said(client, talk, monkeypatch):
    monkeypatch.setattr(hits.excerpts, "BUDGET", 40)

    found = page_of(client, "moons")

    assert not found.is_all
    assert found.count == 2
    assert "not all of it was searched" in client.get("/r/a/recordings/talk.json?find=moons").content.decode()


def test_words_are_no_markup(client, talk):
    html = client.get("/r/a/recordings/talk.json?find=" + quote('<b>"moons"')).content.decode()

    assert "&lt;b&gt;" in html
    assert "<b>&quot;" not in html
