"""What runs of the suite say, on the page of all tests."""

from pathlib import Path

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.used.stored_runs import folder_of
from tests.used.building import keep, run_over

FILE = "tests/test_cats.py"


@pytest.fixture
def recordings(make_recording):
    """Three tests of one function and one of another: purr has a, b of openai, c of azure; sleep d; bark e."""
    tests = {"a": "purr[openai]", "b": "purr[openai]", "c": "purr[azure]", "d": "sleep", "e": "bark"}
    for name, test in tests.items():
        make_recording(f"tests/recordings/{name}.json", asked=f"{name}?", test=f"{FILE}::test_{test}")


@pytest.fixture
def keep_run(root, settings, recordings):
    def make(name, opens, **more):
        paths = {f"tests/recordings/{one}.json": count for one, count in opens.items()}
        keep(run_over(root, paths, name=name, **more), folder_of(Path(settings.DATA_DIR)))
        indexer.refresh(processes=1)

    return make


def page_of(client, query=""):
    answer = client.get(f"/tests/{query}")
    assert answer.status_code == 200
    return answer.context["page"], answer.content.decode()


def functions(page):
    rows = [row for file in page.files for row in file.fold.body] or page.flat
    return {row.name: row for row in rows}


def test_without_runs_there_is_no_column(client, recordings):
    page, text = page_of(client)

    assert not page.has_runs
    assert "te-runs" not in text
    assert "te-ran" not in text
    assert "-unread" not in text


def test_each_function_and_file_says_by_how_many_runs_it_is_read(client, keep_run):
    keep_run("openai", {"a": 1, "b": 0, "c": 0, "d": 0})
    keep_run("azure", {"a": 1, "c": 2, "b": 0, "d": 0})

    page, text = page_of(client)
    rows = functions(page)

    assert [(rows[one].by_runs.runs, rows[one].by_runs.is_never) for one in ("purr", "sleep", "bark")] == [
        (2, False),
        (0, True),
        (0, False),
    ]
    assert rows["purr"].by_runs.title == "read by azure, openai; 1 of 3 recordings never read"
    assert rows["sleep"].by_runs.title == "1 of 1 recording never read"
    assert rows["bark"].by_runs.title == "of 1 no run says anything"
    assert ("warn", "warn", "no run reads 1") in rows["purr"].marks
    assert page.files[0].by_runs.runs == 2
    assert page.sum.unread == Recording.objects.filter(used_by="").count() == 2
    assert "no run reads <b>2</b>" in text


def test_a_run_that_goes_takes_the_column_along(client, keep_run, settings):
    keep_run("openai", {"a": 1, "b": 0})
    assert "te-runs" in page_of(client)[1]

    next(folder_of(Path(settings.DATA_DIR)).iterdir()).unlink()
    indexer.refresh(processes=1)

    assert "te-runs" not in page_of(client)[1]


def test_those_with_most_that_no_run_reads_come_first(client, keep_run):
    keep_run("openai", {"a": 0, "b": 0, "c": 0, "d": 0, "e": 1})

    page, _ = page_of(client, "?sort=-unread")

    assert [(row.name, row.tally.unread) for row in page.flat] == [("purr", 3), ("sleep", 1)]
    assert page.order == "-unread"


def test_the_filter_of_runs_narrows_them(client, keep_run):
    keep_run("openai", {"a": 1, "b": 0, "d": 1})

    assert sorted(functions(page_of(client, "?used=never")[0])) == ["purr"]
    assert sorted(functions(page_of(client, "?used=openai")[0])) == ["purr", "sleep"]


def test_each_test_of_a_function_says_what_no_run_reads(client, keep_run):
    keep_run("openai", {"a": 1, "b": 0, "c": 0})

    grid = functions(page_of(client)[0])["purr"].fold
    name = grid.name
    text = client.get(f"/tests/?open={name}", headers={"HX-Request": "true"}).content.decode()

    assert text.count("that no run reads") == 2


def test_scripts_are_told_the_same(client, keep_run):
    keep_run("openai", {"a": 1, "b": 0, "c": 0})

    told = {one["test_id"].rpartition("_")[2]: one for one in client.get("/tests.json").json()["tests"]}

    assert (told["purr[openai]"]["read_by"], told["purr[openai]"]["never_read"]) == ({"openai": 1}, 1)
    assert (told["purr[azure]"]["read_by"], told["purr[azure]"]["never_read"]) == ({}, 1)
    assert (told["bark"]["read_by"], told["bark"]["never_read"]) == ({}, 0)


def test_many_runs_are_named_in_part(client, keep_run):
    for number in range(8):
        keep_run(f"r{number}", {"a": 1, "d": 1})

    row = functions(page_of(client)[0])["sleep"]

    assert row.by_runs.runs == 8
    assert row.by_runs.title == "read by r0, r1, r2, r3, r4, r5 and 2 more"
