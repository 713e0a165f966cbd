"""Every page: axe finds nothing, one heading, a name of its own, its content reached by a key, and Back leads to it.

What has no page of its own here is looked at in `test_ranges`, `test_states` and `test_models`.
"""

from urllib.parse import quote, unquote, urlsplit

import pytest
from django.urls import resolve, reverse
from playwright.sync_api import expect

from recviewer.catalog import model_lists, tree_findings
from recviewer.catalog.models import Recording
from recviewer.catalog.state import stable_state
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review.decide import decide
from recviewer.review.models import AuditEvent
from recviewer.review.notes import write
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from tests.pages.test_addresses import every_address, sample_of

from .axe import faults
from .pulls import ADDED
from .test_models import lists

__all__ = ["lists"]
"""A fixture that stands in `test_models`."""


@pytest.fixture
def furnished(pull, lists):
    """Addresses of pages that all have something to show, each of another kind."""
    one, other, third = Recording.objects.filter(kind="chat", outcome="answer", part="").order_by("path")[:3]
    seen = Seen(one.path, one.blob)
    tag([seen, Seen(other.path, other.blob)], actor="somebody", name="flaky")
    decide([Seen(third.path, third.blob)], actor="somebody", verdict="reject", note="It leaks its reasoning.")
    write(seen, actor="somebody", body="What is this?", anchor="", thread="")
    tree_findings.look()
    asked = model_lists.request_of(Recording.objects.filter(kind="models").order_by("path").last().path, stable_state())
    several = Recording.objects.exclude(part="").order_by("path").first()
    secret = Recording.objects.filter(path__contains="secret").order_by("path").first() or one
    return [
        "/",
        f"/r/{one.path}",
        f"/r/{third.path}",
        f"/r/{one.path}?view=raw",
        f"/r/{one.path}?view=chunks",
        f"/b/{one.blob}",
        f"/secrets/of/{secret.path}",
        url_of_test(one.test_id),
        f"/files/{several.file_path}",
        f"/difference/{one.path}",
        f"/history/{one.path}",
        f"/difference/?old={quote(one.path)}&new={quote(other.path)}",
        "/bulk/?kind=embeddings",
        "/queue/?kind=nothing",
        "/tests/",
        "/changes/",
        f"/changes/{pull}",
        "/changes/nothing...here",
        f"/plan/{pull}",
        f"/do/churn?range={pull}",
        f"/do/old?range={pull}",
        f"/do/pair?range={pull}&change={ADDED}",
        "/plan/",
        "/smells/",
        "/smells/broke-off",
        "/smells/let-be/",
        "/models/",
        f"/models/{asked.digits}",
        "/hash/",
        f"/hash/{'ab' * 32}",
        "/tags/",
        "/searches/",
        "/searching/",
        "/growth/",
        "/activity/",
        f"/activity/{AuditEvent.objects.latest('pk').pk}",
        "/trash/",
        "/operations/",
        f"/do/trash?key={quote(one.path)}",
        "/r/nothing",
        "/changes/?q=nothing&all=1",
        "/?q=%22open",
        "/?q=nothingatall",
    ]


ELSEWHERE = {
    "around:show",
    "changes:older",
    "completing:show",
    "desk:known",
    "models:one",
    "notices:off",
    "plan:order",
    "presence:note",
    "report:show",
    "status:fresh",
}
"""Parts of pages, files, and what only a team has or only `test_ranges` can show."""


def test_every_page_that_has_an_address_is_among_them(client, furnished):
    visited = {resolve(unquote(urlsplit(address).path)).view_name for address in furnished}
    missing = []

    for case in every_address():
        space, one = case.values
        name = f"{space}:{one.name}"
        if name in visited | ELSEWHERE or space == "account":
            continue
        sample = {word: sample_of(word, kind) for word, kind in one.pattern.converters.items()}
        answer = client.get(reverse(name, kwargs=sample))
        is_page = answer.status_code in (200, 404) and answer.get("Content-Type", "").startswith("text/html")
        if is_page and not one.name.endswith("json"):
            missing.append((name, answer.status_code))

    assert missing == []


KINDS = ("models", "embeddings", "exception", "tool", "rerank", "file_processor", "unreadable", "genai")
"""Of recordings that are no chats, which stand among all."""


def of_each_kind():
    """Addresses of recordings of each kind, and of a list that was searched."""
    longest = Recording.objects.order_by("-chunks").first()
    found = (Recording.objects.filter(kind=kind).order_by("path").first() for kind in KINDS)
    recordings = [f"/r/{one.path}" for one in found if one is not None]
    assert len(recordings) > 5
    return ["/?q=weather", f"/r/{longest.path}?in=%3F", f"/r/{longest.path}?view=chunks", *recordings]


