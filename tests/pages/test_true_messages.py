"""What a page says of files and verdicts when something fails is known, not assumed, and no place of the disk is told to
others."""

import io
import json
import os
import tempfile
import time

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import OperationalError, connections

from recviewer.catalog import database, freshness, indexer, last_look
from recviewer.catalog.models import Recording
from recviewer.review import audit, reconciling, trash_notes
from recviewer.review.models import Decision, TrashRecord
from recviewer.serving import discreet as discreetly
from recviewer.store import refusals
from recviewer.store.trash import Trash

FULL = OperationalError("database or disk is full")


@pytest.fixture(autouse=True)
def nothing_failed_before(monkeypatch):
    monkeypatch.setattr(freshness, "_trouble", "")
    monkeypatch.setattr(freshness, "_has_failed", False)


@pytest.fixture
def full(monkeypatch):
    """Return a function after which no act can be written down."""

    def write(**words):
        raise FULL

    return lambda: monkeypatch.setattr(audit, "write", write)


@pytest.fixture
def one(make_recording):
    return make_recording("recordings/one.json")


def sent(recording, **more):
    return {"item": f"{recording.blob}:{recording.path}", "next": "/", **more}


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("database or disk is full", "the disk is full"),
        ("attempt to write a readonly database", "recviewer may not write to it"),
        ("database is locked", "another process has kept it locked for too long"),
    ],
)
def test_a_verdict_that_cannot_be_written_says_that_nothing_was_saved(client, one, monkeypatch, said, reason):
    def write(**words):
        raise OperationalError(said)

    monkeypatch.setattr(audit, "write", write)

    place = "/queue/?kind=chat"
    answer = client.post("/do/decide", sent(one, verdict="approve"), HTTP_REFERER=f"http://testserver{place}")

    assert answer.status_code == 503
    assert f"The database cannot be written: {reason}. Nothing was saved." in text_of(answer)
    assert f'href="{place}"' in text_of(answer), "the place in the queue is a click away"
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("free", "reason"), [(0, "its disk is full, or may only be read"), (1, "the disk reported an error")]
)
def test_an_error_of_the_disk_is_told_from_a_full_one(monkeypatch, free, reason):
    monkeypatch.setattr(database, "free_bytes", lambda: free)

    assert database.why(OperationalError("disk I/O error")) == reason


def test_a_database_that_cannot_be_read_promises_nothing(client, one, monkeypatch):
    def write(**words):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(audit, "write", write)

    answer = client.post("/do/decide", sent(one, verdict="approve"))

    assert answer.status_code == 503
    assert "Nothing was" not in text_of(answer)


def test_files_whose_move_cannot_be_written_down_are_where_they_were(client, one, tree, full):
    before = tree()
    full()

    answer = client.post("/do/trash", sent(one, confirmed="1"))

    assert answer.status_code == 503
    assert "Nothing was saved." in text_of(answer)
    assert tree() == before
    assert trash_notes.trash_folder().entries() == []


def test_files_that_could_not_be_put_back_are_told_of(client, one, tree, full, monkeypatch):
    full()

    def restore(self, id, **words):
        raise refusals.NotWritable(b"recordings", "the disk is full")

    monkeypatch.setattr(Trash, "restore", restore)
    answer = client.post("/do/trash", sent(one, confirmed="1"))

    assert answer.status_code == 503
    assert "1 recording is in the trash, but the database could not be written: the disk is full." in text_of(answer)
    assert tree() == {}


@pytest.mark.parametrize("again", ["next start", "restored again"])
@pytest.mark.parametrize("way", ["restore", "undo"])
def test_files_that_came_back_without_a_note_are_told_of_and_noted_at_the_next_start(
    client, one, tree, monkeypatch, way, again
):
    before = tree()
    client.post("/do/trash", sent(one, confirmed="1"))
    entry = TrashRecord.objects.get().entry
    with monkeypatch.context() as patched:

        def write(**words):
            raise FULL

        patched.setattr(audit, "write", write)
        answer = client.post("/trash/restore", {"only": entry}) if way == "restore" else client.post("/do/undo", {})

    assert answer.status_code == 503
    assert "1 recording is back in the tree, but the database could not be written: the disk is full." in text_of(
        answer
    )
    assert tree() == before
    assert TrashRecord.objects.get().restored_at is None

    if again == "next start":
        reconciling.reconcile()
    else:
        assert client.post("/trash/restore", {"only": entry}).status_code == 303
    assert TrashRecord.objects.get().restored_at is not None
    assert tree() == before


