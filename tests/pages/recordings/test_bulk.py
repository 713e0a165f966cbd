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
