"""What people do with recviewer, done in a browser."""

import re

from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.review.models import Standing

CITY = "Lisbon"


def recording(**words):
    return Recording.objects.filter(**words).order_by("path").first()


def open_recording(page, one):
    page.goto(f"/r/{one.path}")


def test_newcomer_finds_reads_and_looks_behind_a_recording(open_page):
    page = open_page()

    page.goto("/")
    page.get_by_role("searchbox").fill(CITY)
    expect(page.locator("#list mark").first).to_be_visible()
    page.locator(".row-link").first.click()
    page.wait_for_url("**/r/**")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    page.keyboard.press("v")
    expect(page.get_by_role("link", name="Raw JSON")).to_have_attribute("aria-current", re.compile("."))
    page.keyboard.press("v")
    expect(page).not_to_have_url(re.compile("view=raw"))


def test_streamed_answer_shows_its_chunks(open_page):
    page = open_page()
    one = recording(streaming=True, kind="chat", chunks=25)

    page.goto(f"/r/{one.path}?view=chunks#chunk-17")

    expect(page.locator("#chunk-17")).to_be_in_viewport()


def test_verdicts_by_buttons(either_page):
    page = either_page
    one = recording(kind="chat", outcome="answer")
    open_recording(page, one)

    page.get_by_role("button", name="Approve", exact=False).first.click()
    expect(page.get_by_text("You approved this")).to_be_visible()
    page.get_by_role("button", name="Undo", exact=False).first.click()

    expect(page.get_by_text("Undecided.")).to_be_visible()
    assert not Standing.objects.exists()


def test_rejecting_asks_for_a_reason(open_page):
    page = open_page()
    one = recording(kind="chat", outcome="answer")
    open_recording(page, one)

    page.keyboard.press("r")
    page.keyboard.type("thinking leaked into the answer")
    page.keyboard.press("Control+Enter")

    expect(page.get_by_text("You want this re-recorded")).to_be_visible()
    expect(page.get_by_text("thinking leaked into the answer").first).to_be_visible()
    page.keyboard.press("u")
    expect(page.get_by_text("Undecided.")).to_be_visible()


def test_escape_never_rejects_and_enter_never_decides(open_page):
    page = open_page()
    open_recording(page, recording(kind="chat", outcome="answer"))

    page.keyboard.press("Enter")
    page.keyboard.press("r")
    page.keyboard.type("no reason")
    page.keyboard.press("Escape")

    expect(page.get_by_text("Undecided.")).to_be_visible()
    assert not Standing.objects.exists()


def test_deleted_recording_comes_back_byte_for_byte(either_page, demo):
    page = either_page
    one = recording(kind="chat", outcome="answer")
    before = (demo / one.path).read_bytes()
    open_recording(page, one)

    page.get_by_role("link", name="Move to trash", exact=False).click()
    page.get_by_role("button", name=re.compile("Move.*trash", re.I)).click()
    expect(page.get_by_text(re.compile("to the trash", re.I)).first).to_be_visible()
    assert not (demo / one.path).exists()
    page.goto("/trash/")
    page.get_by_role("button", name="Restore", exact=False).first.click()
    expect(page.get_by_text(re.compile("restored|is back|back", re.I)).first).to_be_visible()

    assert (demo / one.path).read_bytes() == before


def test_facets_narrow_and_chips_widen(either_page):
    page = either_page
    page.goto("/")
    whole = page.get_by_role("heading", level=1).inner_text()

    page.locator(".facet", has_text="embeddings").first.click()
    expect(page).to_have_url(re.compile("kind=embeddings"))
    rows = page.locator(".row").count()
    assert 0 < rows < int(whole.split()[0])
    page.locator("[data-chip]").first.click()

    assert page.locator(".row").count() > rows


def test_bulk_acts_on_the_ticked_rows_and_is_one_undo(either_page):
    page = either_page
    page.goto("/?kind=embeddings")
    boxes = page.locator("[data-tick]")
    boxes.nth(0).check()
    boxes.nth(1).check()

    page.get_by_role("button", name="Approve", exact=False).click()
    expect(page.locator(".row", has_text="approved")).to_have_count(2)
    page.goto("/activity/")
    page.get_by_role("button", name="Undo", exact=False).first.click()

    assert not Standing.objects.exists()


def test_ranges_are_ticked_with_keys(open_page):
    page = open_page()
    page.goto("/")

    page.keyboard.press("j")
    page.keyboard.press("x")
    for _ in range(3):
        page.keyboard.press("j")
    page.keyboard.press("Shift+X")

    expect(page.locator("[data-bulk-said]")).to_contain_text("4 selected")


def test_queue_needs_about_one_key_for_each_recording(open_page):
    page = open_page()
    page.goto("/queue/")
    presses = 0
    total = Recording.objects.count()

    for _ in range(total * 2):
        if "/queue/" in page.url:
            break
        here = page.url
        page.keyboard.press("a")
        presses += 1
        page.wait_for_url(lambda url, here=here: url != here)

    expect(page.get_by_role("heading", level=1)).to_contain_text(f"All {total}")
    assert presses <= 1.2 * total


def test_two_reviewers_on_one_queue_see_each_other(open_page):
    first, second = open_page(), open_page()
    first.goto("/queue/?kind=embeddings")
    second.goto(first.url)

    with first.expect_navigation():
        first.keyboard.press("a")
    second.reload()

    expect(second.get_by_text("You approved this")).to_be_visible()
    expect(second.get_by_text(re.compile("1 decided"))).to_be_visible()


def test_keys_can_be_switched_off(open_page):
    page = open_page()
    open_recording(page, recording(kind="chat", outcome="answer"))

    page.keyboard.press("?")
    page.locator("[data-keys-switch]").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("a")
    page.reload()
    page.keyboard.press("a")

    expect(page.get_by_text("Undecided.")).to_be_visible()
    assert not Standing.objects.exists()


def test_hostile_words_are_only_words(open_page):
    page = open_page()
    found = [one for one in Recording.objects.all() if "<script>" in one.answered or "<script>" in one.asked]

    open_recording(page, found[0])

    expect(page.get_by_text("<script>").first).to_be_visible()
