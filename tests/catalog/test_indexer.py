import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection

from recviewer.catalog import content, indexer, last_look, readers, run_lock, search, summary, writer
from recviewer.catalog.models import File, IndexRun, Recording
from recviewer.formats import reader_sources, version
from recviewer.recorders import reading
from recviewer.store import files
from recviewer.store.refusals import NoRoot, Vanished
from recviewer.store.scan import FileStamp

pytestmark = pytest.mark.django_db
CASES = Path(__file__).parent.parent / "cases"
IS_ROOT = os.geteuid() == 0
COLUMNS = [
    field.attname for field in Recording._meta.concrete_fields if field.name not in ("id", "file", "indexed_at", "run")
]


def counts(report):
    return report.added, report.changed, report.unchanged, report.removed


def run(**how):
    return counts(indexer.refresh(processes=1, **how))


@pytest.fixture
def read_paths(monkeypatch):
    """The paths whose bytes were read."""
    seen = []
    original = files.Reader.read

    def read(self, raw):
        seen.append(raw)
        return original(self, raw)

    monkeypatch.setattr(files.Reader, "read", read)
    return seen


def test_first_run_adds_every_recording(put):
    put("a/recordings/1.json")
    put("a/recordings/2.json", asked="Another?")

    assert run() == (2, 0, 0, 0)
    assert sorted(Recording.objects.values_list("path", flat=True)) == ["a/recordings/1.json", "a/recordings/2.json"]


def test_unchanged_files_are_not_read(put, read_paths):
    put()
    run()
    read_paths.clear()

    assert run() == (0, 0, 1, 0)
    assert read_paths == []


def test_run_that_finds_nothing_new_writes_nothing(put):
    put()
    run()
    before = IndexRun.objects.count()

    run()

    assert IndexRun.objects.count() == before


