"""Who is signed out loses nothing: no login page inside another, no act that is lost, no way to a part of a page."""

import re
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from recviewer.pages.site import next_page
from recviewer.review.models import Decision

HTMX = {"HX-Request": "true"}
PASSWORD = "fourteen grey herons"


@pytest.fixture
def ana(django_user_model, settings, root, db):
    settings.HOSTED = True
    settings.BEHIND_PROXY = False
    at = settings.MIDDLEWARE.index("django.contrib.messages.middleware.MessageMiddleware")
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE[:at],
        "recviewer.pages.site.signed_out.SignInFirst",
        *settings.MIDDLEWARE[at:],
    ]
    return django_user_model.objects.create_user("ana", password=PASSWORD)


def fields_in(page, action):
    form = next(form for form in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{action}"' in form)
    inputs = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form)
    return {name: unescape(value) for name, value in inputs}


def test_a_poll_of_who_is_signed_out_brings_nothing_to_swap(client, ana):
    answer = client.get("/fresh?generation=1", headers={**HTMX, "HX-Current-URL": "http://testserver/trash/?before=9"})

    assert (answer.status_code, answer.content) == (401, b"")
    assert answer["X-Sign-In"] == "/login/?next=/trash/%3Fbefore%3D9"


@pytest.mark.parametrize(
    "path", ["/fresh", "/pushed", "/recordings.json", "/plan/.json", "/activity.jsonl", "/do/trash"]
)
def test_what_is_no_page_is_not_led_to_after_signing_in(client, ana, path):
    assert client.get(path).url == "/login/?next=/"
    referred = client.get(path, headers={"Referer": "http://testserver/tags/"})
    assert referred.url == "/login/?next=/tags/"


NOT_PAGES = [
    "/do/decide",
    "/fresh?generation=1",
    "/pushed",
    "/login/",
    "/logout/",
    "/r/../do/decide",
    "/r/%2e%2E/do/decide",
    "/r/..\\do/decide",
    "/r/.\t./do/decide",
    "/trash/discard",
    "//evil.example/",
    "/\\evil.example/",
    "https://evil.example/",
    "javascript:alert(1)",
    "/activity.jsonl",
    "/no such page",
]


@pytest.mark.parametrize("wanted", NOT_PAGES)
def test_next_that_is_no_page_leads_to_the_list(client, ana, wanted):
    answer = client.post(reverse("login"), {"username": "ana", "password": PASSWORD, "next": wanted})

    assert (answer.status_code, answer.url) == (302, "/")


@pytest.mark.parametrize("wanted", NOT_PAGES)
def test_next_of_an_act_that_is_no_page_leads_to_the_list(client, ana, make_recording, wanted):
    client.force_login(ana)
    recording = make_recording()
    sent = {"item": f"{recording.blob}:{recording.path}", "verdict": "approve", "next": wanted}

    assert client.post("/do/decide", sent).url.partition("#")[0] == "/"


@pytest.mark.parametrize("wanted", ["/trash/", "/?q=a%20b", "/r/a%20b.json?in=q", "/changes/main...x?class=new#t"])
def test_next_that_is_a_page_is_led_to(client, ana, wanted):
    answer = client.post(reverse("login"), {"username": "ana", "password": PASSWORD, "next": wanted})

    assert answer.url == wanted


def names_of(patterns, space=""):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"
        else:
            yield from names_of(pattern.url_patterns, f"{pattern.namespace}:" if pattern.namespace else space)


def test_every_page_that_may_be_led_to_exists():
    assert set(names_of(get_resolver().url_patterns)) >= next_page.PAGES


def test_a_verdict_of_who_is_signed_out_is_offered_again_and_lands_on_what_was_seen(ana, make_recording):
    client = Client(enforce_csrf_checks=True)
    recording = make_recording("recordings/a&b <1>.json")
    client.get(reverse("login"))
    token = client.cookies["csrftoken"].value
    shown = reverse("recording:show", args=[recording.path])
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "reject", "note": "too <thin>", "next": shown}

    out = client.post("/do/decide", _encoded(sent, token), content_type=FORM)

    assert out.status_code == 401
    assert "Signed out: sign in to go on" in out.content.decode()
    assert not Decision.objects.exists()
    door = fields_in(out.content.decode(), "/login/")
    asked = client.post("/login/", {**door, "username": "ana", "password": PASSWORD})
    page = asked.content.decode()
    assert (asked.status_code, Decision.objects.count()) == (200, 0)
    assert "Send it again?" in page
    assert "too &lt;thin&gt;" in page
    again = fields_in(page, "/do/decide")
    assert {name: value for name, value in again.items() if name != "csrfmiddlewaretoken"} == sent
    done = client.post("/do/decide", again)
    assert (done.status_code, done.url) == (303, shown)
    said = Decision.objects.get()
    assert (said.path, said.verdict, said.note, said.reviewer) == (recording.path, "reject", "too <thin>", "ana")


