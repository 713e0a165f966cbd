import json

import pytest
from django.core.management import CommandError, call_command

from recviewer.cli import root_option
from recviewer.commands import start
from recviewer.review.decide import decide
from recviewer.review.subjects import Seen


@pytest.fixture(autouse=True)
def prepared(monkeypatch):
    monkeypatch.setattr(start, "prepare", lambda *, static: None)


@pytest.fixture
def marked(make_recording):
    one = make_recording()
    bad = make_recording("tests/recordings/bad.json", answered="Mars.\x1b[2J", test="tests/t.py::test_bad['x y']")
    decide([Seen(one.path, one.blob)], actor="Ana", verdict="delete")
    decide([Seen(bad.path, bad.blob)], actor="Ana", verdict="reject", note="odd\x1b[2J planet")
    return one


def run(capfdbinary, *words):
    call_command("plan", *words)
    return capfdbinary.readouterr().out


def test_text_for_people(capfdbinary, marked):
    text = run(capfdbinary).decode()

    assert "To delete: 1 recording" in text
    assert "tests/recordings/one.json  (Ana)" in text
    assert "1 test would lose what replays" in text
    assert "odd<U+001B>[2J planet" in text
    assert "\x1b" not in text
    assert "pytest 'tests/t.py::test_bad" in text


def test_nothing_to_do(capfdbinary, make_recording):
    make_recording()

    assert run(capfdbinary).decode().startswith("Nothing is marked")


@pytest.mark.parametrize(
    ("words", "begins"),
    [
        (["--format", "patch"], b"diff --git "),
        (["--format", "git-rm"], b"tests/recordings/one.json\n"),
        (["--format", "git-rm", "--null"], b"tests/recordings/one.json\0"),
        (["--format", "tests"], b"tests/t.py::test_bad['x y']\n"),
    ],
)
def test_forms(capfdbinary, marked, words, begins):
    assert run(capfdbinary, *words).startswith(begins)


def test_json(capfdbinary, marked):
    assert json.loads(run(capfdbinary, "--format", "json"))["deletions"][0]["path"] == marked.path


def test_output_to_a_file(capfdbinary, marked, tmp_path):
    assert run(capfdbinary, "--format", "git-rm", "--output", str(tmp_path / "list")) == b""
    assert (tmp_path / "list").read_bytes() == b"tests/recordings/one.json\n"


@pytest.mark.parametrize("words", [["--null"], ["--output", "no/such/folder/plan"]])
def test_could_not_run_is_2(capfdbinary, marked, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)

    with pytest.raises(CommandError) as refused:
        call_command("plan", *words)

    assert refused.value.returncode == 2


def test_no_tree_is_2(capfdbinary, settings, db, root):
    settings.RECORDINGS_ROOT = root / "not there"

    with pytest.raises(CommandError) as refused:
        call_command("plan")

    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("words", "root"),
    [
        (["plan", "--format", "json", "--recordings", "a b"], "a b"),
        (["reviews", "export", "--recordings=x=y"], "x=y"),
        (["plan", "--recordings"], None),
        (["index", "--recordings", "x"], None),
        ([], None),
    ],
)
def test_the_root_that_an_option_names(words, root):
    assert root_option(words) == root
