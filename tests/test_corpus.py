"""A tree of real recordings, named by RECVIEWER_CORPUS: all of it is read, nothing of it is in this repository."""

import csv
import json
import os
from collections import Counter
from pathlib import Path

import pytest

from recviewer.catalog.summary import summarize
from recviewer.commands.exported import contract_of, found_below, line_of
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.text import Outcome
from recviewer.formats.deltas import fold, runs_of
from recviewer.formats.reading import read
from recviewer.recorders.registry import claims
from recviewer.store.files import blob_id
from recviewer.store.scan import scan

pytestmark = [pytest.mark.corpus, pytest.mark.slow]


@pytest.fixture(scope="module")
def corpus():
    """The root of the tree."""
    named = os.environ.get("RECVIEWER_CORPUS", "")
    if not named or not Path(named).is_dir():
        pytest.skip("RECVIEWER_CORPUS does not name a tree of recordings")
    return Path(named)


@pytest.fixture(scope="module")
def readings(corpus):
    """(path, reading, blob) of every recording."""
    return [(one.file, one.part.reading, one.blob) for one in found_below(corpus, limit_bytes=64 * 1024 * 1024)]


def test_every_recording_of_the_manifest_is_found(corpus, readings):
    manifest = corpus / "MANIFEST.tsv"
    if not manifest.is_file():
        pytest.skip("the tree has no MANIFEST.tsv")
    with open(manifest, newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    listed = {row["path"]: row["oid"] for row in rows if row["path"].endswith(".json")}

    assert {path: blob for path, _, blob in readings} == listed
    assert len(listed) == len(rows) - sum(row["path"].endswith(".sqlite") for row in rows)


def test_every_json_below_a_recordings_directory_is_found(corpus, readings):
    below = {str(place.relative_to(corpus)) for place in corpus.rglob("*.json") if "recordings" in place.parts[:-1]}

    assert {path for path, _, _ in readings} == below


def test_none_is_unknown_or_unreadable(readings):
    kinds = Counter(reading.exchange.kind.value for _, reading, _ in readings)

    assert not {"unknown", "unreadable"} & kinds.keys()


def test_nothing_in_them_is_a_problem(readings):
    assert [(path, reading.exchange.problems) for path, reading, _ in readings if reading.exchange.problems] == []


def test_outputs_of_each_can_be_derived_from_its_chunks(readings):
    for path, reading, _ in readings:
        chunks = list(reading.chunks())
        assert len(chunks) == reading.exchange.chunks, path
        if chunks:
            assert fold(delta for chunk in chunks for delta in chunk.deltas) == reading.exchange.outputs, path
            assert runs_of(chunks) == reading.exchange.runs, path


def test_each_can_be_written_as_the_contract(corpus):
    for found in found_below(corpus, limit_bytes=64 * 1024 * 1024):
        line = line_of(contract_of(found))
        assert json.loads(line, parse_constant=pytest.fail)["path"] == found.file
        assert line.count(b"\n") == 0


def test_each_can_be_summed_up(corpus, readings):
    for path, _, blob in readings:
        [summary] = summarize((corpus / path).read_bytes(), path).parts
        assert (summary.blob, summary.problems) == (blob, "[]")
        assert summary.asked
        assert summary.answered
        assert summary.outcome != Outcome.UNREADABLE


def test_each_means_the_same_with_the_text_of_its_numbers(corpus, readings):
    for path, reading, _ in readings:
        exact = read((corpus / path).read_bytes(), exact=True).exchange
        assert fingerprint(exact) == fingerprint(reading.exchange), path
        assert exact.outputs == reading.exchange.outputs, path


def test_equal_bytes_have_equal_fingerprints_whatever_their_path(readings):
    by_blob = {}
    for _, reading, blob in readings:
        by_blob.setdefault(blob, set()).add(fingerprint(reading.exchange))

    assert all(len(found) == 1 for found in by_blob.values())


def test_each_beginning_of_the_largest_is_reported(corpus, readings):
    largest = max(scan(corpus, claims()).stamps, key=lambda stamp: stamp.size)
    data = (corpus / largest.key).read_bytes()

    for end in range(1, len(data) - 3, len(data) // 5):
        assert read(data[:end]).exchange.problems[0].what.startswith("cut off in the middle")
    assert blob_id(data) in {blob for _, _, blob in readings}
