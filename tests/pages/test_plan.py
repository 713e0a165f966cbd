import pytest

from recviewer.review import actors
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, TrashRecord
from recviewer.review.subjects import Seen


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


def say(verdict, *recordings, note=""):
    decide([Seen(one.path, one.blob) for one in recordings], actor="Ana", verdict=verdict, note=note)


def page(client):
    return " ".join(client.get("/plan/").content.decode().split())


def test_empty_says_how_to_get_here(client, make_recording):
    make_recording()

    words = page(client)

    assert "Nothing to delete, nothing to record again" in words
    assert "Mark a recording for deletion" in words


def test_what_is_asked_for(client, make_recording):
    gone = make_recording("tests/recordings/a<b>.json", test="tests/t.py::test_gone[<x>]")
    bad = make_recording("tests/recordings/bad.json", answered="Mars.", test="tests/t.py::test_bad")
    say("delete", gone)
    say("reject", bad, note="<wrong> planet")

    words = page(client)

    assert "Delete <b>1 recording</b>" in words
    assert "record <b>1 test</b> again" in words
    assert "no recording would be left" in words
    assert "&lt;wrong&gt; planet" in words
    assert "a&lt;b&gt;.json" in words
    assert "<wrong>" not in words
    assert 'data-copy="tests/t.py::test_bad"' in words
    assert "style=" not in words


def test_all_marked_go_to_the_trash_after_a_question(client, make_recording, tree):
    gone = make_recording()
    say("delete", gone)
    items = page(client).partition('name="item" value="')[2].partition('"')[0]

    asked = client.post("/do/trash", {"item": items, "next": "/plan/"})
    assert "Move 1 recording to the trash?" in asked.content.decode()

    client.post("/do/trash", {"item": items, "next": "/plan/", "confirmed": "1"})
    assert TrashRecord.objects.get().path == gone.path
    assert tree() == {}
    assert "Nothing to delete" in page(client)


def test_read_only_offers_no_trash(client, make_recording, settings):
    say("delete", make_recording())
    settings.READ_ONLY = True

    words = page(client)

    assert "/do/trash" not in words
    assert "delete.patch" in words


def test_those_that_say_the_same_can_be_marked_too(client, make_recording):
    first, twin = make_recording(), make_recording("tests/recordings/twin.json", id="2")
    say("delete", first)
    words = page(client)
    assert "1 recording says the same as a marked one, left out" in words
    items = words.rpartition('name="item" value="')[2].partition('"')[0]

    client.post("/do/decide", {"item": items, "verdict": "delete", "next": "/plan/"})

    told = client.get("/plan/.json").json()
    assert [one["path"] for one in told["deletions"]] == [first.path, twin.path]
    assert told["alike"] == []


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("delete.patch", b"diff --git a/tests/recordings/one.json"),
        ("git-rm.txt", b"tests/recordings/one.json\n"),
        ("git-rm.txt?null", b"tests/recordings/one.json\0"),
        ("record-again.txt", b"tests/t.py::test_bad\n"),
    ],
)
def test_downloads(client, make_recording, name, begins):
    say("delete", make_recording())
    bad = make_recording("tests/recordings/bad.json", answered="Mars.", test="tests/t.py::test_bad")
    say("reject", bad, note="wrong")

    response = client.get(f"/plan/{name}")

    assert response.content.startswith(begins)
    assert response["Content-Disposition"].startswith("attachment")


def test_nothing_is_written(client, make_recording, tree):
    say("delete", make_recording())
    before, events = tree(), AuditEvent.objects.count()

    page(client)
    client.get("/plan/delete.patch")

    assert (tree(), AuditEvent.objects.count()) == (before, events)
    assert client.post("/plan/").status_code == 405


@pytest.mark.parametrize("count", [1, 12])
def test_queries_do_not_grow(client, make_recording, django_assert_max_num_queries, count):
    for number in range(count):
        say("delete", make_recording(f"tests/recordings/{number}.json", answered=str(number)))

    with django_assert_max_num_queries(14):
        client.get("/plan/")
