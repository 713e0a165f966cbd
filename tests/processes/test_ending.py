import gc
import os
import subprocess
import sys

import pytest

from recviewer.processes import ending

BEGIN = "import atexit, os, sys, threading, time\nfrom recviewer.processes import ending\n"


def _ended(lines: str, **how) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BEGIN + lines], capture_output=True, text=True, check=False, **how)


def test_what_was_to_be_done_at_the_end_is_done_and_all_is_printed():
    done = _ended("atexit.register(print, 'at the end')\nprint('told', end=' ')\nending.end(3)\nprint('never')")

    assert (done.returncode, done.stdout, done.stderr) == (3, "told at the end\n", "")


def test_nothing_is_taken_apart():
    done = _ended("class Heavy:\n def __del__(self): print('taken apart')\nheavy = Heavy()\nending.end(0)")

    assert (done.returncode, done.stdout) == (0, "")


def test_a_thread_that_has_to_be_waited_for_comes_to_its_end():
    work = "def work():\n time.sleep(0.3)\n print('worked')\nthreading.Thread(target=work).start()\nending.end(4)"

    done = _ended(work)

    assert (done.returncode, done.stdout) == (4, "worked\n")


def test_what_cannot_be_printed_is_told_as_python_tells_it():
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-c", BEGIN + "print('x')\nending.end(0)"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=os.environ | {"PYTHONUNBUFFERED": ""},
        )  # fmt: skip

    assert done.returncode == 120
    assert "No space left" in done.stderr


def test_connections_are_closed_before_the_end(tmp_path):
    file = tmp_path / "some.sqlite3"
    lines = (
        "from django.conf import settings\n"
        f"settings.configure(DATABASES={{'default': {{'ENGINE': 'django.db.backends.sqlite3', 'NAME': {str(file)!r}}}}})\n"
        "import django\n"
        "django.setup()\n"
        "from django.db import connection\n"
        "with connection.cursor() as cursor:\n"
        " cursor.execute('PRAGMA journal_mode=wal')\n"
        " cursor.execute('CREATE TABLE one (two)')\n"
        "ending.end(0)"
    )

    done = _ended(lines)

    assert (done.returncode, done.stderr) == (0, "")
    assert [one.name for one in tmp_path.iterdir()] == [file.name]  # the last connection took its log away


@pytest.fixture
def collector():
    yield
    gc.enable()
    gc.unfreeze()


def test_the_collector_looks_through_nothing_that_was_made_while_it_was_held(collector):
    ending.hold_collector()
    was_on = gc.isenabled()

    ending.let_collector()

    assert (was_on, gc.isenabled()) == (False, True)
    assert gc.get_freeze_count() > 0
