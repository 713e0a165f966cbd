import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from recviewer.pages.deciding import trash
from recviewer.review import actors, deleting, trash_notes
from recviewer.review.models import AuditEvent, TrashRecord
from recviewer.review.subjects import Seen

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


@pytest.fixture
def thrown(make_recording):
    """Return a function that makes recordings and moves them to the trash, and gives their entries, newest last."""

    def throw(*paths):
        for number, path in enumerate(paths):
            recording = make_recording(path, answered=str(number))
            deleting.trash([Seen(recording.path, recording.blob)], actor="Ben")
        return list(TrashRecord.objects.order_by("pk").values_list("entry", flat=True))

    return throw


def test_an_empty_trash_says_what_it_is_for(client, db, root):
    page = client.get("/trash/").content.decode()

    assert "The trash is empty" in page
    assert not (root.parent / "data" / "trash").exists()


def test_what_who_size_and_when(client, thrown):
    thrown("recordings/a<b>.json")

    page = client.get("/trash/").content.decode()

    record = TrashRecord.objects.get()
    for words in ("1 entry in the trash", "a&lt;b&gt;.json", "Ben", record.entry, "Which planet"):
        assert words in page
    assert re.search(r"\d+ (s|min) ago", page)
    assert "a<b>" not in page


def test_the_address_of_what_is_in_the_trash_says_so_and_leads_to_it(client, thrown):
    thrown("recordings/a<b>.json", "recordings/later.json")
    held = TrashRecord.objects.order_by("pk")[0]

    answer = client.get(reverse("recording:show", args=[held.path]))
    page = answer.content.decode()
    there = client.get(re.search(r'href="(/trash/\?[^"]*)"', page)[1]).content.decode()

    assert (answer.status_code, "This recording is in the trash" in page) == (404, True)
    assert "<bdi>Ben</bdi> moved it there" in page
    assert "a<b>" not in page
    assert (held.entry in there, "later.json" in there) == (True, False)


def test_what_came_back_or_was_never_there_is_not_said_to_be_in_the_trash(client, thrown):
    (entry,) = thrown("recordings/1.json")
    client.post(reverse("trash:restore"), {"only": entry})

    assert client.get("/r/recordings/1.json").status_code == 200
    for path in ("recordings/2.json", "recordings/1.json/part"):
        assert "Nothing is here" in client.get(f"/r/{path}").content.decode()


def test_who_has_not_signed_in_is_not_told_who_moved_what_to_the_trash(client, thrown, settings):
    thrown("recordings/1.json")
    settings.HOSTED = settings.PUBLIC_READ = True

    page = client.get("/r/recordings/1.json").content.decode()

    assert "Nothing is here" in page
    assert "Ben" not in page


@pytest.mark.parametrize("htmx", [False, True])
def test_restore_one_by_its_button(client, thrown, tree, htmx):
    first, _second = thrown("recordings/1.json", "recordings/2.json")

    response = client.post(reverse("trash:restore"), {"only": first, "entry": _second}, headers=HTMX if htmx else {})

    assert set(tree()) == {"recordings/1.json"}
    if htmx:
        page = response.content.decode()
        assert "<html" not in page
        assert "Restored “Which planet do humans live on?” from the trash." in page
        assert "1 entry in the trash" in page
    else:
        assert (response.status_code, response.url) == (303, "/trash/")
        message = next(iter(get_messages(response.wsgi_request)))
        assert message.extra_tags == f"undo-{AuditEvent.objects.order_by('pk').last().pk}"
        assert "Undo" in client.get("/trash/").content.decode()


def test_restore_the_ticked_ones(client, thrown, tree):
    entries = thrown("recordings/1.json", "recordings/2.json", "recordings/3.json")

    client.post(reverse("trash:restore"), {"entry": entries[:2]})

    assert set(tree()) == {"recordings/1.json", "recordings/2.json"}
    assert AuditEvent.objects.order_by("pk").last().count == 2


@pytest.mark.parametrize("htmx", [False, True])
def test_an_occupied_place_is_refused_with_a_sentence(client, thrown, root, tree, htmx):
    (entry,) = thrown("recordings/1.json")
    (root / "recordings/1.json").write_text("new")
    before = tree()

    response = client.post(reverse("trash:restore"), {"only": entry}, headers=HTMX if htmx else {})

    assert response.status_code == 409
    assert "a restore never overwrites" in response.content.decode()
    assert tree() == before


