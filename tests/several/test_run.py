"""Two repositories, and a person who may see one: all processes are real, and so are the requests."""

import hashlib
import http.client
import http.cookies
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]
TOP = Path(__file__).parents[2]
HOST = "recordings.example.com"
PASSWORD = "correct-horse-battery"


def free_ports(count):
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


class Browser:
    """Keeps cookies by path, as browsers do; each path of the site leads to the port that the proxy would ask."""

    def __init__(self, ways):
        self.ways, self.cookies = ways, {}

    def ask(self, path, form=None):
        port = next(port for way, port in self.ways if path == way or path.startswith(f"{way}/"))
        sent = {name: value for (name, where), value in self.cookies.items() if path.startswith(where)}
        headers = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1"}
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in sent.items())
        headers |= {"Referer": f"https://{HOST}{path}"} if form is not None else {}
        token = next((value for name, value in sent.items() if name.startswith("csrftoken")), "")
        body = None if form is None else urlencode({**form, "csrfmiddlewaretoken": token})
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        server = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        server.request("GET" if form is None else "POST", path, body, headers)
        answer = server.getresponse()
        told = answer.read().decode("utf-8", "replace")
        server.close()
        for line in answer.headers.get_all("Set-Cookie") or []:
            for name, morsel in http.cookies.SimpleCookie(line).items():
                self.cookies[name, morsel["path"]] = morsel.value
                if morsel["max-age"] == 0 or not morsel.value:
                    del self.cookies[name, morsel["path"]]
        return answer.status, answer.headers, told

    def page(self, path):
        status, headers, told = self.ask(path)
        return self.page(headers["Location"]) if status == 302 else told

    def sign_up(self, invitation, name):
        path = invitation.partition(HOST)[2]
        status, headers, _ = self.ask(path)
        assert status == 302
        self.ask(headers["Location"])
        form = {"new_password1": PASSWORD, "new_password2": PASSWORD}
        status, _, told = self.ask(headers["Location"], form)
        assert status == 302, told
        top = path.split("/")[1]
        self.ask(f"/{top}/login/")
        status, _, told = self.ask(f"/{top}/login/", {"username": name, "password": PASSWORD})
        assert status == 302, told
        self.ask(f"/{top}/")


