"""What was decided on a range, as git itself carries it out."""

import json
import os
import stat
import subprocess
from pathlib import Path

import pytest

from recviewer.bounded.cache import Recent
from recviewer.memory.ranges import report_of
from recviewer.plan import losses, model, range
from recviewer.plan.commands import Feed, applying, recording, removing, switching
from recviewer.recorders.reading import read_file, without
from recviewer.replay.names import name_state
from recviewer.review import decide, ranges
from recviewer.review.reviews_file import merging
from recviewer.review.subjects import Seen
from recviewer.store.files import blob_id

ODD = {
    b"t/recordings/with space.json": b'{"a": 1}\n',
    "t/recordings/ü日.json".encode(): b'{"a": 2}',
    b't/recordings/q"\\\n\t.json': b"",
    b"t/recordings/not-utf8-\xff.json": b'{"a": 3}\r\n{"b": 4}\r\n',
    b"t/recordings/[g]*?.json": b'{"a": "\0"}\n',
    b"t/recordings/run.json": b'{"a": 5}\n',
    b"t/recordings/wide.json": b'{"a": "' + b"x" * 1_000_000 + b'"}\n',
    b":t/recordings/colon.json": b'{"a": 6}\n',
}


@pytest.fixture
def git(tmp_path):
    """Return a function that runs git in a folder, with nobody's configuration."""

    def run(folder, *words, input=None):
        done = subprocess.run(
            ["git", "-c", "protocol.file.allow=always", *words],
            cwd=folder,
            input=input,
            check=True,
            capture_output=True,
            env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1"},
        )
        return done.stdout

    return run


@pytest.fixture
def put(root, db, chat):
    """Return a function that writes a file below the root, named by its path in bytes; without bytes, a chat."""

    def write(path, data=None, *, executable=False, **words):
        raw = os.fsencode(path)
        place = os.path.join(os.fsencode(root), raw)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(json.dumps(chat(**words), indent=2).encode() if data is None else data)
        os.chmod(place, 0o755 if executable else 0o644)
        return raw

    return write


@pytest.fixture
def remove(root):
    return lambda path: os.unlink(os.path.join(os.fsencode(root), os.fsencode(path)))


@pytest.fixture
def say(spec_of):
    """Return a function that gives a verdict on changes of a range, by the ends of their paths; on all without any."""

    def give(spec, verdict, *ends, by="Ana", note="because"):
        changes = report_of(spec).found.changes
        mine = [one for one in changes if not ends or one.side.path.endswith(ends)]
        seen = [Seen(one.side.path, one.side.blob) for one in mine]
        words = {"note": note} if verdict == "reject" else {}
        return ranges.say(lambda: report_of(spec).found, seen, actor=by, verdict=verdict, **words)

    return give


@pytest.fixture
def spec_of(commit):
    """Return a function that commits what is there now, and names the range from a commit to it."""
    return lambda base: f"{base}...{commit('after')}"


def plan_of(spec):
    return range.make(report_of(spec).found)


def paths(items):
    return [item.path.rpartition("/")[2] for item in items]


@pytest.fixture
def applied(git, root, tmp_path):
    """Return a function that applies a plan in a fresh checkout of the head, and returns what git then has in its index."""

    def apply(made):
        top = tmp_path / "checkout"
        git(tmp_path, "clone", "-q", str(root), str(top))
        git(top, "checkout", "-q", "--detach", made.ground.head)
        patch = b"".join(model.patch(made))
        git(top, "apply", "--check", input=patch)
        git(top, "apply", "--index", input=patch)
        return tree_of(git, top)

    return apply


def tree_of(git, top, *words):
    """Return mode and blob by path: of the index, or of a commit."""
    if words:
        out = git(top, "ls-tree", "-r", "-z", "--full-tree", *words)
        rows = [(head.split(b" "), name) for head, name in (entry.split(b"\t", 1) for entry in out.split(b"\0")[:-1])]
        return {name: (mode.decode(), blob.decode()) for (mode, _, blob), name in rows}
    out = git(top, "ls-files", "-s", "-z")
    rows = [(head.split(b" "), name) for head, name in (entry.split(b"\t", 1) for entry in out.split(b"\0")[:-1])]
    return {name: (mode.decode(), blob.decode()) for (mode, blob, _), name in rows}


