"""Undo leads to what was undone, undoes more or says that there is nothing, and has Redo beside it."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.pages.deciding import double_clicks
from recviewer.review.deleting import trash
from recviewer.review.models import AuditEvent, Standing
from recviewer.review.subjects import Seen

from .pulls import answered, read


def states():
    return sorted(Standing.objects.values_list("state", flat=True))


def decide(page, name):
    if page.locator(".bar[data-queue]").count() or name in ("Undo more", "Redo"):
        read(page)
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()


def tick(page, number):
    page.locator("[data-tick]").nth(number).check()


def arrived(page, here):
    page.wait_for_url(lambda url: url != here)
    page.wait_for_load_state()


def test_undo_after_undo_in_the_list_undoes_more_and_then_says_so(either_page):
    page = either_page
    page.goto("/?kind=chat")
    for number, act in ((1, "Approve"), (4, "Mark for deletion")):
        tick(page, number)
        with page.expect_navigation():
            decide(page, act)
        expect(page.locator(".toast")).to_be_visible()
    assert states() == ["approved", "delete"]

    decide(page, "Undo")
    expect(page.locator(".toast")).to_contain_text("Before that you approved")
    assert states() == ["approved"]
    expect(page.get_by_role("button", name=re.compile("^Redo"))).to_be_visible()
    decide(page, "Undo more")
    expect(page.locator(".toast")).to_contain_text("There is nothing more to undo.")
    assert states() == []
    expect(page.get_by_role("button", name=re.compile("^Undo"))).to_have_count(0)

    decide(page, "Redo")
    expect(page.locator(".toast")).to_contain_text("Redid")
    assert states() == ["approved"]


def test_undo_and_redo_in_the_list_by_keys_keep_the_row(open_page):
    page = open_page(height=500)
    page.goto("/?kind=chat")
    link = page.locator(".row-link").nth(20)
    where = link.get_attribute("href")
    focused = "() => document.activeElement.getAttribute('href')"

    for _ in range(21):
        page.keyboard.press("j")
    page.keyboard.press("x")
    for key, said in (("a", "Approved"), ("u", "Undid"), ("Shift+U", "Redid"), ("u", "Undid")):
        page.keyboard.press(key)
        expect(page.locator(".toast")).to_contain_text(said)
        page.wait_for_load_state()
        assert page.evaluate(focused) == where
        expect(page.locator(f'[href="{where}"]')).to_be_in_viewport(ratio=0.9)
        assert page.url.endswith("/?kind=chat")

    assert states() == []


def test_an_act_that_takes_its_row_away_leaves_the_hands_there(open_page):
    page = open_page()
    page.goto("/?kind=chat&state=undecided")
    rows = [one.get_attribute("href") for one in page.locator(".row-link").all()]

    for _ in range(6):
        page.keyboard.press("j")
    page.keyboard.press("x")
    page.keyboard.press("a")
    expect(page.locator(".toast")).to_be_visible()
    page.wait_for_load_state()

    assert page.evaluate("() => document.activeElement.getAttribute('href')") == rows[6]


def test_a_form_whose_act_was_undone_already_does_nothing_more(open_page):
    page = open_page(scripts=False)
    other = page.context.new_page()
    page.goto("/?kind=chat")
    for number in (0, 3):
        tick(page, number)
        with page.expect_navigation():
            decide(page, "Approve")
    other.goto("/activity/")
    with answered(other):
        other.get_by_role("button", name=re.compile("^Undo")).first.click()
    before = states()

    decide(page, "Undo")

    expect(page.locator(".toast")).to_contain_text("undone already. Before that you approved")
    assert states() == before == ["approved"]
    expect(page).to_have_url(re.compile("/?kind=chat"))


def test_undo_in_a_queue_stands_on_what_was_undone(either_page):
    page = either_page
    page.goto("/queue/?kind=chat")
    first = page.url
    decide(page, "Approve")
    arrived(page, first)
    second = page.url
    decide(page, "Mark for deletion")
    arrived(page, second)
    third = page.url

    decide(page, "Undo")
    arrived(page, third)
    assert page.url == second
    expect(page.locator(".bar-act", has_text="Undid:")).to_be_visible()
    decide(page, "Undo more")
    arrived(page, second)
    assert page.url == first
    assert states() == []

    decide(page, "Redo")
    expect(page.get_by_text("You approved this")).to_be_visible()
    assert page.url == first
    decide(page, "Redo")
    arrived(page, first)
    assert page.url == second
    expect(page.get_by_text("You marked this for deletion")).to_be_visible()


def test_undo_in_the_queue_of_a_range_stands_on_what_was_undone(either_page, pull):
    page = either_page
    page.goto(f"/changes/{pull}")
    page.get_by_role("link", name=re.compile("Start reviewing")).click()
    expect(page.get_by_text("Undecided.")).to_be_visible()
    page.wait_for_load_state()
    first = page.url
    decide(page, "Approve")
    arrived(page, first)
    second = page.url
    expect(page.locator(".tape-count", has_text="2 of 4")).to_be_visible()

    decide(page, "Undo")
    arrived(page, second)

    expect(page.locator(".tape-count", has_text="1 of 4")).to_be_visible()
    assert page.url == first
    assert states() == []


def test_undo_on_a_recording_leads_to_the_one_it_was_about(open_page):
    page = open_page()
    one, other = Recording.objects.filter(kind="chat", outcome="answer").order_by("path")[:2]
    page.goto(reverse("recording:show", args=[one.path]))
    page.keyboard.press("a")
    expect(page.get_by_text("You approved this")).to_be_visible()
    page.goto(reverse("recording:show", args=[other.path]))

    page.keyboard.press("u")

    expect(page).to_have_url(re.compile(re.escape(one.path)))
    expect(page.locator(".bar-act", has_text="Undid:")).to_be_visible()
    assert AuditEvent.objects.count() == 2


@pytest.mark.parametrize("address", ["/activity/"])
def test_undo_after_undo_in_the_log(open_page, address):
    page = open_page()
    page.goto("/?kind=chat")
    for number in (0, 3):
        tick(page, number)
        with page.expect_navigation():
            decide(page, "Approve")
        expect(page.locator(".toast")).to_be_visible()
    page.goto(address)
    page.get_by_role("button", name=re.compile("^Undo")).first.click()
    expect(page.locator(".toast")).to_contain_text("Before that")
    page.wait_for_load_state()

    page.keyboard.press("u")
    expect(page.locator(".toast")).to_contain_text("nothing more")
    page.wait_for_load_state()
    page.keyboard.press("Shift+U")
    expect(page.locator(".toast")).to_contain_text("Redid")

    assert states() == ["approved"]


def test_an_answer_that_comes_late_leaves_the_focus_where_somebody_types(open_page):
    page = open_page()
    page.goto(f"/r/{Recording.objects.filter(kind='chat').order_by('path').first().path}")
    held = []
    page.route("**/do/decide", lambda route: held.append(route))

    with page.expect_request("**/do/decide"):
        page.keyboard.press("a")
    page.keyboard.press("c")
    note = page.get_by_label("Note", exact=True).first
    expect(note).to_be_focused()
    held[0].continue_()
    expect(page.get_by_role("button", name="Approved")).to_be_visible()
    page.keyboard.type("seen it")

    expect(note).to_have_value("seen it")


def test_two_clicks_on_undo_without_scripts_undo_one_act(open_page, monkeypatch):
    page = open_page(scripts=False)
    page.goto("/?kind=chat")
    for number in (1, 4):
        tick(page, number)
        with page.expect_navigation():
            decide(page, "Approve")
    assert states() == ["approved", "approved"]
    decide(page, "Undo")
    expect(page.locator(".toast")).to_contain_text("Before that you approved")
    stamp = max(int(one.input_value()) for one in page.locator("input[name=shown]").all())
    monkeypatch.setattr(double_clicks, "now", lambda: stamp)

    page.get_by_role("button", name=re.compile("^Undo more")).click()
    expect(page.locator(".toast")).to_contain_text(double_clicks.TURNED)
    assert states() == ["approved"]

    monkeypatch.setattr(double_clicks, "now", lambda: stamp + 1_000_000)
    page.get_by_role("button", name=re.compile("^Undo more")).click()
    expect(page.locator(".toast")).to_contain_text("There is nothing more to undo.")
    assert states() == []


def test_restoring_nothing_says_so_and_leaves_the_trash_to_choose_from(either_page):
    one = Recording.objects.filter(kind="chat", part="").order_by("path").first()
    trash([Seen(one.path, one.blob)], actor="somebody")
    either_page.goto("/trash/")

    either_page.get_by_role("button", name="Restore", exact=True).click()

    expect(either_page.get_by_role("alert").filter(has_text="Nothing was selected")).to_be_visible()
    expect(either_page.get_by_role("heading", name="1 entry in the trash")).to_be_visible()
    either_page.get_by_role("checkbox").check()
    either_page.get_by_role("button", name="Restore", exact=True).click()
    expect(either_page.get_by_role("heading", name="The trash is empty")).to_be_visible()
