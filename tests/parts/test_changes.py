"""One file with many exchanges, in ranges, reports, plans and histories."""

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.changes import changeset, sources
from recviewer.changes.overview import overview
from recviewer.difference.model import Churn
from recviewer.git.ranges import Counted, opened
from recviewer.pairing.sides import Library
from recviewer.recorders.reading import read_file
from tests.pages.conftest import Repo

FILE = "tests/lists/three.json"


@pytest.fixture
def repo(list_recorder, root, settings, db):
    settings.REPOSITORY = None
    made = Repo(root)
    made.git("init", "-q", "-b", "main")
    return made


@pytest.fixture
def commit(repo, root, listed):
    """Commit a file of these exchanges, or its removal where there are none."""

    def make(*documents, path=FILE):
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        if documents:
            place.write_bytes(listed(*documents))
        else:
            place.unlink()
        indexer.refresh(processes=1)
        return repo.commit("one")

    return make


@pytest.fixture
def load(root):
    def make(spec):
        return changeset.load(sources.open_range(opened(root), sources.parse(spec)), Library())

    return make


def parts_of(*documents, listed):
    return [one.part for one in read_file(listed(*documents), "three.json")]


def test_equal_exchanges_of_a_modified_file_are_no_change(commit, load, three, listed):
    commit(*three())
    commit(*three(two="Another."))

    source = load("HEAD~1..HEAD")

    [item] = source.modified
    one, two, other = parts_of(*three(), listed=listed)
    assert (item.old.part, item.new.part, item.new.path) == (two, two, f"{FILE}/{two}")
    assert {side.part for side in source.same} == {one, other}
    assert (source.added, source.deleted, source.files) == ((), (), 1)
    assert source.lines == Counted(1, 1)


def test_exchanges_that_come_and_go_are_paired_as_files_are(commit, load, three, chat):
    commit(*three())
    moved = chat(asked="one, please?", answered="Answer one.", test="tests/test_a.py::test_one")
    commit(moved, *three()[1:], chat(asked="four?", answered="4", test="tests/test_a.py::test_four"))

    found = overview(load("HEAD~1..HEAD"))

    told = {
        (change.old.exchange.test_id if change.old else None, change.new.exchange.test_id) for change in found.changes
    }
    assert told == {("tests/test_a.py::test_one",) * 2, (None, "tests/test_a.py::test_four")}
    assert {change.churn for change in found.changes} == {Churn.REQUEST, Churn.NEW}
    assert found.source.files == 1


def test_a_file_that_comes_is_one_file_and_many_recordings(commit, load, three, listed, root, repo):
    (root / "a.txt").write_text("a")
    repo.commit("zero")
    commit(*three())

    source = load("HEAD~1..HEAD")

    assert (source.files, len(source.added)) == (1, 3)
    assert source.lines == Counted(listed(*three()).count(b"\n"), 0)


def test_files_on_disk_are_compared_in_the_same_way(commit, load, three, listed, root):
    commit(*three())
    (root / FILE).write_bytes(listed(*three(three="Another.")[1:]))

    source = load("HEAD...")

    assert [side.meaning.line.asked for side in source.deleted] == ["one?"]
    assert [item.new.meaning.line.asked for item in source.modified] == ["three?"]
    assert source.files == 1


def test_report_names_the_place_of_each(commit, client, three):
    commit(*three())
    commit(*three(two="Another."))

    report = client.get("/changes/HEAD~1..HEAD.json").json()

    [change] = report["changes"]
    row = Recording.objects.get(place=1)
    assert change["new"] == {"path": row.path, "blob": row.blob, "file": FILE, "index": 1, "part": row.part}
    assert report["files_changed"] == 1


@pytest.mark.slow
def test_a_change_is_shown_with_its_own_bytes_and_decided_alone(commit, client, three):
    commit(*three())
    commit(*three(two="Another.", three="A third."))
    row = Recording.objects.get(place=1)

    page = client.get(f"/changes/HEAD~1..HEAD?change={row.path}&raw=1").content.decode()

    assert "Another." in page
    assert "A third." not in page.partition("<main")[2].replace("three?", "")
    seen = {"key": row.path, "seen": row.blob}
    assert client.post("/do/decide", {**seen, "verdict": "approve"}).status_code == 303
    told = {one["new"]["path"]: one["verdict"] for one in client.get("/changes/HEAD~1..HEAD.json").json()["changes"]}
    assert told == {row.path: "approved", Recording.objects.get(place=2).path: None}


@pytest.mark.slow
def test_the_patch_of_a_range_cuts_an_exchange_out_of_its_file(commit, client, three):
    commit(*three())
    commit(*three(two="Another."))
    row = Recording.objects.get(place=1)
    client.post("/do/decide", {"key": row.path, "seen": row.blob, "verdict": "delete"})

    plan = client.get("/plan/HEAD~1..HEAD.json").json()

    assert [(one["path"], one["part"]) for one in plan["deletions"]] == [(row.path, row.part)]
    assert [(one["path"], one["parts"], one["goes_as_a_whole"]) for one in plan["cut"]] == [(FILE, [row.part], False)]
    assert b"GIT binary patch" in client.get("/plan/HEAD~1..HEAD?as=patch").getvalue()


@pytest.mark.slow
def test_history_has_the_versions_of_one_exchange(commit, client, three, chat):
    commit(*three()[:2])
    commit(*three(one="Another.")[:2])
    commit(chat(asked="zero?"), *three(one="Another.", two="New."))

    for place, count in ((1, 2), (2, 2), (3, 1), (0, 1)):
        row = Recording.objects.get(place=place)
        told = client.get(f"/history/{row.path}.json").json()
        assert len(told["versions"]) == count, row.asked
        assert client.get(f"/history/{row.path}").status_code == 200


@pytest.mark.slow
def test_permalink_of_a_file_in_git_shows_the_exchange_that_is_named(commit, client, three, repo):
    commit(*three())
    blob = repo.blob(FILE)
    path = Recording.objects.get(place=1).path
    commit(*three(one="a", two="b", three="c"))

    assert "Answer two." in client.get(f"/b/{blob}", {"path": path}).content.decode()
    assert "it holds 3 exchanges" in client.get(f"/b/{blob}", {"path": FILE}).content.decode()