def test_nothing_was_decided(put, commit, spec_of):
    base = commit("empty") if put("t/recordings/a.json") else ""
    put("t/recordings/b.json", answered="Mars.")

    made = plan_of(spec_of(base))

    assert made.is_empty
    assert made.undecided == 1


@pytest.mark.slow
def test_odd_files_go_just_so(put, commit, spec_of, say, applied, git, root):
    put("t/recordings/stays.json", asked="Who?")
    base = commit("before")
    for raw, data in ODD.items():
        put(raw, data, executable=raw.endswith(b"run.json"))
    spec = spec_of(base)
    say(spec, "delete")

    made = plan_of(spec)

    assert len(made.deletions) == len(ODD)
    assert applied(made) == tree_of(git, root, base)


@pytest.mark.slow
def test_odd_files_come_back_just_so(put, remove, commit, spec_of, say, applied, git, root):
    put("t/recordings/stays.json", asked="Who?")
    for raw, data in ODD.items():
        put(raw, data, executable=raw.endswith(b"run.json"))
    os.symlink("stays.json", root / "t/recordings/link.json")
    base = commit("before")
    for raw in ODD:
        remove(raw)
    remove("t/recordings/link.json")
    spec = spec_of(base)
    say(spec, "reject", note="still needed")

    made = plan_of(spec)

    assert len(made.back) == len(ODD) + 1
    assert {(file.by, file.note) for file in made.back} == {("Ana", "still needed")}
    assert applied(made) == tree_of(git, root, base)


@pytest.mark.slow
def test_some_go_and_some_come_back_at_once(put, remove, commit, spec_of, say, applied, git, root):
    put("a/recordings/old.json", asked="What was there?", test="t.py::test_old")
    put("a/recordings/kept.json", asked="And this?", test="t.py::test_kept")
    base = commit("before")
    remove("a/recordings/old.json")
    put("a/recordings/new.json", asked="Is Pluto a planet?", test="t.py::test_new")
    spec = spec_of(base)
    say(spec, "reject", "old.json")
    say(spec, "delete", "new.json")

    assert applied(plan_of(spec)) == tree_of(git, root, base)


@pytest.mark.slow
def test_only_what_was_marked_itself_goes(put, commit, spec_of, say):
    put("tests/recordings/x.json", asked="Who?")
    base = commit("before")
    put("tests/recordings/a.json", id="1")
    put("tests/recordings/b.json", id="2")
    spec = spec_of(base)
    say(spec, "delete", "a.json")

    made = plan_of(spec)

    assert (paths(made.deletions), paths(made.alike)) == (["a.json"], ["b.json"])
    say(spec, "delete", "b.json")
    assert paths(plan_of(spec).deletions) == ["a.json", "b.json"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "why"),
    [({"id": "2"}, "same meaning"), ({"answered": "Mars."}, "another answer")],
)
def test_a_mark_on_other_bytes_is_left_out(put, commit, spec_of, say, words, why):
    put("tests/recordings/x.json", asked="Who?")
    base = commit("before")
    put("tests/recordings/a.json", id="1")
    say(spec_of(base), "delete", "a.json")
    put("tests/recordings/a.json", **words)

    made = plan_of(spec_of(base))

    assert (made.deletions, paths(made.changed)) == ((), ["a.json"])
    assert why in made.changed[0].why


def test_a_mark_on_other_words_deletes_nothing_whatever_place_and_bytes_it_names(put, commit, spec_of, say):
    put("t/recordings/x.json", asked="Who?")
    base = commit("before")
    put("t/recordings/a.json", id="1")
    spec = spec_of(base)
    (change,) = report_of(spec).found.changes
    said = {"type": "decision", "reviewer": "Ana", "verdict": "delete", "entered": "2026-01-02T12:00:00Z"}
    line = said | {"fingerprint": "2:" + "0" * 64, "path": "t/recordings/a.json", "blob": change.side.blob}
    merging.bring_in(f'{{"recviewer_reviews": 1}}\n{json.dumps(line)}\n'.encode(), actor="Ana")

    plan = plan_of(spec)

    assert (paths(plan.deletions), plan.undecided) == ([], 1)
    assert [item.why for item in plan.changed] == [
        "was marked as saying something else than it says, by the rules of now"
    ]


