"""From something that somebody has at hand to the recording: a hash, the name of a test, an error, a glance at the whole."""

import json
import re

import pytest
from playwright.sync_api import expect

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.replay.names import name_state
from tests.conftest import exchange

pytestmark = pytest.mark.django_db(transaction=True)

TEST = "tests/integration/sky/test_sky.py::test_colour[x]"
FOLDER = "tests/integration/sky/recordings"
SEA, SKY = "How deep is the sea?", "Which colour has the sky?"


def digits_of(asked):
    """The name by which replay looks for a question of the test."""
    return name_state(exchange(asked=asked, test=TEST), "").expected.removesuffix(".json")


@pytest.fixture
def sky(demo, root):
    """Two recordings of a test that replay finds."""
    (root / FOLDER).mkdir(parents=True)
    for asked in (SKY, SEA):
        (root / FOLDER / f"{digits_of(asked)}.json").write_text(json.dumps(exchange(asked=asked, test=TEST)))
    indexer.refresh(processes=1)


def put(page, words):
    """Put words into the box as somebody who pastes them, and ask."""
    page.goto("/")
    page.locator("[data-search]").fill(words)
    page.locator("[data-search]").press("Enter")


@pytest.mark.parametrize("made", [lambda digits: digits, lambda digits: digits[:12], lambda digits: f"{digits}.json"])
def test_a_pasted_hash_leads_to_its_recording(either_page, sky, made):
    put(either_page, made(digits_of(SKY)))

    expect(either_page.get_by_role("heading", level=1)).to_contain_text(SKY)


def test_the_error_of_a_replay_leads_to_where_it_looks_and_what_moved_the_hash(either_page, sky):
    page = either_page
    put(page, f"Recording not found for request hash: {digits_of('Which colour has the sun?')}")

    expect(page.get_by_role("heading", level=1)).to_contain_text("No file has this name")
    document = exchange(asked="Which colour has the sun?", test=TEST)
    page.get_by_label("The body of the request as JSON").fill(json.dumps(document["request"]["body"]))
    page.get_by_label("The test that sends it").fill(TEST)
    page.get_by_role("button", name="Look for it").click()
    expect(page.locator(".hash-places")).to_contain_text(f"{FOLDER}/{digits_of('Which colour has the sun?')}.json")
    expect(page.locator(".hash-words ins").first).to_have_text("sun")
    page.locator(".hash-page table a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(SKY)


@pytest.mark.parametrize("line", [TEST, f"FAILED {TEST} - AssertionError: no", "test_colour"])
def test_a_pasted_test_leads_to_its_page(either_page, sky, line):
    put(either_page, line)

    expect(either_page).to_have_url(re.compile("/tests/"))
    expect(either_page.get_by_text(SEA).first).to_be_visible()


def test_the_overview_leads_into_the_list_and_is_hidden_by_one_click(either_page, demo):
    page = either_page
    page.goto("/")
    piece = page.locator(".overview-values a").first
    number = piece.locator("b").inner_text()
    piece.click()

    expect(page.locator("[data-chip]")).to_have_count(1)
    expect(page.locator("#list .row-link")).to_have_count(int(number))
    for address in ("/tests/", "/"):
        page.goto(address)
        expect(page.locator(".overview")).to_be_visible()
    page.get_by_role("button", name="hide").click()
    for address in ("/", "/tests/"):
        page.goto(address)
        expect(page.locator("h1").first).to_be_visible()
        expect(page.locator(".overview")).to_have_count(0)


def test_any_two_are_compared(either_page, demo, request):
    page = either_page
    page.goto("/?kind=chat")
    asked = [page.locator("#list .asked").nth(place).inner_text() for place in (0, 2)]
    for place in (0, 2):
        page.locator("[data-tick]").nth(place).check()
    if "no-scripts" in request.node.callspec.id:
        page.get_by_role("button", name="show them together").click()
        page.get_by_role("link", name="Compare the two").click()
    else:
        page.keyboard.press("=")

    expect(page).to_have_url(re.compile(r"/difference/\?old="))
    assert asked[0] != asked[1]
    expect(page.locator("#main")).to_contain_text("old")
    expect(page.locator("#main")).to_contain_text("new")


def test_two_are_ticked_and_compared_by_keys_alone(open_page, demo):
    page = open_page()
    page.goto("/?kind=chat")
    for key in ("j", "x", "j", "j", "x", "="):
        page.keyboard.press(key)

    expect(page).to_have_url(re.compile(r"/difference/\?old="))


def test_a_list_says_in_what_its_words_were_found(either_page, sky):
    put(either_page, "deep")

    expect(either_page.locator("#list .row", has_text="sea").locator(".found-in").first).to_have_text("prompt")


def test_several_values_are_chosen_one_is_left_out_and_scripts_are_told_the_same(either_page, demo):
    page = either_page
    page.goto("/")
    for kind in ("chat", "embeddings"):
        page.locator(".facet-group", has_text="Kind").locator(".facet", has_text=kind).first.click()
        expect(page).to_have_url(re.compile(f"kind={kind}"))
    some = Recording.objects.filter(kind__in=("chat", "embeddings"))
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{some.count()} recordings")
    model = some.exclude(model="").values_list("model", flat=True).first()
    page.get_by_role("link", name=f"leave out {model}", exact=True).first.click()

    expect(page.locator("[data-chip]")).to_have_count(3)
    left = some.exclude(model=model).count()
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{left} recording")
    told = page.goto(f"/recordings.json?{page.url.partition('?')[2]}").json()
    assert told["total"] == left
    assert told["facets"]["kind"]
