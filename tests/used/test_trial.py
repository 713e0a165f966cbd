"""`recviewer plan --try`: a suite on a copy of the work tree, before and after."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from recviewer.used.comparing import compare
from recviewer.used.model import UsedFile, UsedRun, UsedTest
from tests.conftest import exchange

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)

SUITE = """
import pathlib
import pytest

@pytest.mark.parametrize("name", ["earth", "mars"])
def test_planet(name):
    assert "Earth" in (pathlib.Path(__file__).parent / "recordings" / f"{name}.json").read_text()

def test_git(pytestconfig):
    import subprocess
    top = pytestconfig.rootpath
    assert subprocess.check_output(["git", "-C", top, "rev-parse", "HEAD"])
    (top / "left.txt").write_text("a test leaves something")
"""

MARK = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "recviewer.settings"
import django
django.setup()
from recviewer.catalog.models import Recording
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen
rows = Recording.objects.filter(path__in=sys.argv[1:])
assert len(rows) == len(sys.argv) - 1
decide([Seen(row.path, row.blob) for row in rows], actor="Ana", verdict="delete")
"""


@pytest.fixture
def suite(tmp_path, environment):
    """A work tree whose tests read two of its four recordings; a function that runs recviewer there."""
    top = tmp_path / "suite"
    folder = top / "tests" / "recordings"
    folder.mkdir(parents=True)
    for name in ("earth", "mars", "pluto", "moon"):
        (folder / f"{name}.json").write_text(json.dumps(exchange(asked=name), indent=1))
    (top / "tests" / "test_planets.py").write_text(SUITE)
    git = ["git", "-C", top, "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True, env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull})
    environment |= {"RECVIEWER_RECORDINGS": str(top), "TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()

    def run(*words, **more):
        command = [sys.executable, "-m", "recviewer", *map(str, words)]
        return subprocess.run(command, cwd=top, env=environment, capture_output=True, text=True, check=False, **more)

    def mark(*names):
        paths = [f"tests/recordings/{name}.json" for name in names]
        assert run("index").returncode == 0
        subprocess.run([sys.executable, "-c", MARK, *paths], cwd=top, env=environment, check=True)

    run.mark, run.top, run.environment = mark, top, environment
    return run


PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"]


def state(top):
    """Name what a folder holds, by bytes and times."""
    places = [place for place in sorted(top.rglob("*")) if place.is_file()]
    told = [(str(place), place.stat().st_mtime_ns, place.read_bytes()) for place in places]
    return {name: hashlib.sha256(repr(rest).encode()).hexdigest() for name, *rest in told}


@pytest.mark.slow
def test_deleting_what_nobody_reads_is_proved(suite):
    suite.mark("pluto", "moon")
    before = state(suite.top)
    done = suite("plan", "--try", "--", *PYTEST, suite.top / "tests")

    assert done.returncode == 0, done.stderr
    said = done.stdout.splitlines()[-3:]
    assert said == ["The same 3 passed before and after.", "The same exit code, 0.", "The same 2 files read."]
    assert state(suite.top) == before
    assert os.listdir(suite.top.parent / "temporary") == []


@pytest.mark.slow
def test_deleting_what_is_read_is_told(suite):
    suite.mark("mars", "moon")
    done = suite("plan", "--try", "--", *PYTEST, "tests")

    assert done.returncode == 1
    assert "1 test came to something else: tests/test_planets.py::test_planet[mars]: passed → failed." in done.stdout
    assert "The exit code was 0 before and is 1 after." in done.stdout
    assert "1 file that would go was read before: tests/recordings/mars.json." in done.stdout
    assert "1 file asked for in vain after: tests/recordings/mars.json." in done.stdout
    assert os.listdir(suite.top.parent / "temporary") == []


@pytest.mark.slow
def test_a_command_that_reads_nothing_proves_nothing(suite):
    suite.mark("moon")
    done = suite("plan", "--try", "--", "true")

    assert done.returncode == 1
    assert "No recording of the copy was read before" in done.stdout


def _stands_below(folder, name):
    """Tell whether a file stands below a folder in which others come and go meanwhile."""
    return any(name in files for _, _, files in os.walk(folder))


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_interrupted_it_leaves_nothing(suite, number):
    suite.mark("moon")
    before = state(suite.top)
    process = subprocess.Popen(
        [sys.executable, "-m", "recviewer", "plan", "--try", "--", "sh", "-c", "touch here; exec sleep 60"],
        cwd=suite.top,
        env=suite.environment,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        preexec_fn=lambda: signal.signal(
            number, signal.SIG_DFL
        ),  # a suite in the background inherits that it is ignored
    )
    temporary = suite.top.parent / "temporary"
    end = time.monotonic() + 60
    while time.monotonic() < end and not _stands_below(temporary, "here"):
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)

    assert process.returncode == -number, said
    assert os.listdir(temporary) == []
    assert state(suite.top) == before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "says"),
    [(["--try"], "--try requires a command"), (["--try", "--", "true"], "nothing to try")],
)
def test_what_cannot_be_tried_ends_with_2(suite, words, says):
    done = suite("plan", *words)

    assert done.returncode == 2
    assert says in done.stderr


def run(read, tests=(), **more):
    files = {path: UsedFile(path, "", 1, 1, AT, AT) for path in read}
    made = {"ended": AT, "exit": 0} | more
    return UsedRun("x", AT, (), files=files, tests=tuple(UsedTest(*one) for one in tests), **made)


def test_the_sentence_of_a_proof():
    tests = [("a", "passed"), ("b", "passed"), ("c", "failed")]
    found = compare(run("ab", tests, exit=1), run("ab", tests, exit=1), deleted=["c"])

    assert found.is_proved
    assert found.same == (
        "The same 2 passed, 1 failed before and after.",
        "The same exit code, 1.",
        "The same 2 files read.",
    )


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        (run("ab"), run("a"), "1 file read before and not after: b."),
        (run("a"), run("ab"), "1 file read after and not before: b."),
        (run("a"), run("a", exit=1), "The exit code was 0 before and is 1 after."),
        (run("ac"), run("a"), "1 file that would go was read before: c."),
        (run("a", [("t", "passed")]), run("a"), "1 test came to something else: t: passed → not run."),
        (run("a", limits=("full",)), run("a"), "What was read before is not known: full."),
        (run(""), run(""), "No recording of the copy was read before"),
        (run("a", exit=1), run("a", exit=1), "The command ended with 1 both times, and whether the same tests failed"),
    ],
)
def test_whatever_differs_is_no_proof(before, after, says):
    found = compare(before, after, deleted=["c"])

    assert not found.is_proved
    assert any(sentence.startswith(says) for sentence in (*found.differs, *found.unproved))


def test_what_the_plan_brings_back_may_be_read():
    assert compare(run("a"), run("ab"), deleted=[], brought=["b"]).is_proved
