"""`recviewer used` as a process: what it passes on, what it sees, what it leaves when it is killed."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.used.building import opened_in
from tests.used.conftest import recording

pytestmark = [pytest.mark.slow, pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs inotify")]


def read_by(run):
    return {path for path, one in run.files.items() if one.is_used}


def test_what_a_shell_reads_is_noted_and_all_is_passed_on(used, kept, tree):
    done = used(tree, "--as", "run", "--", "sh", "-c", f"cat; cat {recording(3)}; echo no >&2; exit 3", feed=b"in ")

    assert (done.returncode, done.stdout) == (3, b'in {"number": 3}')
    assert done.stderr.startswith("no\nrecviewer used: run: 1 recording file of 30 read.\n")
    run = kept()
    assert read_by(run) == {recording(3)}
    assert (run.exit, run.files[recording(3)].count, len(run.files)) == (3, 1, 30)
    assert run.command[0] == "sh"


def test_counts_times_and_blobs(used, kept, tree):
    used(tree, "--as", "run", "--", "sh", "-c", f"for i in 1 2 3; do cat {recording(4)}; sleep 0.05; done")

    run = kept()
    one = run.files[recording(4)]
    assert one.count == 3
    assert run.began <= one.first < one.last <= run.ended
    assert one.size == len('{"number": 4}')
    assert one.blob == subprocess.check_output(["git", "hash-object", tree / recording(4)]).decode().strip()


def test_what_is_written_and_what_comes_is_told_from_what_is_read(used, kept, tree):
    new = "mkdir -p more/recordings; sleep 0.1; echo '{}' > more/recordings/new.json; cat more/recordings/new.json"
    used(tree, "--as", "run", "--", "sh", "-c", f"echo '{{}}' > {recording(5)}; {new}; cp -r more other")

    run = kept()
    assert (run.files[recording(5)].count, run.files[recording(5)].written) == (0, 1)
    made = run.files["more/recordings/new.json"]
    assert (made.count, made.written) == (2, 1)  # by cat, and by cp
    assert "other/recordings/new.json" in run.files
    assert run.files["other/recordings/new.json"].written


def test_commit_and_whether_the_tree_was_clean(used, kept, tree):
    git = ["git", "-C", tree, "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]):
        subprocess.run([*git, *words], check=True, env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull})
    used(tree / "tests", "--as", "run", "--", "cat", recording(1))
    clean = kept()
    (tree / recording(2)).write_text("{}")
    used(tree / "tests", "--as", "run", "--", "true")
    changed = kept()

    assert clean.commit == subprocess.check_output([*git, "rev-parse", "HEAD"]).decode().strip()
    assert (clean.root, clean.clean, changed.clean) == ("tests", True, False)
    assert clean.files[recording(1).removeprefix("tests/")].count == 1


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace as a witness")
def test_a_server_and_children_are_seen_as_strace_sees_them(used, kept, tree, tmp_path):
    wanted = [recording(number) for number in (1, 4, 6, 9, 20)]
    trace = tmp_path / "trace"
    script = f"""
import subprocess, sys, threading, urllib.request
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
for path in {wanted[:3]!r}:
    urllib.request.urlopen(f"http://127.0.0.1:{{server.server_port}}/{{path}}").read()
for path in {wanted[3:]!r}:
    subprocess.run(["cat", path], check=True)
server.shutdown()
"""
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=openat", "-o", trace]
    done = used(tree, "--as", "run", "--", *strace, sys.executable, "-c", script)

    assert done.returncode == 0, done.stderr
    assert opened_in(trace, tree, ".json") == set(wanted)
    assert read_by(kept()) == set(wanted)


SERVER = """
import os, sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
with open(sys.argv[1], "w") as file:
    print(server.server_port, os.getpid(), file=file)
server.serve_forever()
"""

CLIENTS = """
import json, pathlib, subprocess, time, urllib.request
import pytest
PORT = pathlib.Path("PORT_FILE")

@pytest.mark.parametrize("number", range(0, 24, 2))
def test_asks(number):
    path = f"tests/suite{number % 2}/recordings/r{number:02}.json"
    url = f"http://127.0.0.1:{PORT.read_text().split()[0]}/{path}"
    assert json.load(urllib.request.urlopen(url))["number"] == number
    time.sleep(0.03)
