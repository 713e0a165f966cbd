"""A choice in the list outlives its pages and filters, is shown on one page, and is what acts reach; searches get names."""

import re

from playwright.sync_api import expect

from recviewer.review.models import AuditEvent, EventItem, SavedSearch


def touched():
    return set(EventItem.objects.filter(event=AuditEvent.objects.latest("pk")).values_list("path", flat=True))


def press(page, name):
    with page.expect_navigation():
        page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def path_of(page, number):
    return page.locator(".row-link").nth(number).get_attribute("href").removeprefix("/r/")


def test_a_choice_outlives_filters_is_shown_and_reached_and_then_let_go(open_page):
    page = open_page()
    page.goto("/?kind=chat")
    wanted = {path_of(page, 0)}
    page.locator("[data-tick]").nth(0).check()
    page.goto("/?kind=embeddings")
    said = page.locator("[data-bulk-said]")
    expect(said).to_contain_text("1 selected · 1 not shown")
    wanted.add(path_of(page, 0))
    page.locator("[data-tick]").nth(0).check()
    expect(said).to_contain_text("2 selected · 1 not shown")
    page.goto("/?q=nothingholdsthisword")
    expect(page.locator("[data-chosen-apart]")).to_contain_text("2 selected, not shown here")
    page.goto("/?kind=embeddings")

    press(page, "show the 2")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 selected recordings")
    page.go_back()
    expect(said).to_contain_text("2 selected · 1 not shown")
    press(page, "Approve")

    assert touched() == wanted
    expect(page.locator(".toast")).to_contain_text("2 recordings")
    expect(page.locator("[data-bulk-bar]")).to_be_hidden()
    page.goto("/?kind=chat")
    expect(page.locator("[data-tick]:checked")).to_have_count(0)


def test_what_was_refused_or_not_confirmed_stays_chosen(open_page):
    page = open_page()
    page.goto("/?kind=chat")
    page.locator("[data-tick]").nth(0).check()
    press(page, "Move to trash")
    page.get_by_role("link", name="Cancel").click()
    expect(page.locator("[data-tick]:checked")).to_have_count(1)
    page.get_by_role("button", name="Clear selection").click()
    expect(page.locator("[data-tick]:checked")).to_have_count(0)


def test_without_scripts_the_ticks_of_a_page_are_shown_together(open_page):
    page = open_page(scripts=False)
    page.goto("/?kind=chat")
    wanted = {path_of(page, 0), path_of(page, 2)}
    for number in (0, 2):
        page.locator("[data-tick]").nth(number).check()
    press(page, "show them together")
    expect(page.get_by_role("heading", level=1)).to_have_text("2 selected recordings")
    press(page, "Approve")

    assert touched() == wanted


def test_a_search_gets_a_name_another_one_and_is_deleted_and_brought_back(either_page):
    page = either_page
    page.goto("/?kind=chat")
    page.get_by_text("save this search…").click()
    page.get_by_placeholder("a name for it").fill("Chats")
    press(page, "Save")
    count = page.locator(".saved .facet-count").inner_text()
    expect(page.locator(".list-line p").first).to_contain_text(f"{count} recordings")
    page.goto("/searches/")
    page.locator(".labels-change summary").click()
    page.get_by_label("name").fill("Talks")
    press(page, "Rename")
    assert SavedSearch.objects.get().name == "Talks"
    page.locator(".labels-change summary").click()
    press(page, "Delete the search")
    assert not SavedSearch.objects.exists()
    press(page, "Undo")
    assert SavedSearch.objects.get().name == "Talks"
