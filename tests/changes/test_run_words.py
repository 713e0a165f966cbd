"""What runs of the suite say of the changes of a range."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recviewer.changes.facts import NOTHING_SAID
from recviewer.changes.overview import overview, with_runs
from recviewer.changes.run_words import clauses_on, counts_on
from recviewer.used.model import UsedFile
from tests.trees import chat, id_of
from tests.used.building import AT, run_over

KEPT, FRESH = chat("What stays?"), chat("A new question?")
OLD = chat("An old question?", test="t/test_old.py::test_gone")


@pytest.fixture
def paths(tree):
    """A branch that deletes one recording and adds another; a third stays. Returns old, kept, fresh."""
    old, kept = tree.put(OLD, KEPT)
    tree.commit("base")
    tree.git("tag", "base")
    (tree.top / old).unlink()
    (fresh,) = tree.put(FRESH)
    tree.commit("head")
    return old, kept, fresh


@pytest.fixture
def said(tree, paths):
    """Return a function that tells what runs say of a range, by the path of the change."""

    def ask(*runs, spec="base..HEAD"):
        found = with_runs(overview(tree.load(spec)), runs)
        return {one.side.path: one.runs.clause for one in found.changes if one.runs.clause}

    return ask


def head_of(tree):
    return tree.git("rev-parse", "HEAD")


def test_a_new_recording_that_the_run_did_not_read_is_named(tree, paths, said):
    _old, kept, fresh = paths

    assert said(run_over(tree.top, {kept: 1, fresh: 0})) == {fresh: "never read by openai"}
    assert said(run_over(tree.top, {kept: 1, fresh: 1})) == {}
    assert said(run_over(tree.top, {kept: 1, fresh: 0}), run_over(tree.top, {fresh: 2}, name="azure")) == {}


def test_several_runs_are_named_and_of_many_the_first(tree, paths, said):
    _, kept, fresh = paths
    runs = [run_over(tree.top, {kept: 1, fresh: 0}, name=f"r{number}") for number in range(6)]

    assert said(*runs) == {fresh: "never read by r0, r1, r2, r3 and 2 more"}


def test_a_run_that_knew_other_bytes_says_nothing(tree, paths, said):
    _, kept, fresh = paths
    run = run_over(tree.top, {kept: 1, fresh: 0})
    tree.write(fresh, (tree.top / fresh).read_bytes() + b"\n")
    tree.commit("again")

    assert said(run) == {}


def test_a_run_that_read_nothing_of_the_test_file_says_nothing(tree, paths, said):
    _, kept, fresh = paths
    other = chat("Elsewhere?", test="tests/integration/chat/test_other.py::test_else")
    (beside,) = tree.put(other)
    tree.commit("other")

    assert said(run_over(tree.top, {kept: 0, fresh: 0, beside: 1}), spec="base..HEAD~1") == {}
    assert said(run_over(tree.top, {kept: 1, fresh: 0, beside: 1}), spec="base..HEAD~1")


@pytest.mark.parametrize("more", [{"exit": 2}, {"ended": None}, {"limits": ("x",)}, {"left_out": 2}])
def test_a_run_of_which_not_all_ran_says_nothing(tree, paths, said, more):
    _, kept, fresh = paths

    assert said(replace(run_over(tree.top, {kept: 1, fresh: 0}), **more)) == {}


def test_the_files_on_disk_are_a_head_too(tree, paths, said):
    _, kept, fresh = paths
    tree.git("reset", "-q", "--soft", "base")

    assert said(run_over(tree.top, {kept: 1, fresh: 0}), spec="base") == {fresh: "never read by openai"}


def test_a_deleted_recording_that_a_run_on_the_branch_asked_for_is_named(tree, paths, said):
    old, kept, fresh = paths
    run = run_over(tree.top, {kept: 1, fresh: 1}, missing=[old])

    assert said(run) == {old: "asked for in vain by openai in 1 test, which failed"}
    assert said(replace(run, tests=(replace(run.tests[0], outcome="passed"),))) == {
        old: "asked for in vain by openai in 1 test, which did not fail"
    }


def test_of_a_pair_at_two_paths_the_old_one_may_be_asked_for(tree, said):
    """A file is named by a hash of its request: the branch has another request, and a test still makes the old one."""
    old, kept = tree.put(chat("What is asked?"), KEPT)
    tree.commit("base")
    (tree.top / old).unlink()
    (fresh,) = tree.put(chat("What is asked now?"))
    tree.commit("head")

    run = run_over(tree.top, {kept: 1, fresh: 0}, missing=[old])
    assert said(run, spec="HEAD~1..HEAD") == {
        fresh: "never read by openai; asked for in vain by openai in 1 test, which failed"
    }


def test_tests_that_asked_are_counted(tree, paths, said):
    old, kept, fresh = paths
    run = run_over(tree.top, {kept: 1, fresh: 1}, missing=[old])
    tests = tuple(replace(run.tests[0], test=f"t.py::{name}", outcome=name) for name in ("failed", "passed", "error"))

    assert said(replace(run, tests=tests)) == {old: "asked for in vain by openai in 3 tests, 2 of which failed"}


def test_a_test_that_asked_in_several_runs_is_one(tree, paths, said):
    old, kept, fresh = paths
    runs = [
        run_over(tree.top, {kept: 1, fresh: 1}, name=outcome, missing=[old], outcome=outcome)
        for outcome in ("passed", "failed")
    ]

    assert said(*runs) == {old: "asked for in vain by passed, failed in 1 test, which failed"}


def test_a_run_elsewhere_that_missed_the_same_path_says_nothing(tree, paths, said):
    """Before the recording was made, or on another branch, it may have been missed as well."""
    old, kept, _fresh = paths
    on_base = run_over(tree.top, {kept: 1}, missing=[old], commit=tree.git("rev-parse", "base"))

    assert said(on_base) == {}
    assert said(replace(on_base, commit=head_of(tree)))


def test_a_commit_that_the_repository_does_not_have_counts_where_the_run_is_later(tree, paths, said):
    """A host runs pull requests on a merge that is nowhere else."""
    old, kept, _ = paths
    run = run_over(tree.top, {kept: 1}, missing=[old], commit="a" * 40)

    assert said(run)
    assert said(replace(run, began=datetime(2025, 1, 1, tzinfo=UTC))) == {}
    assert said(replace(run, commit="")) == {}


def test_paths_of_a_run_are_those_below_its_folder(tree, paths, said):
    old, kept, fresh = paths
    whole = run_over(tree.top, {kept: 1, fresh: 0}, missing=[old])
    files = {
        path.removeprefix("tests/"): replace(one, path=path.removeprefix("tests/")) for path, one in whole.files.items()
    }
    test = replace(whole.tests[0], missing=(old.removeprefix("tests/"),))

    assert set(said(replace(whole, root="tests", files=files, tests=(test,)))) == {old, fresh}


def test_nothing_is_decided_hidden_or_asked_by_it(tree, paths):
    old, kept, fresh = paths
    bare = overview(tree.load("base..HEAD"))
    told = with_runs(bare, [run_over(tree.top, {kept: 1, fresh: 0}, missing=[old])])

    assert [replace(one, runs=bare.changes[0].runs) for one in told.changes] == list(bare.changes)
    assert (told.numbers, told.findings) == (bare.numbers, bare.findings)
    assert [one.needs_you for one in told.changes] == [one.needs_you for one in bare.changes]


def test_of_changes_that_are_told_together_it_is_said_how_many_are_meant(tree, paths):
    _old, kept, fresh = paths
    (change,) = [
        one
        for one in with_runs(overview(tree.load("base..HEAD")), [run_over(tree.top, {kept: 1, fresh: 0})]).changes
        if one.side.path == fresh
    ]

    assert clauses_on([change]) == ("never read by openai",)
    quiet = replace(change, runs=NOTHING_SAID)
    assert clauses_on([change, quiet]) == ("never read by openai (1 of 2)",)
    assert (counts_on([change]), counts_on([change, quiet]), counts_on([quiet])) == (
        ("never read",),
        ("1 never read",),
        (),
    )


def test_a_run_over_a_cassette_speaks_by_suite(tree, said, paths):
    """Where no recording names its test, what lies in the same suite stands for it."""
    path, beside = (f"tests/integration/chat/recordings/{name}.json" for name in ("x" * 64, "y" * 64))
    for one in (path, beside):
        tree.put(chat("No test?" + one[-6], test=None))
    made = [one for one in tree.git("status", "--short", "-uall").split() if one.endswith(".json")]
    tree.commit("no tests")

    run = run_over(tree.top, {made[0]: 1, made[1]: 0})
    assert said(run, spec="HEAD~1..HEAD") == {made[1]: "never read by openai"}
    assert said(run_over(tree.top, {made[0]: 0, made[1]: 0}), spec="HEAD~1..HEAD") == {}


def test_later_than_the_bytes_means_by_their_blob(tree, paths, said):
    _, kept, fresh = paths
    run = run_over(tree.top, {kept: 1, fresh: 0}, began=AT - timedelta(days=900))
    unknown = replace(run, files={**run.files, fresh: UsedFile(fresh, "", 1)})

    assert said(run)
    assert said(unknown) == {}
    assert id_of() in str(tree.load("base..HEAD").added[0].test_id)
