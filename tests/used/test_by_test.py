"""What runs tell of tests, held against the tests that recordings name."""

from dataclasses import replace

import pytest

from recviewer.used.by_test import by_test, report_lines
from recviewer.used.model import UsedRun, UsedTest
from tests.used.building import AT

T = "tests/test_it.py::test_{}[{}]".format
A, B, C = T("a", "openai"), T("b", "openai"), T("a", "azure")


def run(*tests, name="openai", root=""):
    return UsedRun(name, AT, (), root=root, ended=AT, exit=0, tests=tests)


def read(test, *paths, outcome="passed", perhaps=()):
    return UsedTest(test, outcome, dict.fromkeys(paths, 1), tuple(perhaps))


def test_a_recording_that_another_test_reads_is_named_with_both():
    found = by_test([run(read(A, "a.json"), read(B, "a.json", "b.json"))], {"a.json": [A], "b.json": [B]})

    assert [(one.path, one.tests, one.readers, one.is_own) for one in found.others] == [("a.json", (A,), (B,), True)]
    assert by_test([run(read(A), read(B, "a.json"))], {"a.json": [A]}).others[0].is_own is False


def test_a_recording_of_no_test_is_nobodys():
    assert not by_test([run(read(A, "a.json", "b.json"))], {"a.json": [""], "b.json": [A]}).others


def test_every_test_that_a_file_names_is_its_own():
    assert not by_test([run(read(A, "a.yaml"), read(B, "a.yaml"))], {"a.yaml": [A, B, ""]}).others


@pytest.mark.parametrize(
    ("one", "is_silent"),
    [
        (read(A), True),
        (read(A, outcome="failed"), True),
        (read(A, outcome="skipped"), False),
        (read(A, "a.json"), False),
        (read(A, perhaps=["a.json"]), False),
    ],
)
def test_a_test_that_ran_and_read_none_is_silent(one, is_silent):
    assert by_test([run(one)], {"a.json": [A]}).silent == ((A,) if is_silent else ())


def test_what_one_run_read_counts_for_the_others():
    assert not by_test([run(read(A)), run(read(A, "a.json"), name="azure")], {"a.json": [A]}).silent


def test_parameters_that_no_run_had_are_told_where_the_function_ran():
    recorded = {"a.json": [A], "c.json": [C], "d.json": [T("gone", "x")]}

    assert by_test([run(read(A, "a.json"))], recorded).parameters == (("c.json", C),)
    assert by_test([run(read(A, "a.json")), run(read(C), name="azure")], recorded).parameters == ()


def test_ids_that_nothing_matches_tell_nothing():
    found = by_test([run(read(A, "a.json"))], {"a.json": [f"other/{A}"]})

    assert (found.is_foreign, found.others, found.parameters) == (True, (), ())
    assert "No recording names a test as these runs do." in list(report_lines(found))


def test_paths_of_a_run_are_held_against_those_of_the_tree():
    one = run(read(B, "recordings/a.json"), root="tests")

    assert by_test([one], {"recordings/a.json": [A], "b.json": [B]}, "tests/").others
    assert by_test([replace(one, root="")], {"tests/recordings/a.json": [A], "b.json": [B]}).others == ()


def test_many_lines_are_counted():
    lines = list(report_lines(by_test([run(*[read(T(str(number), "x")) for number in range(30)])], {})))

    assert lines[0] == "30 tests ran, in 1 run: openai"
    assert "  … and 10 more" in lines


def test_runs_without_tests_tell_nothing():
    assert list(report_lines(by_test([run()], {}))) == [
        "No run that is kept knows of tests: recviewer used --tests, with pytest."
    ]
