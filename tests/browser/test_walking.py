"""From one to the next: focus, what is announced, deep links, Escape, paper and forced colours."""

import json
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import expect

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen
from recviewer.review.tagging import tag
from tests.conftest import exchange

from .pulls import read

WAITS = 'document.querySelector("[data-live]").textContent'


def longest():
    return Recording.objects.filter(kind="chat").order_by("-chunks").first()


def test_a_recording_opened_from_a_list_has_its_neighbours_there(open_page):
    page = open_page()
    page.goto("/?kind=chat")
    rows = [one.get_attribute("href") for one in page.locator(".row-link").all()]
    page.locator(".row-link").nth(1).click()
    page.wait_for_url(f"**{rows[1]}")

    expect(page.locator(".around")).to_contain_text(re.compile(r"2\s+of \d+ in the list"))
    page.keyboard.press("j")
    page.wait_for_url(f"**{rows[2]}")
    expect(page.locator("main h1")).to_be_focused()
    page.keyboard.press("l")

    page.wait_for_url("**/?kind=chat")
    expect(page.locator(f'.row-link[href="{rows[2]}"]')).to_be_focused()


def test_pages_of_a_list_keep_its_filters_begin_at_its_rows_and_are_walked_across(open_page, root):
    (root / "tests/recordings").mkdir(parents=True, exist_ok=True)
    for number in range(52):
        document = json.dumps(exchange(asked=f"How many zmoons has planet {number}?"))
        (root / f"tests/recordings/{number:02}.json").write_text(document)
    indexer.refresh(processes=1)
    page = open_page()
    page.goto("/?q=zmoons&sort=path")
    assert page.locator(".row-link").count() == 50
    last = page.locator(".row-link").last.get_attribute("href")
    page.keyboard.press("]")
    page.wait_for_url("**/?q=zmoons&sort=path&page=2#list")

    first = page.locator(".row-link").first
    expect(first).to_be_focused()
    expect(page).to_have_title(re.compile(r"^52 recordings · .*zmoons.* · page 2 · "))
    expect(page.locator("[data-search]")).to_have_value("zmoons")
    assert page.locator("#list").bounding_box()["y"] < 200
    page.keyboard.press("Enter")
    expect(page.locator(".around")).to_contain_text(re.compile(r"51\s+of 52 in the list"))
    page.keyboard.press("k")
    page.wait_for_url(f"**{last}")
    expect(page.locator(".around")).to_contain_text(re.compile(r"50\s+of 52 in the list"))
    page.keyboard.press("l")

    page.wait_for_url("**/?q=zmoons&sort=path")
    expect(page.locator(".row-link").last).to_be_focused()


def test_in_a_queue_the_heading_takes_the_focus_and_the_place_is_told(open_page):
    page = open_page()
    page.goto("/queue/?kind=chat")
    first = page.url
    read(page)

    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(lambda url: url != first)

    expect(page.locator("main h1")).to_be_focused()
    expect(page).to_have_title(re.compile(r"^\d+ of \d+ · "))
    expect(page.locator("[data-live]")).to_contain_text(re.compile(r"Approved .*\. \d+ of \d+ · \d+ undecided"))


def test_deep_links_bring_what_they_point_at(open_page):
    page = open_page()
    one = longest()
    assert one.chunks > 210

    page.goto(f"/r/{one.path}#chunk-{one.chunks - 1}")
    expect(page.locator(f"#chunk-{one.chunks - 1}")).to_be_in_viewport()
    page.goto(f"/r/{one.path}?view=raw#L900")
    expect(page.locator("#L900")).to_be_in_viewport()
    page.goto(f"/r/{one.path}?view=raw#L99999999")
    expect(page.locator("main h1")).to_be_attached()


def test_escape_shuts_what_is_open_and_leaves_questions(open_page):
    page = open_page(width=390, height=844)
    one = longest()
    page.goto("/?kind=chat")

    page.locator(".menu > summary").click()
    expect(page.locator(".menu-sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".menu-sheet")).to_be_hidden()
    expect(page.locator(".menu > summary")).to_be_focused()

    page.goto(f"/r/{one.path}")
    page.get_by_role("link", name="Trash…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("to the trash?")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("to the trash?")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_paper_has_no_bars_and_light_colours(open_page, pull, theme):
    page = open_page(theme=theme)
    tag([Seen(longest().path, longest().blob)], actor="somebody", name="flaky")

    for address in (f"/r/{longest().path}", f"/changes/{pull}", f"/r/{longest().path}?view=raw"):
        page.goto(address)
        page.emulate_media(media="print")
        for name in (".top", ".bottom", ".side-left", "button:visible", ".tabs"):
            assert [one for one in page.locator(name).all() if one.is_visible()] == [], (address, name)
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
        if address == f"/r/{longest().path}":  # what people said is on it, what is to be filled in is not
            expect(page.locator(".tag", has_text="flaky")).to_be_visible()
            expect(page.locator(".notes")).to_be_hidden()
        page.emulate_media(media="screen")


@pytest.mark.parametrize("width", [1280, 800])
def test_rows_on_paper_begin_at_one_edge(open_page, width):
    page = open_page(width=width)
    page.goto("/?kind=chat&sort=-size")
    page.emulate_media(media="print")

    lefts = {one.bounding_box()["x"] for one in page.locator(".row-link").all()}

    assert page.locator(".row-link").count() > 5
    assert len(lefts) == 1


def test_forced_colours_show_what_is_chosen(open_page):
    page = open_page()
    page.emulate_media(forced_colors="active")
    page.goto("/?kind=chat")
    page.locator("[data-tick]").first.click()

    for name in (".facet[aria-current]", ".places [aria-current]", ".row:has(:checked)"):
        assert page.locator(name).first.evaluate("one => getComputedStyle(one).outlineStyle") == "solid", name


def test_markdown_by_one_key_and_back(open_page, make_recording):
    page = open_page()
    one = make_recording("tests/recordings/planet.json", answered="It is **Earth**.\n\n1. third\n2. blue")
    page.goto(f"/r/{one.path}")

    page.keyboard.press("Shift+M")
    expect(page.locator("#answer strong")).to_have_text("Earth")
    page.keyboard.press("Shift+M")
    expect(page.locator("#answer .words")).to_contain_text("**Earth**")


def test_times_stand_in_the_zone_of_who_reads(open_page):
    then = datetime(2026, 4, 16, 22, 30, tzinfo=UTC)
    decide([Seen(longest().path, longest().blob)], actor="ana", verdict="approve", now=then)
    utc, far = open_page(), open_page(zone="Asia/Tokyo")

    utc.goto("/activity/")
    far.goto("/activity/")

    expect(utc.locator("main time").first).to_have_text("22:30")
    expect(far.locator("main time").first).to_have_text("17 Apr 07:30")
    expect(far.locator("main time").first).to_have_attribute("title", re.compile("^16 Apr 2026 22:30:00 UTC$"))
