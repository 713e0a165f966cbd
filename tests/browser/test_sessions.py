"""A session that ended while pages are open: a line says so, and an act is offered again."""

import re

import pytest
from django.contrib.sessions.models import Session
from pytest_django.live_server_helper import LiveServer

from recviewer.catalog.models import Recording
from recviewer.pages.models import Membership
from recviewer.review.models import Decision
from tests.settings_of import put_doors

PASSWORD = "fourteen grey herons"


@pytest.fixture
def hosted(settings, transactional_db, django_user_model):
    settings.HOSTED = True
    settings.BEHIND_PROXY = False
    put_doors(settings)
    ana = django_user_model.objects.create_user("ana", password=PASSWORD)
    Membership.objects.create(user=ana, role="reviewer")


@pytest.fixture
def live_server(hosted):
    """A server of its own, for the one of other tests has read its settings."""
    server = LiveServer("localhost")
    yield server
    server.stop()


def signed_in(page, address):
    page.goto(address)
    fill(page)
    page.wait_for_url(f"**{address}")


def fill(page):
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_a_poll_after_the_session_ended_says_so_and_keeps_the_page(hosted, open_page, complaints):
    complaints.expects("401")
    page = open_page()
    signed_in(page, "/")
    rows = page.locator("#list").inner_text()
    Session.objects.all().delete()

    line = page.get_by_role("link", name="Signed out: sign in to go on")
    line.wait_for(timeout=60_000)

    assert page.locator("#list").inner_text() == rows
    assert page.get_by_label("Password").count() == 0
    line.click()
    fill(page)
    page.locator("#list").wait_for()
    assert re.fullmatch(r"https?://[^/]+/", page.url)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_verdict_after_the_session_ended_is_offered_again(hosted, open_page, complaints, scripts):
    complaints.expects("401")
    recording = Recording.objects.filter(kind="chat").order_by("path").first()
    page = open_page(scripts=scripts)
    signed_in(page, f"/r/{recording.path}")
    Session.objects.all().delete()

    page.locator("button[name=verdict][value=approve]").first.click()
    page.get_by_role("heading", name="Signed out: sign in to go on").wait_for()
    fill(page)
    page.get_by_role("heading", name="Send it again?").wait_for()
    assert Decision.objects.count() == 0
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url(f"**/r/{recording.path}")

    assert [(one.path, one.verdict, one.reviewer) for one in Decision.objects.all()] == [
        (recording.path, "approve", "ana")
    ]


def test_a_verdict_from_a_page_of_an_earlier_login_is_offered_again(hosted, open_page, complaints):
    complaints.expects("403")
    complaints.expects("401")  # the page may ask who else is there while it is signed out
    recording = Recording.objects.filter(kind="chat").order_by("path").first()
    page = open_page()
    signed_in(page, f"/r/{recording.path}")
    other = page.context.new_page()
    other.goto("/")
    other.get_by_role("button", name="Sign out").click()
    fill(other)
    other.locator("#list").wait_for()

    page.locator("button[name=verdict][value=approve]").first.click()
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url(f"**/r/{recording.path}")

    assert Decision.objects.get().verdict == "approve"