@pytest.mark.slow
def test_a_mark_on_what_a_push_took_back_is_left_out(put, commit, spec_of, say):
    put("t/recordings/a.json", id="1")
    base = commit("before")
    commit.git("branch", "topic")
    put("t/recordings/a.json", answered="Mars.")
    spec = f"{base}...topic"
    commit("pushed")
    commit.git("branch", "-f", "topic")
    say(spec, "delete")
    put("t/recordings/a.json", id="1")
    put("t/recordings/b.json", asked="Who?")
    commit("pushed again")
    commit.git("branch", "-f", "topic")

    (left,) = plan_of(spec).changed

    assert left.why == "is as it was before the range"


def test_marks_on_what_the_range_leaves_alone_are_counted(make_recording, commit, spec_of):
    one = make_recording("t/recordings/a.json")
    base = commit("before")
    make_recording("t/recordings/b.json", asked="Who?")
    decide.decide([Seen(one.path, one.blob)], actor="Ana", verdict="delete")

    made = plan_of(spec_of(base))

    assert made.is_empty
    assert made.elsewhere == 1


def test_a_mark_holds_where_the_root_is_below_the_top(put, commit, spec_of, say, settings, root):
    put("deep/t/recordings/x.json", asked="Who?")
    base = commit("before")
    put("deep/t/recordings/a.json")
    spec = spec_of(base)
    settings.REPOSITORY = root
    settings.RECORDINGS_ROOT = root / "deep"
    say(spec, "delete", "a.json")

    (file,) = plan_of(spec).deletions

    assert (file.path, file.name) == ("deep/t/recordings/a.json", b"deep/t/recordings/a.json")


@pytest.mark.slow
@pytest.mark.parametrize("taken", ["t/recordings/a.json/b.json", "t/recordings", "t"])
def test_what_stands_in_the_way_is_said(put, remove, root, commit, spec_of, say, applied, taken):
    put("t/recordings/a.json")
    put("u/recordings/a.json", asked="Who?", test="t.py::test_who")
    base = commit("before")
    for path in ("t/recordings/a.json", "u/recordings/a.json"):
        remove(path)
        os.removedirs((root / path).parent)
    root.mkdir(exist_ok=True)
    put(taken, b"[]")
    spec = spec_of(base)
    say(spec, "reject", "t/recordings/a.json", "u/recordings/a.json")

    made = plan_of(spec)

    assert ([file.name for file in made.back], paths(made.stuck)) == ([b"u/recordings/a.json"], ["a.json"])
    assert "something else is at its path" in made.stuck[0].why
    assert b"u/recordings/a.json" in applied(made)


@pytest.mark.slow
def test_each_test_is_recorded_again_once_with_its_reasons(put, commit, spec_of, say):
    put("t/recordings/x.json", asked="Who?")
    base = commit("before")
    for name in "abc":
        put(f"t/recordings/{name}.json", asked=name, answered=f"No. {name}", test="t.py::test_x[1]")
    put("t/recordings/o.json", asked="orphan", test=None)
    spec = spec_of(base)
    say(spec, "reject", "a.json", "b.json", note="cut off")
    say(spec, "reject", "c.json", by="Ben", note="rude")
    say(spec, "reject", "o.json")

    made = plan_of(spec)

    (again,) = made.again
    assert (again.test_id, len(again.paths)) == ("t.py::test_x[1]", 3)
    assert set(again.reasons) == {("Ana", "cut off"), ("Ben", "rude")}
    assert made.orphans == ("t/recordings/o.json",)


@pytest.fixture
def hashed(put, chat):
    """Return a function that writes a recording under the name by which a recorder finds it."""

    def write(folder="t/recordings", **words):
        return put(f"{folder}/{name_state(chat(**words), '').expected}", **words).decode()

    return write