def test_an_act_that_was_written_stands_though_the_catalog_could_not_be_told(client, one, tree, monkeypatch):
    def touch(keys):
        raise FULL

    monkeypatch.setattr(indexer, "touch", touch)
    answer = client.post("/do/trash", sent(one, confirmed="1"))

    assert answer.status_code == 303
    assert tree() == {}
    assert TrashRecord.objects.count() == 1


def test_a_fault_says_only_what_is_known(client, one, monkeypatch):
    client.raise_request_exception = False

    def broken(*words, **more):
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "write", broken)
    act = client.post("/do/decide", sent(one, verdict="approve"))
    monkeypatch.setattr("recviewer.pages.recording.recording.facts_of", broken)
    page = client.get(f"/r/{one.path}")

    assert (act.status_code, page.status_code) == (500, 500)
    assert "Activity" in text_of(act)
    assert "Activity" not in text_of(page)
    assert "No file was touched" not in text_of(act) + text_of(page)


@pytest.fixture
def no_temporary_folder(monkeypatch, tmp_path):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))


@pytest.mark.slow
def test_without_a_folder_for_temporary_files_git_pages_say_so_and_the_rest_works(client, spec, no_temporary_folder):
    indexer.refresh(processes=1)
    ranged = [f"/{page}/{spec}" for page in ("changes", "report", "plan")]
    for address in (*ranged, f"/b/{'0' * 40}", "/history/tests/recordings/new.json"):
        answer = client.get(address)
        assert answer.status_code < 500, address
        assert "git has no place to work in" in text_of(answer), address
    for path in Recording.objects.values_list("path", flat=True):
        assert client.get(f"/r/{path}").status_code == 200
    for address in ("/", "/queue/", "/bulk/", "/plan/", "/changes/", "/activity/", "/trash/"):
        assert client.get(address).status_code in (200, 302), address


@pytest.mark.parametrize("number", [28, 122, 13, 30])
def test_no_room_for_git_is_a_sentence(client, spec, monkeypatch, number):
    def mkdir(*words, **more):
        raise OSError(number, os.strerror(number), "/tmp/secret")

    monkeypatch.setattr(tempfile, "mkdtemp", mkdir)
    answer = client.get(f"/changes/{spec}")

    assert answer.status_code < 500
    assert "git has no place to work in" in text_of(answer)
    assert "/tmp/secret" not in text_of(answer)


@pytest.fixture
def hosted(settings, client, django_user_model):
    settings.HOSTED = True
    client.force_login(django_user_model.objects.create_user("ana", password="a long one, for tests"))


@pytest.mark.slow
def test_hosted_pages_tell_no_place_of_the_disk(client, spec, root, settings, hosted, tmp_path, monkeypatch):
    one = Recording.objects.first()
    addresses = [
        f"/b/{'0' * 40}",
        "/changes/nothing...HEAD",
        "/history/none.json",
        "/history/none.json?at=no",
        "/report/x",
    ]
    addresses += ["/changes/", "/", "/trash/", "/activity/", f"/r/{one.path}", f"/changes/{spec}", "/readyz", "/fresh"]
    entry = None
    client.post("/do/trash", {"item": f"{one.blob}:{one.path}", "confirmed": "1", "next": "/"})
    entry = TrashRecord.objects.get().entry
    (root.parent / "data/trash").rename(root.parent / "data/was-trash")
    (root.parent / "data/trash").write_text("in the way")
    answers = [client.get(address) for address in addresses]
    answers.append(client.post("/trash/restore", {"only": entry}))
    other = Recording.objects.first()
    answers.append(client.post("/do/trash", {"item": f"{other.blob}:{other.path}", "confirmed": "1", "next": "/"}))
    root.rename(tmp_path / "moved")
    monkeypatch.setattr(freshness, "_trouble", str(refusals.NoRoot(root, "it does not exist")))
    answers += [client.get(address) for address in addresses]
    answers.append(client.get(f"/r/{other.path}"))

    told = [text_of(answer) for answer in answers]
    assert [text for text in told if str(tmp_path) in text] == []
    assert any("The recordings root cannot be used" in text for text in told)


