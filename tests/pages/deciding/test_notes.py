import pytest
from django.contrib.messages import get_messages
from django.template.loader import render_to_string

from recviewer.pages.deciding.notes import notes_for
from recviewer.pages.text.prose import html
from recviewer.review import actors
from recviewer.review import notes as store
from recviewer.review.models import AuditEvent, Note
from recviewer.review.subjects import Seen

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def ana(monkeypatch):
    monkeypatch.setattr(actors, "local_actor", lambda root: "Ana")


@pytest.fixture
def sent(make_recording):
    recording = make_recording()
    return {"key": recording.path, "seen": recording.blob, "next": f"/r/{recording.path}"}


@pytest.fixture
def note(sent):
    """A function that writes a note and returns its row."""

    def write(by="Ana", body="Why **two** calls?", **words):
        store.write(Seen(sent["key"], sent["seen"]), actor=by, body=body, **words)
        return Note.objects.order_by("pk").last()

    return write


@pytest.mark.parametrize("htmx", [False, True])
def test_write(client, sent, htmx):
    response = client.post("/do/note", {**sent, "body": "Why **two**?", "anchor": "m1"}, headers=HTMX if htmx else {})

    assert (Note.objects.get().body, Note.objects.get().anchor) == ("Why **two**?", "m1")
    if htmx:
        page = response.content.decode()
        assert "<strong>two</strong>" in page
        assert 'id="bar"' in page
        assert "hx-swap-oob" in page
        assert "<html" not in page
        assert "HX-Request" in response["Vary"]
    else:
        assert (response.status_code, response.url) == (303, f"{sent['next']}#notes")
        assert next(iter(get_messages(response.wsgi_request))).extra_tags == f"undo-{AuditEvent.objects.get().pk}"


def test_the_page_shows_notes_and_where_they_are(client, sent, note):
    note(body="<script>alert(1)</script>", anchor="m1")
    note(by="Ben", body="closed one")
    store.close(Note.objects.last().uid, actor="Ben")

    page = " ".join(client.get(sent["next"]).content.decode().split())

    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert 'href="#m1">on m1' in page
    assert 'class="part-noted"' in page
    assert "1 resolved" in page
    assert 'data-key="c"' in page


@pytest.mark.parametrize("htmx", [False, True])
@pytest.mark.parametrize("act", ["close", "reopen", "drop", "edit"])
def test_acts(client, sent, note, act, htmx):
    one = note()
    if act == "reopen":
        store.close(one.uid, actor="Ben")
        one.refresh_from_db()
    before = AuditEvent.objects.count()

    response = client.post(
        f"/do/note/{act}",
        {**sent, "note": one.uid, "body": "other", "changed": one.changed_at.isoformat()},
        headers=HTMX if htmx else {},
    )

    assert response.status_code == (200 if htmx else 303)
    assert AuditEvent.objects.count() == before + 1
    one.refresh_from_db()
    assert {
        "close": one.resolved_by == "Ana",
        "reopen": one.resolved_at is None,
        "drop": one.withdrawn_at is not None,
        "edit": one.body == "other",
    }[act]


@pytest.mark.parametrize("htmx", [False, True])
def test_a_refused_edit_keeps_what_was_typed(client, sent, note, htmx):
    one = note()

    response = client.post(
        "/do/note/edit",
        {**sent, "note": one.uid, "body": "<new>", "changed": "another"},
        headers=HTMX if htmx else {},
    )

    assert response.status_code == 409
    assert "changed since you opened it" in response.content.decode()
    assert ("&lt;new&gt;</textarea>" in response.content.decode()) is htmx


def test_an_empty_note_is_422(client, sent):
    response = client.post("/do/note", {**sent, "body": " "}, headers=HTMX)

    assert response.status_code == 422
    assert "A note needs a text" in response.content.decode()


def test_anothers_note_has_no_edit_and_is_refused(client, sent, note):
    one = note(by="Ben")

    assert "/do/note/edit" not in client.get(sent["next"]).content.decode()
    assert client.post("/do/note/drop", {**sent, "note": one.uid}).status_code == 403


def test_undo_in_the_bar_brings_the_notes_too(client, sent, note):
    note()

    page = client.post("/do/undo", sent, headers=HTMX).content.decode()

    assert 'id="notes" hx-swap-oob="true"' in page
    assert "two" not in page.partition('id="notes"')[2].partition("</section>")[0]


def test_a_verdict_leaves_a_half_written_note_alone(client, sent, note):
    note()

    page = client.post("/do/decide", {**sent, "verdict": "approve"}, headers=HTMX).content.decode()

    assert 'id="notes"' not in page


def test_activity_shows_them(client, sent, note):
    note()

    assert "wrote a note on “Which planet" in client.get("/activity/").content.decode()


def test_every_form_has_its_token(sent, note, rf, make_recording):
    store.write(Seen(sent["key"], sent["seen"]), actor="Ben", body="x", thread=note().uid)
    recording = make_recording(sent["key"])

    page = render_to_string("notes/_notes.html", {"notes": notes_for(rf.get("/"), recording)}, request=rf.get("/"))

    assert page.count('name="csrfmiddlewaretoken"') == page.count("<form")


@pytest.mark.parametrize("method", ["write", "edit", "drop", "close", "reopen"])
def test_get_changes_nothing(client, db, root, method):
    assert client.get(f"/do/note{'' if method == 'write' else '/' + method}").status_code == 405


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a *b* **c** `<d>`", "<p>a <em>b</em> <strong>c</strong> <code>&lt;d&gt;</code></p>\n"),
        ("one\ntwo", "<p>one<br />\ntwo</p>\n"),
        ("<img src=x onerror=alert(1)>", "<p>&lt;img src=x onerror=alert(1)&gt;</p>\n"),
        ("# Title", '<p class="prose-head">Title</p>\n'),
        ("```js\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>\n"),
        ("    <i>", "<pre><code>&lt;i&gt;\n</code></pre>\n"),
        ("a\u202eb", '<p>a<span class="mark">U+202E</span>b</p>\n'),
        (
            '[x](https://example.com/?a=1&b=2 "t")',
            '<p><a href="https://example.com/?a=1&amp;b=2" rel="nofollow noopener noreferrer">x</a></p>\n',
        ),
        (
            "<https://example.com>",
            '<p><a href="https://example.com" rel="nofollow noopener noreferrer">https://example.com</a></p>\n',
        ),
    ],
)
def test_markdown(text, made):
    assert html(text) == made


@pytest.mark.parametrize(
    "text",
    [
        "[x](javascript:alert(1))",
        "[x](data:text/html,1)",
        "[x](/do/undo)",
        "[x](//evil.example)",
        "![x](https://example.com/a.png)",
        "<javascript:alert(1)>",
        "[x]: https://example.com\n\n![x]",
        "<style>*{}</style>",
        "<!-- x -->",
        "[" * 5000,
        "> " * 5000,
        "*a " * 5000,
    ],
)
def test_nothing_is_fetched_and_no_markup_comes_through(text):
    made = html(text)

    for bad in ("<img", 'javascript:alert(1)"', "<style", "<!--", 'href="data', 'href="/'):
        assert bad not in made
