import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from recviewer.catalog.models import Recording
from recviewer.pages.deciding import double_clicks
from recviewer.pages.site.forms import item_of
from recviewer.review import actors
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent, Decision, Standing, TagOn, TrashRecord
from recviewer.review.subjects import Seen

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


@pytest.fixture
def post(client):
    """Return a function that sends an act on a recording, as a plain form or by htmx."""

    def send(act, recording=None, *, htmx=False, **fields):
        if recording is not None:
            about = {
                "key": recording.path,
                "seen": recording.blob,
                "next": reverse("recording:show", args=[recording.path]),
            }
            fields = {**about, **fields}
        return client.post(reverse(f"review:{act}"), fields, headers=HTMX if htmx else {})

    return send


def said(response):
    return [(str(message), message.extra_tags) for message in get_messages(response.wsgi_request)]


@pytest.mark.parametrize(
    ("verdict", "note", "state"),
    [("approve", "", "approved"), ("reject", "thin", "rejected"), ("delete", "", "delete")],
)
def test_plain_verdict_redirects_to_the_recording(post, make_recording, verdict, note, state):
    recording = make_recording()

    response = post("decide", recording, verdict=verdict, note=note)

    assert (response.status_code, response.url) == (303, reverse("recording:show", args=[recording.path]))
    assert Standing.objects.get().state == state
    assert said(response) == []


def test_htmx_verdict_answers_the_bar(post, make_recording):
    recording = make_recording()

    response = post("decide", recording, htmx=True, verdict="approve")

    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert 'id="bar"' in page
    assert "You approved this" in page
    assert 'aria-pressed="true"' in page
    assert "HX-Request" in response["Vary"]


def test_elsewhere_the_sentence_comes_with_an_undo(post, make_recording):
    recording = make_recording()

    response = post("decide", recording, verdict="approve", next="/?sort=size")

    assert response.url == "/?sort=size"
    event = AuditEvent.objects.get()
    assert said(response) == [("Approved “Which planet do humans live on?”.", f"undo-{event.pk}")]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "", "r/x"])
def test_next_never_leads_elsewhere(post, make_recording, target):
    response = post("decide", make_recording(), verdict="approve", next=target)

    assert response.url == reverse("recordings:listing")


def test_reject_without_a_reason(post, make_recording):
    recording = make_recording()

    plain = post("decide", recording, verdict="reject")
    fragment = post("decide", recording, htmx=True, verdict="reject", note=" ")

    assert (plain.status_code, fragment.status_code) == (422, 422)
    assert "Say in a few words" in plain.content.decode()
    assert "data-asking" in fragment.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("name", ["decide", "tag", "untag", "trash"])
@pytest.mark.parametrize("htmx", [False, True])
def test_a_stale_blob_is_409(post, make_recording, tree, name, htmx):
    recording = make_recording()
    before = tree()

    response = post(name, recording, htmx=htmx, seen="0" * 40, verdict="approve", confirmed="1", name="golden")

    page = response.content.decode()
    assert response.status_code == 409
    assert "changed since you opened it" in page
    assert reverse("recording:show", args=[recording.path]) in page
    assert tree() == before
    assert not AuditEvent.objects.exists()


def test_a_file_changed_on_disk_is_409(post, make_recording, root):
    recording = make_recording()
    (root / recording.path).write_text("{}")

    assert post("trash", recording, confirmed="1").status_code == 409
    assert post("decide", recording, verdict="approve", htmx=True).status_code == 409


def test_a_recording_that_is_gone_is_410(post, make_recording):
    recording = make_recording()
    Recording.objects.all().delete()

    for htmx in (False, True):
        assert post("decide", recording, verdict="approve", htmx=htmx).status_code == 410


@pytest.mark.parametrize("htmx", [False, True])
def test_tag_and_untag(post, make_recording, htmx):
    recording = make_recording()

    added = post("tag", recording, htmx=htmx, name="Golden")
    assert TagOn.objects.get().tag.name == "Golden"
    removed = post("untag", recording, htmx=htmx, name="golden")
    assert not TagOn.objects.exists()

    if htmx:
        assert 'id="tags"' in added.content.decode()
        assert "Golden" in added.content.decode()
        assert 'id="bar" aria-label="Verdict" hx-swap-oob="true"' in added.content.decode()
        assert 'class="tag"' not in removed.content.decode()
    else:
        assert (added.status_code, removed.status_code) == (303, 303)


@pytest.mark.parametrize("htmx", [False, True])
def test_a_tag_without_a_name_is_422(post, make_recording, htmx):
    response = post("tag", make_recording(), htmx=htmx, name="a,b")

    assert response.status_code == 422
    assert "commas" in response.content.decode()


