import os

import pytest

from recviewer.git import refs
from recviewer.git.ranges import opened
from recviewer.lineage import replaced
from recviewer.lineage import trace as tracing
from recviewer.lineage.replaced import Replaced
from recviewer.lineage.trace import What, trace
from recviewer.lineage.versions import full_versions, is_bot
from recviewer.pairing.pair import How, Sure
from recviewer.pairing.sides import Library
from tests.trees import FOLDER, bytes_of, chat, id_of


def look(tree, path, at="HEAD", **how):
    repository = opened(tree.top)
    raw = path if isinstance(path, bytes) else path.encode()
    return trace(repository, refs.commit_of(repository, at), raw, Replaced(repository, Library()), **how)


def story(found):
    """What happened, newest first, each with the name that the file had then."""
    return [(one.what.value, (one.place or one.before).raw.decode().rpartition("/")[2]) for one in found.versions]


def record(tree, model, answer="Saturn has rings.", **more):
    """Replace what was recorded with what another model answers. Return the path of the new file."""
    for old in (tree.top / FOLDER).glob("*.json"):
        old.unlink()
    (path,) = tree.put(chat(model=model, answer=answer, test=id_of(parameters=f"txt=acme/{model}"), **more))
    tree.commit(f"record with {model}")
    return path


@pytest.fixture
def remade(tree):
    """A recording that was re-recorded twice, each time under a new name, and changed in between. Its three paths."""
    tree.write("README", b"1")
    tree.commit("start")
    first = record(tree, "small-1")
    second = record(tree, "small-2", "Saturn has rings, and so has Uranus.")
    tree.write(second, bytes_of(chat(model="small-2", answer="Rings!", test=id_of(parameters="txt=acme/small-2"))))
    tree.commit("edit")
    return tree, first, second, record(tree, "small-3", "Rings, of course.")


@pytest.mark.slow
def test_recording_is_followed_back_through_all_its_names(remade):
    tree, *paths = remade
    first, second, third = (path.rpartition("/")[2] for path in paths)

    found = look(tree, paths[2])

    assert story(found) == [("remade", third), ("modified", second), ("remade", second), ("added", first)]
    assert [one.pair and one.pair.how for one in found.versions] == [How.PARAMETERS, None, How.PARAMETERS, None]
    assert found.versions[0].before == found.versions[1].place
    assert (found.end, found.further, found.problems) == ("", None, ())


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 1, 2])
def test_old_name_leads_to_the_same_story(remade, number):
    tree, *paths = remade

    assert look(tree, paths[number]) == look(tree, paths[2])
    assert look(tree, paths[number]).today.raw == paths[2].encode()


@pytest.mark.slow
def test_older_commit_shows_what_was_known_then(remade):
    tree, first, second, _ = remade

    assert [what for what, _ in story(look(tree, second, "HEAD~1"))] == ["modified", "remade", "added"]
    assert [what for what, _ in story(look(tree, first, "HEAD~3"))] == ["added"]


def test_deleted_and_brought_back_is_one_story(tree):
    (path,) = tree.put(chat())
    tree.commit("add")
    (tree.top / path).unlink()
    tree.commit("delete")
    tree.write("README", b"1")
    tree.commit("other")
    tree.put(chat())
    tree.commit("back")

    found = look(tree, path)

    assert [what for what, _ in story(found)] == ["returned", "deleted", "added"]
    assert found.versions[0].before.blob == found.versions[0].place.blob


def test_deleted_for_good_says_so(tree):
    (path,) = tree.put(chat())
    tree.commit("add")
    (tree.top / path).unlink()
    tree.commit("delete")

    found = look(tree, path)

    assert [what for what, _ in story(found)] == ["deleted", "added"]
    assert found.today is None


def test_reverted_re_recording_goes_there_and_back(tree):
    first = record(tree, "small-1")
    record(tree, "small-2")
    tree.git("revert", "--no-edit", "HEAD")

    assert [what for what, _ in story(look(tree, first))] == ["remade", "remade", "added"]


def test_renamed_file_is_certain_and_needs_no_reading(tree, monkeypatch):
    (path,) = tree.put(chat())
    tree.write("recordings/binary.json", b"\xff\0")
    tree.commit("add")
    (tree.top / "moved" / "recordings").mkdir(parents=True)
    tree.git("mv", path, "moved/recordings/x.json")
    tree.git("mv", "recordings/binary.json", "moved/recordings/b.json")
    tree.commit("move")
    monkeypatch.setattr(replaced.changeset, "sides", None)

    found = look(tree, "moved/recordings/x.json")

    assert [what for what, _ in story(found)] == ["renamed", "added"]
    assert (found.versions[0].pair.how, found.versions[0].pair.sure) == (How.BYTES, Sure.CERTAIN)
    assert story(look(tree, "moved/recordings/b.json"))[1] == ("added", "binary.json")


