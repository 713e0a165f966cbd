"""What holds very much is read by a process of its own, and its pages say what they would say anyway."""

from __future__ import annotations

import gzip
import json
import os
import re
from pathlib import Path

import pytest
from django.urls import reverse

from recviewer.catalog import content, heavy, indexer
from recviewer.catalog.models import Recording
from recviewer.pages.tests import loading
from recviewer.processes import child
from tests.secrets.planting import SECRETS

CASES = Path(__file__).parents[2] / "recorders" / "cases"


def choices(chat, count=40):
    made = chat()
    one = made["response"]["body"]["__data__"]["choices"][0]
    made["response"]["body"]["__data__"]["choices"] = [
        {**one, "index": at, "message": {"role": "assistant", "content": f"choice {at}"}} for at in range(count)
    ]
    return json.dumps(made).encode()


@pytest.fixture
def is_heavy(monkeypatch):
    """Every file is heavy, and is read here by nobody."""
    monkeypatch.setattr(content, "EFFORT_LIMIT", 0)
    monkeypatch.setattr(content, "_read", lambda *_: pytest.fail("was read in a web worker"))
    yield
    heavy._child.close()


def asked_all(client, page):
    """Ask for the page of a recording in each view, for its parts and its JSON. Return statuses and markup by address."""
    views = ("", "?view=raw", "?view=raw&lines=1-3", "?open=answers.200", "?media=m1.0", ".json")
    found = {query: client.get(page + query) for query in views}
    for query in ("?open=answers.200", "?open=nothing"):
        found[f"part {query}"] = client.get(page + query, headers={"HX-Request": "true"})
    return {query: (answer.status_code, of_a_page(answer.content.decode())) for query, answer in found.items()}


def of_a_page(markup):
    """Return markup without what differs from one request to the next."""
    return re.sub(r'indexed [^<]*|name="csrf[^>]*|X-CSRFToken[^}]*|seconds="[^"]*"', "", markup)


@pytest.mark.slow
def test_pages_of_very_much_are_those_that_they_would_be(client, make_recording, chat, request):
    page = reverse("recording:show", args=[make_recording(data=choices(chat, 300)).path])
    light = asked_all(client, page)
    request.getfixturevalue("is_heavy")

    heavy_ones = asked_all(client, page)

    assert {query: status for query, (status, _) in light.items() if status != 200} == {
        "?media=m1.0": 404,
        "part ?open=nothing": 404,
    }
    for query, found in light.items():
        assert heavy_ones[query] == found, query


@pytest.mark.slow
def test_pages_of_a_heavy_cassette_are_those_that_they_would_be(client, root, db, request):
    (root / "cassettes").mkdir()
    case = CASES / "vcrpy" / "test_planets.yaml"
    (root / "cassettes" / "two.yaml.gz").write_bytes(gzip.compress(case.read_bytes(), mtime=0))
    indexer.refresh(processes=1)
    first, *others = Recording.objects.filter(file__path="cassettes/two.yaml.gz").order_by("place")
    pages = [reverse("recording:show", args=[one.path]) for one in (first, *others)]
    file = reverse("files:show", args=["cassettes/two.yaml.gz"])
    light = [asked_all(client, page) for page in (*pages, file)]
    assert [found[""][0] for found in light] == [200] * len(light)
    request.getfixturevalue("is_heavy")
    loading._kept.clear()
    content._cache.clear()
    content._heavy.clear()

    assert [asked_all(client, page) for page in (*pages, file)] == light


@pytest.mark.slow
def test_the_process_reads_a_file_once_and_another_when_it_is_asked_for(client, make_recording, chat, is_heavy):
    one = make_recording("a.json", data=choices(chat))
    other = make_recording("b.json", data=choices(chat, 41))
    sent = []
    asks = heavy._child.ask
    heavy._child.ask = lambda what, *data, **more: sent.append(len(data)) or asks(what, *data, **more)

    for recording in (one, one, other, one):
        assert client.get(reverse("recording:show", args=[recording.path])).status_code == 200
    del heavy._child.ask

    assert [bool(size) for size in sent] == [True, False, True, True]


@pytest.mark.parametrize("how", ["killed", "busy"])
def test_what_cannot_be_read_in_time_has_a_page_that_says_so(client, make_recording, chat, monkeypatch, is_heavy, how):
    page = reverse("recording:show", args=[make_recording(data=choices(chat)).path])
    if how == "busy":
        monkeypatch.setattr(heavy, "SECONDS", 0.01)
        heavy._one_at_a_time.acquire()
    else:
        monkeypatch.setattr(heavy._child, "started", lambda: killed(heavy._child))

    answer = client.get(page)
    if how == "busy":
        heavy._one_at_a_time.release()

    assert answer.status_code == 200
    said = {"busy": "other files that hold very much are being read", "killed": "reading it takes more than 30 seconds"}
    assert said[how] in answer.content.decode()
    assert "Which planet" in answer.content.decode(), "its text is there"
    assert client.get(f"{page}.json").status_code == 200