def test_the_last_that_replays_is_a_loss(hashed, put, commit, spec_of, say):
    put("t/recordings/stale.json", asked="Stale?")
    put("u/recordings/other.json", asked="Other?", test="t.py::test_other")
    base = commit("before")
    last = hashed(asked="Last?")
    spec = spec_of(base)
    say(spec, "delete", last)

    (loss,) = plan_of(spec).losses

    assert (loss.test_id, loss.left, loss.removed) == ("tests/test_planets.py::test_earth", 1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("is_known", [True, False])
def test_one_that_replays_still_is_none(hashed, put, commit, spec_of, say, is_known, monkeypatch):
    monkeypatch.setattr(losses, "_known", Recent())
    if is_known:
        from recviewer.catalog import indexer
    hashed(asked="First?")
    base = commit("before")
    last = hashed(asked="Last?")
    spec = spec_of(base)
    if is_known:
        indexer.refresh(processes=1)
    say(spec, "delete", last)

    assert plan_of(spec).losses == ()
    assert bool(losses._known) is not is_known
    assert plan_of(spec).losses == ()


@pytest.mark.slow
def test_removals_that_were_let_go_count_and_others_do_not(hashed, put, remove, commit, spec_of, say):
    first = hashed(asked="First?")
    put("t/recordings/x.json", asked="Who?", test="t.py::test_who")
    base = commit("before")
    remove(first)
    spec = spec_of(base)

    assert plan_of(spec).losses == ()
    say(spec, "approve")
    (loss,) = plan_of(spec).losses
    assert (loss.left, loss.removed) == (0, 1)
    say(spec, "reject")
    assert plan_of(spec).losses == ()


@pytest.mark.slow
def test_patch_against_the_files_on_disk(put, remove, commit, say, git, root, spec_of):
    base = commit("before") if put("t/recordings/old.json", asked="What was there?", executable=True) else ""
    before = tree_of(git, root, base)
    remove("t/recordings/old.json")
    put("t/recordings/new.json", asked="Is Pluto a planet?", test="t.py::test_new")
    say(base, "reject", "old.json")
    say(base, "delete", "new.json")

    made = plan_of(base)
    patch = b"".join(model.patch(made))
    git(root, "apply", "--check", input=patch)
    git(root, "apply", input=patch)

    assert [place.name for place in root.rglob("*.json")] == ["old.json"]
    place = root / "t/recordings/old.json"
    assert before == {b"t/recordings/old.json": ("100755", blob_id(place.read_bytes()))}
    assert place.stat().st_mode & stat.S_IXUSR
    assert removing(made, Feed("", "list")) == []
    assert applying(made, Feed("", "x.patch")) == ["git apply --check x.patch", "git apply x.patch"]


@pytest.mark.slow
def test_a_file_that_changed_on_disk_meanwhile_is_not_in_the_patch(put, commit, say):
    base = commit("before") if put("t/recordings/old.json", asked="What was there?") else ""
    put("t/recordings/new.json")
    say(base, "delete", "new.json")
    made = plan_of(base)
    put("t/recordings/new.json", answered="Mars.")

    assert list(model.patch(made)) == []


@pytest.mark.slow
def test_the_commands_work_as_they_stand(put, remove, commit, spec_of, say, git, root, tmp_path):
    put("t/recordings/old.json", asked="What was there?", test="t.py::test_old")
    put("t/recordings/x.json", asked="Who?", test="t.py::test_who")
    base = commit("before")
    remove("t/recordings/old.json")
    put("t/recordings/a b.json", asked="Is Pluto a planet?", test="t.py::test_new")
    spec = spec_of(base)
    say(spec, "reject", "old.json")
    say(spec, "delete", "a b.json")
    git(root, "checkout", "-q", "--detach", base)
    made = plan_of(spec)
    top = tmp_path / "checkout"
    git(tmp_path, "clone", "-q", str(root), str(top))
    (top / "the patch").write_bytes(b"".join(model.patch(made)))
    (top / "the list").write_bytes(model.git_rm(made))

    lines = [*switching(made), *applying(made, Feed("", "the patch")), "git reset -q --hard"]
    lines += removing(made, Feed("", "the list"))
    for line in lines:
        done = subprocess.run(line, shell=True, cwd=top, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr

    assert git(top, "rev-parse", "HEAD").decode().strip() == made.ground.head
    assert set(tree_of(git, top)) == {b"t/recordings/x.json"}


def test_tests_are_grouped_by_file_and_none_is_an_option(put, commit, spec_of, say):
    put("t/recordings/x.json", asked="Who?")
    base = commit("before")
    for number, test in enumerate(["b.py::test_2", "a.py::test_1[x y]", "a.py::test_0", "-pevil", "@file", "c\n-d"]):
        put(f"t/recordings/{number}.json", asked=str(number), answered=f"No. {number}", test=test)
    spec = spec_of(base)
    say(spec, "reject")

    made = plan_of(spec)

    assert recording(made) == [
        "pytest ./-pevil",
        "pytest ./@file",
        "pytest a.py::test_0 'a.py::test_1[x y]'",
        "pytest b.py::test_2",
        "pytest 'c\n-d'",
    ]
    assert model.test_ids(made).decode().splitlines() == [
        "./-pevil",
        "./@file",
        "a.py::test_0",
        "a.py::test_1[x y]",
        "b.py::test_2",
    ]


CASSETTE = Path(__file__).parent.parent / "recorders" / "cases" / "vcrpy" / "test_planets.yaml"
SHARED = "t/cassettes/test_sky/test_planets.yaml"


@pytest.mark.slow
@pytest.mark.parametrize("lost", [(1,), (2,), (0, 2), (1, 2)])
def test_what_shared_its_file_is_put_back_into_it(put, commit, spec_of, say, applied, root, lost):
    data = CASSETTE.read_bytes()
    put(SHARED, data)
    base = commit("before")
    parts = [one.part for one in read_file(data, SHARED)]
    put(SHARED, b"# By hand.\n" + without(data, SHARED, [parts[place] for place in lost]))
    spec = spec_of(base)
    say(spec, "reject", *[parts[place] for place in lost])

    made = plan_of(spec)
    assert sorted(file.part for file in made.back) == sorted(parts[place] for place in lost)
    assert made.put_back == len(lost)
    assert made.stuck == ()
    assert applied(made)[SHARED.encode()][1] == blob_id(b"# By hand.\n" + data)
    assert [(one["path"], one["is_made_again"]) for one in model.as_json(made)["put_back"]] == [(SHARED, False)]


@pytest.mark.slow
@pytest.mark.parametrize("lost", [(0, 1, 2), (0, 2)])
def test_a_file_that_is_gone_is_made_again_with_what_is_wanted_back(put, remove, commit, spec_of, say, applied, lost):
    data = CASSETTE.read_bytes()
    put(SHARED, data, executable=True)
    put("t/recordings/stays.json")
    base = commit("before")
    parts = [one.part for one in read_file(data, SHARED)]
    remove(SHARED)
    spec = spec_of(base)
    say(spec, "reject", *[parts[place] for place in lost])

    made = plan_of(spec)

    left = [part for place, part in enumerate(parts) if place not in lost]
    assert made.put_back == len(lost)
    wanted = without(data, SHARED, left) if left else data
    assert applied(made)[SHARED.encode()] == ("100755", blob_id(wanted))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("lost", "wanted", "why"),
    [
        ((0, 1, 2), 1, "stood beside others of which none is in its file any more"),
        (
            (0,),
            2,
            "stands in its file by now",
        ),  # the first of two that ask alike went: by its number the second is missing
    ],
)
def test_what_cannot_be_put_back_says_why(put, commit, spec_of, say, lost, wanted, why):
    data = CASSETTE.read_bytes()
    put(SHARED, data)
    base = commit("before")
    parts = [one.part for one in read_file(data, SHARED)]
    put(SHARED, without(data, SHARED, [parts[place] for place in lost]) or b"interactions: []\nversion: 1\n")
    spec = spec_of(base)
    say(spec, "reject", parts[wanted])

    made = plan_of(spec)

    assert made.back == ()
    assert [one.why for one in made.stuck] == [why]
