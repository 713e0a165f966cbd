"""What runs of the suite read, in a browser: on a recording, in lists, on the page of tests, and to be deleted."""

from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import expect

from recviewer.catalog import indexer, tree_findings
from recviewer.catalog.models import Recording
from recviewer.pages.recordings.neighbours import url_of
from recviewer.review.models import AuditEvent, Standing
from recviewer.used.stored_runs import folder_of
from tests.browser.test_widths import SMALL, WIDE
from tests.used.building import keep, run_over

CUT = """() => [...document.querySelectorAll('.te-row .te-runs')]
  .filter((one) => one.checkVisibility() && getComputedStyle(one).display !== 'inline')
  .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.outerHTML)"""


@pytest.fixture
def unread(demo):
    """Two runs that read every recording of a suite but two, the paths of which are returned; of others they say nothing."""
    rows = Recording.objects.filter(suite="agents").order_by("path").values_list("path", "test_file")
    paths = [path for path, _ in rows]
    first = next(file for _, file in rows)
    mine = [path for path, file in rows if file == first][:2]
    opens = {path: int(path not in mine) * 2 for path in paths}
    folder = folder_of(Path(settings.DATA_DIR))
    keep(run_over(demo, opens), folder)
    keep(run_over(demo, opens, name="azure", exit=2), folder)
    indexer.refresh(processes=1)
    assert set(Recording.objects.filter(used_by="").values_list("path", flat=True)) == set(mine)
    return mine


def test_a_recording_says_what_each_run_says_of_it(either_page, unread):
    page = either_page
    page.goto(url_of(unread[0]))

    facts = page.locator("section", has=page.get_by_role("heading", name="Runs of the suite"))
    expect(facts).to_contain_text("Never read, says 1 run: openai; 1 run says nothing.")
    expect(facts).to_contain_text("it ended with 2, so not all of the suite may have run")

    facts.get_by_role("link", name="openai").click()
    expect(page.locator(".row")).to_have_count(Recording.objects.filter(reads__gt=0).count())


def test_the_list_is_narrowed_to_what_no_run_reads(either_page, unread):
    page = either_page
    page.goto("/")

    page.locator(".facet-group", has_text="Read by runs").get_by_role("link", name="never read").click()

    expect(page.locator(".row")).to_have_count(2)
    assert "used=never" in page.url


@pytest.mark.parametrize("start", ["/smells/", "/smells/never-read"])
def test_what_no_run_reads_is_marked_for_deletion_in_one_act(either_page, unread, start):
    page = either_page
    tree_findings.look()
    page.goto(start)
    page.get_by_role("link", name="Mark the 2 that no run reads for deletion…").click()

    rests = page.locator(".bulk-runs")
    expect(rests).to_contain_text("No run of the suite reads 2 recordings")
    expect(rests).to_contain_text(f"{Recording.objects.count() - 2} would be left")
    expect(rests).to_contain_text("azure")
    expect(rests).to_contain_text("It says nothing of what it did not read: it ended with 2")
    page.locator("button[value=delete]").click()

    expect(page.get_by_text("2 recordings").first).to_be_visible()
    prints = Recording.objects.filter(path__in=unread).values_list("fingerprint", flat=True)
    assert set(Standing.objects.filter(state="delete").values_list("fingerprint", flat=True)) == set(prints)
    assert [event.count for event in AuditEvent.objects.all()] == [2]


@pytest.mark.parametrize("width", [1440, 1280, 1100, 768, 390, 320])
def test_the_column_of_tests_has_room_at_every_width(open_page, unread, width):
    page = open_page(width=width)
    page.goto("/tests/?used=any")

    cell = page.locator(".te-fn .te-runs, .te-one .te-runs").first
    expect(cell).to_be_visible()
    expect(cell).to_contain_text("2" if width >= 720 else "read by 2 runs")
    assert page.evaluate(WIDE) <= 0
    assert page.evaluate(SMALL) == []
    assert page.evaluate(CUT) == []


def test_tests_are_ordered_by_what_no_run_reads(either_page, unread):
    page = either_page
    page.goto("/tests/")
    page.get_by_role("link", name="no run reads 2").click()

    expect(page.locator(".te-fn, .te-one").first).to_contain_text("no run reads")
    assert "sort=-unread" in page.url
