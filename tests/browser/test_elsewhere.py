"""Signing in by an issuer of another site, in a real browser: cookies come back, and no form is sent there."""

import contextlib
import socket
import threading

import pytest
from pytest_django.live_server_helper import LiveServer

from recviewer.issuers import calling, oidc
from recviewer.issuers.allowed import allowed
from recviewer.issuers.configured import ConfiguredLogin
from recviewer.pages.models import Membership
from recviewer.review.models import Decision
from tests.issuers.stand_in_issuer import CLIENT, SECRET, StandInIssuer
from tests.settings_of import put_doors

PASSWORD = "fourteen grey herons"


@pytest.fixture
def hosted(settings, transactional_db, django_user_model):
    settings.HOSTED, settings.BEHIND_PROXY = True, False
    put_doors(settings)
    ben = django_user_model.objects.create_user("ben", password=PASSWORD)
    Membership.objects.create(user=ben, role="reviewer")


@pytest.fixture
def live_server(hosted):
    """At `localhost`; the issuer is at `127.0.0.1`, which to a browser is another site."""
    server = LiveServer("localhost")
    httpd, opened = server.thread.httpd, []
    take = httpd.process_request
    httpd.process_request = lambda request, address: (opened.append(request), take(request, address))
    yield server
    for one in opened:  # a browser connects before it asks; whoever serves that ends while the database is still shared
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
    for thread in threading.enumerate():
        if "process_request_thread" in thread.name:
            thread.join(timeout=10)
    server.stop()


@pytest.fixture
def issuer(hosted, live_server, settings, complaints):
    made = StandInIssuer()
    calling.forget()
    oidc.forget()
    made.back = f"{live_server.url}/login/back"
    complaints.elsewhere = (made.url,)
    settings.LOGIN = ConfiguredLogin(
        "OIDC", made.url, CLIENT, allowed("domain:acme.example"), "viewer", "Acme", live_server.url, secret=SECRET
    )
    yield made
    made.close()


def test_there_and_back_to_the_page_that_was_wanted(issuer, either_page):
    page = either_page
    page.goto("/account/")
    page.get_by_role("link", name="Sign in with Acme").click()
    page.wait_for_url("**/account/")

    assert page.get_by_role("heading", level=1).inner_text() == "ana"
    assert issuer.wrong == []


def test_an_account_is_tied_by_a_button_and_a_link(issuer, either_page):
    page = either_page
    page.goto("/account/")
    page.get_by_label("Name").fill("ben")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Connect this account to Acme").click()
    page.get_by_role("heading", name="Go on to Acme").wait_for()
    page.get_by_role("link", name="Go on to Acme").click()
    page.get_by_role("button", name="Disconnect ana").wait_for()

    assert page.get_by_role("heading", level=1).inner_text() == "ben"


def test_a_verdict_that_was_sent_signed_out_is_offered_after_another_tab(issuer, open_page, complaints, settings):
    import dataclasses

    from recviewer.catalog.models import Recording

    settings.LOGIN = dataclasses.replace(settings.LOGIN, role="reviewer")
    complaints.expects("401")
    complaints.expects("403")
    recording = Recording.objects.filter(kind="chat").order_by("path").first()
    page = open_page()
    page.goto(f"/r/{recording.path}")
    page.get_by_role("link", name="Sign in with Acme").click()
    page.wait_for_url(f"**/r/{recording.path}")
    page.context.clear_cookies(name="sessionid")
    page.locator("button[name=verdict][value=approve]").first.click()
    page.get_by_role("heading", name="Signed out: sign in to go on").wait_for()

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in with Acme, in another tab").click()
    opened.value.wait_for_url(f"**/r/{recording.path}")
    page.get_by_role("button", name="I am signed in").click()
    page.get_by_role("heading", name="Send it again?").wait_for()
    assert Decision.objects.count() == 0
    page.get_by_role("button", name="Send it").click()
    page.wait_for_url(f"**/r/{recording.path}")

    assert [(one.verdict, one.reviewer) for one in Decision.objects.all()] == [("approve", "ana")]
