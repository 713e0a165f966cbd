"""What replay answers requests for lists of models with, in a browser: with and without scripts."""

import json

import pytest
from playwright.sync_api import expect

from recviewer.catalog import indexer
from recviewer.replay.names import name_state


@pytest.fixture
def lists(demo, root):
    """Two lists of one request, of which one is of a host that has a newer one now."""
    for models in ({"old": 86_400, "kept": 86_400}, {"kept": 86_400, "new": 900_000}):
        document = {
            "test_id": None,
            "request": {
                "method": "GET",
                "url": "https://a.example/v1/v1/models",
                "headers": {},
                "body": {},
                "endpoint": "/v1/models",
            },
            "response": {
                "body": [{"id": one, "created": created, "object": "model"} for one, created in models.items()],
                "is_streaming": False,
            },
        }
        place = root / "tests/integration/common/recordings" / name_state(document, "").expected
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(document))
    indexer.refresh(processes=1)


def test_from_all_requests_to_one_to_a_file_and_back(either_page, lists):
    page = either_page
    page.goto("/")
    page.get_by_role("navigation", name="Pages").get_by_role("link", name="Models").click()

    row = page.get_by_role("row").filter(has_text="no test").first
    expect(row.get_by_text("1 model no longer listed")).to_be_visible()
    row.get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Replay answers with 3 models: 2 files of 1 host")
    expect(page.get_by_text("old", exact=True)).to_be_visible()
    page.get_by_text("all 3 models").click()
    if page.evaluate("!window.htmx"):  # with scripts it is loaded by itself
        page.get_by_role("link", name="show it").click()
    expect(page.get_by_text("kept", exact=True).first).to_be_visible()

    page.locator(".models-host li a").first.click()
    page.get_by_role("link", name="one of 2 files that replay joins").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Replay answers with 3 models")


def test_a_file_that_can_go_is_moved_and_the_answer_stays(either_page, lists, root):
    document = json.loads(next((root / "tests/integration/common/recordings").glob("models-*")).read_text())
    document["response"]["body"] = document["response"]["body"][:1]
    place = root / "tests/integration/common/recordings" / name_state(document, "").expected
    place.write_text(json.dumps(document))
    indexer.refresh(processes=1)
    page = either_page
    page.goto(f"/models/{place.name.split('-')[1]}")
    said = page.get_by_role("heading", level=1).inner_text()

    page.get_by_role("button", name="Move it to the trash…").click()
    page.get_by_role("button", name="Move it to the trash").click()
    assert not place.exists()
    page.goto(f"/models/{place.name.split('-')[1]}")
    models, _, files = said.partition(": ")
    assert files.startswith("3 files")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"{models}: 2 files")
    expect(page.get_by_text("not needed")).to_have_count(0)