def test_places_are_named_on_ones_own_machine(client, root, settings, db):
    settings.HOSTED = False

    assert discreetly.discreet(f"{root} is gone") == f"{root} is gone"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("git -C '/srv/my repo' fetch origin", "git fetch origin"),
        ("fatal: not a git repository: '/tmp/recviewer-git-x'", "fatal: not a git repository: '…'"),
        ("The data folder {data} is not there.", "The data folder is not there."),
        ("see /usr/share/x: no", "see …: no"),
        (
            "POST /v1/chat/completions to https://a.example/tmp/x",
            "POST /v1/chat/completions to https://a.example/tmp/x",
        ),
        ("tests/recordings/tmp/a.json cannot be read", "tests/recordings/tmp/a.json cannot be read"),
    ],
)
def test_what_is_no_place_is_left(settings, text, said):
    settings.HOSTED = True

    assert discreetly.discreet(text.replace("{data}", str(settings.DATA_DIR))) == said


def test_a_clock_that_was_set_back_does_not_stop_the_refresh(client, one, settings, monkeypatch):
    started = []
    settings.REFRESH_IN_BACKGROUND = True
    monkeypatch.setattr(freshness.threading, "Thread", lambda **words: started.append(words) or FakeThread())
    monkeypatch.setattr(freshness, "_last_nudge", -1e9)
    monkeypatch.setattr(freshness, "_running", FakeLock())
    day = time.time() + 86_400
    os.utime(settings.DATA_DIR / "checked", (day, day))

    assert last_look.seconds_ago() is None
    assert client.get("/readyz").json()["index_age_seconds"] is None
    freshness.nudge()
    assert len(started) == 1

    indexer.refresh(processes=1)
    assert last_look.seconds_ago() < 60


class FakeThread:
    def start(self):
        """Do nothing."""


class FakeLock:
    def acquire(self, *, blocking):
        return True

    def release(self):
        """Do nothing."""

    def locked(self):
        return False


def test_a_thread_that_cannot_be_started_fails_no_page_and_is_tried_again(client, one, settings, monkeypatch):
    settings.REFRESH_IN_BACKGROUND, settings.REFRESH_SECONDS = True, 0

    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(freshness.threading.Thread, "start", start)
    assert client.get("/").status_code == 200
    assert not freshness._running.locked()
    assert client.get("/readyz").json()["index"] is False


def ready(client):
    answer = client.get("/readyz")
    told = answer.json()
    assert answer.status_code == (200 if told["ready"] else 503)
    return {name for name in ("database", "recordings", "disk", "index") if not told[name]}


def test_readyz_tells_what_cannot_be_done(client, one, root, settings, monkeypatch):
    assert ready(client) == set()

    root.rename(root.parent / "moved")
    assert ready(client) == {"recordings"}
    root.write_text("a file")
    assert ready(client) == {"recordings"}
    root.unlink()
    (root.parent / "moved").rename(root)

    seen = os.statvfs(settings.DATA_DIR)
    for changed in ({3: 0, 4: 0}, {7: 0, 5: 10}):
        values = [changed.get(place, value) for place, value in enumerate(tuple(seen))]
        with monkeypatch.context() as patched:
            patched.setattr(database.os, "statvfs", lambda place, values=values: os.statvfs_result(values))
            assert ready(client) == {"disk"}

    holder = settings.DATA_DIR / "index.holder"
    holder.write_text(json.dumps({"process": os.getpid(), "since": "now"}))
    assert ready(client) == set()
    os.utime(holder, (1, 1))
    assert ready(client) == {"index"}
    holder.write_text(json.dumps({"process": 2**22 + 1, "since": "now"}))
    os.utime(holder, (1, 1))
    assert ready(client) == set()  # its process was killed

    monkeypatch.setattr(indexer, "refresh", lambda **words: (_ for _ in ()).throw(refusals.NoRoot(root, "gone")))
    monkeypatch.setattr(freshness, "connection", type("None", (), {"close": lambda: None}))
    freshness._running.acquire()
    freshness._refresh()
    assert ready(client) == {"index"}


