"""Ranges of files that hold several exchanges, of other recorders."""

from pathlib import Path

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
