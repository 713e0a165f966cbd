"""What the command says of itself, and which folder it serves where none is named."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from recviewer.cli import dispatch, screen
from recviewer.commands.management import commands as own
from tests.conftest import exchange


def run(*arguments, capsys, code=None):
    if code is None:
        dispatch.main(list(arguments))
    else:
        with pytest.raises(SystemExit) as ended:
            dispatch.main(list(arguments))
        assert ended.value.code == code
    return capsys.readouterr()


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",), ("-h",)])
def test_the_screen_fits_and_names_each_command(arguments, capsys):
    said = run(*arguments, capsys=capsys).out

    names = {path.stem for path in Path(own.__path__[0]).glob("[a-z]*.py")} - {"runserver"}
    assert names <= set(screen.FIRST) | set(screen.MORE)
    assert all(name in said for name in names)
    assert all(len(line) <= 100 for line in said.splitlines())
    assert len(said.splitlines()) <= 24
    assert "Django" not in said


@pytest.mark.parametrize("argument", ["--version", "-V", "version"])
def test_the_version_is_its_own(argument, capsys):
    assert run(argument, capsys=capsys).out == "recviewer 0.1.0\n"


@pytest.mark.parametrize(("given", "near"), [("reprot", "report"), ("serv", "serve"), ("find_hash", "find-hash")])
def test_a_mistyped_command_is_told_the_nearest(given, near, capsys):
    said = run(given, capsys=capsys, code=2)
    assert f"Did you mean {near}?" in said.err
    assert len(said.err.splitlines()) == 1


def test_what_is_like_no_command_is_told_so(capsys):
    assert "There is no command xyzzy." in run("xyzzy", capsys=capsys, code=2).err


@pytest.mark.parametrize(
    ("name", "near"), [("RECVIEWER_LOGLEVEL", "RECVIEWER_LOG_LEVEL"), ("RECVIEWER_REPOS", "RECVIEWER_REPO")]
)
def test_a_mistyped_variable_is_told_the_nearest(name, near, monkeypatch, capsys):
    monkeypatch.setenv(name, "x")
    run("completion", "bash", capsys=capsys, code=0)
    said = "\n".join(screen.mistyped([name, "RECVIEWER_DATA", "PATH"]))

    assert said == f"recviewer: {name} is set, and nothing heeds it. Did you mean {near}?"


def test_a_folder_that_is_no_repository_is_named_not_a_variable_that_nobody_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "recviewer", "plan", "a...b"],
        capture_output=True,
        text=True,
        check=False,
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("RECVIEWER_")},
            "RECVIEWER_DATA": str(tmp_path / "data"),
            "PYTHONPATH": str(Path(dispatch.__file__).parents[2]),
            "DJANGO_SETTINGS_MODULE": "recviewer.settings",
        },
    )

    assert (done.returncode, done.stderr) == (
        2,
        f"recviewer: {tmp_path}: it is not a git repository, nor inside one.\n",
    )


@pytest.mark.parametrize("port", ["abc", "0", "65536", "99999999", "-1", "8_000"])
def test_what_is_no_port_is_a_sentence(port, capsys):
    said = run("serve", f"--port={port}", capsys=capsys, code=2).err
    assert f"{port} is not a port: give a number from 1 to 65535" in said
    assert "Traceback" not in said


def test_help_of_a_command_tells_its_own_options(capsys):
    said = run("serve", "--help", capsys=capsys, code=0).out
    assert said.startswith("usage: recviewer serve")
    assert "--pythonpath" not in said


@pytest.mark.parametrize("name", [*screen.FIRST, *screen.MORE, "--server=http://127.0.0.1 decide"])
def test_help_of_each_command_has_an_example_to_copy_and_no_words_of_django(name, capsys):
    said = run(*name.split(), "--help", capsys=capsys, code=0).out

    words = name.partition("=")[0]
    assert any(f"recviewer {words}" in line for line in said.splitlines() if line.startswith("  "))
    assert not [word for word in ("django", "Django's", "Specifies", "verbosity") if word in said]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    for name in (*dispatch._ELSEWHERE, "RECVIEWER_DATA"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "tests" / "recordings"
    home.mkdir(parents=True)
    (home / "a.json").write_text(json.dumps(exchange()))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_checkout_with_recordings_is_served(folder, monkeypatch):
    assert dispatch._here(["serve"]) is None
    (folder / ".git").mkdir()
    assert dispatch._here(["serve", "--open"]) == str(folder)
    for command in ("index", "search", "export", "find-hash", "plan", "reviews"):
        assert dispatch._here([command]) == str(folder)
    assert dispatch._here(["show", "a.json"]) is None
    monkeypatch.chdir(folder / "tests")
    assert dispatch._here(["serve"]) == str(folder / "tests")
    data = folder / "data"
    data.mkdir()
    monkeypatch.setenv("RECVIEWER_DATA", str(data))
    assert dispatch._here(["serve"]) == str(folder / "tests")  # a data folder without recordings of its own yet
    (data / "root").write_text(json.dumps({"what": "recordings", "place": "/elsewhere"}))
    assert dispatch._here(["serve"]) is None


def test_a_checkout_without_recordings_and_our_own_are_not(folder, monkeypatch):
    (folder / ".git").mkdir()
    (folder / "recviewer").mkdir()
    (folder / "recviewer" / "settings.py").touch()
    assert dispatch._here(["serve"]) is None
    (folder / "recviewer" / "settings.py").unlink()
    os.rename(folder / "tests" / "recordings", folder / "tests" / "others")
    assert dispatch._here(["serve"]) is None