@pytest.mark.parametrize("name", ["index.lock", "moving.lock"])
@pytest.mark.parametrize("command", [["index"], ["serve", "--prepare-only"]])
def test_a_folder_in_the_place_of_a_lock_is_a_sentence_at_the_start(one, settings, name, command):
    (settings.DATA_DIR / name).unlink(missing_ok=True)
    (settings.DATA_DIR / name).mkdir()
    (settings.DATA_DIR / "trash").mkdir()
    if command == ["index"] and name == "moving.lock":
        pytest.skip("indexing moves nothing")

    with pytest.raises(CommandError, match=rf"{name} cannot be written: it is a directory, not a file"):
        call_command(*command, stderr=io.StringIO(), stdout=io.StringIO())


@pytest.fixture
def on_disk(one, tmp_path, monkeypatch):
    """Have the connection believe that it was opened on a file; returns the file."""
    file = tmp_path / "recviewer.sqlite3"
    file.write_bytes(b"")
    wrapper = connections["default"]
    monkeypatch.setitem(wrapper.settings_dict, "NAME", str(file))
    database.note_file(wrapper)
    yield file
    database._opened.pop(wrapper, None)


@pytest.mark.only_on("sqlite", reason="a database on a server is no file")
@pytest.mark.parametrize(
    "displace", [lambda file: file.unlink(), lambda file: file.rename(file.with_name("x")), lambda file: other(file)]
)
def test_nothing_is_written_to_a_database_that_was_taken_away(client, one, on_disk, tree, displace):
    before = tree()
    assert client.post("/do/tag", sent(one, name="kept")).status_code == 303
    displace(on_disk)

    for act in ({"verdict": "approve"}, {"name": "lost"}, {"confirmed": "1"}):
        name = "decide" if "verdict" in act else "tag" if "name" in act else "trash"
        answer = client.post(f"/do/{name}", sent(one, **act))
        assert answer.status_code == 503
        assert "its file was moved, deleted or replaced while it was open" in text_of(answer)
        assert "Nothing was saved." in text_of(answer)
    assert ready(client) == {"database"}
    assert tree() == before
    assert not Decision.objects.exists()


def other(file):
    copy = file.with_name("copy")
    copy.write_bytes(file.read_bytes())
    copy.replace(file)


def test_a_data_folder_that_is_gone_is_not_made_anew(client, one, settings, tree):
    before = tree()
    assert client.get("/").status_code == 200
    settings.DATA_DIR.rename(settings.DATA_DIR.with_name("moved"))

    answer = client.post("/do/trash", sent(one, confirmed="1"))

    assert answer.status_code == 409
    assert "is not there any more. Nothing was changed." in text_of(answer)
    with pytest.raises(refusals.NotWritable):
        indexer.refresh(processes=1)
    assert not settings.DATA_DIR.exists()
    assert tree() == before
    assert client.get("/").status_code == 200
    assert ready(client) >= {"disk"}


def test_readyz_looks_again_after_a_failure(client, one, monkeypatch):
    nudged = []
    monkeypatch.setattr(freshness, "nudge", lambda: nudged.append(1))
    client.get("/readyz")
    assert nudged == []

    monkeypatch.setattr(freshness, "_has_failed", True)
    client.get("/readyz")
    assert nudged == [1]


@pytest.mark.parametrize("kind", ["gone", "circle"])
def test_a_repository_that_cannot_be_looked_at_is_a_sentence(client, one, settings, tmp_path, kind):
    settings.REPOSITORY = tmp_path / "repository"
    if kind == "circle":
        settings.REPOSITORY.symlink_to(settings.REPOSITORY.name)

    answer = client.get("/changes/main...HEAD")

    assert answer.status_code == 404
    assert ("is not there" if kind == "gone" else "cannot be looked at") in text_of(answer)


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("place", ["recviewer.pages.site.frame._nav", "recviewer.pages.site.nudging.freshness.nudge"])
def test_a_database_that_fails_outside_of_a_page_is_said(client, one, monkeypatch, place, method):
    """In what every page is drawn with, also that of a refusal, or in what runs before and after it."""
    client.raise_request_exception = False

    def broken(*words, **more):
        raise OperationalError("disk I/O error")

    monkeypatch.setattr(place, broken)
    monkeypatch.setattr(audit, "write", broken)
    monkeypatch.setattr("recviewer.pages.deciding.decisions.say", broken)
    answer = client.get("/") if method == "get" else client.post("/do/decide", sent(one, verdict="approve"))

    assert answer.status_code == 503
    assert "It cannot be read: the disk reported an error." in text_of(answer)
    assert "fault of recviewer" not in text_of(answer)
