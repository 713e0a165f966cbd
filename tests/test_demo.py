from __future__ import annotations

import json
from pathlib import Path
from types import ModuleType

import pytest

from recviewer.recorders.reading import read_file

ROOT = Path(__file__).parents[1]
TREE = ROOT / "recordings"


@pytest.fixture
def make_demo(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "tools")
    return pytest.importorskip("make_demo")


def test_demo_tree_is_what_the_script_makes(make_demo: ModuleType) -> None:
    committed = {path.relative_to(TREE).as_posix(): path.read_bytes() for path in TREE.rglob("*") if path.is_file()}

    assert committed == make_demo.files()


def test_demo_tree_stays_small(make_demo: ModuleType) -> None:
    assert sum(map(len, make_demo.files().values())) < 700_000


def test_cassettes_of_three_recorders_are_among_them_and_read_without_a_problem(make_demo: ModuleType) -> None:
    cassettes = {path: body for path, body in make_demo.files().items() if not path.endswith(".json")}
    found = [part for path, body in cassettes.items() for part in read_file(body, path)]

    assert {part.recorder for part in found} == {"vcrpy", "go-vcr", "ruby-vcr"}
    others = [part.reading.exchange for part in found if part.reading.exchange.kind != "unknown"]
    assert [len(others), *(one.problems for one in others)] == [5, (), (), (), (), ()]


def test_unbroken_recordings_are_written_as_the_recorder_writes_them(make_demo: ModuleType) -> None:
    written = {
        path: body for path, body in make_demo.files().items() if "/broken/" not in path and path.endswith(".json")
    }

    again = {path: (json.dumps(json.loads(body), indent=2) + "\n").encode() for path, body in written.items()}

    assert again == written