"""


@pytest.mark.skipif(not shutil.which("strace"), reason="needs strace as a witness")
def test_a_server_and_clients_of_parallel_workers_are_seen_as_strace_sees_them(used, kept, tree, tmp_path):
    port, trace = tmp_path / "port", tmp_path / "trace"
    (tmp_path / "server.py").write_text(SERVER)
    (tree / "tests" / "test_clients.py").write_text(CLIENTS.replace("PORT_FILE", str(port)))
    # strace follows the server alone: on a virtual machine it can slow pytest and its workers down by a hundred times.
    serve = f"strace -f --seccomp-bpf -qq -e trace=openat -o {trace} {sys.executable} {tmp_path}/server.py {port}"
    wait = f"while ! [ -s {port} ]; do sleep 0.05; done"
    run_pytest = f"{sys.executable} -m pytest -q -p no:cacheprovider -p xdist -n 2 tests"
    script = f"{serve} & {wait}; {run_pytest}; code=$?; kill $(cut -d' ' -f2 {port}); wait; exit $code"
    done = used(tree, "--as", "run", "--tests", "--", "env", "PYTEST_DISABLE_PLUGIN_AUTOLOAD=1", "sh", "-c", script)

    assert done.returncode == 0, done.stderr
    wanted = {recording(number) for number in range(0, 24, 2)}
    assert opened_in(trace, tree, ".json") == wanted
    run = kept()
    assert read_by(run) == wanted
    for number in range(0, 24, 2):
        (test,) = [one for one in run.tests if one.test.endswith(f"[{number}]")]
        assert recording(number) in (*test.files, *test.perhaps)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 7), (signal.SIGINT, 8), (signal.SIGUSR1, 9)])
def test_signals_reach_the_command(command, kept, tree, number, code):
    script = f'trap "exit {code}" {signal.Signals(number).name[3:]}; cat {recording(1)}; while :; do sleep 0.05; done'
    process = command(tree, "--as", "run", "--", "sh", "-c", script)
    assert process.stdout.read(1)
    process.send_signal(number)

    process.communicate(timeout=60)
    assert process.returncode == code
    assert read_by(kept()) == {recording(1)}


def test_a_command_that_a_signal_ended_ends_us_so(used, kept, tree):
    assert used(tree, "--as", "run", "--", "sh", "-c", "kill -9 $$").returncode == -signal.SIGKILL
    assert kept().exit == 128 + signal.SIGKILL


@pytest.mark.parametrize(("words", "code"), [(["nonesuch"], 127), (["/"], 126)])
def test_what_cannot_be_run_is_told(used, tree, words, code):
    done = used(tree, "--as", "run", "--", *words)

    assert done.returncode == code
    assert "cannot be run" in done.stderr


@pytest.mark.parametrize(
    "words", [["--as", "a/b", "--", "true"], ["--as", "never", "--", "true"], ["x", "y", "--", "z"], []]
)
def test_what_makes_no_sense_ends_with_2(used, words):
    done = used(*words)

    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_killed_it_keeps_what_was_noted_and_says_that_it_is_partial(command, used, kept, tree, tmp_path):
    process = command(tree, "--as", "run", "--", "sh", "-c", f"cat {recording(1)}; sleep 30", start_new_session=True)
    part = tmp_path / "data" / "used" / "used-run.part.jsonl"
    end = time.monotonic() + 60
    while time.monotonic() < end and b'"count":1' not in (part.read_bytes() if part.exists() else b""):
        time.sleep(0.1)
    process.kill()
    process.wait()
    os.killpg(process.pid, signal.SIGKILL)  # the command itself lives on, as it would without us
    process.communicate()

    run = kept(place=part)
    assert (run.ended, read_by(run)) == (None, {recording(1)})
    assert run.why_incomplete == "it was killed before its end"
    assert "partial: 1 of 1 file read" in used("list").stdout.decode()


def test_a_reader_of_everything_is_named_and_not_counted(used, kept, tree):
    script = f"cat {recording(3)}; sleep 0.6; cat tests/*/recordings/*; sleep 0.8; cat {recording(4)}"
    done = used(tree, "--as", "run", "--", "sh", "-c", script)

    run = kept()
    assert read_by(run) == {recording(3), recording(4)}
    assert [one.files for one in run.sweeps] == [30]
    assert sum(one.doubt == "swept" for one in run.files.values()) == 28
    assert re.search(r"Something read all 30 files at \d\d:\d\d:\d\d within 0\.\d s, not counted", done.stderr)


def test_our_own_index_is_told_apart(used, kept, tree):
    index = f"{sys.executable} -m recviewer index {tree}"
    done = used(tree, "--as", "run", "--", "sh", "-c", f"cat {recording(3)}; {index}")

    assert b"30 added" in done.stdout
    run = kept()
    assert (read_by(run), run.ours, run.sweeps) == ({recording(3)}, 30, ())
    assert not any(one.doubt for one in run.files.values())


def test_output_goes_where_it_is_told_and_is_imported(used, kept, tree, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    used(tree, "--as", "a", "--output", out, "--", "cat", recording(1))
    used(tree, "--as", "b", "--output", out / "other.jsonl", "--quiet", "--", "cat", recording(2))
    assert not (tmp_path / "data" / "used").exists()
    (out / "bad.jsonl").write_text("{}\n")
    done = used("import", out / "used-a.jsonl", out / "other.jsonl", out / "bad.jsonl", "--recordings", tree)

    assert done.returncode == 2
    assert "bad.jsonl was not imported: The first line is not that of a run" in done.stderr
    assert [line.split()[0] for line in used("list").stdout.decode().splitlines()] == ["a", "b"]
    assert read_by(kept("a")) == {recording(1)}

    with open(out / "other.jsonl", "a") as other:
        other.write("torn\n")
    done = used("import", out / "other.jsonl", "--recordings", tree)
    assert done.returncode == 1
    assert "was left out: it is not JSON" in done.stderr


SUITE = """
import pathlib, subprocess, time
import pytest
HERE = pathlib.Path(__file__).parent

