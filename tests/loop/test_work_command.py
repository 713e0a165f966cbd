"""`recviewer work` as a process: it does what is due, ends when it is asked to, and there is one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.hosts.stand_in import PROJECT, TOKEN, StandIn

HERE = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.processes]


@pytest.fixture
def stand_in():
    made = StandIn("github")
    yield made
    made.close()


@pytest.fixture
def start(tmp_path, stand_in):
    """Return a function that starts the worker with words on its command line."""
    (tmp_path / "tree" / "recordings").mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(tmp_path / "tree")], check=True)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")}
    environment |= {
        "PYTHONPATH": str(HERE),
        "DJANGO_SETTINGS_MODULE": "recviewer.settings",
        "DATABASE_URL": "",
        "RECVIEWER_DATA": str(tmp_path / "data"),
        "RECVIEWER_RECORDINGS": str(tmp_path / "tree"),
        "RECVIEWER_HOST": "github",
        "RECVIEWER_HOST_PROJECT": PROJECT,
        "RECVIEWER_HOST_TOKEN": TOKEN,
        "RECVIEWER_HOST_API": stand_in.api,
        "RECVIEWER_FETCH_FROM": str(tmp_path / "tree"),
        "RECVIEWER_PUBLIC_URL": "https://recordings.example.com",
    }
    started = []

    def run(*words):
        command = [sys.executable, "-m", "recviewer", "work", *words]
        pipe = subprocess.PIPE
        started.append(subprocess.Popen(command, env=environment, stdout=pipe, stderr=pipe, text=True))
        return started[-1]

    yield run
    for one in started:
        one.kill()
        one.communicate()


def wait_for(what, seconds=60):
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_it_does_what_is_due_and_ends(start, stand_in):
    worker = start("--once")

    assert worker.wait(60) == 0
    assert stand_in.calls == [("GET", "/repos/acme/rockets/pulls")]


def test_it_stops_when_it_is_asked_to_and_a_second_one_waits_for_its_turn(start, stand_in):
    first = start()
    assert first.stdout.readline() == f"At work for {PROJECT} at {stand_in.api}.\n"
    wait_for(lambda: stand_in.calls)
    second = start("--once")
    assert second.wait(60) == 2
    assert "another worker is running" in second.stderr.read()

    first.send_signal(signal.SIGTERM)

    assert first.wait(30) == 0
    assert start("--once").wait(60) == 0
