"""Below a prefix, every page, part, act, file and answer in JSON leads nowhere outside of it."""

import json
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.test.client import ClientHandler
from django.urls import clear_script_prefix, resolve, reverse, set_script_prefix

from recviewer.catalog import tree_findings
from recviewer.pages.models import Membership
from recviewer.pages.recordings.searching import sections
from recviewer.review.models import AuditEvent
from recviewer.serving.url_prefix import inside
from tests.pages.site.test_permissions import ADDRESSES
from tests.pages.test_addresses import sample_of
from tests.settings_of import put_below, put_doors

SITE = "https://testserver/recordings/ogx"
PREFIX = "/recordings/ogx"
WORDS = frozenset(
    {
        "title",
        "placeholder",
        "alt",
        "aria-label",
        "d",
        "pattern",
        "data-copy",
        "data-says",
        "data-text",
        "data-site",
        "data-key",
    }
)
"""Attributes whose values are words, not addresses."""

WANTING = {
    *(
        "GET account:start",
        "GET account:back",
        "GET plan:order",
        "GET notices:off",
        "GET desk:known",
    ),  # a login, a host, a signed address, a key
    *(
        "GET models:show",
        "GET models:one",
        "GET changes:older",
        "GET files:show",
        "GET presence:note",
    ),  # what the tree has not
}
"""Pages that would want more than there is here; what they answer is looked at all the same."""


class BelowHandler(ClientHandler):
    """Asks as gunicorn does, through what takes the prefix off."""

    def __call__(self, environ):
        set_script_prefix(f"{PREFIX}/")
        assert environ["PATH_INFO"].startswith(f"{PREFIX}/"), environ["PATH_INFO"]
        return super().__call__({**environ, "PATH_INFO": inside(environ["PATH_INFO"], PREFIX)})


class BelowClient(Client):
    def __init__(self, **given):
        super().__init__(**given)
        self.handler = BelowHandler(enforce_csrf_checks=False)


class Addresses(HTMLParser):
    """What in a page may be an address: each attribute that begins with a slash, or names this host."""

    def __init__(self, html):
        super().__init__()
        self.found, self.links = set(), set()
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if tag == "a" and name == "href" and value:
                self.links.add(value)
            is_words = name in WORDS or (tag == "input" and name == "value" and dict(attrs).get("type") != "hidden")
            if value and not is_words and (value.startswith("/") or "//testserver" in value):
                self.found.add(value)