def place(number):
    return HERE / f"suite{number % 2}" / "recordings" / f"r{number:02}.json"

@pytest.mark.parametrize("number", range(8))
def test_read(number):
    place(number).read_text()
    time.sleep(0.05)

def test_child():
    subprocess.run(["cat", str(place(20))], check=True)

def test_none():
    pass

def test_missing():
    with pytest.raises(FileNotFoundError):
        place(99).read_text()

@pytest.mark.skip
def test_skipped():
    pass

def test_fails():
    raise AssertionError
"""


@pytest.mark.parametrize("workers", ["0", "2"])
def test_which_test_reads_what(used, kept, tree, workers):
    (tree / "tests" / "test_suite.py").write_text(SUITE)
    pytest_words = [sys.executable, "-W", "error", "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", workers]
    done = used(tree, "--as", "run", "--tests", "--", *pytest_words, "-W", "error", "tests")

    assert b"1 failed, 11 passed, 1 skipped" in done.stdout, done.stdout
    tests = {one.test.partition("::")[2]: one for one in kept().tests}
    for number in range(8):
        assert tests[f"test_read[{number}]"].files == {recording(number): 1}
    child = tests["test_child"]
    assert recording(20) in (*child.files, *child.perhaps)
    assert workers != "0" or child.files == {recording(20): 1}
    assert (tests["test_none"].files, tests["test_none"].outcome) == ({}, "passed")
    assert tests["test_missing"].missing == (recording(99),)
    assert (tests["test_skipped"].outcome, tests["test_fails"].outcome) == ("skipped", "failed")
    assert kept().why_incomplete == ""


def test_a_suite_that_gave_up_says_nothing_of_the_rest(used, kept, tree):
    (tree / "tests" / "test_suite.py").write_text(SUITE)
    words = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:randomly", "tests"]
    used(tree, "--as", "run", "--tests", "--", *words)

    assert kept().why_incomplete.startswith("pytest ended early: stopping after 1 failure")


def test_a_limit_of_watches_is_told_and_nothing_is_claimed(tree, tmp_path, monkeypatch):
    import errno

    from recviewer.recorders.registry import claims
    from recviewer.used.run_notes import RunNotes
    from recviewer.used.watching import TreeWatch

    noted = RunNotes()
    watch = TreeWatch(tree, claims(), noted)
    inotify = pytest.importorskip("inotify_simple")

    def full(self, path, mask):
        if b"suite1" in os.fsencode(path):
            raise OSError(errno.ENOSPC, "No space left on device")
        return original(self, path, mask)

    original = inotify.INotify.add_watch
    monkeypatch.setattr(inotify.INotify, "add_watch", full)
    found = watch.start()
    watch.close()

    assert len(found) == 15
    (limit,) = noted.limits
    assert re.match(r"the system allows no more than \d watched folders here \(fs.inotify.max_user_watches\)", limit)


def test_an_overflow_of_the_queue_is_told(tree):
    from recviewer.recorders.registry import claims
    from recviewer.used.run_notes import RunNotes
    from recviewer.used.watching import OVERFLOW, TreeWatch

    limit = int(Path("/proc/sys/fs/inotify/max_queued_events").read_text())
    noted = RunNotes()
    watch = TreeWatch(tree, claims(), noted)
    watch.start()
    for _ in range(limit // 4 + 10):
        for number in (1, 3):
            with open(tree / recording(number)) as file:
                file.read(1)
    watch.read(1)
    watch.close()

    assert noted.limits == [OVERFLOW]


def test_where_nothing_can_be_watched_the_command_runs_all_the_same(used, kept, tree, environment, tmp_path):
    (tmp_path / "inotify_simple.py").write_text("raise ImportError\n")
    environment["PYTHONPATH"] = f"{tmp_path}{os.pathsep}{environment['PYTHONPATH']}"
    done = used(tree, "--as", "run", "--", "sh", "-c", "exit 5")

    assert done.returncode == 5
    assert "inotify-simple is missing" in kept().why_incomplete
    assert json.dumps("says nothing of what it did not read")[1:-1] in done.stderr
