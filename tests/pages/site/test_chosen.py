"""Choices that are too long for a page: kept apart, and still exactly what their maker saw."""

import os
import shutil
import zlib

import pytest

from recviewer.pages.site import chosen
from recviewer.review.models import Decision

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(make_recording, monkeypatch):
    """Recordings of which every choice is long."""
    monkeypatch.setattr(chosen, "LONG", 10)
    return [make_recording(f"r/{number}.json", answered=f"answer {number}") for number in range(4)]


def items_of(client, address="/bulk/"):
    page = client.get(address).context["page"]
    return [group.items for group in page.groups] + ([page.rest_items] if page.rest_items else [])


def kept(settings):
    return sorted((settings.DATA_DIR / "chosen").iterdir())


def test_a_long_choice_is_a_name_of_fixed_length_in_the_page(client, many, monkeypatch):
    monkeypatch.setattr("recviewer.pages.recordings.bulk.SHOWN", 1)

    items = items_of(client)

    assert [len(one) for one in items] == [65, 65]
    assert many[3].blob not in client.get("/bulk/").content.decode()


@pytest.mark.slow
def test_what_was_shown_is_decided_on_and_nothing_that_came_since(client, many, make_recording):
    items = items_of(client)
    make_recording("r/later.json", answered="Later.")

    client.post("/do/decide", {"item": items, "verdict": "approve", "next": "/"})

    assert set(Decision.objects.values_list("path", flat=True)) == {one.path for one in many}


def test_what_changed_since_is_left_out(client, many, make_recording):
    items = items_of(client)
    make_recording("r/1.json", answered="Another answer.")

    said = client.post("/do/decide", {"item": items, "verdict": "approve", "next": "/"}, follow=True)

    assert set(Decision.objects.values_list("path", flat=True)) == {"r/0.json", "r/2.json", "r/3.json"}
    assert "r/1.json" in said.content.decode()


def test_a_choice_goes_through_the_question_before_the_trash(client, many, root):
    asked = client.post("/do/trash", {"item": items_of(client), "next": "/"})

    client.post("/do/trash", {"item": asked.context["page"].items, "confirmed": "1", "next": "/"})

    assert asked.context["page"].items.startswith("@")
    assert not any((root / one.path).exists() for one in many)


def test_a_choice_that_is_not_kept_any_more_is_refused_whole(client, many, settings):
    items = items_of(client)
    shutil.rmtree(settings.DATA_DIR / "chosen")

    said = client.post("/do/decide", {"item": items, "verdict": "approve", "next": "/"})

    assert said.status_code == 422
    assert "Open the page again." in said.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("data", [b"", b"no zlib", zlib.compress(b"another text")])
def test_a_file_that_holds_something_else_is_refused(client, many, settings, data):
    items = items_of(client)
    for place in kept(settings):
        place.write_bytes(data)

    assert client.post("/do/decide", {"item": items, "verdict": "approve", "next": "/"}).status_code == 422
    assert not Decision.objects.exists()


@pytest.mark.parametrize("value", ["@", "@../secret-key", "@" + "0" * 64, "@" + "A" * 64, "@\0", "@x y"])
def test_a_name_that_nobody_gave_is_refused(client, many, value):
    assert client.post("/do/decide", {"item": value, "verdict": "approve", "next": "/"}).status_code == 422
    assert not Decision.objects.exists()


def test_where_nothing_can_be_written_the_page_holds_the_choice(client, many, settings):
    (settings.DATA_DIR / "chosen").write_text("in the way")

    client.post("/do/decide", {"item": items_of(client), "verdict": "approve", "next": "/"})

    assert Decision.objects.count() == 4


def test_choices_shown_longest_ago_are_let_go(many, settings, monkeypatch):
    names = [chosen.field_of(f"{number}" * 40).removeprefix("@") for number in range(3)]
    for age, name in enumerate(names):
        os.utime(settings.DATA_DIR / "chosen" / name, (1000 + age, 1000 + age))
    chosen.field_of("0" * 40)
    sizes = sum(one.stat().st_size for one in kept(settings))
    monkeypatch.setattr(chosen, "KEPT_BYTES", sizes)

    chosen.field_of("3" * 40)

    assert names[0] in [one.name for one in kept(settings)]
    assert names[1] not in [one.name for one in kept(settings)]


def test_a_short_choice_stands_in_the_page(client, make_recording):
    made = make_recording("r/one.json")

    assert items_of(client) == [f"{made.blob}:r%2Fone.json"]
