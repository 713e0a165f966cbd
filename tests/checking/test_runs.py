"""`recviewer check` with runs of the suite: those that are named, and those that are kept."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from recviewer.configuration import places
from tests.trees import chat
from tests.used.building import keep, run_over

READ, UNREAD = chat(), chat("Never asked?")


@pytest.fixture
def paths(tree):
    return tree.put(READ, UNREAD)


@pytest.fixture
def run(tree, paths):
    return run_over(tree.top, {paths[0]: 2, paths[1]: 0})


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch):
    """A data folder of our own, which says whose it is no more than a fresh one."""
    monkeypatch.setenv("RECVIEWER_DATA", str(tmp_path / "data"))


def found(out):
    return [
        (one["path"], one["says"])
        for one in json.loads(out)["findings"]
        if (one["rule"], one["standing"]) == ("never-read", "counts")
    ]


def test_a_run_that_is_named_tells_what_it_did_not_read(tmp_path, check, run, paths):
    place = keep(run, tmp_path / "ci")

    code, out, err = check("--runs", str(place), "--format", "json")

    assert found(out) == [(paths[1], "it was not read by the run that would have: openai")]
    assert (code, err) == (1, "")


def test_of_a_folder_every_run_in_it_counts_whichever_job_it_came_from(tmp_path, check, tree, run, paths):
    keep(run, tmp_path / "ci" / "used-openai")
    keep(run_over(tree.top, {paths[0]: 0, paths[1]: 1}, name="azure"), tmp_path / "ci" / "used-azure")

    assert found(check("--runs", str(tmp_path / "ci"), "--format", "json")[1]) == []


def test_of_two_runs_of_a_name_the_last_whole_one_counts(tmp_path, check, tree, run, paths):
    later = run_over(tree.top, {paths[0]: 1, paths[1]: 1}, began=run.began + timedelta(hours=1))
    partial = replace(run, began=run.began + timedelta(hours=2), ended=None)
    places_ = [keep(one, tmp_path / str(at)) for at, one in enumerate([partial, later, run])]

    words = [word for place in places_ for word in ("--runs", str(place))]

    assert found(check(*words, "--format", "json")[1]) == []
    assert found(check("--runs", str(places_[2]), "--format", "json")[1])


def test_runs_that_are_kept_for_the_directory_count_unasked(check, tree, run, paths):
    keep(run, places.find(tree.top).data / "used")

    assert [path for path, _ in found(check("--format", "json")[1])] == [paths[1]]
    assert found(check("--runs", "", "--format", "json")[1]) == []


def test_a_data_folder_of_other_recordings_does_not_count(tmp_path, check, tree, run, monkeypatch):
    data = tmp_path / "others"
    keep(run, data / "used")
    (data / "root").write_text(json.dumps({"what": "recordings", "place": str(tmp_path / "elsewhere")}))
    monkeypatch.setenv("RECVIEWER_DATA", str(data))

    assert found(check("--format", "json")[1]) == []


def test_of_a_range_only_what_is_new_counts(tmp_path, check, tree, paths, run):
    base = tree.commit()
    tree.put(chat("Another that nobody asks?"))
    fresh = tree.put(chat("Another that nobody asks?"))[0]
    place = keep(run_over(tree.top, {paths[0]: 2, paths[1]: 0, fresh: 0}), tmp_path / "ci")

    _, on_disk, _ = check("--base", base, "--runs", str(place), "--format", "json")
    tree.commit()
    _, committed, _ = check(f"{base}..HEAD", "--runs", str(place), "--format", "json")

    assert [path for path, _ in found(on_disk)] == [path for path, _ in found(committed)] == [fresh]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("no run\n", "first line is not that of a run"),
        (json.dumps({"used": 1, "run": "late", "began": "2999-01-01T00:00:00.000Z"}) + "\n", "yet to come"),
    ],
)
def test_a_file_that_is_no_run_ends_it(tmp_path, check, tree, paths, text, why):
    bad = tmp_path / "used-bad.jsonl"
    bad.write_text(text)

    code, out, err = check("--runs", str(bad))

    assert (code, out) == (2, "")
    assert why in err
    assert "used-bad.jsonl" in err


def test_a_run_that_is_not_there_ends_it(tmp_path, check, paths):
    code, _, err = check("--runs", str(tmp_path / "used-none.jsonl"))

    assert code == 2
    assert "used-none.jsonl" in err


def test_a_kept_file_that_is_no_run_is_left_out_and_named(check, tree, run, paths):
    folder = places.find(tree.top).data / "used"
    keep(run, folder)
    (folder / "used-bad.jsonl").write_text("{}\n")

    _, out, err = check("--format", "json")

    assert found(out)
    assert "used-bad.jsonl was left out" in err


def test_clocks_may_differ_a_little(tmp_path, check, tree, paths):
    soon = datetime.now(UTC) + timedelta(hours=1)
    place = keep(run_over(tree.top, {paths[0]: 1, paths[1]: 0}, began=soon, ended=soon), tmp_path)

    assert found(check("--runs", str(place), "--format", "json")[1])


def test_files_by_themselves_ask_no_run(check, tree, paths, monkeypatch):
    monkeypatch.setattr("recviewer.used.stored_runs.kept_in", None)
    tree.commit()

    assert check(paths[0])[0] == check("--changed")[0] == 0
