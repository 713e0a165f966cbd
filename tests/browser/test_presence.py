"""Two people at one recording: each is told of the other, and a page that nobody looks at asks nothing."""

import pytest
from playwright.sync_api import expect
from pytest_django.live_server_helper import LiveServer

from recviewer.catalog.models import Recording
from tests.settings_of import put_doors

PASSWORD = "fourteen grey herons"


@pytest.fixture
def hosted(settings, transactional_db, django_user_model):
    settings.HOSTED, settings.BEHIND_PROXY = True, False
    put_doors(settings)
    for name in ("ana", "ben"):
        django_user_model.objects.create_user(name, password=PASSWORD)


@pytest.fixture
def live_server(hosted):
    """A server of its own, for the one of other tests has read its settings."""
    server = LiveServer("localhost")
    yield server
    server.stop()


def sign_in(page, name, address):
    page.goto(address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{address}")


def test_each_is_told_of_the_other(hosted, open_page):
    address = f"/r/{Recording.objects.filter(kind='chat').order_by('path').first().path}"
    ana, ben = open_page(), open_page()
    with ana.expect_response("**/open/*"):
        sign_in(ana, "ana", address)
    expect(ana.locator("[data-presence]")).to_be_hidden()

    with ben.expect_response("**/open/*"):
        sign_in(ben, "ben", address)

    expect(ben.get_by_text("ana has this open too.")).to_be_visible()
    with ana.expect_response("**/open/*"):
        ana.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(ana.get_by_text("ben has this open too.")).to_be_visible()
    for page in (ana, ben):
        page.wait_for_load_state("networkidle")


def test_a_page_that_nobody_looks_at_asks_nothing(hosted, open_page):
    address = f"/r/{Recording.objects.filter(kind='chat').order_by('path').first().path}"
    page = open_page()
    with page.expect_response("**/open/*"):
        sign_in(page, "ana", address)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/open/" in request.url else None)

    page.evaluate("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("Object.defineProperty(document, 'hidden', { value: false, configurable: true })")
    page.evaluate("Date.now = ((now) => () => now() + 301_000)(Date.now.bind(Date))")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    assert asked == []

    with page.expect_response("**/open/*"):
        page.mouse.move(10, 10)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
