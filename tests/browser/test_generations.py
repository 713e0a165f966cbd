"""The stop of the queue at the older generations of a call: they are decided on together, by keys, after each was shown."""

import json

import pytest
from playwright.sync_api import expect

from recviewer.catalog import indexer
from recviewer.review.models import Decision
from tests.conftest import exchange

from .pulls import read

PARAMETERS = {
    "Halley": {"stream_options": {"include_usage": True}, "parallel_tool_calls": True},
    "Encke": {"parallel_tool_calls": True},
    "Biela": {},
}
"""By which the recordings of one call differ: the last alone is the newest."""


@pytest.fixture
def spec(git, demo):
    """A range that deletes three generations of one call."""
    folder = demo / "t/recordings"
    folder.mkdir(parents=True)
    for name, more in PARAMETERS.items():
        document = exchange(asked="Name a comet.", answered=f"{name}.", test="t/test_sky.py::test_comet")
        document["request"]["body"] |= more
        (folder / f"{name}.json").write_text(json.dumps(document))
    git("add", "-A")
    git("commit", "-q", "-m", "before")
    git("rm", "-q", "-r", "t")
    git("commit", "-q", "-m", "after")
    indexer.refresh(processes=1)
    return "HEAD~..HEAD"


def test_older_generations_are_approved_at_one_stop_and_taken_back(open_page, spec):
    page = open_page()
    page.goto(f"/changes/{spec}")
    page.keyboard.press("n")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    read(page)
    page.keyboard.press("a")

    expect(page.get_by_role("heading", name="2 of 3 changes still undecided")).to_be_focused()
    page.keyboard.press("n")
    heading = page.get_by_role("heading", name="2 older generations of one call, deleted too")
    expect(heading).to_be_focused()
    expect(page).to_have_title("1 of 1 · Older generations · recviewer")
    assert [one.is_checked() for one in page.get_by_role("checkbox").all()] == [True, True]
    read(page)
    page.keyboard.press("a")

    end = page.get_by_role("heading", name="All 3 changes are decided")
    expect(end).to_be_focused()
    rules = Decision.objects.values_list("verdict", "rule").order_by("rule")
    assert list(rules) == [("approve", ""), *[("approve", "older generations")] * 2]
    page.keyboard.press("u")
    expect(page.locator("[data-arrives]", has_text="Undid: approved the deletion of 2 recordings")).to_be_visible()