@pytest.mark.slow
def test_deleted_in_one_commit_and_made_in_a_later_one_is_found(tree):
    first = record(tree, "small-1")
    (tree.top / first).unlink()
    tree.commit("remove recordings")
    tree.write("README", b"1")
    tree.commit("other")
    second = record(tree, "small-2")

    found = look(tree, second)

    assert [what for what, _ in story(found)] == ["remade", "deleted", "added"]
    assert found.versions[0].pair.sure is Sure.LIKELY
    assert "one commit deleted" in found.versions[0].pair.why
    assert look(tree, first) == found


@pytest.mark.slow
def test_made_in_one_commit_and_deleted_in_a_later_one_is_found(tree):
    first = record(tree, "small-1")
    (second,) = tree.put(chat(model="small-2", test=id_of(parameters="txt=acme/small-2")))
    tree.commit("record")
    (tree.top / first).unlink()
    tree.commit("clean up")

    assert [what for what, _ in story(look(tree, second))] == ["remade", "added"]
    assert look(tree, first).today.raw == second.encode()


@pytest.mark.slow
def test_merge_shows_what_it_brought_and_who_made_it(tree):
    first = record(tree, "small-1")
    tree.git("checkout", "-q", "-b", "side")
    second = record(tree, "small-2")
    on_side = tree.git("rev-parse", "HEAD")
    tree.git("checkout", "-q", "main")
    tree.write("README", b"1")
    tree.commit("on main")
    tree.git("merge", "-q", "--no-ff", "-m", "merge side", "side")

    newest = look(tree, second).versions[0]

    assert (newest.what, newest.sha) == (What.REMADE, tree.git("rev-parse", "HEAD"))
    assert newest.merged == (on_side,)
    assert look(tree, first).versions[0] == newest


@pytest.mark.slow
def test_long_history_ends_where_told_and_goes_on_from_there(remade):
    tree, *_, third = remade

    found = look(tree, third, commits=2)

    assert [what for what, _ in story(found)] == ["remade", "modified"]
    assert found.end.startswith("2 commits were looked through")
    raw, sha = found.further
    assert [what for what, _ in story(look(tree, raw, sha))] == ["remade", "added"]


def test_path_that_is_found_far_back_is_reached_look_by_look(tree):
    (path,) = tree.put(chat())
    tree.commit("add")
    (tree.top / path).unlink()
    tree.commit("delete")
    for number in range(4):
        tree.write("README", b"%d" % number)
        tree.commit("other")

    found = look(tree, path, commits=3)
    assert found.versions == ()

    assert [what for what, _ in story(look(tree, path, found.further[1]))] == ["deleted", "added"]


def test_many_versions_are_shown_in_several_looks(tree, monkeypatch):
    monkeypatch.setattr(tracing, "VERSIONS", 3)
    for number in range(7):
        tree.write("recordings/a.json", b"%d" % number)
        tree.commit(str(number))

    found = look(tree, "recordings/a.json")
    rest = look(tree, *found.further)

    assert len(found.versions) == len(rest.versions) == 3
    assert rest.versions[0].place == found.versions[-1].before
    assert [what for what, _ in story(look(tree, *rest.further))] == ["added"]


def test_look_without_time_says_how_far_it_came(remade, monkeypatch):
    tree, *_, third = remade
    steps = tracing.walk.back

    def slow(*words, **how):
        for place, step in enumerate(steps(*words, **how)):
            if place == 1:
                raise tracing.OutOfTime("the history is long")
            yield step

    monkeypatch.setattr(tracing.walk, "back", slow)

    found = look(tree, third)

    assert found.end == "The history is long."
    assert found.further is not None


def test_shallow_clone_says_where_it_ends_and_what_brings_more(remade, tmp_path):
    tree, *_, third = remade
    tree.git("clone", "-q", "--depth=2", f"file://{tree.top}", str(tmp_path / "shallow"))
    clone = type(tree)(tmp_path / "shallow")

    found = look(clone, third)

    assert [what for what, _ in story(found)] == ["remade", "there"]
    assert "--unshallow origin" in found.end


