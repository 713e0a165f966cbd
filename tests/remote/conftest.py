import http.server
import logging
import threading

import pytest
from django.contrib.auth.models import User
from django.core.handlers.wsgi import WSGIHandler

from recviewer.pages.models import Membership
from recviewer.pages.site import tokens
from recviewer.remote import command
from tests.settings_of import put_doors


@pytest.fixture(scope="session")
def live_server(django_db_setup, live_server):
    """Django's server, started when the database in memory is there: it uses the tests' own connection then."""
    return live_server


@pytest.fixture
def team(settings, root, transactional_db, live_server):
    """A hosted instance that really listens; returns its address."""
    settings.HOSTED, settings.BEHIND_PROXY, settings.PUBLIC_READ = True, False, False
    put_doors(settings)
    httpd = live_server.thread.httpd
    before = httpd.get_app()
    httpd.set_app(WSGIHandler())
    logging.disable(logging.CRITICAL)  # the server's log is no word of the command that asks it
    yield live_server.url
    logging.disable(logging.NOTSET)
    httpd.set_app(before)


@pytest.fixture
def ask(team, monkeypatch, capfd):
    """Return a function that asks as the owner of a token, and returns exit code, output and complaints."""

    def run(*words, role="maintainer", scope="decide", server=team):
        user, is_new = User.objects.get_or_create(username=f"{role}-{scope}")
        if is_new:
            Membership.objects.create(user=user, role=role)
        monkeypatch.setenv("RECVIEWER_TOKEN", tokens.make(user, name="laptop", scope=scope, days=1))
        capfd.readouterr()
        code = command.run(["--server", server, *words])
        told = capfd.readouterr()
        return code, told.out, told.err

    return run


@pytest.fixture
def stand_in():
    """Return a function that starts a server of our own on loopback; it keeps what it was asked."""
    started = []

    def start(answer, context=None):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                length = int(self.headers.get("Content-Length", 0))
                asked.append((self.path, self.headers, self.rfile.read(length)))
                answer(self)

            do_POST = do_GET

            def log_message(self, *words):
                pass

        asked = []
        made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if context is not None:
            made.socket = context.wrap_socket(made.socket, server_side=True)
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        started.append((made, thread))
        return f"http://127.0.0.1:{made.server_port}", asked

    yield start
    for made, thread in started:
        made.shutdown()
        thread.join()
        made.server_close()
