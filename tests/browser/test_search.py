"""The search box, while somebody types and when Enter is pressed."""

import re

import pytest
from playwright.sync_api import expect

from recviewer.catalog.models import Recording

NAMED_BY_HASH = r"/(?:[0-9a-f]{12}|[0-9a-f]{64})\.json$"
pytestmark = pytest.mark.django_db(transaction=True)


def paste(page, text):
    """Put a text into the empty box at once, as a paste does."""
    box = page.locator("[data-search]")
    box.fill("")
    box.press_sequentially(text[:1])
    box.fill(text)
    return box


@pytest.mark.parametrize(
    "what", ["hash", "upper case", "seven digits", "blob", "path", "test", "function", "failed", "error"]
)
def test_search_while_typing_finds_what_enter_finds(open_page, what):
    page = open_page()
    page.goto("/")
    one = Recording.objects.filter(test_id__contains="::test_", path__regex=NAMED_BY_HASH).order_by("path")[0]
    name = one.path.rpartition("/")[2].removesuffix(".json")
    function = one.test_id.partition("[")[0].rpartition("::")[2]
    typed = {
        "hash": name,
        "upper case": name[:12].upper(),
        "seven digits": name[:7],
        "blob": one.blob[:12],
        "path": one.path,
        "test": one.test_id,
        "function": function,
        "failed": f"FAILED {one.test_id} - AssertionError: kind:nothing",
        "error": f"RuntimeError: Recording not found for request hash: {name}",
    }[what]

    box = paste(page, typed)

    rows = page.locator("#list .row-link")
    expect(rows).not_to_have_count(Recording.objects.count())
    expect(page.locator("#list")).not_to_contain_text("Nothing matches")
    expect(page.locator(f'#list .row-link[href="/r/{one.path}"]')).to_have_count(1)
    box.press("Enter")
    page.wait_for_load_state()
    expect(page.locator("body")).not_to_contain_text("Nothing matches")
    if what in ("hash", "upper case", "seven digits", "blob", "path", "error"):
        expect(page).to_have_url(f"{page.url.partition('/r/')[0]}/r/{one.path}")


def test_value_without_sense_is_explained_while_typing(open_page):
    page = open_page()
    page.goto("/")

    paste(page, "has:tools")

    expect(page.locator("#list")).to_contain_text("has:tools cannot be used: has takes tool, error")


def test_what_can_be_asked_is_said_at_the_box(open_page):
    page = open_page()
    page.goto("/")

    page.locator(".search-help summary").click()

    expect(page.locator(".search-help .choice-sheet")).to_contain_text("Different filters must all match")
    page.locator("h1").click()
    expect(page.locator(".search-help .choice-sheet")).to_be_hidden()


def test_a_word_of_the_help_is_asked_for_with_and_without_scripts(either_page):
    page = either_page
    page.goto("/")

    page.locator(".search-help summary").click()
    word = page.locator(".search-help .choice-sheet a[href*='q=']").first
    expect(word).to_be_visible()
    word.click()

    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"^[1-9]\d* recordings? of \d+"))


def test_what_may_follow_is_chosen_by_keys(open_page):
    page = open_page()
    page.goto("/")
    box, sheet = page.locator("[data-search]"), page.locator("[data-completion]")

    box.press("ArrowDown")
    expect(sheet.get_by_role("option", name="model:")).to_be_visible()
    box.press_sequentially("kin")
    expect(sheet.get_by_role("option")).to_have_count(1)
    box.press("Tab")
    expect(box).to_have_value("kind:")
    expect(sheet.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    box.press("Escape")
    expect(sheet).to_be_hidden()
    expect(box).to_have_value("kind:")
    box.press_sequentially("em")
    expect(sheet.get_by_role("option", name="embeddings")).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("Enter")
    expect(page).to_have_url(re.compile("kind=embeddings"))
    expect(page.locator("[data-chip]")).to_contain_text("embeddings")


def test_mistake_is_mended_with_and_without_scripts(either_page):
    page = either_page
    page.goto("/")
    page.locator("[data-search]").fill("has:tools earth")
    page.locator("[data-search]").press("Enter")

    expect(page.locator(".mending")).to_contain_text("Nearest: has:tool")
    page.locator(".mending-near a").first.click()
    expect(page.locator("[data-chip]")).to_contain_text("a tool call")


def test_nothing_found_names_the_filter_that_leaves_out_most(either_page):
    page = either_page
    page.goto("/?kind=embeddings&q=is%3Astreamed")

    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    expect(page.get_by_text("leaves out most")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Show the ")).click()
    expect(page.locator("#list .row-link").first).to_be_visible()