@pytest.mark.parametrize("difference", ["size", "mtime", "inode"])
def test_file_is_read_again_when_its_stamp_differs(put, read_paths, difference):
    place = put()
    run()
    seen = place.stat()
    if difference == "size":
        put(answered="Earth, of course.")
        os.utime(place, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
    elif difference == "mtime":
        os.utime(place, ns=(1, 1))
    else:
        other = put("tests/recordings/other.txt", answered="Venus.")
        os.utime(other, ns=(seen.st_mtime_ns, seen.st_mtime_ns))
        other.replace(place)
    read_paths.clear()

    assert run() == (0, 1, 0, 0)
    assert set(read_paths) == {b"tests/recordings/one.json"}


def test_full_run_reads_everything_again(put, read_paths):
    put()
    run()
    read_paths.clear()

    assert run(full=True) == (0, 1, 0, 0)
    assert len(read_paths) == 1


CHAT, LISTS, VCR = "formats/wire/openai_chat.py", "formats/wire/openai_models.py", "recorders/kinds/vcrpy.py"


EDITS = [
    (CHAT, "", "# a comment\n", {"chat.json"}),
    (LISTS, "def _key_of", "def _other():\n    return 1\n\n\ndef _key_of", {"list.json"}),
    (LISTS, "    def reply(", "    def reply(  # a comment", {"list.json"}),
    ("formats/wire/cohere.py", "Reply(", "(Reply)(", set()),
    (VCR, "", "# a comment\n", set()),
    (CHAT, "def _is_chat", "LATER = 1\n\n\ndef _is_chat", {"chat.json"}),
    (CHAT, '"chat.completion"', '"chat.completions"', {"chat.json", "list.json"}),
    (CHAT, "def match(", "def matches(", {"chat.json", "list.json"}),
    (VCR, 'name = "vcrpy"', 'name = "vcr"', {"chat.json", "list.json"}),
    ("formats/lookup.py", "", "# a comment\n", {"chat.json", "list.json"}),
    ("secrets/quick.py", "", "# a comment\n", {"chat.json", "list.json"}),
    ("recorders/kinds/ogx.py", "", "# a comment\n", {"chat.json", "list.json"}),
]
"""Edits of sources, one after the other, and the files that each may concern."""


@pytest.fixture
def sources(tmp_path):
    """A copy of the sources that read recordings."""
    for place in version.sources(version.PACKAGES):
        copy = tmp_path / "sources" / place.relative_to(version.ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(place, copy)
    return tmp_path / "sources"


@contextmanager
def of_other_sources(monkeypatch, root):
    """Let versions be those of the sources in another folder."""
    caches = (version.reader_version, reader_sources.versions, reader_sources.version_for, reader_sources.is_current)
    with monkeypatch.context() as patch:
        for module in (version, reader_sources):
            patch.setattr(module, "ROOT", root)
        for one in caches:
            one.cache_clear()
        yield
    for one in caches:
        one.cache_clear()


def test_an_edit_has_the_files_read_again_that_it_may_concern(put, read_paths, monkeypatch, sources):
    put("recordings/chat.json")
    put("recordings/list.json").write_bytes((CASES / "openai_models" / "list_as_it_is_sent.json").read_bytes())
    run()
    monkeypatch.setattr(summary, "_once", summary.Once(limit=0))
    for edited, old, new, read_again in EDITS:
        text = (sources / edited).read_text()
        assert old in text
        (sources / edited).write_text(text.replace(old, new) if old else text + new)
        read_paths.clear()
        with of_other_sources(monkeypatch, sources):
            assert run() == (0, len(read_again), 2 - len(read_again), 0), (edited, new)
            assert {path.decode().rpartition("/")[2] for path in read_paths} == read_again
            read_paths.clear()
            assert {file.reader.partition(" ")[0] for file in File.objects.all()} == {version.reader_version()}
            assert run() == (0, 0, 2, 0)
            assert not read_paths


def test_a_version_is_not_told_in_detail_if_sources_changed_meanwhile(put, monkeypatch, sources):
    with of_other_sources(monkeypatch, sources):
        whole = version.reader_version()
        (sources / CHAT).write_text((sources / CHAT).read_text() + "# edited while a process runs\n")
        put()
        run()

        assert File.objects.get().reader == whole


def test_known_bytes_are_not_decoded_again(put, monkeypatch):
    place = put(asked="Which planet?", answered="Mars, I think.")
    other = put("tests/recordings/other.json", answered="Certainly Venus.")
    run()
    before = {row.path: row for row in Recording.objects.all()}
    decoded = []
    original = summary.sum_file
    monkeypatch.setattr(summary, "sum_file", lambda data, name: decoded.append(name) or original(data, name))
    monkeypatch.setattr(summary, "_once", summary.Once(limit=0))
    data, second = place.read_bytes(), other.read_bytes()
    copy = place.parent.parent.parent / "elsewhere/recordings"
    copy.mkdir(parents=True)
    place.rename(copy / place.name)
    (copy / "third" / "recordings").mkdir(parents=True)
    (copy / "third" / "recordings" / place.name).write_bytes(data)
    other.write_bytes(second)
    os.utime(other, (1, 1))

    assert run() == (2, 1, 0, 1)
    assert decoded == []
    kept = [name for name in COLUMNS if name not in ("path", "raw_path", "folder", "suite", "mtime_ns", "file_id")]
    for folder in ("elsewhere/recordings", "elsewhere/recordings/third/recordings"):
        new, was = Recording.objects.get(path=f"{folder}/{place.name}"), before[f"tests/recordings/{place.name}"]
        assert [getattr(new, name) for name in kept] == [getattr(was, name) for name in kept]
        assert new.folder == folder
    assert search.matching(Recording.objects.all(), "Mars").count() == 2
    assert search.matching(Recording.objects.all(), "Venus").count() == 1

    assert run(full=True) == (0, 3, 0, 0)
    assert len(decoded) == 3


def test_files_that_change_places_get_the_rows_of_each_other(put, monkeypatch):
    words = ["quagga", "quokka", "kakapo", "takahe", "okapi"]
    places = [put(f"tests/{word}/recordings/1.json", answered=f"It is {word}!") for word in words]
    run()
    monkeypatch.setattr("recviewer.catalog.known_bytes.BATCH_FILES", 2)
    monkeypatch.setattr(indexer, "BATCH_ROWS", 1)
    datas = [place.read_bytes() for place in places]
    for place, data in zip(places, datas[1:] + datas[:1], strict=True):
        place.write_bytes(data)
        os.utime(place, (1, 1))

    assert run() == (0, 5, 0, 0)
    for word, new in zip(words, words[1:] + words[:1], strict=True):
        assert Recording.objects.get(path=f"tests/{word}/recordings/1.json").answered == f"It is {new}!"
        assert search.matching(Recording.objects.all(), new).get().path == f"tests/{word}/recordings/1.json"


def test_changed_file_replaces_its_row_and_its_words(put):
    put(answered="Mars, I think.")
    run()
    id = Recording.objects.get().pk
    put(answered="Certainly Venus.")
    run()

    assert Recording.objects.get().answered == "Certainly Venus."
    assert Recording.objects.get().pk == id
    assert search.matching(Recording.objects.all(), "Venus").count() == 1
    assert search.matching(Recording.objects.all(), "Mars").count() == 0


def test_removed_file_loses_its_row_and_its_words(put):
    place = put()
    put("tests/recordings/two.json")
    run()
    place.unlink()

    assert run() == (0, 0, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {search.TABLE}")
        assert cursor.fetchone() == (1,)


def test_renamed_file_is_removed_and_added(put):
    place = put()
    run()
    place.rename(place.with_name("two.json"))

    assert run() == (1, 0, 0, 1)


def test_catalog_dropped_and_built_again_is_the_same(put):
    for number in range(5):
        put(f"a/recordings/{number}.json", asked=f"Question {number}?")
    run()
    before = list(Recording.objects.order_by("path").values(*COLUMNS))
    File.objects.all().delete()
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {search.TABLE}")

    run()

    assert list(Recording.objects.order_by("path").values(*COLUMNS)) == before


def test_two_processes_write_what_one_writes(put):
    for number in range(150):
        put(f"a/recordings/{number}.json", asked=f"Question {number}?")
    run()
    before = list(Recording.objects.order_by("path").values(*COLUMNS))

    indexer.refresh(full=True, processes=2)

    assert list(Recording.objects.order_by("path").values(*COLUMNS)) == before


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "the file is empty"),
        (b'{"request": ', "cut off in the middle: the text ends in line 1"),
        (b"[1]", "JSON, but not a recording: the top level is a list, not an object"),
        (b'"x"', "JSON, but not a recording: the top level is a string, not an object"),
        (b"null", "JSON, but not a recording: the top level is null, not an object"),
        (b"12", "JSON, but not a recording: the top level is a number, not an object"),
        (b"true", "JSON, but not a recording: the top level is true or false, not an object"),
    ],
)
def test_bad_file_costs_one_row_with_its_reason(put, data, reason):
    put("tests/recordings/bad.json", data)
    put("tests/recordings/good.json")

    report = indexer.refresh(processes=1)

    bad = Recording.objects.get(path="tests/recordings/bad.json")
    assert (report.added, report.unreadable) == (2, 1)
    assert (bad.kind, bad.outcome, bad.answered) == ("unreadable", "unreadable", reason)
    assert bad.problems == [["file", reason]]
    assert Recording.objects.get(path="tests/recordings/good.json").kind == "chat"


