"""Words that were searched for, on the page of a recording that was opened from a list."""

import json

import pytest
from playwright.sync_api import expect

from recviewer.catalog import indexer
from tests.conftest import exchange

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def moons(demo, root):
    """A recording with a word in a folded system message, twice in the question, and in the answer."""
    document = exchange(asked="Which zmoons? Name zmoons.", answered="Zmoons: Titan.")
    document["request"]["body"]["messages"].insert(0, {"role": "system", "content": "You know zmoons."})
    place = root / "tests/recordings/zmoons.json"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(document))
    indexer.refresh(processes=1)


def test_from_a_list_to_where_the_words_stand(either_page, moons):
    page = either_page
    page.goto("/?q=zmoons")
    page.locator("#list .row-link").first.click()

    found = page.get_by_role("navigation", name="Found here")
    expect(found).to_contain_text("1 in the answer")
    expect(found).to_contain_text("3 in the prompt")
    found.get_by_role("link", name="in the prompt").click()
    expect(page.get_by_text("You know zmoons.").last).to_be_visible()


def test_hits_are_marked_and_walked_by_keys(open_page, moons):
    page = open_page()
    page.goto("/?q=zmoons")
    page.locator("#list .row-link").first.click()
    marked = "[...CSS.highlights.get('hits')].map(String)"
    here = "[...CSS.highlights.get('hit-here')].map((one) => one.startContainer.data.trim() + one.startOffset)"

    expect(page.get_by_role("button", name="next")).to_be_visible()
    assert {one.lower() for one in page.evaluate(marked)} == {"zmoons"}
    total, seen = len(page.evaluate(marked)), []
    for _ in range(total):
        page.keyboard.press("n")
        seen += page.evaluate(here)
    assert len(set(seen)) == total >= 3
    page.keyboard.press("p")
    assert page.evaluate(here) == seen[-2:-1]
    page.keyboard.press("v")
    expect(page.locator("#view")).to_have_attribute("data-says", "Raw JSON")
