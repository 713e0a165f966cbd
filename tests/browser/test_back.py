"""Back shows what holds now; the window is called by the place and the filter."""

import re

import pytest
from playwright.sync_api import expect

from recviewer.catalog.models import Recording
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen

from .pulls import read


def test_back_in_a_queue_tells_the_verdict(either_page):
    page = either_page
    page.goto("/queue/?kind=chat")
    here = page.url
    read(page)

    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(lambda url: url != here)
    page.go_back()

    expect(page.get_by_text("You approved this")).to_be_visible()
    expect(page.get_by_text("Undecided.")).to_have_count(0)


def test_back_in_a_range_tells_the_verdict(either_page, pull):
    page = either_page
    page.goto(f"/changes/{pull}")
    page.get_by_role("link", name=re.compile("Start reviewing")).click()
    expect(page.get_by_text("Undecided.")).to_be_visible()
    here = page.url
    read(page)

    page.get_by_role("button", name="Approve").click()
    page.wait_for_url(lambda url: url != here)
    page.go_back()
    expect(page.get_by_text("You approved this")).to_be_visible()
    page.go_back()

    expect(page.locator(".changes-progress")).to_contain_text(re.compile(r"[1-9]\d* / \d"))


def test_back_to_the_list_tells_the_verdict_and_keeps_the_row(either_page):
    page = either_page
    page.goto("/?kind=chat")
    link = page.locator(".row-link").nth(1)
    where = link.get_attribute("href")

    link.click()
    page.wait_for_url("**/r/**")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("You approved this")).to_be_visible()
    page.go_back()
    if "/r/" in page.url:  # without scripts the verdict was a page of its own
        page.go_back()

    expect(page.locator(f'.row:has([href="{where}"])')).to_contain_text("approved")
    if page.evaluate("() => 'js' in document.documentElement.dataset"):
        assert page.evaluate("() => document.activeElement.getAttribute('href')") == where
        page.keyboard.press("j")
        rows = [one.get_attribute("href") for one in page.locator(".row-link").all()]
        assert page.evaluate("() => document.activeElement.getAttribute('href')") == rows[rows.index(where) + 1]


def test_a_page_that_the_browser_kept_alive_is_asked_for_anew(open_page, monkeypatch):
    page = open_page()
    one = Recording.objects.filter(kind="chat", outcome="answer").order_by("path").first()
    page.goto(f"/r/{one.path}")
    expect(page.get_by_text("Undecided.")).to_be_visible()
    decide([Seen(one.path, one.blob)], actor="Ben", verdict="delete")

    page.evaluate("() => { dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true})) }")

    expect(page.get_by_text("Ben marked it for deletion")).to_be_visible()


def test_the_window_is_called_by_the_place_in_the_queue(open_page, pull):
    page = open_page()
    total = Recording.objects.filter(kind="embeddings").count()

    page.goto("/queue/?kind=embeddings")
    expect(page).to_have_title(re.compile(rf"^1 of {total} · "))
    page.keyboard.press("j")
    expect(page).to_have_title(re.compile(rf"^2 of {total} · "))
    page.goto(f"/changes/{pull}")
    page.keyboard.press("n")
    expect(page).to_have_title(re.compile(r"^1 of 4 · "))


def test_the_window_and_the_voice_follow_a_search(open_page):
    page = open_page()
    page.goto("/?kind=chat")
    expect(page).to_have_title(re.compile(r"^\d+ recordings · kind:.*chat"))

    page.locator("[data-search]").fill("Lisbon")

    expect(page).to_have_title(re.compile(r"^\d+ recordings? · kind:.* “Lisbon” · recviewer$"))
    expect(page.locator("[data-live]")).to_have_text(re.compile(r"^\d+ recordings?$"))


@pytest.mark.parametrize(("key", "said"), [("v", "Raw "), ("e", "Everything is")])
def test_keys_that_show_something_else_say_so(open_page, key, said):
    page = open_page()
    page.goto(f"/r/{Recording.objects.filter(kind='chat', streaming=True).order_by('path').first().path}")

    page.keyboard.press(key)

    expect(page.locator("[data-live]")).to_contain_text(said)


def test_a_control_is_live_before_the_page_has_loaded(open_page):
    page = open_page()
    page.add_init_script(
        "document.addEventListener('DOMContentLoaded', () => document.querySelector('[data-key=v]')?.click(), {once: true})"
    )
    page.goto(f"/r/{Recording.objects.filter(kind='chat', streaming=True).order_by('path').first().path}")

    expect(page.locator("[data-live]")).to_contain_text("Raw ")


def test_a_tag_is_said(open_page):
    page = open_page()
    page.goto(f"/r/{Recording.objects.filter(kind='chat').order_by('path').first().path}")

    page.keyboard.press("t")
    page.keyboard.type("flaky")
    page.keyboard.press("Enter")
    expect(page.locator("[data-live]")).to_contain_text(re.compile("tagged", re.IGNORECASE))
    page.keyboard.press("1")
    expect(page.locator("[data-live]")).to_contain_text(re.compile("took|removed", re.IGNORECASE))


def test_back_from_the_answers_of_a_question_leads_to_their_line(open_page, make_recording):
    for number in range(14):
        name = f"tests/recordings/{number:02}.json"
        make_recording(
            name, asked="Why is it so?", answered="So.", test=f"tests/t.py::test_so[{number:02}]", id=f"{number}"
        )
    page = open_page()
    page.goto("/?test=test_so")

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".rows-more")).to_be_focused()
    expect(page.locator(".rows-more")).to_contain_text("13 more")
    page.keyboard.press("Enter")
    page.wait_for_url("**sort=each**")
    expect(page.locator(".row-link").first).to_be_focused()
    expect(page.locator(".row-link")).to_have_count(14)
    page.keyboard.press("x")
    page.go_back()

    expect(page.locator(".rows-more")).to_be_focused()
    expect(page.locator("[data-bulk-said]")).to_contain_text("1 selected")