@pytest.mark.parametrize(("theme", "width", "other"), [("light", 1440, 320), ("dark", 390, 1440)])
def test_all_are_accessible_have_contrast_and_fit(open_page, furnished, complaints, theme, width, other):
    complaints.expects("404")
    page = open_page(width=width, theme=theme)

    found = [*faults(page, furnished, widths=[other], fits=[768, 1100]), *faults(page, of_each_kind())]

    assert found == [], "\n".join(found)


UNSEEN = """() => [...document.querySelectorAll('a[href], button, summary, input, [aria-current]')]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).color === getComputedStyle(document.body).backgroundColor)
  .map((one) => one.outerHTML.slice(0, 120))"""


def test_forced_colours_leave_everything_to_be_seen(open_page, furnished, complaints):
    complaints.expects("404")
    page = open_page()
    page.emulate_media(forced_colors="active")
    wrong = []

    for address in furnished:
        page.goto(address)
        wrong += [f"{address}: {one}" for one in page.evaluate(UNSEEN)[:3]]
        page.keyboard.press("Tab")
        if page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "none":
            wrong.append(f"{address}: the focus is not seen")

    assert wrong == [], "\n".join(wrong)


HEADS = """() => [...document.querySelectorAll('h1, [role=heading][aria-level="1"]')]
  .filter(one => one.checkVisibility()).length"""


def test_each_has_a_name_one_heading_and_content_that_a_key_leads_to(open_page, furnished, complaints):
    complaints.expects("404")
    page = open_page()
    wrong, titles = [], {}

    for address in furnished:
        page.goto(address)
        if page.evaluate(HEADS) != 1:
            wrong.append(f"{address}: {page.evaluate(HEADS)} headings")
        titles.setdefault(page.title(), address)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.wait_for_function("location.hash === '#main' && document.querySelector('main').checkVisibility()")
        page.keyboard.press("Tab")
        there = page.evaluate("!!document.querySelector('main :is(a, button, summary, input)')")
        if there and not page.evaluate("!!document.activeElement.closest('main, .bottom, .toasts')"):
            wrong.append(f"{address}: {page.evaluate('document.activeElement.outerHTML')[:120]} comes after the skip")

    assert wrong == [], "\n".join(wrong)
    again = [address for address in furnished if address not in titles.values()]
    assert len(titles) >= len(furnished) - 3, again


def test_back_comes_to_each_and_escape_leaves_what_is_open_there(open_page, furnished, complaints):
    complaints.expects("404")
    page = open_page(width=390, height=844)
    wrong = []

    for address in furnished:
        page.goto(address)
        here = page.url
        page.locator(".menu > summary").click()
        page.keyboard.press("Escape")
        if page.locator(".menu-sheet").is_visible() or not page.locator(".menu > summary:focus").count():
            wrong.append(f"{address}: Escape leaves the menu open, or the focus elsewhere")
        page.locator(".menu > summary").click()
        page.locator(".menu-sheet a:not([aria-current])").last.press("Enter")
        page.wait_for_url(lambda url, here=here: url != here)
        page.go_back()
        page.wait_for_url(here)
        if not page.locator("main h1, main [role=heading]").first.is_visible():
            wrong.append(f"{address}: Back shows nothing")

    assert wrong == [], "\n".join(wrong)


def test_what_was_done_before_a_page_came_is_told_once(open_page):
    page = open_page()
    page.goto("/?kind=embeddings")
    page.locator("[data-tick]").first.check()
    page.keyboard.press("a")

    expect(page.locator(".toast")).to_contain_text("Approved")
    expect(page.locator("[data-live]")).to_contain_text("Approved")
    assert page.locator("[role=status]:has-text('Approved'), [role=alert]:has-text('Approved')").count() == 1
    expect(page.locator("[data-live]")).not_to_contain_text("Undo")


def test_equal_answers_are_a_line_that_keys_open_and_nothing_unseen_is_ticked(open_page, make_recording):
    for name in "abcdef":
        make_recording(f"tests/recordings/{name}.json", answered="Twelve.", test=f"tests/t.py::test_zmoons[{name}]")
    page = open_page()
    page.goto("/?test=zmoons")
    rows = page.locator(".rows > .row:visible, .rows-alike .row:visible")
    line = page.locator(".rows-alike summary")

    expect(line).to_contain_text("5 more answer the same")
    expect(rows).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(line).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(6)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/r/**")
    page.go_back()

    expect(rows).to_have_count(6)
    expect(page.locator(".rows-alike .row-link").first).to_be_focused()
