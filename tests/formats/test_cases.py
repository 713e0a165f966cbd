"""Every case file against what a person derived from the wire formats' rules."""

import json

import pytest

from recviewer.exchange.contract import Place, to_json
from recviewer.formats import registry
from recviewer.formats.contract import Match
from recviewer.formats.decode import decode
from recviewer.formats.deltas import fold, runs_of
from recviewer.formats.raw import envelope
from recviewer.formats.reading import read
from tests.case_files import FOLDERS

NOWHERE = Place("x.json", "", "", {})


@pytest.mark.parametrize("folder", FOLDERS)
def test_case_reads_as_expected(folder):
    for path in FOLDERS[folder]:
        expected = json.loads(path.with_suffix(".expected.json").read_text())
        at_least = expected.pop("problems_at_least", 0)
        for output in expected.get("outputs", ()):
            output.setdefault("parts", [])

        found = to_json(read(path.read_bytes()).exchange, NOWHERE)

        assert {key: found[key] for key in expected} == expected, path.name
        assert len(found["problems"]) >= at_least, path.name


def ranking(raw):
    """The formats that claim a recording, the surest first."""
    claims = [(format.match(raw), format) for format in registry.formats()]
    kept = [claim for claim in claims if claim[0] and (claim[0] is not Match.ENDPOINT or registry.may_be_guessed(raw))]
    return sorted(kept, key=lambda claim: -claim[0])


@pytest.mark.parametrize("folder", FOLDERS)
def test_case_is_claimed_by_exactly_one_format(folder):
    for path in FOLDERS[folder]:
        claims = ranking(envelope(decode(path.read_bytes()).document))

        best = claims[0][0]

        assert [match for match, _ in claims].count(best) == 1 or best is Match.ENDPOINT, path.name
        if folder != "failure":
            assert claims[0][1].name == folder, path.name


@pytest.mark.parametrize("folder", FOLDERS)
def test_outputs_can_be_derived_from_the_chunks(folder):
    for path in FOLDERS[folder]:
        reading = read(path.read_bytes())
        chunks = list(reading.chunks())
        if not reading.exchange.chunks:
            continue

        assert len(chunks) == reading.exchange.chunks, path.name
        assert [chunk.number for chunk in chunks] == list(range(1, len(chunks) + 1)), path.name
        assert fold(delta for chunk in chunks for delta in chunk.deltas) == reading.exchange.outputs, path.name
        assert runs_of(chunks) == reading.exchange.runs or reading.exchange.read_as == "generic", path.name


@pytest.mark.parametrize("name", [format.name for format in registry.formats()])
def test_every_format_has_two_cases_or_more(name):
    assert len(FOLDERS[name]) >= 2
