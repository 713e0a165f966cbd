"""Reviewing a pull request in a browser, whose head lies in git alone."""

import json
import re
import shutil

import pytest
from playwright.sync_api import expect

from recviewer.review.models import Decision
from tests.conftest import exchange

from .axe import faults
from .pulls import ADDED, chats, put, read, set_words


def test_a_pull_request_is_reviewed_from_its_list_to_the_end(either_page, pull):
    page = either_page

    page.goto("/changes/")
    page.get_by_role("link", name=re.compile("Record five anew")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("5 recordings touched")
    page.get_by_role("link", name=re.compile("Approve 2 only churn")).click()
    page.get_by_role("button", name=re.compile("Approve what is selected")).click()
    expect(page.get_by_text("by the rule “only churn”").first).to_be_visible()
    page.get_by_role("link", name=re.compile("Go on")).click()
    expect(page.locator("ins").first).to_contain_text("Quite otherwise")
    read(page)
    page.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Is there anything new")
    page.wait_for_load_state()
    if page.evaluate("() => document.querySelector('[data-opens-reason]').checkVisibility()"):
        page.get_by_role("button", name=re.compile("Re-record…")).click()
    page.get_by_label("Re-record because").fill("there is not")
    read(page)
    page.get_by_role("button", name=re.compile("^Save")).click()
    expect(page.get_by_text("May it go?")).to_be_visible()
    read(page)
    page.get_by_role("button", name=re.compile("Approve deletion")).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("All 5 changes are decided")
    said = set(
        Decision.objects.values_list("path", "verdict", "rule")
    )  # one hangs on its words and on the change itself
    assert sorted((verdict, rule) for _, verdict, rule in said) == [
        ("approve", ""),
        ("approve", ""),
        ("approve", "only churn"),
        ("approve", "only churn"),
        ("reject", ""),
    ]


def test_a_pull_request_is_reviewed_by_keys_alone(open_page, pull):
    page = open_page()
    page.goto(f"/changes/{pull}")

    page.keyboard.press("n")
    expect(page.get_by_role("button", name=re.compile("^Approve"))).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("a")
    expect(page.get_by_text("2 of 4", exact=True)).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("u")
    expect(page.locator(".bar-act", has_text="Undid:")).to_be_visible()
    page.wait_for_load_state()
    assert Decision.objects.order_by("-pk").first().verdict == "clear"
    page.keyboard.press("k")
    expect(page.get_by_text("1 of 4", exact=True)).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("r")
    page.keyboard.type("other words than before")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("2 of 4", exact=True)).to_be_visible()

    assert Decision.objects.order_by("-pk").first().note == "other words than before"


def test_a_push_is_noticed_by_an_open_page_and_the_place_is_kept(open_page, pull, git, demo):
    page = open_page()
    page.goto(f"/changes/{pull}")
    page.keyboard.press("n")
    expect(page.get_by_role("button", name=re.compile("^Approve"))).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("a")
    expect(page.get_by_text("2 of 4", exact=True)).to_be_visible()
    page.wait_for_load_state()
    watch = page.locator("#pushed").get_attribute("hx-get")  # before the page asks there itself
    git("switch", "-q", "--detach", "refs/pull/7/head")
    words = chats()[2].path
    put(demo, words, lambda document: set_words(document, "No, so: "))
    git("commit", "-q", "-a", "-m", "Record once more")
    git("update-ref", "refs/pull/7/head", "HEAD")
    git("switch", "-q", "main")

    assert "newer commit" in page.evaluate("url => fetch(url).then(answer => answer.text())", watch)
    page.keyboard.press("k")

    expect(page.get_by_text("A newer commit was pushed:")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text("Undecided.")).to_be_visible()
    page.get_by_role("link", name=re.compile("no longer applies")).click()
    expect(page.get_by_text(words)).to_be_visible()


@pytest.fixture
def talk(git, demo):
    """A commit in which two calls of one test have other words. Returns them, the first call first."""
    calls = [one.path for one in chats()[2:4]]
    for path in calls:
        put(demo, path, lambda document: set_words(document, "No, so: "))
    git("commit", "-q", "-a", "-m", "Record once more")
    return calls


