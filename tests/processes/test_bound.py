import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from recviewer.processes.bound import BoundProcess

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process cannot be bound")

ASKS = """
import subprocess, sys
from recviewer.git import repository
begin = subprocess.Popen.__init__
def told(self, *words, **how):
    begin(self, *words, **how)
    print(self.pid, flush=True)
subprocess.Popen.__init__ = told
here = repository.find(__import__("pathlib").Path(sys.argv[1]))
"""
HOW = {
    "run": "repository.resolve(here, 'main')",
    "stream": "with repository.streaming(here, 'cat-file', '--batch') as process: process.stdout.read()",
}


def is_gone(process, seconds=20):
    """Tell whether a process, which may be nobody's child any more, ends within the time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def hung(tmp_path, monkeypatch):
    """A repository, and a git that never answers on it."""
    place = tmp_path / "bin"
    place.mkdir()
    (place / "git").write_text("#!/bin/sh\nexec sleep 600\n")
    (place / "git").chmod(0o755)
    subprocess.run(["git", "init", "-q", tmp_path / "tree"], check=True)
    monkeypatch.setenv("PATH", f"{place}:{os.environ['PATH']}")
    return tmp_path / "tree"


@pytest.mark.parametrize("how", HOW)
def test_a_git_that_hangs_ends_with_the_process_that_asked_it_and_was_killed(hung, how):
    asking = subprocess.Popen(
        [sys.executable, "-c", ASKS + HOW[how], hung], stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": "."}
    )
    with asking:
        git = int(asking.stdout.readline())
        assert not is_gone(git, 0.2)

        asking.kill()

    assert is_gone(git)


def test_what_a_session_of_its_own_started_ends_too():
    starts = "from recviewer.processes.bound import BoundProcess\nimport time\n"
    starts += "BoundProcess(['sh', '-c', 'sleep 600 & echo $!; wait'], start_new_session=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", starts], stdout=subprocess.PIPE) as starting:
        below = int(starting.stdout.readline())
        assert not is_gone(below, 0.2)

        starting.kill()

    assert is_gone(below)


def test_it_goes_on_as_long_as_somebody_has_it_and_ends_by_itself():
    with BoundProcess(["sh", "-c", "sleep 0.3; echo well"], stdout=subprocess.PIPE) as process:
        assert process.stdout.read() == b"well\n"

    assert process.returncode == 0


def test_one_that_cannot_be_started_leaves_no_pipe_open():
    before = len(os.listdir("/proc/self/fd"))

    for _ in range(3):
        with pytest.raises(FileNotFoundError):
            BoundProcess(["/nowhere/at/all"])

    assert len(os.listdir("/proc/self/fd")) == before