@pytest.fixture
def several(tmp_path, chat):
    """A file of two repositories, and what runs the command with it."""
    for name, words in (("rockets", "countdown"), ("gliders", "thermals")):
        folder = tmp_path / name / "recordings"
        folder.mkdir(parents=True)
        (folder / f"{name}.json").write_text(
            json.dumps(chat(answered=words, test=f"tests/test_{name}.py::test_{name}"))
        )
    desk, rockets, gliders = free_ports(3)
    place = tmp_path / "several.toml"
    place.write_text(f"""
address = "https://{HOST}"
folder = "{tmp_path}/several"
port = {desk}
one_account = true
[common]
PYTHONPATH = "{TOP}"
[repositories.rockets]
port = {rockets}
RECVIEWER_RECORDINGS = "{tmp_path}/rockets"
[repositories.gliders]
port = {gliders}
title = "Gliders of the club"
RECVIEWER_RECORDINGS = "{tmp_path}/gliders"
""")
    place.chmod(0o600)
    own = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")}
    own |= {"PYTHONPATH": str(TOP), "DATABASE_URL": ""}

    def words(*more):
        return [sys.executable, "-m", "recviewer", "several", "--file", str(place), *more]

    def run(*more, code=0):
        done = subprocess.run(words(*more), env=own, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout

    def start():
        with (tmp_path / "log").open("ab") as log:
            process = subprocess.Popen(words("run"), env=own, stdout=log, stderr=log)
        started.append(process)
        return process

    started = []
    run.start, run.ports, run.log = start, (desk, rockets, gliders), tmp_path / "log"
    run.ways = [("/rockets", rockets), ("/gliders", gliders), ("", desk)]
    run.place = tmp_path
    kept = (tmp_path / "gliders/recordings/gliders.json").read_bytes()
    run.blob = hashlib.sha1(b"blob %d\0" % len(kept) + kept).hexdigest()
    yield run
    for process in started:
        process.terminate()
        process.wait(120)


def wait_for(found, log):
    end = time.monotonic() + 180
    while not found():
        assert time.monotonic() < end, log.read_text()
        time.sleep(0.2)


def is_open(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True


def children_of(process):
    return [int(one) for one in Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()]


def same(page, asked):
    """Return a page without what was asked for, and without what differs from one to the next."""
    word = next(
        one
        for one in ("thermals", "balloons", "gliders", "0" * 40, *re.findall(r"[0-9a-f]{40}", asked))
        if one in asked
    )
    page = re.sub(r'(csrfmiddlewaretoken" value|csrftoken|datetime|title|data-followed-at)[=:]?"[^"]*"', "", page)
    return re.sub(r"\d+(\.\d+)? m?s ago|now", "", page.replace(word, "…").replace(word[:12], "…"))


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="who is whose child is read from /proc")
def test_two_repositories_run_and_who_may_see_one_learns_nothing_of_the_other(several):
    assert "several prepare" in several("check", code=1)
    several("prepare")
    assert several("check") == "rockets: fine\ngliders: fine\n"
    process = several.start()
    wait_for(lambda: all(map(is_open, several.ports)), several.log)
    invitation = re.search(r"http\S+", several("--only", "rockets", "each", "invite", "ana", "--role", "reviewer"))[0]
    ana, stranger = Browser(several.ways), Browser(several.ways)
    ana.sign_up(invitation, "ana")
    shown = ana.page("/")

    assert "https://recordings.example.com/rockets/" in shown
    assert "signed in as <bdi>ana</bdi>, reviewer" in shown
    assert "countdown" in ana.page("/rockets/?q=countdown")
    assert "Repositories</a>" in ana.page("/rockets/")
    told = stranger.page("/")
    assert "rockets" not in told
    assert "No repository is known to this browser." in told

    # Nothing of the other, from where she is let in, and nothing at all where she is not.
    (recording,) = json.loads(ana.page("/rockets/recordings.json"))["recordings"]
    assert "rockets" in recording["path"]
    for there, nowhere in (
        ("?q=thermals", "?q=balloons"),
        ("recordings.json?q=thermals", "recordings.json?q=balloons"),
        ("r/recordings/gliders.json", "r/recordings/balloons.json"),
        ("tests/tests/test_gliders.py::test_gliders", "tests/tests/test_balloons.py::test_balloons"),
        (f"b/{several.blob}", f"b/{'0' * 40}"),
        (f"b/{several.blob}.json", f"b/{'0' * 40}.json"),
    ):
        found, nothing = (ana.page(f"/rockets/{one}") for one in (there, nowhere))
        assert same(found, there) == same(nothing, nowhere)
    assert not [
        one for one in ("tests/", "activity/", "models/", "") if "gliders" in ana.page(f"/rockets/{one}").lower()
    ]
    for (name, where), value in list(ana.cookies.items()):
        ana.cookies[name.replace("rockets", "gliders"), where.replace("rockets", "gliders")] = value
    told = ana.page("/")
    assert "gliders" not in told.lower()
    assert "1 that was known to this browser is not shown: it does not answer now" in told
    assert "Sign in" in ana.page("/gliders/")
    assert ana.ask("/gliders/recordings.json")[0] == 302
    for path in ("/gliders/metrics", "/gliders/desk"):
        assert ana.ask(path)[0] == 404
    assert ana.ask("/nothing")[0] == 404

    # Each has a back-up of its own, what is killed comes back, and the end leaves nothing behind.
    several("backup", str(several.place / "kept"))
    assert len(list((several.place / "kept").glob("*/*.tar.gz"))) == 2
    before = children_of(process)
    assert len(before) == 5
    pages = next(one for one in before if f":{several.ports[1]}" in Path(f"/proc/{one}/cmdline").read_text())
    os.killpg(pages, signal.SIGKILL)
    wait_for(lambda: "started again" in several.log.read_text(), several.log)
    wait_for(lambda: is_open(several.ports[1]), several.log)
    assert ana.ask("/rockets/")[0] == 200, "she is signed in as before"
    assert "they run already" in subprocess.run(
        [*process.args], env=os.environ | {"PYTHONPATH": str(TOP)}, capture_output=True, text=True, check=False
    ).stderr  # fmt: skip
    assert several("stop") == "Ended.\n"
    assert process.wait(60) == 0
    assert not any(map(is_open, several.ports))
    assert several("stop") == "They do not run.\n"
