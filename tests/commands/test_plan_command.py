import json
import subprocess

import pytest
from django.core.management import CommandError, call_command

from recviewer.cli.arguments import plan_repository, root_option
from recviewer.commands import start
from recviewer.memory.ranges import report_of
from recviewer.review import ranges
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


def test_an_id_that_is_no_single_line_is_left_out_and_named(capfdbinary, marked, make_recording):
    odd = make_recording("tests/recordings/odd.json", answered="Venus.", test="tests/t.py::test_odd[a\u2028b]")
    decide([Seen(odd.path, odd.blob)], actor="Ana", verdict="reject", note="odd")

    call_command("plan", "--format", "tests")

    told = capfdbinary.readouterr()
    assert told.out == b"tests/t.py::test_bad['x y']\n"
    assert told.err.decode() == (
        "1 test to re-record was left out, with an id that is not a single line: tests/t.py::test_odd[a<U+2028>b]\n"
    )


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


@pytest.fixture
def decided(spec, root):
    """A range of which all is decided, but one if it is named so."""

    def decide_on(*names):
        verdicts = {"new": "delete", "old": "reject", "moon": "reject"}
        for change in report_of(spec).found.changes:
            name = change.side.name.removesuffix(".json")
            if name in names:
                seen = [Seen(change.side.path, change.side.blob)]
                note = "odd\x1b[2J" if verdicts[name] == "reject" else ""
                ranges.say(lambda: report_of(spec).found, seen, actor="Ana", verdict=verdicts[name], note=note)
        return spec

    return decide_on


@pytest.mark.slow
def test_text_of_a_range(capfdbinary, decided, root):
    spec = decided("new", "old", "moon")

    text = run(capfdbinary, spec).decode()

    assert text.startswith(f"{spec}: ")
    assert "To delete: 1 recording" in text
    assert "To restore, as they were in" in text
    assert "tests/recordings/old.json  (Ana: odd<U+001B>[2J)" in text
    assert f"recviewer plan {spec} --repo {root} --format patch | git -C {root} apply --check\n" in text
    assert f"--format git-rm | git -C {root} rm --pathspec-from-file=-\n" in text
    assert "pytest tests/test_planets.py::test_earth" in text
    assert "git switch" not in text


@pytest.mark.slow
def test_a_mirror_says_what_to_check_out(capfdbinary, decided, root, tmp_path):
    spec = decided("new", "old", "moon")
    subprocess.run(["git", "clone", "-q", "--mirror", str(root), str(tmp_path / "mirror")], check=True)

    text = run(capfdbinary, spec, "--repo", str(tmp_path / "mirror")).decode()

    assert f"  git switch --detach {spec.partition('...')[2]}\n" in text
    assert "--format patch | git apply --check\n" in text


@pytest.mark.slow
@pytest.mark.parametrize("form", ["text", "patch", "git-rm", "tests", "json"])
def test_what_is_undecided_in_a_range_is_1(capfdbinary, decided, form):
    spec = decided("new", "old")

    with pytest.raises(SystemExit) as left:
        call_command("plan", spec, "--format", form)

    assert left.value.code == 1
    out, said = capfdbinary.readouterr()
    assert b"1 of the range's changes are undecided" in said
    assert bool(out) is (form != "tests")


@pytest.mark.parametrize("words", [["nowhere...main"], ["--repo", "."], ["main...HEAD", "--repo", "/nowhere"]])
def test_no_such_range_is_2(spec, words):
    with pytest.raises(CommandError) as refused:
        call_command("plan", *words)

    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("words", "variables", "repository"),
    [
        (["plan", "a...b"], {}, "."),
        (["plan", "a...b", "--repo", "x"], {"RECVIEWER_RECORDINGS": "r"}, "x"),
        (["plan", "--repo=x", "a...b", "--recordings", "r"], {}, "x"),
        (["plan", "a...b", "--recordings", "r"], {}, None),
        (["plan", "a...b"], {"RECVIEWER_RECORDINGS": "r"}, None),
        (["plan", "a...b"], {"RECVIEWER_REPO": "x"}, None),
        (["plan", "--format", "json"], {}, None),
        (["report", "a...b"], {}, None),
        ([], {}, None),
    ],
)
def test_the_repository_of_a_range(monkeypatch, words, variables, repository):
    for name in ("RECVIEWER_RECORDINGS", "RECVIEWER_REPO"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert plan_repository(words) == repository