def test_file_that_makes_us_fail_costs_one_row_and_is_not_tried_again(put, monkeypatch):
    put()
    monkeypatch.setattr(summary.Once, "summarize", lambda *given: 1 / 0)

    assert run() == (1, 0, 0, 0)
    assert "recviewer failed on it: ZeroDivisionError" in Recording.objects.get().answered
    assert run() == (0, 0, 1, 0)


def test_file_over_the_limit_is_listed_and_read_when_the_limit_rises(put, settings):
    put(answered="x" * 5000)
    settings.FILE_LIMIT_BYTES = 1000

    assert run() == (1, 0, 0, 0)
    assert "more than the limit of 1,000" in Recording.objects.get().answered
    assert run() == (0, 0, 1, 0)

    settings.FILE_LIMIT_BYTES = 100_000
    assert run() == (0, 1, 0, 0)
    assert Recording.objects.get().kind == "chat"


@pytest.mark.skipif(IS_ROOT, reason="root may read every file")
def test_file_without_permission_is_listed_and_read_once_it_is_given(put):
    place = put()
    place.chmod(0)

    run()
    assert "no permission" in Recording.objects.get().answered

    place.chmod(stat.S_IRUSR)
    assert run() == (0, 1, 0, 0)
    assert Recording.objects.get().kind == "chat"


