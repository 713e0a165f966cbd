"""What is left of a file without some of its exchanges is worked out apart where the file holds very much."""

import gzip
from pathlib import Path

import pytest

from recviewer.catalog import content, heavy
from recviewer.plan import cuts
from recviewer.recorders.reading import read_file
from recviewer.review import cutting

CASE = Path(__file__).parents[1] / "recorders" / "cases" / "vcrpy" / "test_planets.yaml"


@pytest.mark.slow
def test_a_heavy_file_is_cut_as_any_other(monkeypatch):
    data, name = gzip.compress(CASE.read_bytes(), mtime=0), "cassettes/test_planets.yaml.gz"
    gone = [read_file(data, name)[0].part]
    light = cutting.left_of(data, name, gone), cuts._blobs(data, name)
    assert light[0]
    assert len(light[1]) > 1
    monkeypatch.setattr(content, "EFFORT_LIMIT", 0)
    for module in (cutting, cuts):
        monkeypatch.setattr(module, "read_file", lambda *_: pytest.fail("was read in a web worker"))
    try:
        assert (cutting.left_of(data, name, gone), cuts._blobs(data, name)) == light
        monkeypatch.setattr(heavy, "SECONDS", 0)
        heavy._child.close()
        assert (cutting.left_of(data, name, gone), cuts._blobs(data, name)) == (None, {})
    finally:
        heavy._child.close()