def killed(asker):
    """Start a process that ends before it answers."""
    process = child.Child.started(asker)
    process.kill()
    process.wait()
    return process


@pytest.mark.slow
def test_a_process_that_went_is_started_again(client, make_recording, chat, is_heavy):
    page = reverse("recording:show", args=[make_recording(data=choices(chat)).path])
    assert client.get(page).status_code == 200
    os.kill(heavy._child.process.pid, 9)
    heavy._child.process.wait()

    assert "Which planet" in client.get(page).content.decode()


def test_a_large_file_is_heavy_whatever_it_holds(monkeypatch):
    monkeypatch.setattr(content, "HEAVY_BYTES", 100)

    assert content.of_bytes(b'"' + b"w" * 100 + b'"').is_heavy
    assert not content.of_bytes(b'"w"').is_heavy


def test_the_text_of_what_cannot_be_read_is_masked_by_the_process_too(client, make_recording, chat, monkeypatch):
    monkeypatch.setattr(content, "EFFORT_LIMIT", 0)
    monkeypatch.setattr(heavy, "ask", asked := Asked())
    page = reverse("recording:show", args=[make_recording(data=choices(chat)).path])

    html = client.get(page).content.decode()

    assert asked.makers == [content.read_here, content.unread_here]
    assert "more memory than there is" in html
    assert "Which planet" in html


class Asked:
    """Asks nobody: what is to be read takes too much, and the rest is worked out here."""

    def __init__(self):
        self.makers = []

    def __call__(self, how, data, blobs, question, *words, **more):
        make, *names = how
        self.makers.append(make)
        if make is content.read_here:
            raise heavy.TakesTooMuch("reading it takes more memory than there is")
        return question(make(*data, *names), *words, **more)


@pytest.mark.parametrize("asks", ["", "?view=raw&line=1", "?view=raw&lines=1-3"])
def test_a_large_text_that_nobody_could_mask_is_withheld(client, make_recording, chat, monkeypatch, is_heavy, asks):
    monkeypatch.setattr(heavy._child, "started", lambda: killed(heavy._child))
    monkeypatch.setattr(heavy, "FEW_BYTES", 0)
    page = reverse("recording:show", args=[make_recording(data=choices(chat)).path])

    answer = client.get(page + asks)
    download = client.get(f"{page}?download")

    assert answer.status_code == 200
    assert "its text is not shown either, for nobody has looked for secrets in it" in answer.content.decode()
    assert download.status_code != 200
    assert b"choice 7" not in answer.content + download.content


@pytest.mark.slow
def test_downloads_are_masked_by_the_process(client, make_recording, is_heavy, monkeypatch):
    text, secret = SECRETS["openai"]
    data = json.dumps({"request": {"body": {"text": text}}, "more": ["ä"] * 9}, ensure_ascii=False).encode()
    page = reverse("recording:show", args=[make_recording(data=data).path])
    monkeypatch.setattr("recviewer.secrets.raw.shown", lambda _: pytest.fail("was masked in a web worker"))
    monkeypatch.setattr(content, "shown", lambda _: pytest.fail("was masked in a web worker"))

    given = client.get(f"{page}?download").content

    assert secret.encode() not in given
    assert given.decode().count("ä") == 9


def test_a_file_of_many_leads_to_its_page_without_an_object_of_each(client, root, db, monkeypatch):
    (root / "cassettes").mkdir()
    (root / "cassettes" / "two.yaml").write_bytes((CASES / "vcrpy" / "test_planets.yaml").read_bytes())
    indexer.refresh(processes=1)
    rows = list(Recording.objects.order_by("place"))

    def from_db(cls, db, names, values, *, fetch_mode=None):
        pytest.fail("made an object of a row")

    monkeypatch.setattr(Recording, "from_db", classmethod(from_db))

    assert client.get("/r/cassettes/two.yaml").url == reverse("files:show", args=["cassettes/two.yaml"])
    told = client.get("/r/cassettes/two.yaml.json").json()

    assert [(one["path"], one["index"], one["part"], one["blob"]) for one in told["recordings"]] == [
        (row.path, row.place, row.part, row.blob) for row in rows
    ]
