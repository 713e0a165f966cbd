"""What a run says of a recording that it read, did not read, or could not know."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from recviewer.used import evidence
from recviewer.used.evidence import OfRecording, Speaker, written
from recviewer.used.model import UsedFile, UsedRun, UsedTest

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
BLOB = "a" * 40


def one(path="a/recordings/1.json", blob=BLOB, test="t.py::x", file="t.py", suite="a"):
    return OfRecording(path, blob, test, file, suite)


READ = one("a/recordings/read.json", test="t.py::read")


def run(*files, tests=(), **more):
    every = [UsedFile(READ.path, BLOB, 1, 2, AT, AT), *files]
    made = UsedRun("run", AT, ("pytest",), ended=AT, exit=0, files={file.path: file for file in every}, tests=tests)
    return replace(made, **more)


def says(run, subject=None, start=""):
    subject = subject or one()
    return Speaker(run, start, [READ, subject]).says(subject)


UNREAD = UsedFile(one().path, BLOB, 1)


def test_what_was_read_is():
    assert says(run(), READ) == ("run", 2, AT, "")


def test_what_was_made_counts_as_read():
    assert says(run(replace(UNREAD, written=1))).opens == 1


def test_what_was_not_read_is_said():
    assert says(run(UNREAD)) == ("run", 0, None, "")


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (run(), evidence.NEWER),
        (run(replace(UNREAD, blob="b" * 40)), evidence.OLDER),
        (run(replace(UNREAD, blob="b" * 40, count=3, first=AT, last=AT)), evidence.OLDER),
        (run(replace(UNREAD, blob="")), evidence.NO_BYTES),
        (run(replace(UNREAD, doubt="swept")), evidence.SWEPT),
        (run(UNREAD, ended=None), evidence.INCOMPLETE),
        (run(UNREAD, limits=("full",)), evidence.INCOMPLETE),
        (run(UNREAD, exit=2), evidence.INCOMPLETE),
        (run(UNREAD, stopped="-x"), evidence.INCOMPLETE),
        (run(UNREAD, left_out=3), evidence.INCOMPLETE),
        (run(UNREAD, tests=(UsedTest("t.py::x", "skipped"),)), evidence.SKIPPED),
        (run(UNREAD, tests=(UsedTest("t.py::x", "failed"),)), evidence.FAILED),
        (run(UNREAD, tests=(UsedTest("t.py::x", "error"),)), evidence.FAILED),
    ],
)
def test_where_it_cannot_know_it_says_nothing(made, why):
    assert says(made).why == why


@pytest.mark.parametrize("exit", [0, 1])
def test_failures_elsewhere_do_not_matter(exit):
    assert not says(run(UNREAD, exit=exit, tests=(UsedTest("t.py::other", "failed"),))).why


def test_of_a_test_that_ran_it_speaks_even_if_others_were_left_out():
    tests = (UsedTest("t.py::x", "passed"),)

    assert not says(run(UNREAD, left_out=9, tests=tests)).why
    assert says(run(UNREAD, limits=("full",), tests=tests)).why


@pytest.mark.parametrize(
    ("subject", "why"),
    [
        (one(file="u.py", test="u.py::x"), evidence.ELSEWHERE),
        (one(file="", test="", suite="b"), evidence.ELSEWHERE),
        (one(file="", test="", suite="a"), evidence.ELSEWHERE),
    ],
)
def test_what_the_run_had_no_reason_to_read_is_not_spoken_of(subject, why):
    assert says(run(UNREAD), subject).why == why


def test_without_tests_the_suite_counts():
    beside = READ._replace(test_id="", test_file="")
    subject = one(test="", file="")

    assert not Speaker(run(UNREAD), "", [beside, subject]).says(subject).why


@pytest.mark.parametrize(
    ("root", "start", "path"),
    [("", "", "a/1.json"), ("tests", "tests/", "a/1.json"), ("tests", "", "tests/a/1.json"), ("", "tests/", "1.json")],
)
def test_paths_are_told_from_the_top_of_the_repository(root, start, path):
    whole = {"a/1.json": "tests/a/1.json", "1.json": "tests/1.json"}.get(path, path)
    noted = {"": {"a/1.json": "a/1.json", "1.json": "tests/1.json"}.get(path, path)}.get(root, "a/1.json")
    made = UsedRun("run", AT, (), root=root, ended=AT, exit=0, files={noted: UsedFile(noted, BLOB, 1, 1, AT, AT)})

    assert whole
    assert Speaker(made, start, []).says(one(path)).opens == 1


def test_another_folder_is_not_known():
    made = UsedRun(
        "run", AT, (), root="tests/a", ended=AT, exit=0, files={"1.json": UsedFile("1.json", BLOB, 1, 1, AT, AT)}
    )

    assert Speaker(made, "tests/", []).says(one("b/1.json")).why == evidence.NEWER


def test_in_short():
    said = [evidence.RunSays("a", 3, AT), evidence.RunSays("b"), evidence.RunSays("c", why="k")]

    assert written(said) == {"a": [3, int(AT.timestamp())], "b": 0, "c": "k"}
