"""Two instances at one address, each below a path, behind a proxy: one is worked in, and the other knows nothing of it."""

import http.client
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from recviewer.configuration import places

pytestmark = [pytest.mark.slow, pytest.mark.processes]
PASSWORD = "fourteen grey herons"
BELOW = {"/recordings/ogx": False, "/recordings/gliders": True}
"""Where each lies, and whether the proxy takes the path off."""


class Proxy(BaseHTTPRequestHandler):
    """Hands on what lies below a path, and says itself by which host it was asked."""

    ports = {}

    def log_message(self, *given):
        pass

    def _pass_on(self):
        below = next((one for one in self.ports if self.path.startswith(f"{one}/")), None)
        if below is None:
            self.send_error(404)
            return
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = http.client.HTTPConnection("127.0.0.1", self.ports[below], timeout=60)
        kept = {
            name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")
        }
        server.request(self.command, self.path[len(below) :] if BELOW[below] else self.path, sent or None, kept)
        answer = server.getresponse()
        body = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "content-length", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        server.close()

    do_GET = do_HEAD = do_POST = _pass_on


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _is_up(port):
    server = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        server.request("GET", "/healthz", headers={"Host": "localhost"})
        return server.getresponse().status == 200
    except OSError:
        return False
    finally:
        server.close()


@pytest.fixture
def site(tmp_path):
    """The address of the proxy before both instances."""
    proxy = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    address = f"http://localhost:{proxy.server_port}"
    started = []
    for number, below in enumerate(BELOW):
        tree = tmp_path / f"tree{number}"
        shutil.copytree(places.DEMO_SOURCE, tree)
        Proxy.ports[below] = _free_port()
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "recviewer.settings",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
            "RECVIEWER_ALLOWED_HOSTS": "localhost",
            "RECVIEWER_DATA": str(tmp_path / f"data{number}"),
            "RECVIEWER_HOSTED": "1",
            "RECVIEWER_PUBLIC_URL": address + below,
            "RECVIEWER_RECORDINGS": str(tree),
            "RECVIEWER_SECRET_KEY": f"{number} the same for nobody, and fifty characters or more",
            "RECVIEWER_TLS": "0",
        }
        command = [sys.executable, "-m", "recviewer"]
        serve = [*command, "serve", "--port", str(Proxy.ports[below]), "--workers", "1"]
        log = (tmp_path / f"log{number}").open("wb")
        started.append(subprocess.Popen(serve, env=environment, stdout=log, stderr=log))
        log.close()
        end = time.monotonic() + 120
        while not _is_up(Proxy.ports[below]):
            is_hopeless = started[-1].poll() is not None or time.monotonic() > end
            assert not is_hopeless, (tmp_path / f"log{number}").read_text()
            time.sleep(0.1)
        made = [*command, "createsuperuser", "--noinput", "--username", "ana", "--email", "ana@a.example"]
        subprocess.run(made, env=environment, check=True, capture_output=True)
    thread = threading.Thread(target=proxy.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield address
    proxy.shutdown()
    thread.join()
    proxy.server_close()
    for one in started:
        one.terminate()
    for one in started:
        one.wait(20)


def sign_in(page, address):
    page.goto(address)
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(address)


def test_one_is_worked_in_and_the_other_knows_nothing_of_it(chromium, site):
    ogx, gliders = (f"{site}{below}/" for below in BELOW)
    context = chromium.new_context()
    context.set_default_timeout(60_000)
    page = context.new_page()
    asked, wrong = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda got: wrong.append(f"{got.status} {got.url}") if got.status >= 400 else None)

    # Review, decide and undo below the first.
    sign_in(page, ogx)
    page.locator(".row-link").first.click()
    page.wait_for_url(f"{ogx}r/**")
    recording = page.url.removeprefix(ogx).partition("?")[0]
    page.keyboard.press("a")
    expect(page.get_by_text("You approved this")).to_be_visible()
    page.goto(ogx + "activity/")
    expect(page.get_by_role("main")).to_contain_text("approved")
    page.goto(ogx + recording)
    page.keyboard.press("u")
    expect(page.get_by_text("You approved this")).to_be_hidden()
    page.keyboard.press("a")
    expect(page.get_by_text("You approved this")).to_be_visible()
    page.keyboard.press("r")
    page.get_by_label("Re-record because").fill("It is not new.")
    page.wait_for_load_state("networkidle")
    assert asked
    assert not [one for one in asked if not one.startswith(ogx)]

    # The other asks who it is, and has none of that.
    asked.clear()
    page.goto(gliders + recording)
    page.wait_for_url(f"{gliders}login/?next=/recordings/gliders/{recording}")
    page.get_by_label("Name").fill("ana")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(gliders + recording)
    expect(page.get_by_text("You approved this")).to_be_hidden()
    page.keyboard.press("r")
    expect(page.get_by_label("Re-record because")).to_have_value("")
    page.goto(gliders + "activity/")
    expect(page.get_by_role("main")).not_to_contain_text("approved")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{gliders}login/**")
    assert not [one for one in asked if not one.startswith(gliders)]

    # Signing out there ends nothing here, and the draft is where it was left.
    page.goto(ogx + recording)
    expect(page.get_by_text("You approved this")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_label("Re-record because")).to_have_value("It is not new.")
    page.wait_for_load_state("networkidle")
    assert wrong == []
    assert {
        cookie["path"].startswith(("/recordings/ogx/", "/recordings/gliders/")) for cookie in context.cookies()
    } == {True}
    context.close()
