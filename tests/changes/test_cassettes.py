"""Ranges of files that hold several exchanges, of other recorders."""

from pathlib import Path

import pytest

SESSION = Path(__file__).parent.parent / "recorders/cases/test-proxy/NamesPlanets.json"
PATH = "a/SessionRecords/A/B.json"


def test_what_changes_around_exchanges_is_a_change_of_each(tree):
    text = SESSION.read_text()
    tree.write(PATH, text.encode())
    tree.commit()
    tree.write(PATH, text.replace('"Variables": {}', '"Variables": {"seed": "1"}').encode())
    tree.commit()

    found = tree.overview("HEAD~1...HEAD")

    assert [change.churn.value for change in found.changes] == ["details"] * 3
    assert (found.numbers.need_you, found.numbers.items_by_call) == (3, 1)


def test_what_is_no_recording_comes_and_goes_unnoticed(tree):
    tree.write("a/testdata/values.yaml", b"a: 1\n")
    tree.write(PATH, SESSION.read_bytes())
    tree.commit()
    tree.write("a/testdata/values.yaml", b"a: 2\n")
    tree.write("a/testdata/more.yaml", b"b: 1\n")
    tree.commit()

    assert tree.overview("HEAD~1...HEAD").changes == ()


CASSETTE = Path(__file__).parent.parent / "recorders/cases/ruby-vcr/planets_are_named.yml"
HOMES = ("a/vcr_cassettes/c.yml", "a/kept/c.yml")
BROKEN = {
    "cut off": lambda data: data[: len(data) // 2],
    "marks of a merge": lambda data: b"<<<<<<< HEAD\n" + data,
    "marks of a merge, and no mark of YAML": lambda data: b"<<<<<<< HEAD\n" + data.removeprefix(b"---\n"),
    "empty": lambda data: b"",
    "zeros": lambda data: bytes(64),
    "something else": lambda data: b"a: 1\n",
}


@pytest.mark.parametrize("path", HOMES)
@pytest.mark.parametrize("how", BROKEN)
def test_what_breaks_is_changed_and_not_deleted(tree, path, how):
    data = CASSETTE.read_bytes()
    base, head = tree.imported({path: data}, {path: BROKEN[how](data)})

    found = tree.overview(f"{base}..{head}")

    assert [change.churn.value for change in found.changes] == ["outcome"] * 3
    assert {change.new.exchange.kind.value for change in found.changes} == {"unreadable"}
    assert [change.old.path for change in found.changes] == [change.new.path for change in found.changes]
    assert [(one.rule, one.severity.value, len(one.on)) for one in found.findings] == [("unreadable", "red", 3)]
    assert len({change.own_subject for change in found.changes}) == 3
    assert all(change.asks for change in found.changes)  # so that no word on one is one on another
    assert (found.source.files, found.source.recordings) == (1, 3)
    assert sum(change.size for change in found.changes) == len(BROKEN[how](data))


@pytest.mark.parametrize("path", HOMES)
def test_what_is_mended_is_changed_and_not_new(tree, path):
    data = CASSETTE.read_bytes()
    base, head = tree.imported({path: data[: len(data) // 2]}, {path: data})

    found = tree.overview(f"{base}..{head}")

    assert [change.churn.value for change in found.changes] == ["outcome"] * 3
    assert {change.old.exchange.kind.value for change in found.changes} == {"unreadable"}
    assert "unreadable" not in {one.rule for one in found.findings}


def test_what_becomes_a_recording_is_new(tree):
    base, head = tree.imported({HOMES[0]: b"a: 1\n"}, {HOMES[0]: CASSETTE.read_bytes()})

    assert {change.churn.value for change in tree.overview(f"{base}..{head}").changes} == {"new"}


def test_what_breaks_on_disk_is_changed_too(tree):
    tree.write(HOMES[1], CASSETTE.read_bytes())
    tree.commit()
    tree.write(HOMES[1], b"<<<<<<< HEAD\n")

    found = tree.overview("HEAD")

    assert [change.churn.value for change in found.changes] == ["outcome"] * 3


def test_what_is_deleted_stays_deleted(tree):
    base, head = tree.imported({HOMES[0]: CASSETTE.read_bytes()}, {"a/other.txt": b"a"})

    assert {change.churn.value for change in tree.overview(f"{base}..{head}").changes} == {"gone"}


@pytest.mark.parametrize("name", ["tests/cassettes", "cassettes/more"])
def test_a_link_where_a_folder_of_recordings_would_lie_is_asked(tree, name):
    link = tree.top / name
    link.parent.mkdir(parents=True, exist_ok=True)
    for to in ("one", "two"):
        link.unlink(missing_ok=True)
        link.symlink_to(to)
        tree.commit()

    found = tree.overview("HEAD~1...HEAD")

    assert [(change.side.path, change.churn.value) for change in found.changes] == [(name, "details")]
    assert found.numbers.need_you == 1


def test_a_link_elsewhere_is_none(tree):
    for to in ("one", "two"):
        (tree.top / "vendor").unlink(missing_ok=True)
        (tree.top / "vendor").symlink_to(to)
        tree.commit()

    assert tree.overview("HEAD~1...HEAD").changes == ()