def test_a_test_is_read_on_one_page_and_decided_with_a_key(either_page, pull, talk):
    page = either_page
    page.goto("/changes/HEAD~1..HEAD")
    page.locator('.changes-table a[href*="read="]').first.click()
    expect(page.get_by_text("2 answers; logged as")).to_be_visible()
    here = page.url
    read(page)

    page.get_by_role("button", name=re.compile("^Approve all 2")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All 2 changes are decided")
    assert list(Decision.objects.values_list("verdict", "rule")) == [("approve", "a test read as a whole")] * 2

    page.goto(here)
    expect(page.locator(".bar-sentence")).to_contain_text("a test read as a whole")
    expect(page.locator(".toast")).to_have_count(0)
    page.get_by_role("button", name=re.compile("^Undo")).click()
    expect(page.get_by_text("2 answers; logged as")).to_be_visible()


def test_from_test_to_call_and_back_by_one_key(open_page, pull, talk):
    page = open_page()
    page.goto("/changes/HEAD~1..HEAD")
    page.keyboard.press("n")
    expect(page.get_by_text("1 of 1", exact=True)).to_be_visible()
    read(page)

    page.keyboard.press("c")
    expect(page.get_by_text("1 of 2", exact=True)).to_be_visible()
    read(page)
    page.keyboard.press("a")
    expect(page.get_by_text("2 of 2", exact=True)).to_be_visible()
    read(page)
    page.keyboard.press("c")

    expect(page.get_by_text("Decided in part.")).to_be_visible()
    read(page)
    page.keyboard.press("r")
    page.keyboard.type("other words than before")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("All 2 changes are decided")
    assert set(Decision.objects.values_list("verdict", flat=True)) == {"approve", "reject"}


@pytest.mark.parametrize(("theme", "width"), [("light", 1440), ("light", 1100), ("dark", 390)])
def test_pages_of_a_range_are_accessible_and_fit(open_page, pull, talk, theme, width):
    page = open_page(width=width, theme=theme)
    page.goto(f"/changes/{pull}?by=change")
    rows = [link.get_attribute("href") for link in page.locator("ol.changes-rows > li > a").all()]
    words = chats()[2].path
    page.goto("/changes/HEAD~1..HEAD")
    tests = [link.get_attribute("href") for link in page.locator('.changes-table a[href*="read="]').all()]
    assert tests
    others = [
        tests[0],
        "/changes/",
        f"/changes/{pull}",
        f"/changes/{pull}?verdict=approved",
        f"/changes/{pull}?end=1",
        f"/changes/{pull}?lost=1",
        f"/do/churn?range={pull}",
        f"/do/pair?range={pull}&change={ADDED}",
        f"/plan/{pull}",
        f"/history/{words}?at=refs/pull/7/head",
        f"/changes/{pull}?change={words}&mode=side",
        f"/changes/{pull}?change={words}&view=raw",
        "/changes/HEAD...",
    ]

    found = list(faults(page, [*others, *rows]))
    assert found == [], "\n".join(found)


CUT = """() => [...document.querySelectorAll('#bar button')].filter(one => one.checkVisibility()).filter(one => {
  const words = document.createRange()
  words.selectNodeContents(one)
  const [inner, outer] = [words.getBoundingClientRect(), one.getBoundingClientRect()]
  return inner.left < outer.left || inner.right > outer.right || inner.bottom > outer.bottom
}).map(one => one.textContent.trim())"""


def test_on_a_phone_the_buttons_of_many_hold_their_words_and_short_pages_do_not_stretch(open_page, git, demo):
    git("switch", "-q", "-c", "renamed")
    for number in range(120):
        place = demo / f"suite/recordings/{number}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(demo / chats()[0].path, place)
    git("add", "-A")
    git("commit", "-q", "-m", "Record many")
    page = open_page(width=390, height=844)

    page.goto("/changes/main...renamed?class=new")
    page.keyboard.press("n")
    expect(page.get_by_role("button", name=re.compile("^Re-record 120"))).to_be_visible()
    page.wait_for_load_state()
    assert page.evaluate(CUT) == []
    heights = "() => [...document.querySelectorAll('.diff-ways a')].map(one => one.getBoundingClientRect().height)"
    assert min(page.evaluate(heights)) >= 24

    page.goto("/?q=nowhere")
    above = page.locator("h1").bounding_box()["y"]
    assert above < 200, above


def test_tests_that_were_asked_alike_are_read_on_one_page_and_decided_with_a_key(open_page, git, demo):
    texts = {}
    for name in ("a", "b"):
        place = demo / f"tests/recordings/{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        texts[place] = exchange(asked="Which zmoon?", answered=f"Old {name}.", test=f"tests/test_z.py::test_z[{name}]")
        place.write_text(json.dumps(texts[place]))
    git("add", "-A")
    git("commit", "-q", "-m", "Record")
    for place, document in texts.items():
        place.write_text(json.dumps(document).replace("Old ", "New "))
    git("commit", "-q", "-a", "-m", "Record anew")
    page = open_page()
    page.goto("/changes/HEAD~1..HEAD")
    page.keyboard.press("n")

    expect(page.get_by_text("with the same requests")).to_be_visible()
    expect(page.get_by_role("heading", level=2, name="a", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", level=2, name="b", exact=True)).to_be_visible()
    read(page)
    page.keyboard.press("a")
    expect(page.get_by_role("heading", level=1)).to_have_text("All 2 changes are decided")
    assert list(Decision.objects.values_list("verdict", "rule")) == [("approve", "a test read as a whole")] * 2
