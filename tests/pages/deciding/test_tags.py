import pytest
from django.contrib.messages import get_messages

from recviewer.review import actors
from recviewer.review.models import AuditEvent, Tag, TagOn
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


@pytest.fixture
def tagged(make_recording):
    one, two = make_recording(), make_recording("tests/recordings/two.json", answered="Mars.")
    for recording, name in ((one, "<golden>"), (two, "<golden>"), (two, "flaky")):
        tag([Seen(recording.path, recording.blob)], actor="Ana", name=name)
    return one


def words(response):
    return " ".join(response.content.decode().split())


def test_no_tags_yet(client, db, root):
    page = words(client.get("/tags/"))

    assert "There are no tags yet" in page
    assert "/tags/" not in words(client.get("/trash/"))


def test_all_tags_with_counts(client, tagged):
    page = words(client.get("/tags/"))

    assert page.index("&lt;golden&gt;</a>") < page.index("flaky</a>")
    assert "2 recordings" in page
    assert "<golden>" not in page
    assert page.count('name="csrfmiddlewaretoken"') == page.count("<form")
    assert 'href="/tags/"' in words(client.get("/trash/"))


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize(
    ("act", "words_", "sentence"),
    [
        ("rename", {"to": "reference"}, "Renamed the tag &lt;golden&gt; to reference."),
        ("merge", {"into": "flaky"}, "Merged the tag &lt;golden&gt; into flaky."),
        ("remove", {}, "Deleted the tag &lt;golden&gt;."),
    ],
)
def test_acts(client, tagged, act, words_, sentence, htmx):
    response = client.post(f"/tags/{act}", {"name": "<golden>", **words_}, headers=HTMX if htmx else {})

    assert not Tag.objects.filter(folded="<golden>").exists()
    if htmx:
        assert sentence in words(response)
        assert "<html" not in words(response)
        assert "Undo" in words(response)
    else:
        assert (response.status_code, response.url) == (303, "/tags/")
        event = AuditEvent.objects.order_by("pk").last()
        assert next(iter(get_messages(response.wsgi_request))).extra_tags == f"undo-{event.pk}"


def test_colour(client, tagged):
    other = "red" if Tag.objects.get(folded="flaky").colour != "red" else "blue"

    client.post("/tags/colour", {"name": "flaky", "colour": other})

    assert Tag.objects.get(folded="flaky").colour == other


@pytest.mark.parametrize("htmx", [False, True])
def test_a_refused_name_is_told_where_it_was_typed(client, tagged, htmx):
    response = client.post("/tags/rename", {"name": "flaky", "to": "<Golden>"}, headers=HTMX if htmx else {})

    assert response.status_code == 422
    assert "There is a tag &lt;Golden&gt; already. Merge flaky into it instead." in words(response)
    assert 'value="&lt;Golden&gt;"' in words(response)


def test_a_tag_that_is_gone_is_told(client, tagged):
    response = client.post("/tags/remove", {"name": "none"})

    assert response.status_code == 422
    assert "There is no such tag any more." in words(response)


def test_json(client, tagged):
    told = client.get("/tags/.json").json()["tags"]

    assert [(one["name"], one["recordings"]) for one in told] == [("<golden>", 2), ("flaky", 1)]


def test_digits_toggle_the_most_used(client, tagged):
    page = words(client.get(f"/r/{tagged.path}"))
    assert 'data-key="1" data-key-name="tag &lt;golden&gt;, on or off"' in page
    assert 'value="flaky" data-key="2"' in page

    sent = {"key": tagged.path, "seen": tagged.blob}
    client.post("/do/tag", {**sent, "name": "flaky"}, headers=HTMX)

    assert TagOn.objects.filter(path=tagged.path).count() == 2


def test_get_changes_nothing(client, tagged):
    for act in ("rename", "merge", "colour", "remove"):
        assert client.get(f"/tags/{act}").status_code == 405