FORM = "application/x-www-form-urlencoded"


def _encoded(sent, token):
    from urllib.parse import urlencode

    return urlencode({**sent, "csrfmiddlewaretoken": token})


def test_a_verdict_on_what_changed_meanwhile_is_refused_when_it_is_sent_again(client, ana, make_recording):
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "approve"}
    out = client.post("/do/decide", _encoded(sent, ""), content_type=FORM)
    make_recording(answered="Something else.")
    asked = client.post(
        "/login/", {**fields_in(out.content.decode(), "/login/"), "username": "ana", "password": PASSWORD}
    )

    done = client.post("/do/decide", fields_in(asked.content.decode(), "/do/decide"))

    assert done.status_code == 409
    assert not Decision.objects.exists()


def test_a_wrong_password_keeps_what_was_sent_and_a_made_up_form_is_none(client, ana, make_recording):
    recording = make_recording()
    sent = {"key": recording.path, "seen": recording.blob, "verdict": "approve"}
    out = client.post("/do/decide", _encoded(sent, ""), content_type=FORM)
    held = fields_in(out.content.decode(), "/login/")

    wrong = client.post("/login/", {**held, "username": "ana", "password": "no"}).content.decode()
    made_up = client.post("/login/", {"held": held["held"] + "x", "username": "ana", "password": PASSWORD})

    assert fields_in(wrong, "/login/")["held"] == held["held"]
    assert made_up.status_code == 302


def test_a_form_with_the_token_of_an_earlier_login_is_offered_again_where_it_is_ours(ana, make_recording):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    recording = make_recording()
    sent = _encoded({"key": recording.path, "seen": recording.blob, "verdict": "approve"}, "a" * 64)

    ours = client.post("/do/decide", sent, content_type=FORM, headers={"Sec-Fetch-Site": "same-origin"})
    others = [
        client.post("/do/decide", sent, content_type=FORM, headers=site)
        for site in ({}, {"Sec-Fetch-Site": "cross-site"})
    ]
    part = client.post("/do/decide", sent, content_type=FORM, headers={**HTMX, "Sec-Fetch-Site": "same-origin"})

    assert ours.status_code == part.status_code == 403
    assert "Send it again?" in ours.content.decode()
    assert [one.status_code for one in others] == [403, 403]
    assert not any("Send it again?" in one.content.decode() for one in others)
    assert part["X-Sign-In"] == "/login/?next=/"
    done = client.post("/do/decide", fields_in(ours.content.decode(), "/do/decide"))
    assert (done.status_code, Decision.objects.count()) == (303, 1)


def test_only_a_superuser_deletes_for_good(client, ana, make_recording):
    from recviewer.review import deleting
    from recviewer.review.models import TrashRecord
    from recviewer.review.subjects import Seen

    client.force_login(ana)
    recording = make_recording()
    deleting.trash([Seen(recording.path, recording.blob)], actor="ana")
    entry = TrashRecord.objects.get().entry

    page = client.get("/trash/").content.decode()
    answers = [
        client.post("/trash/discard", sent).status_code
        for sent in ({"all": "1"}, {"entries": entry, "confirmed": "1"}, {"all": "1", "confirmed": "1"})
    ]

    assert "Delete forever" not in page
    assert answers == [403] * 3
    assert TrashRecord.objects.get().discarded_at is None
    ana.is_superuser = True
    ana.save()
    assert "Empty the trash" in client.get("/trash/").content.decode()
    assert client.post("/trash/discard", {"entries": entry, "confirmed": "1"}).status_code == 303


class _Stopped(BytesIO):
    """A body of which nothing arrives."""

    def read(self, size: int | None = -1) -> bytes:
        raise BlockingIOError


@pytest.mark.usefixtures("ana")
def test_a_form_that_stops_in_the_middle_is_refused_without_a_fault():
    client = Client(HTTP_HOST="127.0.0.1", enforce_csrf_checks=True)
    head = {"CONTENT_TYPE": "application/x-www-form-urlencoded", "CONTENT_LENGTH": "100", "wsgi.input": _Stopped()}

    assert client.post("/do/decide", **head).status_code in (401, 403)


def test_who_may_see_nothing_is_shown_no_pages_to_open(client, ana, settings):
    assert 'href="/tests/"' not in client.get("/login/").text
    settings.PUBLIC_READ = True
    assert 'href="/tests/"' in client.get("/login/").text

    settings.PUBLIC_READ = False
    client.force_login(ana)
    assert 'href="/account/"' in client.get("/account/").text
