"""The command line of a server elsewhere, against Django's own server that really listens."""

import json
import subprocess
import sys

import pytest

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.remote import command
from recviewer.review import ranges
from recviewer.review.models import AuditEvent, Decision
from recviewer.review.refusals import ChangedRecordings
from recviewer.review.reviews_file import merging
from recviewer.store.files import blob_id

ONE = "tests/recordings/one.json"


@pytest.fixture
def checkout(root, tmp_path, make_recording):
    """A laptop's own copy of the one recording that the server has."""
    make_recording(ONE)
    place = tmp_path / "laptop"
    (place / ONE).parent.mkdir(parents=True)
    (place / ONE).write_bytes((root / ONE).read_bytes())
    return place


def test_export_gives_what_the_pages_give_and_follows_them(ask, root, chat, monkeypatch):
    monkeypatch.setattr(command, "PER_PAGE", 50)
    for number in range(53):
        place = root / f"tests/recordings/{number:03}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(chat(asked=f"Question {number} \x1b[31m\u202e ü", id=str(number))))
    indexer.refresh(processes=1)

    code, out, told = ask("export", scope="read", role="viewer")

    rows = [json.loads(line) for line in out.splitlines()]
    assert (code, told) == (0, "")
    assert {row["path"] for row in rows} == set(Recording.objects.values_list("path", flat=True))
    assert len(rows) == 53
    assert any("\u202e ü" in row["asked"] for row in rows)
    assert not {"\x1b", "\u202e"} & set(out)


def test_export_takes_a_query_and_tells_what_is_wrong_with_it(ask, make_recording):
    make_recording(ONE)
    make_recording("tests/recordings/two.json", asked="Is Pluto a planet?", id="2")

    assert [json.loads(line)["path"] for line in ask("export", "--query", "Pluto")[1].splitlines()] == [
        "tests/recordings/two.json"
    ]
    assert ask("export", "--query", "Neptune")[:2] == (0, "")
    code, out, told = ask("export", "--query", "size:>banana")
    assert (code, out) == (2, "")
    assert "banana" in told


def test_a_verdict_is_on_the_bytes_of_the_checkout(ask, checkout):
    code, out, told = ask("decide", "approve", ONE, "--recordings", str(checkout), role="reviewer")

    assert (code, told) == (0, "")
    assert out.startswith("Approved")
    found = Decision.objects.get()
    assert (found.verdict, found.reviewer, found.path) == ("approve", "reviewer-decide", ONE)


@pytest.mark.parametrize("verdict", ["approve", "reject", "delete", "clear"])
def test_a_verdict_on_other_bytes_is_refused(ask, checkout, verdict):
    (checkout / ONE).write_bytes((checkout / ONE).read_bytes() + b"\n")

    code, out, told = ask("decide", verdict, ONE, "--recordings", str(checkout), "--note", "why")

    assert (code, out) == (1, "")
    assert (
        told
        == f"{ONE}: changed since you saw it. Look at what the server has, and decide again. Nothing was decided.\n"
    )
    assert not Decision.objects.exists()


def test_of_many_all_or_none_are_decided_on(ask, checkout, root, make_recording):
    two = make_recording("tests/recordings/two.json", asked="Is Pluto a planet?", id="2")
    (checkout / "tests/recordings/two.json").write_bytes((root / two.path).read_bytes() + b" ")
    words = ("decide", "approve", ONE, "tests/recordings/two.json", "--recordings", str(checkout))

    code, _, told = ask(*words)
    assert code == 1
    assert "tests/recordings/two.json (changed" in told
    assert not Decision.objects.exists()

    (checkout / "tests/recordings/two.json").write_bytes((root / two.path).read_bytes())
    assert ask(*words)[0] == 0
    assert Decision.objects.count() == 2


def test_what_changed_on_the_servers_disk_is_not_approved(ask, checkout, root):
    (root / ONE).write_bytes(b"{}")

    code, _, told = ask("decide", "approve", ONE, "--recordings", str(checkout))

    assert code == 1
    assert "changed" in told
    assert not Decision.objects.exists()


@pytest.mark.slow
def test_a_blob_that_export_told_of_needs_no_checkout(ask, checkout, tmp_path):
    row = json.loads(ask("export")[1])
    words = ("decide", "reject", row["path"], "--recordings", str(tmp_path), "--seen")

    assert "Say in a few words" in ask(*words, row["blob"])[2]
    assert ask(*words, blob_id(b"other"), "--note", "it lies")[0] == 1
    assert ask(*words, row["blob"], "--note", "it lies")[0] == 0
    assert Decision.objects.get().note == "it lies"


def test_a_path_that_the_server_does_not_have_is_told(ask, checkout):
    code, _, told = ask("decide", "approve", "recordings/one.json", "--recordings", str(checkout / "tests"))

    assert (code, told[:47]) == (1, "recordings/one.json: not there on the server, w")


def test_a_file_that_is_not_here_is_not_decided_on(ask, checkout):
    for path in ("tests/three.json", "../laptop/" + ONE, "tests"):
        code, out, told = ask("decide", "approve", path, "--recordings", str(checkout))
        assert (code, out) == (2, "")
        assert path.rpartition("/")[2] in told


def test_nobody_decides_with_less_than_it_takes(ask, checkout):
    words = ("decide", "approve", ONE, "--recordings", str(checkout))

    assert ask(*words, scope="read")[::2] == (1, "A token to read does not do that.\n")
    assert ask(*words, scope="import")[::2] == (1, "A token to import does not do that.\n")
    assert "needs a reviewer" in ask(*words, role="viewer")[2]
    assert not Decision.objects.exists()


@pytest.mark.slow
def test_a_change_of_a_range_is_decided_on_as_it_was_seen(ask, spec, root, commit):
    moon, old = "tests/recordings/moon.json", "tests/recordings/old.json"
    words = ("decide", "approve", "--recordings", str(root), "--range", spec)

    code, out, told = ask(*words, moon, "tests/recordings/new.json")
    assert (code, told, len(out.splitlines())) == (0, "", 2)
    assert {one.path for one in Decision.objects.all()} == {moon, "tests/recordings/new.json"}
    assert all(spec in one.origin for one in Decision.objects.all())
    assert ask(*words, old)[0] == 2, "it is not here, so nobody can say what was seen"
    assert ask(*words, old, "--seen", blob_id(b"other"))[0] == 1
    gone = commit.git("rev-parse", f"{spec.partition('...')[0]}:{old}")
    assert ask(*words, old, "--seen", gone)[0] == 0

    (root / moon).write_bytes(b"{}")
    assert ask("decide", "clear", moon, "--recordings", str(root), "--range", spec)[0] == 1
    assert Decision.objects.filter(path=moon, verdict="approve").exists()


@pytest.mark.slow
def test_what_was_decided_before_something_moved_is_told(ask, spec, root, monkeypatch):
    say, moon = ranges.say, "tests/recordings/moon.json"

    def moving(look, seen, **more):
        if seen[0].path != moon:
            raise ChangedRecordings([seen[0].path])
        return say(look, seen, **more)

    monkeypatch.setattr(ranges, "say", moving)
    words = ("decide", "approve", "--recordings", str(root), "--range", spec, moon, "tests/recordings/new.json")

    code, _, told = ask(*words)

    assert code == 1
    assert told.startswith("Only the first 1 of 2 were decided on.")
    assert {one.path for one in Decision.objects.all()} == {moon}


@pytest.mark.parametrize("given", ["main...HEAD", "abc...def", "0123456..89abcde", "--all...0123456"])
def test_a_range_is_named_by_commits(ask, checkout, given):
    code, _, told = ask("decide", "approve", ONE, "--recordings", str(checkout), f"--range={given}")

    assert code == 2
    assert "names move" in told


def test_a_range_that_is_not_there_is_told(ask, checkout, commit):
    words = ("--recordings", str(checkout), "--range", f"{'0' * 40}...{'1' * 40}")

    code, _, told = ask("decide", "approve", ONE, *words)

    assert code == 1
    assert "0000000" in told


@pytest.mark.slow
def test_reviews_come_and_go(ask, checkout, tmp_path):
    file = tmp_path / "reviews.jsonl"
    ask("decide", "reject", ONE, "--recordings", str(checkout), "--note", "it lies", role="reviewer")

    code, out, told = ask("reviews", "export", str(file), role="viewer", scope="read")
    assert (code, told) == (0, "")
    assert out == f"Wrote {len(file.read_bytes().splitlines()) - 1} lines to {file}.\n"
    assert file.read_bytes() == merging.export()
    assert ask("reviews", "export", "-")[1].encode() == merging.export()

    file.write_bytes(merging.export().replace(b"reviewer-decide", b"bea"))
    assert ask("reviews", "import", str(file), scope="import")[::2] == (0, "")
    assert {one.reviewer for one in Decision.objects.all()} == {"reviewer-decide", "bea"}
    assert AuditEvent.objects.latest("pk").actor == "maintainer-import"
    assert ask("reviews", "import", str(file), scope="import")[1] == "Nothing in it is new.\n"


@pytest.mark.slow
def test_what_others_said_is_brought_in_by_maintainers_with_a_token_for_it_alone(ask, checkout, tmp_path):
    file = tmp_path / "reviews.jsonl"
    file.write_bytes(merging.export())
    words = ("reviews", "import", str(file))

    assert ask(*words, scope="decide")[::2] == (1, "A token to decide does not do that.\n")
    assert ask(*words, scope="read")[0] == 1
    for role in ("viewer", "reviewer"):
        assert "needs a maintainer" in ask(*words, scope="import", role=role)[2]
    assert ask(*words, scope="import")[0] == 0


def test_lines_that_are_left_out_are_told(ask, checkout, tmp_path):
    file = tmp_path / "reviews.jsonl"
    file.write_bytes(merging.export() + b'{"what": "\x1b[31m"}\n')

    code, _, told = ask("reviews", "import", str(file), scope="import")
    assert code == 1
    assert told.startswith("line 2 was left out")
    file.write_bytes(b"none")
    assert "not a file of reviews" in ask("reviews", "import", str(file), scope="import")[2]


def test_it_runs_as_a_command_without_a_database(team, checkout, tmp_path):
    words = [sys.executable, "-m", "recviewer", "--server", team, "export"]

    done = subprocess.run(words, env={"RECVIEWER_DATA": "/nowhere"}, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert "wants a token" in done.stderr
