"""The history of the benchmark: what is kept of a run, and how the next one stands beside it."""

import importlib
import sys
from pathlib import Path

import pytest

import recviewer


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(Path(recviewer.__file__).parent.parent / "bench"))
    yield importlib.import_module("history"), importlib.import_module("table")
    for name in ("history", "table"):
        sys.modules.pop(name, None)


def test_a_run_stands_beside_the_last_one_of_the_same_tree(bench, tmp_path):
    history, table = bench
    file = tmp_path / "history.jsonl"
    lines = [table.Line("search: p50", 20.0, 4.0, "minimal search page, p50", 2), table.Line("told alone", 3.0)]
    assert history.last(file, "demo") is None
    first = history.entry("demo", 0.05, lines)
    history.add(file, first)
    history.add(file, history.entry("another", 0.05, lines))

    now = history.entry("demo", 0.08, [table.Line("search: p50", 10.0, 4.0, "minimal search page, p50", 2)])

    assert history.last(file, "demo") == first
    assert first["ratios"] == {"search: p50, against minimal search page, p50": 5.0}
    shown = history.beside(first, now)
    assert "2.50" in shown
    assert "5.00" in shown
    assert "-50%" in shown


def test_what_moved_less_than_the_noise_has_no_sign(bench):
    history, table = bench
    before, now = (
        history.entry("demo", noise, [table.Line("list: p50", ours, 4.0, "minimal page")])
        for noise, ours in ((0.3, 4.0), (0.05, 5.0))
    )

    assert "%" not in history.beside(before, now).splitlines()[-1]


def test_what_is_new_or_gone_is_said(bench):
    history, table = bench
    before, now = (history.entry("demo", 0, [table.Line(name, 1.0, 1.0, "it")]) for name in ("old", "other"))

    assert "new" in history.beside(before, now)
    assert "gone" in history.beside(before, now)
    assert "Nothing was kept" in history.beside(None, now)
