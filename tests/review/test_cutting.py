"""What is left of a file without some of its exchanges is worked out apart where the file holds very much."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recviewer.catalog import content, heavy
from recviewer.plan import model
from recviewer.recorders.putting import NotPut
from recviewer.recorders.reading import read_file
from recviewer.review import cutting

CASE = Path(__file__).parents[1] / "recorders" / "cases" / "vcrpy" / "test_planets.yaml"


@pytest.mark.slow
def test_a_heavy_file_is_cut_as_any_other(monkeypatch):
    data, name = gzip.compress(CASE.read_bytes(), mtime=0), "cassettes/test_planets.yaml.gz"
    gone = [read_file(data, name)[0].part]
    light = cutting.left_of(data, name, gone), cutting.blobs_of(data, name)
    assert light[0]
    assert len(light[1]) > 1
    monkeypatch.setattr(content, "EFFORT_LIMIT", 0)
    monkeypatch.setattr(cutting, "read_file", lambda *_: pytest.fail("was read in a web worker"))
    try:
        assert (cutting.left_of(data, name, gone), cutting.blobs_of(data, name)) == light
        monkeypatch.setattr(heavy, "SECONDS", 0)
        heavy._child.close()
        assert (cutting.left_of(data, name, gone), cutting.blobs_of(data, name)) == (None, None)
    finally:
        heavy._child.close()


@pytest.mark.slow
def test_exchanges_are_put_back_into_a_heavy_file_as_into_any_other(monkeypatch):
    old, name = gzip.compress(CASE.read_bytes(), mtime=0), "cassettes/test_planets.yaml.gz"
    part = read_file(old, name)[0].part
    data = cutting.left_of(old, name, [part])
    file = model.FileToDo(name, b"", "100644", "", 0, "", "", "", datetime(2026, 1, 1, tzinfo=UTC), "")
    assert read_file(model.put_back(data, old, name, (part,)), name)[0].part == part
    light = model.put_back(data, old, name, (part,))
    monkeypatch.setattr(content, "EFFORT_LIMIT", 0)
    monkeypatch.setattr(model, "with_parts", lambda *_: pytest.fail("was read in a web worker"))
    try:
        assert model.put_back(data, old, name, (part,)) == light
        with pytest.raises(NotPut, match="stands in its file by now"):
            model.put_back(old, old, name, (part,))
        monkeypatch.setattr(heavy, "SECONDS", 0)
        heavy._child.close()
        for there in (data, None):
            with pytest.raises(NotPut, match="takes too much"):
                model.PutBack(file, None, (part,)).made(old, there)
    finally:
        heavy._child.close()
