import json

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording

FILE = "tests/lists/three.json"


def _listed(*documents):
    return json.dumps(documents, indent=2, ensure_ascii=False).encode() + b"\n"


@pytest.fixture
def listed():
    """Returns the bytes of a file of the list recorder."""
    return _listed


@pytest.fixture
def three(chat):
    """Three exchanges of three tests. more: another answer for one of them, by name: one, two, three."""

    def make(**more):
        return [
            chat(asked=f"{name}?", answered=more.get(name, f"Answer {name}."), test=f"tests/test_a.py::test_{name}")
            for name in ("one", "two", "three")
        ]

    return make


@pytest.fixture
def put(list_recorder, root, db):
    """Write a file below the root and index it."""

    def write(*documents, path=FILE):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(_listed(*documents))
        indexer.refresh(processes=1)
        return place

    return write


@pytest.fixture
def rows(put, three):
    """The recordings of one file, in its order."""
    put(*three())
    return list(Recording.objects.order_by("place"))
