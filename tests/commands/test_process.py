"""The command as a process: exit codes, help, and no traceback ever."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.processes]


def test_index_then_show_then_search(recviewer, put):
    put()

    assert recviewer("index").stdout.endswith(b": 1 added.\n")
    assert json.loads(recviewer("show", "tests/recordings/one.json", "--json").stdout)["kind"] == "chat"
    found = recviewer("search", "planet")
    assert (found.returncode, found.stdout.splitlines()[0]) == (0, b"tests/recordings/one.json")


def test_index_takes_the_root_as_its_argument(recviewer, put, tmp_path, root):
    put()

    done = recviewer("index", "-v", "1", str(root), RECVIEWER_RECORDINGS=str(tmp_path / "nowhere"))

    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize(
    "words",
    [
        ["show", "nothing.json"],
        ["show", "x" * 300],
        ["show", b"\xff"],
        ["export", "/nowhere/at/all"],
        ["export", "--nonsense"],
        ["index", "/nowhere/at/all"],
        ["plan", "a...b", "--repo", "/nowhere/at/all"],
        ["show"],
    ],
    ids=str,
)
def test_what_cannot_be_done_ends_with_2_and_a_sentence(recviewer, words):
    done = recviewer(*words)

    assert done.returncode == 2
    assert b"recviewer" in done.stderr
    assert b"CommandError" not in done.stderr


def test_a_refusal_begins_with_the_command(recviewer):
    done = recviewer("find-hash", "zz")

    assert (done.returncode, done.stderr) == (2, b"recviewer: zz is not a hash: 7 to 64 hexadecimal digits.\n")


@pytest.mark.parametrize("command", ["index", "show", "export", "search", "serve", "plan"])
def test_help_has_an_example(recviewer, command):
    done = recviewer(command, "--help")

    assert done.returncode == 0
    assert f"Example: recviewer {command}" in " ".join(done.stdout.decode().split())


@pytest.mark.parametrize("words", [["export"], ["show", "tests/recordings/one.json"]], ids=["export", "show"])
def test_closed_pipe_is_no_failure(put, root, tmp_path, words):
    put(answered="x" * 300_000)
    for number in range(3):
        put(f"tests/recordings/{number}.json", answered="x" * 300_000)
    places = {"RECVIEWER_RECORDINGS": str(root), "RECVIEWER_DATA": str(tmp_path / "data")}
    environment = os.environ | places | {"DJANGO_SETTINGS_MODULE": "recviewer.settings"}
    command = [sys.executable, "-m", "recviewer", *words]
    process = subprocess.Popen(command, env=environment, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    process.stdout.read(1)
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()

    assert (process.wait(), err) == (0, b"")


def test_interrupt_is_no_traceback(put, root, tmp_path):
    for number in range(600):
        put(f"tests/recordings/{number}.json", asked=f"{number} " + "word " * 3000)
    places = {"RECVIEWER_RECORDINGS": str(root), "RECVIEWER_DATA": str(tmp_path / "data")}
    environment = os.environ | places | {"DJANGO_SETTINGS_MODULE": "recviewer.settings"}
    command = [sys.executable, "-m", "recviewer", "index"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    holder = tmp_path / "data" / "index.holder"
    while not holder.exists() and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)

    assert process.returncode in (0, 130)
    assert b"Traceback" not in err


def test_wrong_variable_stops_the_start_with_a_sentence(recviewer):
    done = recviewer("index", RECVIEWER_FILE_LIMIT_MB="much")

    assert done.returncode == 2
    assert b"RECVIEWER_FILE_LIMIT_MB='much' cannot be used: it takes a whole number" in done.stderr


@pytest.fixture
def owned(recviewer, put, tmp_path):
    """A data folder that belongs to the root, and another root."""
    put()
    assert recviewer("index").returncode == 0
    other = tmp_path / "other"
    (other / "recordings").mkdir(parents=True)
    (other / "recordings" / "x.json").write_text("{}")
    return other


def test_command_without_a_root_works_on_the_one_of_its_data_folder(recviewer, owned, root):
    for words in (["search", "planet"], ["export"], ["show", "tests/recordings/one.json"]):
        done = recviewer(*words, RECVIEWER_RECORDINGS="")
        assert done.returncode == 0, done.stderr
        assert b"one.json" in done.stdout
        assert b"x.json" not in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["search", "planet"],
        ["search", "planet", "--recordings", "{other}"],
        ["index", "{other}"],
        ["serve", "{other}", "--prepare-only"],
        ["plan"],
        ["plan", "--recordings", "{other}"],
        ["reviews", "export", "-"],
        ["show", "tests/recordings/one.json"],
    ],
    ids=" ".join,
)
def test_other_root_with_this_data_folder_is_refused(recviewer, owned, root, words):
    done = recviewer(*[word.format(other=owned) for word in words], RECVIEWER_RECORDINGS=str(owned))

    assert done.returncode == 2
    assert str(root).encode() in done.stderr
    assert str(owned).encode() in done.stderr
    assert recviewer("search", "planet").stdout.splitlines()[0] == b"tests/recordings/one.json"


def test_moved_root_goes_on_with_its_data_folder(recviewer, owned, root):
    root.rename(root.with_name("new"))
    place = str(root.with_name("new"))

    assert recviewer("index", place).returncode == 2
    assert recviewer("index", place, "--moved").returncode == 0
    assert recviewer("search", "planet", RECVIEWER_RECORDINGS="").stdout.splitlines()[0] == b"tests/recordings/one.json"
