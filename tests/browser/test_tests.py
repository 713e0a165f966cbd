"""Tests as conversations, in a browser: with and without scripts."""

import re

import pytest
from django.db.models import Count
from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.pages.text.test_addresses import url_of_test
from recviewer.review.models import AuditEvent, Standing


@pytest.fixture
def test_of_several():
    """The address of a test with several calls."""
    rows = Recording.objects.filter(kind="chat", calls__gt=0, test_id__isnull=False).values("test_id")
    return url_of_test(rows.annotate(count=Count("pk")).order_by("-count", "test_id").first()["test_id"])


def test_a_test_is_read_by_turns_and_approved_by_a_key(open_page, test_of_several):
    page = open_page()
    page.goto(test_of_several)

    page.keyboard.press("j")
    expect(page.locator("[data-turn-of-test]").nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(page.locator("[data-turn-of-test]").nth(1)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator("[data-turn-of-test]").nth(0)).to_be_focused()

    page.keyboard.press("a")
    expect(page.get_by_text("Nothing here is undecided.")).to_be_visible()
    assert Standing.objects.count() > 0
    page.keyboard.press("u")
    expect(page.locator(".bar-approve")).to_be_visible()
    assert Standing.objects.count() == 0


def test_a_call_is_decided_on_by_its_line(either_page, test_of_several):
    page = either_page
    page.goto(test_of_several)

    page.locator(".own").first.get_by_role("button", name="approve call 1").click()
    expect(page.locator(".own").first.get_by_text("approved")).to_be_visible()
    why = page.locator(".own .hand-why").first
    why.locator("summary").click()
    why.get_by_placeholder("re-record because").fill("other words")
    why.get_by_role("button", name="Save").click()

    expect(page.locator(".own").first.get_by_text("re-record", exact=True)).to_be_visible()
    assert [event.count for event in AuditEvent.objects.all()] == [1, 1]


def test_the_list_of_tests_leads_to_a_test(either_page):
    page = either_page
    page.goto("/tests/")
    expect(page.get_by_role("heading", level=1)).to_contain_text("tests")

    closed = page.locator("details.te-f:not([open]) > summary")
    if closed.count():
        closed.first.click()
        load = page.locator("details.te-f[open] > .fold-body > .fold-load")
        if (
            load.count()
            and load.first.is_visible()
            and not page.evaluate("() => 'js' in document.documentElement.dataset")
        ):
            load.first.click()
    one = page.locator(".te-files a[href^='/tests/tests']").first
    expect(one).to_be_visible()
    one.click()

    expect(page.locator(".test-title")).to_be_visible()


def test_tests_are_searched_filtered_and_sorted_and_the_filter_is_dropped(either_page):
    page = either_page
    page.goto("/tests/")
    whole = page.get_by_role("heading", level=1).inner_text()

    page.locator(".choice summary").first.click()
    page.locator(".choice-sheet a[href*='sort=']").first.click()
    expect(page).to_have_url(re.compile("sort="))
    page.locator(".search [name=q]").fill("has:tool")
    page.locator(".search [name=q]").press("Enter")
    expect(page.locator("[data-chip]")).to_contain_text("a tool call")
    expect(page).to_have_url(re.compile("sort="))
    some = Recording.objects.filter(calls__gt=0, test_id__isnull=False).values("test_id").distinct().count()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(f"^{some} tests? of "))
    page.locator("[data-chip]").first.click()

    expect(page.get_by_role("heading", level=1)).to_have_text(whole)