def test_partial_clone_tells_what_it_cannot_read(remade, tmp_path):
    tree, *_, third = remade
    tree.git("config", "uploadpack.allowFilter", "true")
    tree.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{tree.top}", str(tmp_path / "partial.git"))
    clone = type(tree)(tmp_path / "partial.git")

    found = look(clone, third)
    (version,) = full_versions(opened(clone.top), found, Library(), limit_bytes=1 << 20)

    assert [what for what, _ in story(found)] == ["added"]
    assert "--refetch" in found.problems[0]
    assert "bytes are not here" in version.side.exchange.problems[0].what


def test_too_many_at_once_are_paired_by_folder_and_else_not(tree, monkeypatch):
    monkeypatch.setattr(replaced, "LIMIT", 3)
    first = record(tree, "small-1")
    tree.write("other/recordings/a.json", b"{}")
    tree.write("other/recordings/b.json", b"[]")
    tree.commit("others")
    for name in "ab":
        (tree.top / f"other/recordings/{name}.json").unlink()
    second = record(tree, "small-2")
    assert [what for what, _ in story(look(tree, second))] == ["remade", "added"]

    monkeypatch.setattr(replaced, "LIMIT", 1)

    found = look(tree, second)
    assert [what for what, _ in story(found)] == ["added"]
    assert "came and went at once" in found.problems[0]
    assert look(tree, first).today is None


@pytest.mark.parametrize("name", [b"line\nbreak.json", b"\xff\xfe.json", b"-x.json", b"[a]*?.json", b":(glob)x.json"])
def test_odd_names_are_followed(tree, name):
    document = chat()
    place = os.path.join(os.fsencode(tree.top), b"recordings", name)
    os.makedirs(os.path.dirname(place))
    with open(place, "wb") as file:
        file.write(bytes_of(document))
    tree.commit("odd")
    os.rename(place, os.path.join(os.path.dirname(place), b"plain.json"))
    tree.commit("plain")

    assert look(tree, b"recordings/" + name) == look(tree, "recordings/plain.json")
    assert len(look(tree, b"recordings/" + name).versions) == 2


@pytest.mark.slow
def test_versions_tell_what_changed_in_words(remade):
    tree, *_, third = remade
    found = look(tree, third)

    versions = full_versions(opened(tree.top), found, Library(), limit_bytes=1 << 20)

    assert [one.change.churn.value if one.change else "" for one in versions] == ["text", "text", "text", ""]
    assert versions[0].commit.subject == "record with small-3"
    assert [one.side.exchange.model for one in versions] == ["small-3", "small-2", "small-2", "small-1"]
    assert all(one.side.meaning.fingerprint for one in versions)


@pytest.mark.slow
def test_large_versions_are_not_read(remade):
    tree, *_, third = remade

    versions = full_versions(opened(tree.top), look(tree, third), Library(), limit_bytes=10)

    assert all("larger than" in one.side.exchange.problems[0].what for one in versions)


def test_links_are_not_followed(tree):
    (tree.top / "recordings").mkdir()
    os.symlink("/etc/passwd", tree.top / "recordings" / "a.json")
    tree.commit("link")

    (version,) = full_versions(opened(tree.top), look(tree, "recordings/a.json"), Library(), limit_bytes=1 << 20)

    assert "symbolic link" in version.side.exchange.problems[0].what


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("github-actions[bot]", True),
        ("dependabot[bot]", True),
        ("acme-ci-bot", True),
        ("GitHub Actions", True),
        ("github-actions", True),
        ("Robot", False),
        ("Abbot", False),
        ("", False),
    ],
)
def test_programs_are_known_by_their_names(name, answer):
    assert is_bot(name) is answer


@pytest.mark.slow
def test_hostile_repository_runs_nothing(remade, tmp_path):
    tree, *_, third = remade
    ran, script = tmp_path / "ran", tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\necho $0 $@ >> {ran}\n")
    script.chmod(0o755)
    with open(tree.top / ".git" / "config", "a") as config:
        config.write(
            f"[core]\n fsmonitor = {script}\n pager = {script}\n sshCommand = {script}\n"
            f'[diff]\n external = {script}\n[diff "evil"]\n textconv = {script}\n command = {script}\n'
            f'[extensions]\n partialClone = origin\n[remote "origin"]\n url = ext::{script} %S\n promisor = true\n'
            f"[log]\n showSignature = true\n[gpg]\n program = {script}\n[protocol]\n allow = always\n"
        )
    (tree.top / ".git" / "info").mkdir(exist_ok=True)
    (tree.top / ".git" / "info" / "attributes").write_text("*.json diff=evil\n")

    found = look(tree, third)
    full_versions(opened(tree.top), found, Library(), limit_bytes=1 << 20)

    assert len(found.versions) == 4
    assert not ran.exists(), ran.read_text()
