"""An open page follows what others say: its numbers and verdicts change in place, and nothing that a decision rests on."""

import pytest
from playwright.sync_api import expect

from recviewer.memory.ranges import report_of
from recviewer.pages.models import Membership
from recviewer.review import ranges
from recviewer.review.subjects import Seen

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