def _strings(value):
    """Yield the strings of JSON that may be addresses."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name not in ("endpoint", "pattern"):
                yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)
    elif isinstance(value, str) and value.startswith("/"):
        yield value


def said(response):
    """Return the addresses in an answer: of its page or its JSON, of its headers and cookies."""
    found = {value for name, value in response.items() if value.startswith("/") or "//testserver" in value}
    found |= {morsel["path"] for morsel in response.cookies.values()}
    kind = response.get("Content-Type", "")
    body = response.getvalue().decode("utf-8", "replace")
    if kind.startswith("text/html"):
        found |= Addresses(body).found
    elif kind.startswith("application/json") and body:
        lines = body.splitlines() if "\n{" in body else [body]
        found |= {one for line in lines for one in _strings(json.loads(line))}
    found |= set(re.findall(r"https?://testserver[^\s\"'<)]*", body))
    return found


def outside(response):
    return {one for one in said(response) if not urlsplit(one).path.startswith(f"{PREFIX}/")}


@pytest.fixture
def below(settings, spec, make_recording, db):
    """A hosted instance below a prefix, with something to show on each page; returns the client of a superuser."""
    put_below(SITE, settings)
    settings.HOSTED, settings.BEHIND_PROXY = True, False
    put_doors(settings)
    user = User.objects.create_superuser("sue")
    client = BelowClient()
    client.force_login(user)
    set_script_prefix(f"{PREFIX}/")
    yield client
    clear_script_prefix()


@pytest.fixture
def world(below, make_recording):
    """What stands in addresses, by its name there."""
    one, gone = (
        make_recording("tests/recordings/moon.json", answered="The moon is 384,401 km away."),
        make_recording("tests/recordings/b.json"),
    )
    named = {"key": one.path, "seen": one.blob}
    for name, more in {
        "review:decide": {"verdict": "delete"},
        "review:tag": {"name": "flaky"},
        "notes:write": {"body": "Is it still called?"},
        "searches:save": {"name": "Slow", "query": "chunks:>5", "next": f"{PREFIX}/"},
    }.items():
        assert below.post(reverse(name), named | more).status_code < 400, name
    moved = below.post(reverse("review:trash"), {"key": gone.path, "seen": gone.blob, "confirmed": "1"})
    assert moved.status_code == 303
    tree_findings.look()
    return {
        "key": one.path,
        "blob": one.blob,
        "given": one.test_id,
        "path": one.path,
        "event": AuditEvent.objects.latest("pk").pk,
        "name": "broke-off",
    }


def address_of(name, pattern, world, spec):
    known = world | {"spec": spec}
    return reverse(
        name, kwargs={word: known.get(word, sample_of(word, one)) for word, one in pattern.pattern.converters.items()}
    )


@pytest.mark.slow
def test_no_answer_leads_outside(below, world, spec):
    statuses, bad = {}, {}
    asked = {"key": world["key"], "seen": world["blob"], "range": spec, "q": "moon", "event": world["event"]}
    asked |= {"old": world["key"], "new": "tests/recordings/new.json", "change": "tests/recordings/new.json"}
    asked |= {
        "item": f"{world['blob']}:{world['key']}",
        "verdict": "approve",
        "body": "Why?",
        "name": "odd",
        "query": "moon",
    }
    for name, pattern, method in sorted((one.values for one in ADDRESSES), key=lambda one: one[2]):  # reading first
        address = address_of(name, pattern, world, spec)
        for sent in ({}, asked):
            response = below.get(address, sent) if method == "GET" else below.post(address, sent)
            statuses.setdefault(f"{method} {name}", set()).add(response.status_code)
            if outside(response):
                bad[f"{method} {address}"] = outside(response)
            if "_auth_user_id" not in below.session:  # one of them signs out
                below.force_login(User.objects.get(username="sue"))

    refused = {name: found for name, found in statuses.items() if not {200, 204, 302, 303} & found}
    assert bad == {}
    assert not [name for name, found in statuses.items() if 500 in found]
    assert {name for name in refused if name.startswith("GET ")} == WANTING
    assert len(refused) < len(statuses) / 3


@pytest.mark.slow
def test_every_link_that_is_shown_leads_on_below(below, world, spec):
    waiting, seen, shown, bad = [f"{PREFIX}/", f"{PREFIX}/changes/{spec}"], set(), {}, {}
    while waiting:
        address = waiting.pop(0)
        view = resolve(inside(unquote(urlsplit(address).path), PREFIX)).view_name
        if address in seen or shown.get(view, 0) >= 3:
            continue
        seen.add(address)
        shown[view] = shown.get(view, 0) + 1
        response = below.get(address, follow=False)
        if outside(response) or response.status_code >= 400:
            bad[address] = (response.status_code, outside(response))
        if response.get("Content-Type", "").startswith("text/html"):
            links = {one.partition("#")[0] for one in Addresses(response.content.decode()).links}
            waiting += sorted(one for one in links if one.startswith("/") and not one.startswith(f"{PREFIX}/static/"))

    assert bad == {}
    assert len(shown) >= 30, sorted(shown)


def test_signing_in_leads_back_below(below, settings):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    Membership.objects.create(user=User.objects.create_user("ana", password="pluto-is-a-planet"), role="reviewer")
    stranger = BelowClient()

    led = stranger.get(f"{PREFIX}/trash/")
    done = stranger.post(led.url, {"username": "ana", "password": "pluto-is-a-planet", "next": f"{PREFIX}/trash/"})

    assert led.url == f"{PREFIX}/login/?next={PREFIX}/trash/"
    assert done.url == f"{PREFIX}/trash/"
    assert outside(done) == set()
    assert {morsel.key for morsel in done.cookies.values()} >= {"sessionid-recordings-ogx", "csrftoken-recordings-ogx"}
    for elsewhere in ("/trash/", "/recordings/other/trash/", "/recordings/ogx2/"):
        again = stranger.post(
            f"{PREFIX}/login/", {"username": "ana", "password": "pluto-is-a-planet", "next": elsewhere}
        )
        assert again.url == f"{PREFIX}/", elsewhere


def test_form_that_was_sent_when_signed_out_is_kept_for_below(below):
    response = BelowClient().post(
        f"{PREFIX}/do/decide", "key=a.json&verdict=approve", "application/x-www-form-urlencoded"
    )

    assert response.status_code == 401
    assert outside(response) == set()
    assert 'name="held"' in response.content.decode()


@pytest.mark.parametrize("path", ["/nothing", "/r/nothing", "/changes/a...b"])
def test_pages_of_errors_lead_back_below(below, path):
    response = below.get(f"{PREFIX}{path}")

    assert outside(response) == set()
    assert f'href="{PREFIX}/"' in response.content.decode()


def test_page_of_a_fault_stands_alone_and_leads_back_below(below, monkeypatch):
    def broken(*given):
        raise RuntimeError

    monkeypatch.setattr("recviewer.pages.deciding.trash._page", broken)
    below.raise_request_exception = False

    response = below.get(f"{PREFIX}/trash/")

    assert response.status_code == 500
    assert outside(response) == set()
    assert f'href="{PREFIX}/static/css/base.css"' in response.content.decode()


def test_what_is_sent_out_has_the_prefix_once(below, settings):
    from recviewer.loop.delivering import off_url
    from recviewer.serving.url_prefix import outside as whole

    assert whole(reverse("changes:listing"), settings.PUBLIC_URL) == f"{SITE}/changes/"
    assert off_url(7, "").startswith(f"{SITE}/notices/off/")
    clear_script_prefix()  # as in a thread that nobody's request runs in
    assert whole(reverse("changes:listing"), settings.PUBLIC_URL) == f"{SITE}/changes/"
    assert off_url(7, "").startswith(f"{SITE}/notices/off/")
    assert mail.outbox == []


def test_what_is_kept_between_requests_is_kept_for_one_prefix():
    try:
        clear_script_prefix()
        alone = sections()
        set_script_prefix(f"{PREFIX}/")
        below = sections()
    finally:
        clear_script_prefix()

    assert {one.url[:2] for section in alone for one in section.entries if one.url} == {"/?"}
    assert {one.url[: len(PREFIX) + 2] for section in below for one in section.entries if one.url} == {f"{PREFIX}/?"}
