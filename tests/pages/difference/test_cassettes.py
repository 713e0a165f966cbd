"""Differences of exchanges that other recorders kept: each is read as its file's path has it."""

import json
from pathlib import Path

import pytest

from recviewer.catalog import content, indexer
from recviewer.catalog.models import Recording
from recviewer.memory.ranges import report_of
from recviewer.recorders.registry import read_as

CASES = Path(__file__).parent.parent.parent / "recorders/cases"
FILES = {
    "a/cassettes/test_a/test_b.yaml": "vcrpy/test_planets.yaml",
    "a/vcr_cassettes/c.yml": "ruby-vcr/planets_are_named.yml",
    "a/testdata/TestX/y.yaml": "go-vcr/planets.yaml",
    "a/cassettes/p/m/s.yaml": "httpmock/planets.yaml",
    "a/SessionRecords/A/B.json": "test-proxy/NamesPlanets.json",
    "a/testdata/TestPlanets.httprr": "httprr/TestPlanets.httprr",
}
MAPPING = {
    "request": {"method": "POST", "url": "/v1/chat/completions"},
    "response": {
        "status": 200,
        "jsonBody": {
            "object": "chat.completion",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "Saturn."}, "finish_reason": "stop"}],
        },
    },
}


@pytest.mark.parametrize("path", FILES)
def test_a_change_of_an_exchange_is_no_file_that_cannot_be_read(client, root, db, commit, path):
    place = root / path
    place.parent.mkdir(parents=True)
    data = (CASES / FILES[path]).read_bytes()
    place.write_bytes(data)
    base = commit("before")
    place.write_bytes(data.replace(b"Saturn.", b"Uranus.", 1))
    spec = f"{base}..{commit('after')}"
    change = next(one for one in report_of(spec).found.changes if one.new is not None)

    page = client.get(f"/changes/{spec}", {"change": change.side.path}).content.decode()

    assert "cannot be read" not in page
    assert "Uranus" in page


def test_mappings_are_compared_as_what_they_are(client, root, db):
    place = root / "a/mappings"
    place.mkdir(parents=True)
    (place / "one.json").write_text(json.dumps(MAPPING))
    (place / "two.json").write_text(json.dumps(MAPPING).replace("Saturn.", "Titan."))
    indexer.refresh(processes=1)
    one, two = (row.path for row in Recording.objects.order_by("path"))

    page = client.get("/difference/", {"old": one, "new": two}).content.decode()

    assert "Saturn." in page
    assert "Titan." in page
    assert "jsonBody" not in page


def test_equal_bytes_of_two_tests_are_of_their_own_test():
    data = (CASES / "vcrpy/test_planets.yaml").read_bytes()
    names = [read_as(f"a/cassettes/test_a/test_{name}.yaml") for name in "bc"]
    parts = [content.read_file(data, name)[0].part for name in names]

    found = [
        content.of_bytes(data, name, part).reading.exchange.test_id for name, part in zip(names, parts, strict=True)
    ]

    assert found == ["a/test_a.py::test_b", "a/test_a.py::test_c"]
