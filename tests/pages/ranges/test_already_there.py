"""What a range records that stands in the tree already."""

import json
from dataclasses import replace

import pytest

from recviewer.catalog import indexer
from recviewer.memory.ranges import report_of
from recviewer.pages.ranges.already_there import known_elsewhere
from recviewer.pages.ranges.queue import ShownRange
from tests.conftest import exchange


@pytest.fixture
def write(root, db):
    """Return a function that writes a recording of a test; what it says hangs on the answer alone."""

    def write(name, answered, test="a"):
        place = root / f"tests/recordings/{name}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(
            json.dumps(exchange(asked="Which?", answered=answered, test=f"tests/test_sky.py::test_{test}"))
        )

    return write


@pytest.fixture
def spec(write, commit):
    """A range that adds a recording which says what another one said before, and one that says something new."""
    write("old", "Saturn.")
    write("moved", "Titan.")
    base = commit("before")
    write("new", "Saturn.", test="b")
    write("other", "Rhea.", test="c")
    write("moved", "Dione.")
    write("again", "Titan.", test="d")
    spec = f"{base}..{commit('after')}"
    indexer.refresh(processes=1)
    return spec


def found_in(spec):
    changes = report_of(spec).found.changes
    found = known_elsewhere(ShownRange(spec, report_of(spec)), changes)
    return {one.side.name: found[one.key].name for one in changes if one.key in found}


def page_of(client, spec, name):
    return client.get(f"/changes/{spec}", {"change": f"tests/recordings/{name}.json"})


def test_what_stood_at_the_base_and_is_left_alone_is_said_and_asked_all_the_same(client, spec):
    assert found_in(spec) == {"new.json": "old.json"}
    html = page_of(client, spec, "new").content.decode()
    assert "Known already" in html
    assert "so it needs a decision" in html
    assert "Known already" not in page_of(client, spec, "other").content.decode()
    assert {one.side.name for one in report_of(spec).found.changes if one.needs_you} >= {"new.json"}


def test_whose_verdict_holds_is_said(client, spec):
    old = "tests/recordings/old.json"
    client.post("/do/decide", dict(client.get(f"/r/{old}").context["page"].bar.fields) | {"verdict": "approve"})

    page = page_of(client, spec, "new").context["page"]

    assert page.known.state.title == "approved"
    assert page.known.by
    assert page.change.verdict == "approved"


def test_nothing_is_said_where_a_name_or_a_place_is_asked_about(spec):
    report = report_of(spec)
    asked = [replace(one, asks=("cannot-replay",)) for one in report.found.changes]

    assert known_elsewhere(ShownRange(spec, report), asked) == {}
