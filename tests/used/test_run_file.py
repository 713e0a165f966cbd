"""Files of runs, as hostile as somebody may hand them over."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.used import run_file, stored_runs
from recviewer.used.model import SweepSeen, UsedFile, UsedRun, UsedTest, is_name
from recviewer.used.run_file import BadRun, parse

HEAD = {"used": 1, "run": "a", "began": "2026-11-29T12:00:00.000Z", "command": ["pytest"]}
END = {"end": "2026-11-29T12:01:00.000Z", "exit": 0}


def whole(*lines, head=HEAD, end=END):
    return b"".join(json.dumps(one).encode() + b"\n" for one in (head, *lines, end))


def at(second):
    return datetime(2026, 11, 29, 12, 0, second, tzinfo=UTC)


def test_a_run_is_read_as_it_was_written():
    run = UsedRun(
        name="openai",
        began=at(0),
        command=("pytest", "-k", "é"),
        root="tests",
        commit="a" * 40,
        clean=True,
        ended=at(50),
        exit=1,
        stopped="why",
        left_out=4,
        limits=("a limit",),
        ours=3,
        sweeps=(SweepSeen(at(3), 1.25, 30),),
        files={
            "a/b.json": UsedFile("a/b.json", "b" * 40, 12, 3, at(1), at(2), 1),
            "a/c.json": UsedFile("a/c.json", "", 0),
            "a/d.json": UsedFile("a/d.json", "", 0, doubt="swept"),
        },
        total=3,
        tests=(UsedTest("t.py::x[1]", "passed", {"a/b.json": 2}, ("a/c.json",), ("a/e.json",)),),
    )

    found = parse(b"".join(run_file.lines_of(run)))

    assert (found.run, found.bad) == (run, ())


def test_without_its_end_it_is_partial_and_a_torn_line_is_left_out():
    data = whole({"file": "a.json", "blob": "", "size": 1, "count": 0})
    found = parse(data[: data.index(b'{"end"') + 5])

    assert found.run.ended is None
    assert list(found.run.files) == ["a.json"]
    assert found.run.why_incomplete


@pytest.mark.parametrize(
    "line",
    [
        {"file": "../a.json"},
        {"file": "/etc/passwd"},
        {"file": "a//b.json"},
        {"file": "a/./b.json"},
        {"file": "a\0b.json"},
        {"file": ""},
        {"file": 3},
        {"file": "x" * 5000},
        {"file": "a.json", "count": -1},
        {"file": "a.json", "count": True},
        {"file": "a.json", "count": 1e3},
        {"file": "a.json", "count": 2**60, "first": END["end"], "last": END["end"]},
        {"file": "a.json", "count": 1},
        {"file": "a.json", "count": 1, "first": "2026-11-29T12:01:00Z", "last": "2026-11-29T12:00:00Z"},
        {"file": "a.json", "count": 1, "first": "yesterday", "last": "2026-11-29T12:00:00Z"},
        {"file": "a.json", "count": 1, "first": "2026-13-29T12:00:00Z", "last": "2026-11-29T12:00:00Z"},
        {"file": "a.json", "count": 1, "first": "0000-01-01T12:00:00Z", "last": "2026-11-29T12:00:00Z"},
        {"file": "a.json", "blob": "xyz"},
        {"file": "a.json", "size": "1"},
        {"file": "a.json", "doubt": "what"},
        {"test": "a\0"},
        {"test": "a", "outcome": "won"},
        {"test": "a", "files": {"../b": 1}},
        {"test": "a", "files": {"b": -1}},
        {"test": "a", "files": ["b"]},
        {"test": "a", "perhaps": "b"},
        {"test": "a", "missing": [1]},
        {"sweep": "now"},
        {"sweep": END["end"], "seconds": -1},
        {"end": END["end"], "exit": "0"},
        {"other": 1},
        [],
        "text",
    ],
    ids=lambda line: json.dumps(line)[:60],
)
def test_a_line_that_is_wrong_is_left_out_and_named(line):
    found = parse(whole(line, {"file": "good.json"}))

    assert list(found.run.files) == ["good.json"]
    assert [number for number, _ in found.bad] == [2]
    assert "could not be used" in found.run.why_incomplete


@pytest.mark.parametrize(
    "head",
    [
        {},
        HEAD | {"used": 2},
        HEAD | {"run": "../x"},
        HEAD | {"run": "never"},
        HEAD | {"run": "10"},
        HEAD | {"run": ["a"]},
        HEAD | {"began": None},
        HEAD | {"clean": 1},
        HEAD | {"root": "/etc"},
        HEAD | {"commit": "HEAD"},
        HEAD | {"command": "pytest"},
    ],
    ids=str,
)
def test_a_file_that_is_no_run_is_refused(head):
    with pytest.raises(BadRun):
        parse(whole(head=head))


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"{}", b"\xff\xfe\n", b"[" * 100_000 + b"\n", b'{"used": ' + b"9" * 10_000 + b"}\n", b'"\\ud800"\n'],
    ids=range(7),
)
def test_bytes_that_are_no_run_are_refused(data):
    with pytest.raises(BadRun):
        parse(data)


@given(st.binary(max_size=300))
def test_no_bytes_behind_the_head_do_harm(data):
    run = parse(whole() + data).run

    assert run.name == "a"


def test_many_bad_lines_are_counted():
    found = parse(whole(*[{"other": 1}] * 100))

    assert (len(found.bad), found.more_bad) == (20, 80)


def test_sizes_are_limited(monkeypatch):
    monkeypatch.setattr(run_file, "LARGEST_BYTES", 1000)
    with pytest.raises(BadRun, match="larger"):
        parse(whole(*[{"file": "a.json"}] * 100))
    monkeypatch.setattr(run_file, "LARGEST_BYTES", 1 << 20)
    monkeypatch.setattr(run_file, "MOST_LINES", 50)
    with pytest.raises(BadRun, match="lines"):
        parse(whole(*[{"file": "a.json"}] * 100))


@pytest.mark.parametrize(
    ("name", "is_one"),
    [("openai", True), ("a.b-c_1", True), ("1a", False), ("", False), ("10", False), ("-a", False), (".a", False),
     ("a b", False), ("a/b", False), ("Never", False), ("é", False), ("a" * 65, False), ("a\n", False)],
)  # fmt: skip
def test_names(name, is_one):
    assert is_name(name) is is_one


def test_imports_keep_the_newest_of_a_name(tmp_path):
    data = tmp_path / "data"
    stored_runs.folder_of(data).mkdir(parents=True)
    files = {}
    for name, began in (("old", "2026-11-28"), ("new", "2026-11-29")):
        files[name] = tmp_path / name
        files[name].write_bytes(whole(head=HEAD | {"began": f"{began}T12:00:00Z"}))
    assert stored_runs.bring_in(files["new"], data).run.name == "a"
    with pytest.raises(BadRun, match="A newer run called a"):
        stored_runs.bring_in(files["old"], data)
    files["future"] = tmp_path / "future"
    late = (datetime.now(UTC) + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M:%SZ")
    files["future"].write_bytes(whole(head=HEAD | {"began": late, "run": "b"}))
    with pytest.raises(BadRun, match="yet to come"):
        stored_runs.bring_in(files["future"], data)
    assert [run.began.day for run in stored_runs.kept_in(data).runs] == [29]
