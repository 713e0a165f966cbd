"""Files that are compressed as a whole are read and written as what they hold."""

import gzip
from pathlib import Path

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.catalog.summary import summarize
from recviewer.recorders import packing, reading
from recviewer.recorders.reading import bytes_of, read_file, without
from recviewer.recorders.registry import claims

CASES = Path(__file__).parent / "cases"
PLAIN = (CASES / "langchain/test_planets.yaml").read_bytes()
PACKED = gzip.compress(PLAIN, mtime=0)


@pytest.mark.parametrize(
    ("case", "path"),
    [
        ("langchain/test_planets.yaml", "tests/cassettes/test_planets.yaml.gz"),
        ("vcrpy/test_planets.yaml", "tests/cassettes/test_sky/test_planets.yaml.gz"),
        ("httprr/TestPlanets.httprr", "llm/testdata/TestPlanets.httprr.gz"),
    ],
)
def test_a_compressed_file_is_read_as_what_it_holds(case, path):
    plain = (CASES / case).read_bytes()
    found = read_file(gzip.compress(plain), path)
    assert claims().holds(path.encode())
    assert [one.reading.exchange for one in found] == [
        one.reading.exchange for one in read_file(plain, path.removesuffix(".gz"))
    ]
    for one in found:
        [alone] = read_file(bytes_of(gzip.compress(plain), one), path)
        assert alone.reading.exchange == one.reading.exchange


def test_both_parts_of_an_exchange_go_and_stay_together():
    parts = read_file(PACKED, "a.yaml.gz")
    left = without(PACKED, "a.yaml.gz", {parts[1].part})
    assert packing.is_packed(left)
    assert [one.reading.exchange for one in read_file(left, "a.yaml.gz")] == [
        parts[0].reading.exchange,
        parts[2].reading.exchange,
    ]
    gone = bytes_of(PACKED, parts[1])
    assert len(packing.unpacked(left)) == len(PLAIN) - len(gone) == len(PLAIN) - parts[1].size


@pytest.mark.parametrize("data", [PACKED[:-9], PACKED[:40], PACKED[:30] + b"\xff" * 50], ids=["end", "most", "spoilt"])
def test_what_cannot_be_opened_says_so(data):
    [part] = read_file(data, "a.yaml.gz")
    assert "compressed" in part.reading.exchange.problems[0].what
    assert without(data, "a.yaml.gz", {"x"}) is None


@pytest.mark.slow
def test_what_would_fill_the_memory_is_not_opened(monkeypatch):
    monkeypatch.setattr(packing, "PLAIN_LIMIT", 1_000_000)
    [part] = read_file(gzip.compress(b"\0" * 100_000_000), "a.yaml.gz")
    assert "more than" in part.reading.exchange.problems[0].what


def test_many_values_in_few_bytes_are_not_opened():
    with pytest.raises(packing.BadPacking, match="more values"):
        packing.unpacked(gzip.compress(b"[" + b"{}," * 700_000))


def test_streams_that_follow_each_other_are_read_so_far():
    one, none = gzip.compress(b"ab"), gzip.compress(b"")
    assert packing.unpacked(one * 1_000) == b"ab" * 1_000
    with pytest.raises(packing.BadPacking, match="1,000 parts"):
        packing.unpacked(none * 1_001)


def test_a_compressed_file_of_many_exchanges_is_opened_once(monkeypatch):
    opened = []
    real = packing.unpacked
    monkeypatch.setattr(reading, "unpacked", lambda data: opened.append(1) or real(data))

    parts = summarize(PACKED, "tests/cassettes/a.yaml.gz").parts

    assert len(parts) == 3
    assert len(opened) == 2  # to read it, and for the bytes of all


def test_what_is_compressed_and_no_recording_is_left_alone():
    assert read_file(gzip.compress(b"name: x\n"), "cassettes/a.yaml.gz") == ()


def test_requests_without_their_responses_cannot_be_read():
    [part] = read_file(PLAIN.partition(b"responses:")[0] + b"responses: []\n", "a.yaml")
    assert "cannot be paired" in part.reading.exchange.problems[0].what


@pytest.mark.slow
def test_a_compressed_file_is_in_the_catalog(root, db):
    (root / "cassettes").mkdir()
    (root / "cassettes/test_planets.yaml.gz").write_bytes(PACKED)
    indexer.refresh(processes=1)
    assert Recording.objects.filter(recorder="langchain", kind="chat").count() == 3
