import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from recviewer.several import desk


@pytest.fixture
def instance():
    """An instance that vouches for one ticket, and what it was asked."""

    class Answer(BaseHTTPRequestHandler):
        asked: list = []
        said = json.dumps({"name": "ana", "role": "reviewer"}).encode()

        def do_GET(self):
            self.asked.append((self.path, dict(self.headers)))
            is_good = self.headers["X-Desk-Ticket"] == "good" and self.headers["X-Desk-Key"] == "key-of-rockets"
            self.send_response(200 if is_good else 403)
            self.end_headers()
            self.wfile.write(self.said if is_good else b"{}")

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    server.answer = Answer
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def ways(instance, settings):
    settings.ALLOWED_HOSTS = ["recordings.example.com"]
    return [
        {"name": name, "title": name.title(), "url": f"https://recordings.example.com/{name}/", "port": port,
         "is_listed": False, "key": f"key-of-{name}"}
        for name, port in (("rockets", instance.server_port), ("gliders", 1))
    ]  # fmt: skip


def titles(page):
    return [(row.title, row.name, row.role) for row in page.rows]


def test_shown_is_what_its_instance_vouches_for(ways, instance):
    page = desk.page_of(ways, {"rockets": "good"})

    assert titles(page) == [("Rockets", "ana", "reviewer")]
    assert page.missing == 0
    ((path, headers),) = instance.answer.asked
    assert path == "/rockets/desk"
    assert headers["Host"] == "recordings.example.com"


def test_tickets_that_do_not_hold_tell_nothing_of_what_is_there(ways):
    """Forged, of an instance that is down, and of one that is not there: the same page."""
    pages = [desk.page_of(ways, {name: "forged"}) for name in ("rockets", "gliders", "balloons")]

    assert [titles(page) for page in pages] == [[], [], []]
    assert [page.missing for page in pages] == [1, 1, 1]


def test_a_listed_one_stands_there_for_everybody(ways):
    ways[1]["is_listed"] = True

    assert titles(desk.page_of(ways, {})) == [("Gliders", "", "")]
    assert titles(desk.page_of(ways, {"rockets": "good", "gliders": "x"})) == [
        ("Gliders", "", ""),
        ("Rockets", "ana", "reviewer"),
    ]


def test_a_ticket_goes_to_its_own_instance_alone(ways, instance):
    desk.page_of(ways, {"gliders": "good", "rockets": "x" * 2000})

    assert instance.answer.asked == []


@pytest.mark.parametrize("said", [b"[]", b"{", b'{"name": 1, "role": "x"}', b'{"name": "a"}', b'"' + b"x" * 20_000])
def test_an_instance_that_answers_anything_else_vouches_for_nothing(ways, instance, said):
    instance.answer.said = said

    assert titles(desk.page_of(ways, {"rockets": "good"})) == []
