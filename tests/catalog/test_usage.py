"""What runs say, in the catalog, in queries, facets and exports."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command

from recviewer.catalog import indexer
from recviewer.catalog.facets import columns, counts
from recviewer.catalog.models import Recording, SuiteRun
from recviewer.catalog.state import current_state, stable_state
from recviewer.review.narrowing import narrowed, read
from recviewer.used import run_file, stored_runs
from recviewer.used.model import UsedFile, UsedRun

AT = datetime(2026, 11, 29, 12, tzinfo=UTC)
PATHS = [f"tests/recordings/{name}.json" for name in ("a", "b", "c", "d")]


@pytest.fixture
def indexed(put):
    for path in PATHS:
        put(path, asked=path)
    indexer.refresh(processes=1)


@pytest.fixture
def keep(settings, indexed):
    """Return a function that keeps a run, by how often it opened which file; None: it knew the file and swept it."""

    def write(name, opens, *, blobs=None, **more):
        files = {}
        for path, count in opens.items():
            blob = (blobs or {}).get(path) or Recording.objects.get(path=path).blob
            times = (AT, AT) if count else (None, None)
            files[path] = UsedFile(path, blob, 1, count or 0, *times, doubt="" if count is not None else "swept")
        run = UsedRun(name, AT, ("pytest",), ended=AT, exit=0, files=files, **more)
        folder = stored_runs.folder_of(Path(settings.DATA_DIR))
        folder.mkdir(exist_ok=True)
        run_file.write(folder / run_file.file_name(name), run_file.lines_of(run))
        indexer.refresh(processes=1)

    return write


def found(query):
    asked = read(query)
    assert not asked.faults
    return [path[17] for path in narrowed(asked.terms, asked.words).order_by("path").values_list("path", flat=True)]


A, B, C, D = PATHS


@pytest.fixture
def runs(keep):
    keep("azure", {A: 3, B: 0, C: 0})
    keep("openai", {A: 9, B: 2, C: 0, D: None})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("used:never", "c"),
        ("used:Never", "c"),
        ("-used:never", "abd"),
        ("used:azure", "a"),
        ("used:AZURE", "a"),
        ("-used:azure", "bcd"),
        ("used:azur", ""),
        ("used:openai -used:azure", "b"),
        ("used:openai used:azure", "a"),
        ("(used:never OR used:azure)", "ac"),
        ("used:any", "ab"),
        ('used:""', "d"),
        ("used:>10", "a"),
        ("used:2", "b"),
        ("used:2..20", "ab"),
        ("used:0", "c"),
        ("used:<5", "bc"),
    ],
)
def test_queries(runs, query, expected):
    assert "".join(found(query)) == expected


def test_export_reads_the_same(runs, root, capfd, monkeypatch, settings):
    monkeypatch.setenv("RECVIEWER_DATA", str(settings.DATA_DIR))
    for query, expected in [("used:never", "c"), ("used:azure", "a"), ("used:>10", "a"), ('used:""', "d")]:
        capfd.readouterr()
        call_command("export", str(root), "--query", query)
        lines = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
        assert "".join(line["path"][17] for line in lines) == expected, query


def test_what_makes_no_sense_is_told(indexed):
    assert "used takes never, any" in read("used:>x").faults[0]


def test_the_facet_counts_runs(runs):
    found = columns(stable_state())

    assert counts(found, found.all, ()).by_facet["used"] == [("openai", 2), ("", 1), ("azure", 1), ("never", 1)]


def test_a_recording_that_was_made_anew_is_spoken_of_by_none(runs, put):
    put(C, asked="something else")
    indexer.refresh(processes=1)

    assert found("used:never") == []
    assert json.loads(Recording.objects.get(path=C).uses) == {"azure": "o", "openai": "o"}


def test_runs_that_go_are_forgotten(runs, settings):
    for place in stored_runs.folder_of(Path(settings.DATA_DIR)).iterdir():
        place.unlink()
    before = current_state()
    indexer.refresh(processes=1)

    assert not SuiteRun.objects.exists()
    assert not Recording.objects.exclude(used_by=None, reads=None, uses=None).exists()
    assert current_state() != before


def test_a_catalog_that_is_made_anew_knows_them(runs):
    Recording.objects.all().delete()
    indexer.refresh(full=True, processes=1)

    assert found("used:never") == ["c"]


def test_nothing_is_written_where_nothing_changed(runs):
    before = current_state()
    indexer.refresh(processes=1)

    assert current_state() == before


def test_a_file_that_is_no_run_is_passed_over(runs, settings):
    (stored_runs.folder_of(Path(settings.DATA_DIR)) / "used-bad.jsonl").write_text("{")
    indexer.refresh(processes=1)

    assert [run.name for run in SuiteRun.objects.order_by("name")] == ["azure", "openai"]


def test_the_page_says_it(runs, client):
    def text(path):
        return " ".join(client.get(f"/r/{path}").content.decode().split())

    assert "Read by 2 of 2 runs, last 2026-11-29." in text(A)
    assert "Read by 1 of 2 runs, last 2026-11-29; never by azure." in text(B)
    assert "Never read, say 2 runs: azure, openai." in text(C)
    assert "No run says whether it is read; 2 runs say nothing." in text(D)
    assert "says nothing: only something that read everything opened it" in text(D)
    assert "says nothing: it does not know the file" in text(D)
    assert 'href="/?used=azure"' in text(A)


def test_the_list_has_the_facet(runs, client):
    page = client.get("/").content.decode()

    assert "Read by runs" in page
    assert "never read" in page
    assert client.get("/?used=never").content.decode().count("tests/recordings/c.json") >= 1


def test_deciding_on_all_that_no_run_reads_shows_what_it_rests_on(runs, keep, client):
    keep("broken", {A: 1, C: 0}, left_out=3, stopped="it gave up")
    text = " ".join(re.sub("<[^>]*>", "", client.get("/bulk/?used=never").content.decode()).split())

    assert "No run of the suite reads 1 recording; 3 would be left." in text
    assert "azure 29 Nov 2026: read 1 of 3 files" in text
    assert "broken 29 Nov 2026: read 1 of 2 files (3 not chosen)." in text
    assert "it gave up" in text
    assert "What this rests on" not in client.get("/bulk/?used=azure").content.decode()


def test_without_runs_nothing_is_said(indexed, client):
    assert "Read by runs" not in client.get("/").content.decode()
    assert "Runs of the suite" not in client.get(f"/r/{A}").content.decode()