@pytest.mark.skipif(IS_ROOT, reason="root may list every directory")
def test_rows_below_a_directory_that_cannot_be_listed_stay(put):
    place = put(b"tests/recordings/\xff/one.json")
    run()
    place.parent.chmod(0)
    try:
        report = indexer.refresh(processes=1)
    finally:
        place.parent.chmod(0o700)

    assert report.removed == 0
    assert len(report.problems) == 1


def test_file_that_vanishes_between_walk_and_reading_gets_no_row(put, monkeypatch):
    put("tests/recordings/good.json")
    place = put("tests/recordings/gone.json")
    original = files.Reader.read

    def read(self, raw):
        place.unlink(missing_ok=True)
        return original(self, raw)

    monkeypatch.setattr(files.Reader, "read", read)

    assert run() == (1, 0, 0, 0)
    assert [recording.path for recording in Recording.objects.all()] == ["tests/recordings/good.json"]


def test_file_that_grows_while_it_is_read_is_read_again_by_the_next_run(put, monkeypatch):
    put()
    with monkeypatch.context() as patch:
        patch.setattr(files.Reader, "_attempt", lambda self, raw: None)
        run()
    assert "being written" in Recording.objects.get().answered

    assert run() == (0, 1, 0, 0)
    assert Recording.objects.get().kind == "chat"


NAMES = [
    b"line\nbreak.json",
    b"quotes'\".json",
    b"<script>alert(1)</script>.json".replace(b"/", b"_"),
    b"\xff\xfe.json",
    "\u202egnp.json".encode(),
    b"100% #a?b=c&d.json",
    b" .json",
    b"\x01\x7f.json",
]


@pytest.mark.parametrize("name", NAMES)
def test_odd_file_name_is_indexed_and_can_be_opened(put, name):
    put(b"tests/recordings/" + name, asked="Which planet?")

    run()

    row = Recording.objects.get()
    assert row.path == "tests/recordings/" + name.decode("utf-8", "backslashreplace")
    assert content.load(row).reading.exchange.kind == "chat"
    assert run() == (0, 0, 1, 0)


def test_links_pipes_and_devices_are_listed_and_never_opened(put, root, read_paths):
    outside = root.parent / "outside.json"
    outside.write_text("{}")
    folder = put().parent
    (folder / "link.json").symlink_to(outside)
    (folder / "loop.json").symlink_to("loop.json")
    (folder / "deep").symlink_to(folder)
    os.mkfifo(folder / "pipe.json")

    report = indexer.refresh(processes=1)

    said = dict(Recording.objects.values_list("path", "answered"))
    assert said.pop("tests/recordings/one.json") == "Earth."
    assert said == {
        "tests/recordings/link.json": "a symbolic link, which is not followed",
        "tests/recordings/loop.json": "a symbolic link, which is not followed",
        "tests/recordings/pipe.json": "a named pipe, not a file",
    }
    assert (report.added, report.unreadable) == (4, 3)
    assert read_paths == [b"tests/recordings/one.json"]
    assert run() == (0, 0, 4, 0)


def test_pipe_that_takes_the_place_of_a_file_does_not_block(put):
    place = put()
    run()
    row = Recording.objects.get()
    place.unlink()
    os.mkfifo(place)

    with pytest.raises(Exception, match="named pipe"):
        content.load(row)
    assert run() == (0, 1, 0, 0)


@pytest.mark.parametrize(
    ("inode", "mtime_ns"), [(2**64 - 1, 0), (2**63, 0), (1, 253_402_300_800 * 10**9), (1, -(2**70))]
)
def test_stamps_beyond_what_a_database_stores_are_kept_all_the_same(put, monkeypatch, inode, mtime_ns):
    put()
    original = indexer.scan

    def odd(root, claims, **how):
        found = original(root, claims, **how)
        stamps = tuple([stamp._replace(inode=inode, mtime_ns=mtime_ns) for stamp in found.stamps])
        return type(found)(stamps, found.problems, found.is_loose)

    def read(self, raw):
        reading = whole(self, raw)
        return files.ReadBytes(reading.data, reading.stamp._replace(inode=inode, mtime_ns=mtime_ns))

    whole = files.Reader.read
    monkeypatch.setattr(indexer, "scan", odd)
    monkeypatch.setattr(files.Reader, "read", read)

    assert run() == (1, 0, 0, 0)
    assert run() == (0, 0, 1, 0)