def test_the_trash_asks_first(client, post, make_recording, tree):
    recording = make_recording()
    before = tree()

    asked = client.get(reverse("review:trash"), {"key": recording.path, "seen": recording.blob, "next": "/"})
    again = post("trash", recording)

    for response in (asked, again):
        page = response.content.decode()
        assert response.status_code == 200
        assert "Move 1 recording to the trash?" in page
        assert f"{recording.size:,} bytes" in page or f"{recording.size} B" in page
        assert "1 test would have no recording left" in page
        assert item_of(recording.path, recording.blob) in page
    assert tree() == before
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("htmx", [False, True])
def test_trash_moves_and_undo_brings_back(post, make_recording, tree, htmx):
    recording = make_recording("recordings/odd \n'\"<b>.json")
    before = tree()

    response = post("trash", htmx=htmx, item=item_of(recording.path, recording.blob), confirmed="1", next="/?kind=chat")
    assert tree() == {}
    event = AuditEvent.objects.get()
    assert said(response) == [(f"{event.summary[0].upper()}{event.summary[1:]}.", f"undo-{event.pk}")]
    if htmx:
        assert (response.status_code, response["HX-Redirect"]) == (204, "/?kind=chat")
    else:
        assert (response.status_code, response.url) == (303, "/?kind=chat")

    post("undo", event=event.pk)
    assert tree() == before


def test_many_are_moved_by_one_form(post, make_recording, tree):
    recordings = [make_recording(f"recordings/{number}.json", answered=str(number)) for number in range(3)]

    asked = post("trash", item=[item_of(recording.path, recording.blob) for recording in recordings[:2]])
    assert "Move 2 recordings to the trash?" in asked.content.decode()
    lines = "\r\n".join(item_of(recording.path, recording.blob) for recording in recordings[:2])
    post("trash", item=lines, confirmed="1")

    assert set(tree()) == {"recordings/2.json"}
    assert (AuditEvent.objects.count(), TrashRecord.objects.count()) == (1, 2)


def test_many_are_decided_by_one_form(post, make_recording):
    recordings = [make_recording(f"recordings/{number}.json", answered=str(number)) for number in range(3)]

    response = post("decide", item=[item_of(one.path, one.blob) for one in recordings], verdict="approve", next="/")

    assert said(response)[0][0] == "Approved 3 recordings."
    assert Standing.objects.filter(state="approved").count() == 3


@pytest.mark.parametrize("fields", [{}, {"item": "x"}, {"item": "zz:path"}, {"event": "x"}, {"event": "9" * 30}])
def test_forms_that_make_no_sense(post, db, root, fields):
    assert post("decide", verdict="approve", **fields).status_code == 422
    if "event" in fields:
        assert post("undo", **fields).status_code == 422


@pytest.mark.parametrize("htmx", [False, True])
def test_undo_and_redo(post, make_recording, htmx):
    recording = make_recording()
    post("decide", recording, verdict="approve")

    undone = post("undo", recording, htmx=htmx)
    assert not Standing.objects.exists()
    redone = post("redo", recording, htmx=htmx)
    assert Standing.objects.get().state == "approved"

    if htmx:
        assert "Undecided." in undone.content.decode()
        assert "Redo" in undone.content.decode()
        assert "You approved this" in redone.content.decode()
        assert 'id="tags" hx-swap-oob="true"' in redone.content.decode()
    else:
        assert (undone.status_code, redone.status_code) == (303, 303)


def test_the_second_click_on_undo_takes_back_no_other_act(client, post, make_recording, monkeypatch):
    for name in "ab":
        post("decide", make_recording(f"t/recordings/{name}.json", asked=name), verdict="approve")
    post("undo", next="/")
    page = client.get("/").content.decode()
    shown = int(re.search(r'name="shown" value="(\d{13})"', page)[1])
    assert abs(shown - double_clicks.now()) < 600_000

    monkeypatch.setattr(double_clicks, "now", lambda: shown + double_clicks.MOMENT - 1)
    again = post("undo", event=AuditEvent.objects.order_by("pk").first().pk, shown=shown, next="/")
    assert (again.status_code, again.url, Standing.objects.count()) == (303, "/", 1)
    assert said(again)[0][0].startswith(double_clicks.TURNED)

    monkeypatch.setattr(double_clicks, "now", lambda: shown + double_clicks.MOMENT)
    post("undo", event=AuditEvent.objects.order_by("pk").first().pk, shown=shown, next="/")
    assert not Standing.objects.exists()


@pytest.mark.parametrize("htmx", [False, True])
def test_nothing_to_undo_is_409(post, make_recording, htmx):
    response = post("undo", make_recording(), htmx=htmx)

    assert response.status_code == 409
    assert "nothing of yours to undo" in response.content.decode()


def test_undo_of_trash_over_another_file_is_409(post, make_recording, root):
    recording = make_recording()
    post("trash", recording, confirmed="1")
    (root / recording.path).write_text("new")

    response = post("undo")

    assert response.status_code == 409
    assert "never overwrites" in response.content.decode()


