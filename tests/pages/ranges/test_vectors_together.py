"""New embeddings of one folder on one page of a range: their texts and their vectors, as on the pages of each."""

import json

import pytest

from recviewer.memory.ranges import report_of
from recviewer.pages.recording.results import ROWS
from tests.conftest import exchange

KIND = "openai.types.create_embedding_response.CreateEmbeddingResponse"


@pytest.fixture
def write(root, db):
    """Return a function that writes embeddings without a test: the name, what was asked, and the vectors."""

    def write(name, asked, *vectors):
        document = exchange(test=None)
        document["request"] |= {"url": "https://api.acme.example/v1/embeddings", "endpoint": "/v1/embeddings"}
        document["request"]["body"] = {"model": "e-1", "input": asked}
        rows = [{"object": "embedding", "index": at, "embedding": values} for at, values in enumerate(vectors)]
        data = {"object": "list", "data": rows, "model": "e-1", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
        document["response"] = {"body": {"__type__": KIND, "__data__": data}, "is_streaming": False}
        place = root / f"tests/recordings/{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(document))

    return write


def page_of(client, spec):
    landing = client.get(f"/changes/{spec}").context["page"]
    return landing, client.get(landing.tests[0].url)


def test_new_embeddings_are_read_after_each_other_with_their_texts_and_vectors(client, write, commit):
    write("0", "Before.", [1.0, 0.0])
    base = commit("before")
    write("a", "A ring.", [0.6, 0.8])
    write("b", ["A moon.", "A ring."], [0.0, -0.5], [0.25, 0.75])
    spec = f"{base}..{commit('after')}"

    landing, answer = page_of(client, spec)
    page, html = answer.context["page"], answer.content.decode()

    assert (landing.numbers.items, landing.numbers.items_by_call) == (1, 2)
    assert [[one.first for one in call.vectors] for call in page.calls] == [["0.6, 0.8"], ["0.0, -0.5", "0.25, 0.75"]]
    assert [call.asked for call in page.calls] == ["", "A ring."]
    assert ("A moon." in html, "-0.5" in html, "was empty" in html) == (True, True, False)
    assert "parameters" in html
    client.post("/do/test", dict(page.bar.fields) | {"verdict": "approve"})
    assert {one.verdict for one in report_of(spec).found.changes} == {"approved"}


@pytest.mark.parametrize("asked", [[[1, 2, 3]], "One text."])
def test_what_cannot_be_shown_whole_stands_for_itself(client, write, commit, asked):
    """Numbers for texts are not read as words; very many vectors are no page for others."""
    write("0", "Before.", [1.0])
    base = commit("before")
    many = ROWS + 1 if asked == "One text." else 1
    write("a", asked, *[[0.5, float(at)] for at in range(many)])
    write("b", "Another.", [0.5])
    spec = f"{base}..{commit('after')}"

    found = {one.side.name: one for one in report_of(spec).found.changes}
    page = client.get(f"/changes/{spec}", {"read": found["b.json"].side.path}, follow=True).context["page"]

    shown = {call.change.side.name: bool(call.item) for call in getattr(page, "calls", ())}
    assert not shown.get("a.json")


def test_embeddings_are_not_read_with_the_talk_of_their_folder(client, write, commit, root):
    write("0", "Before.", [1.0])
    base = commit("before")
    write("a", "A ring.", [0.6])
    (root / "tests/recordings/c.json").write_text(json.dumps(exchange(test=None)))
    spec = f"{base}..{commit('after')}"

    assert client.get(f"/changes/{spec}").context["page"].numbers.items == 2