def test_what_lies_at_the_place_is_told(client, thrown, make_recording):
    thrown("recordings/1.json")
    make_recording("recordings/1.json", answered="new")

    assert "is at its place now" in client.get("/trash/").content.decode()


def test_delete_forever_asks_first(client, thrown):
    first, second = thrown("recordings/1.json", "recordings/2.json")

    asked = client.post(reverse("trash:discard"), {"entry": [first]})
    assert "Delete 1 recording for good?" in asked.content.decode()
    assert len(trash_notes.trash_folder().entries()) == 2

    client.post(reverse("trash:discard"), {"entries": first, "confirmed": "1"})
    assert [entry.id for entry in trash_notes.trash_folder().entries()] == [second]
    assert AuditEvent.objects.order_by("pk").last().action == "discard"


def test_empty_the_trash_asks_first_and_takes_all(client, thrown):
    thrown("recordings/1.json", "recordings/2.json")

    asked = client.post(reverse("trash:discard"), {"all": "1"}).content.decode()
    assert "Empty the trash?" in asked
    assert "2 recordings" in asked

    ids = "\r\n".join(TrashRecord.objects.values_list("entry", flat=True))
    response = client.post(reverse("trash:discard"), {"entries": ids, "confirmed": "1"})
    assert response.status_code == 303
    assert trash_notes.trash_folder().entries() == []


@pytest.mark.parametrize("name", ["restore", "discard"])
def test_nothing_chosen_is_422(client, db, root, name):
    response = client.post(reverse(f"trash:{name}"), {})

    assert response.status_code == 422
    assert "Nothing was selected" in response.content.decode()
    assert client.get(reverse(f"trash:{name}")).status_code == 405


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("name", ["restore", "discard"])
def test_where_nothing_is_chosen_the_trash_stays_on_the_page(client, thrown, name, headers):
    (entry,) = thrown("recordings/1.json")

    page = client.post(reverse(f"trash:{name}"), {}, headers=headers).content.decode()

    assert "Nothing was selected" in page
    assert "1 entry in the trash" in page
    assert entry in page


def test_unknown_entries_are_refused(client, thrown):
    thrown("recordings/1.json")

    response = client.post(reverse("trash:restore"), {"only": "../../etc/passwd"})

    assert response.status_code == 409
    assert "no entry" in response.content.decode()


def test_json(client, thrown):
    (entry,) = thrown("recordings/1.json")

    told = client.get("/trash/.json").json()

    assert told["count"] == 1
    assert told["entries"][0]["id"] == entry
    assert told["entries"][0]["path"] == "recordings/1.json"
    assert told["next"] is None


def test_older_ones_are_on_the_next_page(client, thrown, monkeypatch):
    from recviewer.pages.deciding import trash

    monkeypatch.setattr(trash, "PER_PAGE", 2)
    thrown("recordings/1.json", "recordings/2.json", "recordings/3.json")

    first = client.get("/trash/.json").json()
    second = client.get(first["next"]).json()

    assert [one["path"][-6] for one in first["entries"] + second["entries"]] == ["3", "2", "1"]
    assert second["next"] is None
    assert second["count"] == 3


@pytest.mark.slow
@pytest.mark.parametrize("count", [1, 12])
def test_queries_do_not_grow(client, thrown, django_assert_max_num_queries, count):
    thrown(*(f"recordings/{number}.json" for number in range(count)))

    with django_assert_max_num_queries(5):
        client.get("/trash/")


def test_older_entries_say_where_they_stand_and_lead_back(client, monkeypatch, thrown):
    monkeypatch.setattr(trash, "PER_PAGE", 2)
    thrown("recordings/a.json", "recordings/b.json", "recordings/c.json")

    first = client.get("/trash/").content.decode()
    older = client.get(re.search(r'href="([^"]+)" rel="next"', first)[1]).content.decode()

    assert "<p>1–2, newest first</p>" in first
    assert "Newest" not in first
    assert "<p>3–3, newest first</p>" in older
    assert '<a class="button" href="/trash/">' in older
