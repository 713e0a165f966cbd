import pytest

from recviewer.bounded.cache import Recent
from recviewer.changes import changeset, sources, unchanged
from recviewer.git.mentions import first_lines
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed
from recviewer.pairing.pair import How, Sure
from recviewer.pairing.sides import Library
from recviewer.pairing.successors import KeptRecording

OLD, NEW = (f"t/test_sky.py::test_comet[{model}]" for model in ("heron-1", "ibis-2"))


@pytest.fixture(autouse=True)
def _nothing_remembered(monkeypatch):
    monkeypatch.setattr(unchanged, "_TESTS", Recent())
    monkeypatch.setattr(unchanged, "_ENDPOINTS", Recent())


@pytest.fixture
def pulled(make, tree):
    """Makes a pull request: one recording of an old test goes, one of a new one comes; `left` stay. Returns its overview."""

    def run(*left, extra=0):
        gone = tree.put(make.chat("Name a comet.", "Halley's.", model="heron-1", test=OLD))
        tree.put(*left)
        tree.put(*[make.chat(f"Question {n}?", test=f"t/test_more.py::test_{n}") for n in range(extra)])
        tree.commit()
        (tree.top / gone[0]).unlink()
        tree.put(make.chat("Name a comet.", "Encke.", model="ibis-2", test=NEW))
        tree.commit()
        return tree.overview("HEAD~1..HEAD")

    return run


def test_a_test_that_is_gone_has_come_back_under_another_id(pulled):
    assert [change.pair.sure for change in pulled().changes] == [Sure.CERTAIN]


@pytest.mark.parametrize("extra", [0, unchanged.FEW + 1], ids=["read", "searched"])
def test_a_test_that_lives_on_is_not_gone(make, pulled, extra):
    still = make.chat("Name a comet.", "Biela.", model="heron-1", test=OLD, params={"seed": 1})

    assert [change.pair for change in pulled(still, extra=extra).changes] == [None, None]


@pytest.mark.parametrize("extra", [0, unchanged.FEW + 1], ids=["read", "searched"])
def test_a_test_that_was_there_before_is_not_new(make, pulled, extra):
    before = make.chat("Name a comet.", "Biela.", model="ibis-2", test=NEW, params={"seed": 1})

    assert [change.pair for change in pulled(before, extra=extra).changes] == [None, None]


def test_a_list_that_was_left_behind_keeps_no_chat_alive(make, pulled):
    assert len(pulled(make.models("heron-1", test=OLD)).changes) == 1


def test_a_modified_recording_keeps_its_test_alive(make, tree):
    gone = tree.put(make.chat("Name a comet.", "Halley's.", model="heron-1", test=OLD))
    other = make.chat("Name a star.", "Vega.", model="heron-1", test=OLD)
    (path,) = tree.put(other)
    tree.commit()
    (tree.top / gone[0]).unlink()
    tree.write(path, make.bytes_of(make.chat("Name a star.", "Deneb.", model="heron-1", test=OLD)))
    tree.put(make.chat("Name a comet.", "Encke.", model="ibis-2", test=NEW))
    tree.commit()

    hows = [change.pair and change.pair.how for change in tree.overview("HEAD~1..HEAD").changes]

    assert sorted(hows, key=str) == [None, None, How.PATH]


def test_what_git_cannot_tell_makes_a_pair_less_sure(pulled, monkeypatch):
    def fails(*_):
        raise GitFailed("git grep took too long")

    monkeypatch.setattr(unchanged, "listed", fails)

    (change,) = pulled().changes

    assert change.pair.sure is Sure.POSSIBLE
    assert "not known" in change.pair.why


def test_files_on_disk_are_looked_at_too(make, tree):
    gone = tree.put(make.chat("Name a comet.", "Halley's.", model="heron-1", test=OLD))
    tree.put(make.chat("Name a comet.", "Biela.", model="heron-1", test=OLD, params={"seed": 1}))
    tree.commit()
    (tree.top / gone[0]).unlink()
    tree.put(make.chat("Name a comet.", "Encke.", model="ibis-2", test=NEW))

    assert [change.pair for change in tree.overview("HEAD").changes] == [None, None]


def test_nothing_is_looked_for_where_nothing_came(make, tree, monkeypatch):
    monkeypatch.setattr(unchanged, "listed", lambda *_: pytest.fail("git was asked"))
    (path,) = tree.put(make.chat())
    tree.commit()
    (tree.top / path).unlink()
    tree.commit()

    source = changeset.load(sources.open_range(opened(tree.top), sources.parse("HEAD~1..HEAD")), Library())

    assert source.unchanged(["any"]) == set()


def test_contents_are_read_once(make, pulled, tree, monkeypatch):
    pulled(make.chat("Name a star.", "Vega.", test="t/test_sky.py::test_star"))
    monkeypatch.setattr(unchanged, "contents", lambda *_: pytest.fail("read again"))

    assert len(tree.overview("HEAD~1..HEAD").changes) == 1
    monkeypatch.undo()


def test_ids_are_read_as_json_says_them(make, tree):
    test = 't/test_sky.py::test_comet["é\\n"]'
    tree.put(make.chat("Name a comet.", test=test))
    tree.put(make.chat("Which?", test=OLD))
    base = tree.commit()
    tree.put(make.chat("And?", test=NEW))
    (tree.top / tree.put(make.chat("Which?", test=OLD))[0]).unlink()
    tree.commit()

    kept = tree.load(f"{base}..HEAD").unchanged([test])

    assert kept == {KeptRecording(test, "completions")}


def test_a_word_is_found_in_the_folders_asked_for(tree):
    tree.write("a/one.json", b'{"test_id": "x",\n"test_id": "y"}\n')
    tree.write("a/b:c/two.json", b'{"test_id": "z"}')
    tree.write("elsewhere/three.json", b'{"test_id": "w"}')
    commit = tree.commit()
    repository = opened(tree.top)

    assert first_lines(repository, commit, '"test_id"', [b"a"]) == {
        b"a/one.json": b'{"test_id": "x",',
        b"a/b:c/two.json": b'{"test_id": "z"}',
    }
    assert len(first_lines(repository, commit, '"test_id"', [b"a", b""])) == 3
    with pytest.raises(GitFailed):
        first_lines(repository, "0" * 40, '"test_id"', [b""])
