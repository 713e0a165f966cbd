"""What people do with recviewer, done in a browser."""

import json
import re

from playwright.sync_api import expect

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.pages.deciding import decisions, verdict_bar
from recviewer.review.models import Standing

from .pulls import answered

CITY = "Lisbon"
MANY = 50
"""Recordings of a long queue: enough for each of the acts that come now and then."""


def recording(**words):
    return Recording.objects.filter(part="", **words).order_by("path").first()


def is_summed_up(page):
    return page.url.partition("?")[0].endswith("/queue/")


def open_recording(page, one):
    page.goto(f"/r/{one.path}")


def test_newcomer_finds_reads_and_looks_behind_a_recording(open_page):
    page = open_page()

    page.goto("/")
    page.locator("[data-search]").fill(CITY)
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
    with answered(page):
        page.get_by_role("button", name=re.compile("Move.*trash", re.I)).click()
    expect(page.get_by_text(re.compile("to the trash", re.I)).first).to_be_visible()
    assert not (demo / one.path).exists()
    page.goto("/trash/")
    with answered(page):
        page.get_by_role("button", name="Restore", exact=False).first.click()
    expect(page.get_by_text(re.compile("restored|is back|back", re.I)).first).to_be_visible()

    assert (demo / one.path).read_bytes() == before


def test_facets_narrow_and_chips_widen(either_page):
    page = either_page
    page.goto("/")
    whole = page.get_by_role("heading", level=1).inner_text()

    page.locator(".facet", has_text="embeddings").first.click()
    expect(page).to_have_url(re.compile("kind=embeddings"))
    rows = Recording.objects.filter(kind="embeddings").count()
    assert 0 < rows < int(whole.split()[0])
    expect(page.locator(".row")).to_have_count(rows)
    page.locator("[data-chip]").first.click()

    expect(page.locator("h1")).to_have_text(whole)
    expect(page.locator(".row").nth(rows)).to_be_attached()


def test_bulk_acts_on_the_ticked_rows_and_is_one_undo(either_page):
    page = either_page
    page.goto("/?kind=embeddings")
    boxes = page.locator("[data-tick]")
    boxes.nth(0).check()
    boxes.nth(1).check()

    page.get_by_role("button", name="Approve", exact=False).click()
    expect(page.locator(".row", has_text="approved")).to_have_count(2)
    page.goto("/activity/")
    with answered(page):
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


def test_the_ticked_tell_how_many_others_are_decided_along(open_page, demo, chat):
    folder = demo / "tests/integration/twins/recordings"
    folder.mkdir(parents=True)
    for number in range(4):
        told = chat(asked="Who is who?", answered="Nobody knows.", id=str(number))
        (folder / f"{number}.json").write_text(json.dumps(told))
    indexer.refresh(processes=1)
    page = open_page()
    page.goto("/?suite=twins")
    said = page.locator("[data-bulk-said]")
    page.locator(".rows-alike summary").click()

    page.locator("[data-tick]").nth(0).check()
    expect(said).to_contain_text("together with 3 others that say the same")
    page.locator("[data-tick]").nth(1).check()
    expect(said).to_contain_text("together with 2 others that say the same")
    page.get_by_role("button", name="Approve", exact=False).click()

    expect(page.locator(".toast")).to_contain_text("2 others that say the same too")


def test_a_long_queue_is_reviewed_with_keys_alone(open_page, demo, chat):
    folder = demo / "tests/integration/sums/recordings"
    folder.mkdir(parents=True)
    for number in range(MANY):
        told = chat(asked=f"What is {number} and {number}?", answered=f"{2 * number}.", id=str(number))
        (folder / f"{number:03}.json").write_text(json.dumps(told, indent=2))
    indexer.refresh(processes=1)
    page = open_page()
    page.goto("/queue/?suite=sums")
    presses = decided = 0

    def press(*keys):
        nonlocal presses
        for key in keys:
            page.keyboard.press(key)
        presses += len(keys)

    while not is_summed_up(page):
        here = page.url
        expect(page.locator(".bar-approve")).to_be_enabled()  # what has just come takes no verdict for a moment
        if decided % 40 == 39:
            press("r", "b", "a", "d", "Control+Enter")
        else:
            press("d" if decided % 30 == 29 else "a")
        page.wait_for_url(lambda url, here=here: url != here)
        decided += 1

    expect(page.get_by_role("heading", level=1)).to_contain_text(f"All {MANY}")
    assert decided == MANY
    assert presses <= 1.2 * decided
    assert sorted(set(Standing.objects.values_list("state", flat=True))) == ["approved", "delete", "rejected"]


def test_two_reviewers_on_one_queue_see_each_other(open_page, monkeypatch):
    for module in (verdict_bar, decisions):
        monkeypatch.setattr(module, "actor_of", lambda request: request.COOKIES.get("who", "nobody"))
    ana, ben = open_page(), open_page()
    for page, name in ((ana, "Ana"), (ben, "Ben")):
        page.goto("/healthz")
        page.context.add_cookies([{"name": "who", "value": name, "url": page.url}])
        page.goto("/queue/?kind=embeddings")
    assert ana.url == ben.url

    with ana.expect_navigation():
        ana.keyboard.press("a")
    ben.keyboard.press("r")
    ben.keyboard.type("other numbers")
    with ben.expect_navigation():
        ben.keyboard.press("Control+Enter")
    ana.keyboard.press("k")

    expect(ana.get_by_text("Ben wants it re-recorded")).to_be_visible()
    expect(ana.get_by_text("You approved it.")).to_be_visible()
    assert Standing.objects.get().state == "rejected"


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