def test_equal_bytes_under_equal_names_are_read_once(put, monkeypatch):
    once = summary.Once(limit=100_000)
    monkeypatch.setattr(summary, "_once", once)
    reads = []
    original = summary.sum_file
    monkeypatch.setattr(summary, "sum_file", lambda data, name: reads.append(data) or original(data, name))
    for folder in "abc":
        put(f"{folder}/recordings/same.json")
    put("d/recordings/other.json")

    run()

    assert len(reads) == 2
    assert sorted(Recording.objects.values_list("suite", flat=True)) == ["a", "b", "c", "d"]
    assert Recording.objects.values("fingerprint").distinct().count() == 1


def test_summaries_kept_for_equal_bytes_are_few():
    once = summary.Once(limit=5000)

    for number in range(50):
        once.summarize(b"%d" % number, "recordings/a.json")

    assert len(once._kept) <= 5


def test_missing_root_is_refused(root, db):
    root.rmdir()

    with pytest.raises(NoRoot, match="does not exist"):
        run()


def test_loose_json_counts_where_there_is_no_recordings_directory(put):
    put("one.json")
    put("deep/two.json")

    assert run() == (2, 0, 0, 0)


def test_run_tells_its_progress(put):
    told = []

    class Progress:
        def start(self, total):
            told.append(("start", total))

        def advance(self, files):
            told.append(("advance", files))

    for number in range(70):
        put(f"a/recordings/{number}.json")
    indexer.refresh(processes=1, progress=Progress())

    assert told == [("start", 70), ("advance", 64), ("advance", 6)]


def test_second_run_says_who_is_running(put, settings):
    put()
    script = (
        "import sys, time; from filelock import FileLock; "
        "lock = FileLock(sys.argv[1] + '/index.lock'); lock.acquire(); "
        "open(sys.argv[1] + '/index.holder', 'w').write('{\"process\": 4711, \"since\": \"2026-01-01T00:00:00\"}'); "
        "print('held', flush=True); time.sleep(600)"
    )
    other = subprocess.Popen([sys.executable, "-c", script, str(settings.DATA_DIR)], stdout=subprocess.PIPE)
    try:
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(run_lock.Busy, match="process 4711, since 2026-01-01T00:00:00"):
            run()
    finally:
        other.kill()
        other.communicate()
    assert run() == (1, 0, 0, 0)


def test_run_inside_a_run_is_refused(put):
    with run_lock.only_run(), pytest.raises(run_lock.Busy, match=f"process {os.getpid()}"):
        run()


def test_run_starts_although_an_interrupted_one_left_its_name(put, settings):
    put()
    (Path(settings.DATA_DIR) / "index.holder").write_text("{half")

    assert run() == (1, 0, 0, 0)


def test_interrupted_run_leaves_a_usable_catalog_and_the_next_completes_it(put, monkeypatch):
    for number in range(40):
        put(f"a/recordings/{number:02}.json")
    monkeypatch.setattr(readers, "BATCH_FILES", 10)
    monkeypatch.setattr(indexer, "BATCH_ROWS", 10)
    batches = iter(range(2))

    def stop(self, files):
        if next(batches, None) is None:
            raise KeyboardInterrupt

    monkeypatch.setattr(indexer.Silent, "advance", stop)
    with pytest.raises(KeyboardInterrupt):
        run()
    monkeypatch.undo()

    assert 0 < Recording.objects.count() < 40
    assert search.matching(Recording.objects.all(), "planet").count() == Recording.objects.count()
    assert IndexRun.objects.get().finished_at is None
    assert sum(counts(indexer.refresh(processes=1))) == 40
    assert Recording.objects.count() == 40


@pytest.mark.processes
@pytest.mark.slow
def test_killed_run_leaves_a_usable_catalog_and_the_next_completes_it(tmp_path):
    tree, data, total = tmp_path / "tree", tmp_path / "data", 900
    folder = tree / "tests" / "recordings"
    folder.mkdir(parents=True)
    message = {"role": "user", "content": "word " * 2000}
    for number in range(total):
        body = {"messages": [message], "seed": number}
        reply = {"choices": [{"index": 0, "message": {"content": f"Answer {number}"}}]}
        document = {"request": {"body": body}, "response": {"body": reply, "is_streaming": False}}
        (folder / f"{number}.json").write_text(json.dumps(document))
    places = {"RECVIEWER_RECORDINGS": str(tree), "RECVIEWER_DATA": str(data)}
    environment = os.environ | places | {"DJANGO_SETTINGS_MODULE": "recviewer.settings"}
    command = [sys.executable, "-m", "recviewer", "index"]

    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    database = data / "recviewer.sqlite3"
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        wal = Path(f"{database}-wal")
        if (data / "index.holder").exists() and wal.exists() and wal.stat().st_size > 1_000_000:
            break
        time.sleep(0.005)
    time.sleep(random.random() / 20)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=120)  # ends when the workers, which have the pipe too, have ended

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f"{total:,} unchanged." in again.stdout


