"""An open page follows what others say: its numbers and verdicts change in place, and nothing that a decision rests on."""

import pytest
from playwright.sync_api import expect

from recviewer.catalog import tree_findings
from recviewer.catalog.models import Recording
from recviewer.memory.ranges import report_of
from recviewer.pages.models import Membership
from recviewer.pages.smells.found import standing
from recviewer.review import ranges
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen
from recviewer.review.suppressing import Aim, suppress
from recviewer.smells.suppressing import Reach

from .pulls import ADDED
from .test_presence import hosted, live_server, sign_in

__all__ = ["hosted", "live_server"]
"""Fixtures that stand in `test_presence`."""


@pytest.fixture
def team(hosted, django_user_model):
    for user in django_user_model.objects.all():
        Membership.objects.create(user=user, role="reviewer")


def approve(spec, path, actor="ben"):
    found = report_of(spec).found
    (blob,) = [one.side.blob for one in found.changes if one.side.path == path]
    ranges.say(lambda: found, [Seen(path, blob)], actor=actor, verdict="approve")


def look(page):
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_numbers_of_a_range_follow_without_a_reload(team, open_page, pull):
    page = open_page()
    sign_in(page, "ana", f"/changes/{pull}")
    expect(page.locator(".changes-sentence")).to_contain_text("3 need you")
    page.evaluate("window.isStill = true")
    with page.expect_response("**/said?*") as answer:
        look(page)
    assert answer.value.status == 204

    approve(pull, ADDED)
    look(page)

    expect(page.locator(".changes-sentence")).to_contain_text("2 need you")
    expect(page.locator("[data-follows=progress]")).to_contain_text("1 / ")
    expect(page.locator("[data-follows=verdicts]")).to_contain_text("approved 1")
    assert page.evaluate("window.isStill")


def test_reason_that_is_being_written_and_what_it_is_about_stay(team, open_page, pull):
    page = open_page()
    sign_in(page, "ana", f"/changes/{pull}?change={ADDED}")
    page.keyboard.press("r")
    page.get_by_label("Re-record because").fill("It is not new.")
    fields = page.evaluate("[...document.querySelectorAll('#bar input')].map((one) => one.value)")

    approve(pull, ADDED)
    look(page)

    expect(page.locator(".bar-sentence")).to_contain_text("ben approved this")
    expect(page.get_by_label("Re-record because")).to_have_value("It is not new.")
    assert page.evaluate("[...document.querySelectorAll('#bar input')].map((one) => one.value)") == fields


def test_page_of_an_older_head_takes_nothing(team, open_page, pull, git):
    page = open_page()
    sign_in(page, "ana", f"/changes/{pull}")
    approve(pull, ADDED)
    git("update-ref", "refs/pull/7/head", "HEAD")
    with page.expect_response(f"**/changes/{pull}"):
        look(page)
    with page.expect_response("**/said?*") as answer:
        look(page)
    assert answer.value.status == 204  # it was asked for once, not over and over

    expect(page.locator(".changes-sentence")).to_contain_text("3 need you")


def test_verdicts_on_tests_follow_also_in_a_file_that_was_opened(team, open_page):
    page = open_page()
    sign_in(page, "ana", "/tests/")
    there, _, name = Recording.objects.filter(kind="chat").exclude(test_id="").latest("path").test_id.partition("::")
    assert name
    rows = Recording.objects.filter(test_id__startswith=f"{there}::")
    file = page.locator(".te-f", has_text=there.rpartition("/")[2]).first
    file.locator("summary").first.click()
    function = file.locator(".te-fn").first
    expect(function).to_be_visible()
    expect(function.locator(".te-v").first).to_have_text("")
    facet = page.locator("[data-follows^=facet] li", has_text="approved")
    before = facet.all_inner_texts()
    verdicts = page.locator(".overview-cut", has_text="verdict")
    expect(verdicts).not_to_contain_text("approved")

    decide([Seen(row.path, row.blob) for row in rows], actor="ben", verdict="approve")
    look(page)

    expect(function.locator(".te-v").first).to_contain_text("approved")
    expect(file.locator(".te-file .te-v")).to_contain_text("approved")
    assert facet.all_inner_texts() != before
    expect(verdicts).to_contain_text("approved")


def test_numbers_of_findings_follow_what_is_let_be(team, open_page):
    tree_findings.look()
    page = open_page()
    sign_in(page, "ana", "/smells/")
    before = page.locator("#main h1").inner_text()
    page.evaluate("window.isStill = true")
    aims = [Aim(one.row.rule, Reach.PATH, one.row.path) for one in standing().rules[0].findings]

    suppress(aims, "All of them are meant.", actor="ben")
    look(page)

    expect(page.locator("#main")).to_contain_text("suppressed")
    expect(page.locator("#main h1")).not_to_have_text(before)
    assert page.evaluate("window.isStill")
