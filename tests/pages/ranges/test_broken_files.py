"""Files whose recordings can be read no longer: each page says so, and none that they were deleted."""

from pathlib import Path

import pytest

from recviewer.catalog import indexer
from recviewer.memory import ranges
from recviewer.memory.ranges import report_of
from recviewer.report import forms
from recviewer.report.report import as_json, make

CASSETTE = Path(__file__).parents[2] / "recorders/cases/ruby-vcr/planets_are_named.yml"


@pytest.fixture(params=["vcr_cassettes", "kept"])
def spec(request, root, db, commit):
    place = root / request.param / "planets.yml"
    place.parent.mkdir(parents=True)
    place.write_bytes(CASSETTE.read_bytes())
    base = commit("before")
    place.write_bytes(b"<<<<<<< HEAD\n" + CASSETTE.read_bytes()[:900])
    return f"{base}..{commit('after')}"


def test_the_pages_of_the_range_say_that_they_cannot_be_read(client, spec):
    indexer.refresh(processes=1)
    changes = report_of(spec).found.changes

    landing = client.get(f"/changes/{spec}")
    pages = [client.get(f"/changes/{spec}", {"change": one.side.path}) for one in changes]

    assert "answer → unreadable" in landing.content.decode()
    assert "10 deleted" not in landing.content.decode()
    assert [page.status_code for page in pages] == [200] * 3
    for page in pages:
        html = page.content.decode()
        assert "the new file cannot be read: " in html
        assert "deleted: there is no newer one" not in html


def test_the_history_of_a_file_that_was_cut_off_has_the_version_that_was_not(client, root, db, commit):
    place = root / "vcr_cassettes/planets.yml"
    place.parent.mkdir(parents=True)
    for data in (b"a: 1\n", CASSETTE.read_bytes(), CASSETTE.read_bytes()[:900]):
        place.write_bytes(data)
        commit("next")
    indexer.refresh(processes=1)

    rows = client.get("/history/vcr_cassettes/planets.yml").context["page"].rows

    assert len(rows) == 3


def test_reports_say_so_in_every_form(spec):
    made = make(ranges.repository(), spec)

    told = as_json(made)

    assert [one["class"] for one in told["changes"]] == ["outcome"] * 3
    assert (told["classes"]["gone"], told["classes"]["new"]) == (0, 0)
    for form in ("md", "html", "status"):
        text = "".join(forms.pieces(made, form))
        assert "deleted" not in text
    assert "3 recordings cannot be read" in "".join(forms.pieces(made, "md"))
