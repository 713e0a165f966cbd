from django.db.models.signals import post_init

from recviewer.catalog.models import Recording
from recviewer.pages.recordings import bulk
from recviewer.review.models import AuditEvent, Standing


def test_bulk_groups_what_says_the_same(client, make_recording):
    make_recording("recordings/one.json", id="1")
    make_recording("recordings/two.json", id="2", test="tests/test_planets.py::test_other")
    make_recording("recordings/other.json", answered="Mars.")

    page = client.get("/bulk/").context["page"]

    assert page.count == 3
    assert [(group.count, group.tests) for group in page.groups] == [(2, 2), (1, 1)]


def test_bulk_decides_on_what_is_ticked_as_one_act(client, make_recording):
    make_recording("recordings/one.json", id="1")
    make_recording("recordings/two.json", id="2")
    make_recording("recordings/other.json", answered="Mars.")
    page = client.get("/bulk/").context["page"]

    client.post("/do/decide", {"item": [page.groups[0].items], "verdict": "approve", "next": "/"})

    assert Standing.objects.count() == 1
    assert AuditEvent.objects.get().count == 2


def test_bulk_of_an_empty_list_says_so(client, make_recording):
    make_recording("recordings/one.json")

    assert "Nothing to decide on" in client.get("/bulk/?kind=tool").content.decode()


def test_bulk_holds_no_object_of_what_has_no_box(client, make_recording, monkeypatch):
    monkeypatch.setattr(bulk, "SHOWN", 2)
    for number in range(6):
        make_recording(f"recordings/{number}.json", answered=f"answer {number}")
    made = []

    def note(sender, **_):
        made.append(sender)

    post_init.connect(note, sender=Recording)
    try:
        page = client.get("/bulk/").context["page"]
    finally:
        post_init.disconnect(note, sender=Recording)

    assert (page.count, page.rest_groups, page.rest_count) == (6, 4, 4)
    assert len(made) == 2


def test_bulk_offers_nothing_of_which_the_words_changed_while_the_page_was_made(client, make_recording, monkeypatch):
    monkeypatch.setattr(bulk, "SHOWN", 2)
    make_recording("recordings/1.json", answered="one", id="1")
    make_recording("recordings/2.json", answered="one", id="2")
    for number in (3, 4):
        make_recording(f"recordings/{number}.json", answered=f"answer {number}")
    read = bulk._rows

    def read_late(paths):
        Recording.objects.filter(path="recordings/1.json").update(blob="f" * 40, answered="other words")
        return read(paths)

    monkeypatch.setattr(bulk, "_rows", read_late)
    page = client.get("/bulk/").context["page"]

    assert [group.url for group in page.groups] == ["/r/recordings/3.json"]
    assert (page.count, page.group_count, page.rest_count) == (2, 2, 1)
    assert "recordings%2F2.json" not in page.groups[0].items + page.rest_items
