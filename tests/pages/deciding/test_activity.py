import json

import pytest
from django.urls import reverse

from recviewer.pages.deciding import activity
from recviewer.review import actors, deleting
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from recviewer.review.undoing import undo


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


def seen(*recordings):
    return [Seen(recording.path, recording.blob) for recording in recordings]


@pytest.fixture
def three(make_recording):
    """Ana approved one, Ben tagged another, Ana moved the first to the trash."""
    one, two = make_recording(), make_recording("tests/recordings/<two>.json", answered="Mars.")
    decide(seen(one), actor="Ana", verdict="approve")
    tag(seen(two), actor="Ben", name="golden")
    deleting.trash(seen(one), actor="Ana")
    return one, two


def test_nothing_yet(client, db, root):
    assert "Nothing has been decided yet" in client.get("/activity/").content.decode()


def test_newest_first_with_who_and_what(client, three):
    page = client.get("/activity/").content.decode()

    assert page.index("to the trash") < page.index("golden</span>") < page.index("approved “Which")
    assert "Today" in page or "Yesterday" in page  # midnight may lie between
    assert "tests/recordings/&lt;two&gt;.json" in page
    assert page.count("not there now") == 2
    assert page.count(f'action="{reverse("review:undo")}"') == 3


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({"actor": "Ben"}, ["tag"]),
        ({"actor": "Ana"}, ["trash", "approve"]),
        ({"action": "approve"}, ["approve"]),
        ({"path": "tests/recordings/one.json"}, ["trash", "approve"]),
        ({"path": "tests/recordings/one.json", "action": "tag"}, []),
        ({"before": "x"}, ["trash", "tag", "approve"]),
    ],
)
def test_filters(client, three, query, actions):
    told = client.get("/activity/.json", query).json()

    assert [event["action"] for event in told["events"]] == actions
    assert client.get("/activity/", query).status_code == 200


def test_filters_are_plain_links_that_drop_themselves(client, three):
    page = client.get("/activity/", {"actor": "Ben"}).content.decode()

    assert 'href="/activity/?actor=Ana"' in page
    assert 'href="/activity/?actor=Ben&amp;action=tag"' in page
    assert 'class="chip" href="/activity/"' in page


def test_undone_acts_offer_redo(client, three):
    undo(actor="Ana")

    page = client.get("/activity/").content.decode()

    assert "undid: moved" in page
    assert ">undone<" in page
    assert page.count(f'action="{reverse("review:redo")}"') == 1


def test_undo_from_here_comes_back_here(client, three):
    event = AuditEvent.objects.get(action="trash")

    response = client.post(reverse("review:undo"), {"event": event.pk, "next": "/activity/?actor=Ana"}, follow=True)

    assert response.redirect_chain == [("/activity/?actor=Ana", 303)]
    assert "Undid: moved" in response.content.decode()


def test_anothers_verdict_has_no_undo(client, make_recording):
    decide(seen(make_recording()), actor="Ben", verdict="approve")

    assert reverse("review:undo") not in client.get("/activity/").content.decode()


def test_bulk_has_a_page_of_its_own(client, make_recording):
    recordings = [make_recording(f"recordings/{number}.json", answered=str(number)) for number in range(30)]
    done = decide(seen(*recordings), actor="Ana", verdict="approve")

    page = client.get("/activity/").content.decode()
    assert "the 30 recordings" in page
    event = client.get(reverse("activity:show", args=[done.event])).content.decode()
    assert event.count("recordings/2") == 2 * 11 + 0 * 30
    assert client.get("/activity/.json").json()["events"][0]["paths"] is None
    assert len(client.get(f"/activity/{done.event}.json").json()["items"]) == 30
    assert client.get("/activity/999999").status_code == 404


def test_pages_by_keyset(client, make_recording, monkeypatch):
    monkeypatch.setattr(activity, "PER_PAGE", 2)
    recording = make_recording()
    for name in "abcde":
        tag(seen(recording), actor="Ana", name=name)

    seen_, url = [], "/activity/.json"
    while url:
        told = client.get(url).json()
        seen_ += [event["summary"][-1] for event in told["events"]]
        url = told["next"]

    assert seen_ == list("edcba")


@pytest.mark.parametrize("count", [1, 20])
def test_queries_do_not_grow(client, make_recording, django_assert_max_num_queries, count):
    recording = make_recording()
    for number in range(count):
        tag(seen(recording), actor="Ana", name=f"t{number}")

    with django_assert_max_num_queries(7):
        client.get("/activity/")


def test_export_is_the_whole_log_as_lines_oldest_first(client, make_recording, monkeypatch):
    monkeypatch.setattr(activity, "EXPORTED", 2)
    recording = make_recording()
    here = seen(recording)
    for name in ("one", "two", "three"):
        tag(here, actor="Ben", name=name)
    decide(here, actor="Ana", verdict="approve")

    response = client.get("/activity.jsonl")
    lines = [json.loads(line) for line in response.getvalue().decode().splitlines()]

    assert response["Content-Disposition"].startswith("attachment")
    assert [line["action"] for line in lines] == ["tag", "tag", "tag", "approve"]
    assert lines[0]["items"] == [{"path": recording.path, "fingerprint": recording.fingerprint, "blob": recording.blob}]
    assert lines[3]["payload"]["reviewer"] == "Ana"
    assert len(client.get("/activity.jsonl?actor=Ana").getvalue().splitlines()) == 1
    assert "/activity.jsonl?actor=Ana" in client.get("/activity/?actor=Ana").content.decode()


def test_the_reviews_file_is_written_by_a_button(client, make_recording, settings, tmp_path):
    recording = make_recording()
    decide([Seen(recording.path, recording.blob)], actor="Ana", verdict="approve")
    assert "Write reviews file" not in client.get("/activity/").content.decode()
    settings.REVIEWS_FILE = tmp_path / "reviews.jsonl"
    assert "Write reviews file" in client.get("/activity/").content.decode()

    response = client.post("/activity/reviews")

    assert (response.status_code, response.url) == (303, "/activity/")
    assert settings.REVIEWS_FILE.read_text().count("\n") == 2
    assert "Wrote 1 line to reviews.jsonl." in client.get("/activity/").content.decode()
    assert client.get("/activity/reviews").status_code == 405


@pytest.mark.parametrize("place", [None, "no/such/folder.jsonl"])
def test_a_reviews_file_that_cannot_be_written_is_told(client, db, root, settings, tmp_path, place):
    settings.REVIEWS_FILE = tmp_path / place if place else None

    assert client.post("/activity/reviews").status_code == 422
