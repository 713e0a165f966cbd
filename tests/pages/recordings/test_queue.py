import json
import threading
import time

import pytest

from recviewer.pages.deciding import double_clicks
from recviewer.pages.recordings import queue
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.text.walk import SingleStops
from recviewer.review.models import AuditEvent, Standing

CUT = b'{"request": {'


@pytest.fixture
def three(make_recording, chat):
    cut_short = chat(asked="Long?", answered="So long")
    cut_short["response"]["body"]["__data__"]["choices"][0]["finish_reason"] = "length"
    return [
        make_recording("recordings/plain.json", asked="Plain?", answered="Plain."),
        make_recording("recordings/short.json", data=json.dumps(cut_short).encode()),
        make_recording("recordings/broken.json", data=CUT),
    ]


def test_a_queue_is_read_once_for_all_who_ask_at_once(monkeypatch):
    read, at_once = [], threading.Barrier(4)
    monkeypatch.setattr(queue, "current_state", lambda: "a moment of this test")
    none = queue.QueueItems((), SingleStops([], []))
    monkeypatch.setattr(queue, "_read", lambda state: read.append(time.sleep(0.02)) or none)

    def ask():
        at_once.wait()
        queue.items_of(ListState())

    people = [threading.Thread(target=ask) for _ in range(4)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert len(read) == 1


def decide(client, response, verdict="approve", note=""):
    """Send the form of the page that a response shows."""
    bar = response.context["page"].bar
    sent = {"key": bar.key, "seen": bar.seen, "next": bar.after, "in": bar.queue.address, "verdict": verdict}
    return client.post("/do/decide", sent | {"note": note}, follow=True)


def test_queue_begins_with_what_needs_it_most(client, three):
    response = client.get("/queue/", follow=True)

    queue = response.context["page"].bar.queue
    assert response.context["page"].recording.path == "recordings/broken.json"
    assert (queue.place, queue.total, queue.decided) == (1, 3, 0)


def test_verdict_leads_to_the_next_undecided_and_to_a_summary_at_the_end(client, three):
    response = client.get("/queue/", follow=True)
    seen = []
    while "/queue/" not in response.request["PATH_INFO"]:
        seen.append(response.context["page"].recording.path)
        response = decide(client, response)

    assert seen == ["recordings/broken.json", "recordings/short.json", "recordings/plain.json"]
    assert "All 3 are decided" in response.content.decode()
    assert Standing.objects.count() == 3


def test_decided_items_can_be_walked(client, three):
    response = decide(client, client.get("/queue/", follow=True))

    queue = response.context["page"].bar.queue
    assert queue.place == 2
    back = client.get(queue.previous_url)
    assert "You approved this" in back.content.decode()


def test_reject_without_a_reason_stays(client, three):
    response = client.get("/queue/", follow=True)

    refused = decide(client, response, verdict="reject")

    assert refused.status_code == 422
    assert not Standing.objects.exists()


def test_queue_of_a_filter_holds_only_what_matches(client, three):
    response = client.get("/queue/?kind=chat", follow=True)

    assert response.context["page"].bar.queue.total == 2


def test_filter_on_verdicts_does_not_shrink_the_queue(client, three):
    response = client.get("/queue/?state=undecided", follow=True)

    assert decide(client, response).context["page"].bar.queue.total == 3


def test_empty_queue_says_so(client, three):
    assert "This queue is empty" in client.get("/queue/?kind=tool").content.decode()


def test_queue_address_that_makes_no_sense_is_no_fault(client, three):
    response = client.get("/r/recordings/plain.json", {"in": "%%%&&&=??"})

    assert response.status_code == 200


def test_same_meaning_is_decided_once(client, make_recording):
    make_recording("recordings/one.json", id="1")
    make_recording("recordings/two.json", id="2")

    response = decide(client, client.get("/queue/", follow=True))

    assert "All 2 are decided" in response.content.decode()


def test_a_verdict_that_comes_with_its_page_is_refused_and_a_later_one_is_not(client, make_recording, monkeypatch):
    one, other = (make_recording(f"t/recordings/{name}.json", answered=name) for name in ("one", "other"))
    page = client.get(f"/r/{one.path}?in=%3F").context["page"]
    form = dict(page.bar.fields) | {"verdict": "approve", "next": f"/r/{other.path}?in=%3F", "in": "?"}
    form |= {"shown": str(page.bar.shown), "here": page.bar.url}

    monkeypatch.setattr(double_clicks, "now", lambda: page.bar.shown + 399)
    answer = client.post("/do/decide", form, follow=True)
    assert answer.redirect_chain == [(page.bar.url, 303)]
    assert double_clicks.SENTENCE in answer.content.decode()
    assert not AuditEvent.objects.exists()

    monkeypatch.setattr(double_clicks, "now", lambda: page.bar.shown + 400)
    for _ in range(2):  # the same form twice is one act, and leads to the same item
        assert client.post("/do/decide", form).headers["Location"] == f"/r/{other.path}?in=%3F"
    assert AuditEvent.objects.count() == 1


@pytest.mark.parametrize(("shown", "here"), [("x", "/"), ("9" * 20, "/"), ("", ""), ("1", "https://evil.example/")])
def test_a_form_that_lies_about_its_time_leads_nowhere_else(client, make_recording, shown, here):
    one = make_recording()
    form = {"key": one.path, "seen": one.blob, "verdict": "approve", "shown": shown, "here": here}

    client.post("/do/decide", form)

    assert AuditEvent.objects.count() == 1