def test_read_only_marks_but_does_not_move(post, make_recording, tree, settings):
    recording = make_recording()
    settings.READ_ONLY = True
    before = tree()

    assert post("decide", recording, verdict="delete").status_code == 303
    refused = post("trash", recording, confirmed="1")
    asked = post("trash", recording)

    assert refused.status_code == 403
    assert "read-only" in refused.content.decode()
    assert "read-only" in asked.content.decode()
    assert tree() == before
    assert Standing.objects.get().state == "delete"


@pytest.mark.parametrize("name", ["decide", "tag", "untag", "undo", "redo"])
def test_reading_changes_nothing(client, db, root, name):
    assert client.get(reverse(f"review:{name}")).status_code == 405


def test_forms_need_their_token(make_recording):
    from django.test import Client

    recording = make_recording()
    strict = Client(enforce_csrf_checks=True)

    response = strict.post(
        reverse("review:decide"), {"key": recording.path, "seen": recording.blob, "verdict": "approve"}
    )

    assert response.status_code == 403
    assert not Decision.objects.exists()


def test_hosted_asks_for_a_login(client, make_recording, settings):
    settings.HOSTED = True
    recording = make_recording()

    response = client.post(
        reverse("review:decide"), {"key": recording.path, "seen": recording.blob, "verdict": "approve"}
    )

    assert response.status_code == 403
    assert not Decision.objects.exists()


def test_the_logged_in_user_is_the_reviewer(client, make_recording, django_user_model):
    client.force_login(django_user_model.objects.create_user("ben"))
    recording = make_recording()

    client.post(reverse("review:decide"), {"key": recording.path, "seen": recording.blob, "verdict": "approve"})

    assert Decision.objects.get().reviewer == "ben"


def test_anothers_verdict_is_not_undone(client, post, make_recording):
    recording = make_recording()
    done = decide([Seen(recording.path, recording.blob)], actor="Ben", verdict="approve")

    assert post("undo", event=done.event).status_code == 403
    assert Standing.objects.get().by == "Ben"


@pytest.mark.parametrize(
    ("fields", "status", "acts"),
    [
        ({"note": "no good"}, 303, ["reject"]),
        ({"name": "flaky"}, 303, ["tag"]),
        ({"note": "no good", "name": "flaky"}, 422, []),
        ({"note": " ", "name": ""}, 422, []),
    ],
)
def test_what_was_typed_tells_the_act(post, make_recording, fields, status, acts):
    one = make_recording("recordings/one.json")

    answer = post("typed", item=[item_of(one.path, one.blob)], verdict="approve", **fields)

    assert answer.status_code == status
    assert list(AuditEvent.objects.values_list("action", flat=True)) == acts


def test_an_act_of_a_list_leads_back_to_its_row(post, make_recording):
    make_recording("recordings/one.json")
    two = make_recording("recordings/two.json", answered="Mars.")

    done = post("decide", item=[item_of(two.path, two.blob)], verdict="approve", next="/?sort=size")
    undone = post("undo", event=str(AuditEvent.objects.get().pk), next="/?sort=size")

    assert done.url == undone.url == f"/?sort=size#row-{two.pk}"


def test_undo_says_what_comes_before_and_offers_both(post, make_recording):
    one, two = make_recording("recordings/one.json"), make_recording("recordings/two.json", answered="Mars.")
    post("decide", one, verdict="approve")
    post("decide", two, verdict="delete")
    first, second = AuditEvent.objects.order_by("pk")

    told = said(post("undo", event=str(second.pk), next="/"))[-1]
    assert "Before that you approved" in told[0]
    assert told[1] == f"redo-{second.pk} more-{first.pk}"
    told = said(post("undo", event=str(first.pk), next="/"))[-1]
    assert "There is nothing more to undo." in told[0]
    assert told[1] == f"redo-{first.pk}"


def test_an_undo_of_what_is_undone_takes_nothing_else_back(post, make_recording):
    one, two = make_recording("recordings/one.json"), make_recording("recordings/two.json", answered="Mars.")
    post("decide", one, verdict="approve")
    post("decide", two, verdict="delete")
    event = str(AuditEvent.objects.order_by("-pk").first().pk)
    post("undo", event=event, next="/")

    answer = post("undo", event=event, next="/?sort=size")

    assert (answer.status_code, answer.url) == (303, "/?sort=size")
    assert "undone already" in said(answer)[-1][0]
    assert Standing.objects.get().state == "approved"


@pytest.mark.parametrize("htmx", [False, True])
def test_undo_on_another_page_leads_to_what_was_undone(post, make_recording, htmx):
    one, two = make_recording("recordings/one.json"), make_recording("recordings/two.json", answered="Mars.")
    post("decide", one, verdict="approve")

    answer = post("undo", two, htmx=htmx, **{"in": "?sort=size"})

    place = f"{reverse('recording:show', args=[one.path])}?in=%3Fsort%3Dsize"
    assert (answer.headers["HX-Redirect"] if htmx else answer.url) == place