def test_touch_drops_the_row_of_a_moved_file(put):
    place = put()
    put("tests/recordings/two.json")
    run()
    place.unlink()

    indexer.touch(["tests/recordings/one.json"])

    assert [recording.path for recording in Recording.objects.all()] == ["tests/recordings/two.json"]


def test_touch_finds_a_file_that_came_back(put):
    put()

    indexer.touch(["tests/recordings/one.json"])

    assert Recording.objects.count() == 1


def test_touch_waits_for_nobody(put):
    put()
    with run_lock.only_run():
        indexer.touch(["tests/recordings/one.json"])

    assert Recording.objects.count() == 0


def test_time_of_the_last_comparison_is_known(put):
    assert last_look.seconds_ago() is None

    run()

    assert 0 <= last_look.seconds_ago() < 60


def test_stamp_of_what_was_read_is_stored(put, monkeypatch):
    put()
    newer = FileStamp("tests/recordings/one.json", b"tests/recordings/one.json", 7, 8, 9)
    original = files.Reader.read
    monkeypatch.setattr(files.Reader, "read", lambda self, raw: files.ReadBytes(original(self, raw).data, newer))

    run()

    row, file = Recording.objects.get(), File.objects.get()
    assert (file.size, file.mtime_ns, file.inode) == (7, 8, 9)
    assert (row.size, row.mtime_ns, row.file) == (7, 8, file)


def test_work_tells_what_has_vanished(root, db):
    [done] = summary.work(str(root), 1000, [summary.Job("a.json", b"a.json", "")])

    assert done == summary.JobResult("a.json", None, None)
    with pytest.raises(Vanished):
        files.read(root, b"a.json", limit_bytes=None)


def test_folder_that_another_root_has_taken_over_is_left_alone(put, settings, tmp_path):
    put()
    (settings.DATA_DIR / "root").write_text(json.dumps({"what": "recordings", "place": str(tmp_path / "other")}))

    with pytest.raises(run_lock.OtherTree, match="by now"):
        indexer.refresh(processes=1)
    (settings.DATA_DIR / "root").write_text(json.dumps({"what": "recordings", "place": str(settings.RECORDINGS_ROOT)}))
    assert indexer.refresh(processes=1).added == 1


def test_rows_of_a_file_of_many_are_written_in_pieces(db, root, monkeypatch):
    (root / "cassettes").mkdir()
    file = root / "cassettes" / "many.json"
    monkeypatch.setattr(writer, "AT_ONCE", 2)

    for count in (5, 7, 2):  # new ones, more of them, and fewer
        calls = [
            {"request": {"method": "GET", "uri": f"https://x.example/{at}"}, "response": {"status": {"code": 200}}}
            for at in range(count)
        ]
        file.write_text(json.dumps({"http_interactions": calls, "recorded_with": "betamax/0.8"}))
        indexer.refresh(processes=1)
        assert list(Recording.objects.order_by("place").values_list("place", flat=True)) == list(range(count))
        assert Recording.objects.exclude(kind="unreadable").count() == count


def test_a_file_of_more_exchanges_than_any_has_is_one_row(db, root, monkeypatch):
    monkeypatch.setattr(reading, "PARTS_LIMIT", 3)
    monkeypatch.setattr(reading, "_read", None)  # none of them is read
    (root / "cassettes").mkdir()
    call = {"request": {"method": "GET", "uri": "https://x.example/"}, "response": {"status": {"code": 200}}}
    (root / "cassettes" / "many.json").write_text(
        json.dumps({"http_interactions": [call] * 4, "recorded_with": "betamax/0.8"})
    )

    indexer.refresh(processes=1)

    assert Recording.objects.get().problems == [["file", "more than 3 exchanges in one file"]]
