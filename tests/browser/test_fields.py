"""Enter and Escape in every text field of every page, with scripts and without.

The fields are found by following links, so that a new one is tried too.
"""

import re
import time
from contextlib import nullcontext, suppress
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.db import OperationalError
from django.urls import resolve

from recviewer.catalog.models import Recording
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent
from recviewer.review.notes import write
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag

TEXT = "textarea, input:not([type=checkbox], [type=radio], [type=button], [type=submit], [type=hidden], [type=file])"
OPEN = "one => { for (let d = one.closest('details'); d; d = d.parentElement.closest('details')) d.open = true }"
NOT_TYPED = {"checkbox", "radio", "button", "submit", "hidden", "file", "reset", "image"}
PAGES_EACH = 3
"""Pages of one kind that are looked at; they differ in what stands on them."""
MEANT = {"note": ["reject"], "name": ["tag", "search"], "to": ["retag", "search"]}
"""What Enter in a field of one line may do, by the field's name: recordings and searches have names. Every other field:
nothing to what is decided."""


class Page(HTMLParser):
    """The links and the text fields of a page. fields: (address of the form, name, element) in their order."""

    def __init__(self, html):
        super().__init__()
        self.links, self.fields, self.action = [], [], ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        if tag == "form":
            self.action = (told.get("action") or "").partition("?")[0]
        if tag == "textarea" or (tag == "input" and told.get("type", "text") not in NOT_TYPED):
            self.fields.append((self.action, told.get("name", ""), tag))


def kind_of(address):
    return resolve(urlsplit(address).path).view_name


def _acts(name, element):
    """Tell whether Enter in a field decides something."""
    return element == "input" and name in MEANT


def fields(get, start):
    """Yield every text field once for each kind of page: (address of the page, its number there, name, element)."""
    waiting, seen, visits, found = list(start), set(), {}, set()
    while waiting:
        address = waiting.pop(0)
        kind = kind_of(address)
        if address in seen or visits.get(kind, 0) >= PAGES_EACH:
            continue
        seen.add(address)
        answer = get(address)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        visits[kind] = visits.get(kind, 0) + 1
        page = Page(answer.text())
        # those that act last: what they decide may take other fields off the page
        for number, (action, name, element) in sorted(enumerate(page.fields), key=lambda one: _acts(*one[1][1:])):
            if (kind, action, name, element) not in found:
                found.add((kind, action, name, element))
                yield address, number, name, element
        for link in page.links:
            target = urldefrag(urljoin(address, link)).url
            if target.startswith("/") and not target.startswith(("/static/", "/admin/")) and "download" not in target:
                waiting.append(target)


@pytest.fixture
def furnished(pull):
    """A tree where every page has something to show; returns addresses to start from."""
    one, other, third = Recording.objects.filter(kind="chat", outcome="answer").order_by("path")[:3]
    seen = Seen(one.path, one.blob)
    tag([seen, Seen(other.path, other.blob)], actor="somebody", name="flaky")
    decide([Seen(third.path, third.blob)], actor="somebody", verdict="delete")
    write(seen, actor="somebody", body="What is this?", anchor="", thread="")
    return ["/", "/changes/", f"/r/{one.path}", f"/changes/{pull}", "/bulk/?kind=embeddings", "/queue/", "/tags/"]


def bring_up(page, number):
    """Make a field ready to be typed in, as a person would, and return it."""
    field = page.locator(TEXT).nth(number)
    field.evaluate(
        "one => { for (let d = one.closest('details'); d; d = d.parentElement.closest('details')) d.open = true }"
    )
    is_search = field.get_attribute("name") == "q"  # what was typed there may just be taking the ticks away
    for tick in [] if is_search else page.locator("[data-tick]").all()[:2]:
        tick.check()
    if not field.is_visible():
        form = field.evaluate("one => one.form.id")
        if form:
            page.locator(f"[aria-controls={form}]").click()
        field.wait_for()  # without a button that opens its form, it is about to be shown
    return field


def acts():
    """Return the names of all acts. A writer that has locked the database in memory is waited for."""
    for _ in range(200):
        with suppress(OperationalError):
            return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))
        time.sleep(0.05)
    pytest.fail("The database stays locked")


def enter(page, field, *, acts):
    """Press Enter in a field; if it acts, until the server has answered."""
    with page.expect_response(lambda answer: answer.request.method == "POST") if acts else nullcontext():
        field.press("Enter")


def settled(page, before):
    """Wait until the server has nothing more to do, and return the acts that are new.

    It is not asked before: the database in memory gives a writer and a reader no time to wait for each other.
    """
    page.wait_for_timeout(150)
    page.wait_for_load_state("networkidle")
    return acts()[len(before) :]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_enter_does_the_fields_own_act_and_escape_loses_nothing(open_page, furnished, scripts, monkeypatch):
    deciding = [f"deciding.{name}" for name in ("verdict_bar", "decisions", "notes", "tags", "activity")]
    for module in (*deciding, "ranges.acts", "ranges.change", "ranges.one_test"):
        monkeypatch.setattr(f"recviewer.pages.{module}.actor_of", lambda request: "somebody")
    page = open_page(scripts=scripts)
    page.goto("/healthz")
    tried, wrong = [], []

    for address, number, name, element in fields(page.request.get, furnished):
        what = f"{address.partition('?')[0]} {name}"
        tried.append((kind_of(address), name))
        page.goto(address, wait_until="networkidle")
        before, here = acts(), page.url
        field = bring_up(page, number)
        words = "m1" if name == "anchor" else f"words {len(tried)}"
        field.fill(words)
        field.press("Escape")
        page.wait_for_load_state("networkidle")
        if field.input_value() != words or (page.url != here and "q=" not in page.url) or acts() != before:
            wrong.append(f"{what}: Escape")
        field = bring_up(page, number)
        field.press("End")
        is_meant = element == "input" and name in MEANT and address.partition("?")[0] != "/login"
        enter(page, field, acts=is_meant)
        done = settled(page, before)
        meant = [[act] for act in MEANT[name]] if is_meant else [[]]
        if done not in meant and (name, done) != ("anchor", ["note"]):  # of the note with it
            wrong.append(f"{what}: Enter did {done}")
        if element == "textarea" and field.input_value() != f"{words}\n":
            wrong.append(f"{what}: Enter is no line end")

    assert wrong == [], "\n".join(wrong)
    assert len(tried) >= 14
    assert {name for _, name in tried} >= {"q", "note", "name", "body", "anchor", "to", "base", "head"}


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_enter_on_a_tick_decides_nothing(open_page, scripts):
    page = open_page(scripts=scripts)
    for address in ("/?kind=embeddings", "/bulk/?kind=embeddings"):
        page.goto(address)
        tick = page.locator("input[type=checkbox][name=item]").first
        tick.check()
        tick.press("Enter")
        assert settled(page, []) == []


def test_a_reason_and_a_tag_at_once_do_nothing_without_scripts(open_page):
    page = open_page(scripts=False)
    page.goto("/?kind=embeddings")
    page.locator("[data-tick]").first.check()
    page.get_by_label("Re-record because").fill("no good")
    page.get_by_label("Tag", exact=True).fill("flaky")
    page.get_by_label("Tag", exact=True).press("Enter")

    assert "press the button of the one that you mean" in page.get_by_role("alert").inner_text()
    assert acts() == []
    assert re.search("typed$", page.url)
