"""A real Chromium on a private copy of the demo tree. What the browser complains of fails the test."""

import os
import shutil
import threading
from pathlib import Path

import pytest

from recviewer.catalog import indexer
from recviewer.configuration import places

from .pulls import git, pull

__all__ = ["git", "pull"]
"""Fixtures that stand in `pulls`."""

PLACES = ("/usr/bin/chromium-headless-shell", "/usr/bin/chromium")
"""Where Debian puts Chromium. The first has no window, and does the same work in less than half of the time."""
CHROMIUM = os.environ.get("RECVIEWER_CHROMIUM") or next((one for one in PLACES if Path(one).is_file()), PLACES[-1])
WATCH = """
document.addEventListener('securitypolicyviolation', e => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`));
"""


def pytest_itemcollected(item):
    """Mark all tests of this folder: pytest calls this for no others."""
    item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """The server, started when the database in memory is there: it then uses the tests' own connection to it.

    Started before, each of its threads would open one, which nothing closes.
    """
    return live_server


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not Path(CHROMIUM).is_file():
        reason = (
            f"There is no Chromium at {CHROMIUM}; install Debian's chromium-headless-shell or set RECVIEWER_CHROMIUM."
        )
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    before = {name: os.environ.get(name) for name in ("DJANGO_ALLOW_ASYNC_UNSAFE", "HOME")}
    # Playwright's own loop makes Django believe that it is called from asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ["HOME"] = str(tmp_path_factory.mktemp("home"))
    sync_api.expect.set_options(timeout=60_000)  # a busy machine is slow; what is there is found at once all the same
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--disable-background-networking", "--disable-component-update"]
        )
        yield browser
        browser.close()
    for name, value in before.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@pytest.fixture
def demo(root, transactional_db):
    """The demo tree, indexed; returns its root."""
    shutil.copytree(places.DEMO_SOURCE, root, dirs_exist_ok=True)
    indexer.refresh(processes=1)
    return root


class Complaints:
    """What the browser said that it should not have."""

    def __init__(self, address):
        self.address = address
        self.found = []
        self.expected = ["409", "422"]
        self.elsewhere = ()

    def expects(self, status):
        """Take answers with this status for what the test is about."""
        self.expected.append(status)

    def watch(self, page):
        page.on("console", lambda message: self._console(message))
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("request", lambda request: self._request(request))

    def _console(self, message):
        expected = "Failed to load resource" in message.text and any(status in message.text for status in self.expected)
        if message.type in ("error", "warning") and not expected:
            self.found.append(f"{message.type}: {message.text}")

    def _request(self, request):
        if not request.url.startswith((self.address, "data:", "blob:", *self.elsewhere)):
            self.found.append(f"request to {request.url}")


@pytest.fixture
def complaints(live_server):
    """What the pages of this test complain of."""
    return Complaints(live_server.url)


@pytest.fixture
def open_page(chromium, live_server, settings, demo, complaints):
    """Return a function that opens a browser page; complaints of any of them fail the test at its end."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    contexts = []

    def make(*, width=1280, height=800, theme="light", scripts=True, zone="UTC"):
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            color_scheme=theme,
            java_script_enabled=scripts,
            timezone_id=zone,
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        if scripts:
            context.add_init_script(WATCH)
        page = context.new_page()
        complaints.watch(page)
        return page

    yield make
    for context in contexts:
        context.close()
    for thread in threading.enumerate():  # what was opened ahead ends while the database is still shared
        if "process_request_thread" in thread.name:
            thread.join(timeout=2)
    assert complaints.found == []


@pytest.fixture(params=[True, False], ids=["scripts", "no-scripts"])
def either_page(request, open_page):
    """A page with scripts, then one without: the same journey has to work in both."""
    return open_page(scripts=request.param)
