import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
_OTHERS = ("RECVIEWER_", "PYTEST_", "COV_", "DJANGO_", "DATABASE_")


@pytest.fixture
def tree(tmp_path):
    """A tree with thirty recordings in two folders, at `work`."""
    for number in range(30):
        folder = tmp_path / "work" / "tests" / f"suite{number % 2}" / "recordings"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"r{number:02}.json").write_text(json.dumps({"number": number}))
    return tmp_path / "work"


def recording(number):
    return f"tests/suite{number % 2}/recordings/r{number:02}.json"


@pytest.fixture
def environment(tmp_path):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(_OTHERS)}
    home = tmp_path / "home"
    home.mkdir()
    return kept | {
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "share"),
        "RECVIEWER_DATA": str(tmp_path / "data"),
        "PYTHONPATH": str(PROJECT),
    }


@pytest.fixture
def command(tree, environment):
    """The words of a run of `used`, and how to start them."""

    started = []

    def start(*words, **more):
        process = subprocess.Popen(
            [sys.executable, "-m", "recviewer", "used", *map(str, words)],
            cwd=tree,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            preexec_fn=_heeding_interrupts,
            **more,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
            process.communicate()


def _heeding_interrupts():
    """A shell that runs tests in the background has them ignore SIGINT, and so what they start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def used(command):
    def run(*words, feed=b""):
        process = command(*words)
        out, err = process.communicate(feed, timeout=300)
        return subprocess.CompletedProcess(words, process.returncode, out, err.decode())

    return run


@pytest.fixture
def kept(tmp_path):
    """Read a run that was kept in the data folder."""

    def read(name="run", place=None):
        from recviewer.used import run_file

        found = run_file.read(place or tmp_path / "data" / "used" / f"used-{name}.jsonl")
        assert not found.bad
        return found.run

    return read
