"""Large files are read by a process of their own, and one that it fails on costs a row."""

from __future__ import annotations

import gzip
import json
import os
import zipfile

import pytest

from recviewer.bounded.cache import Recent
from recviewer.catalog import content, indexer, large_files
from recviewer.catalog.jobs import Job
from recviewer.catalog.large_files import Apart
from recviewer.catalog.models import Recording
from recviewer.catalog.summary import work
from recviewer.formats import decode
from recviewer.processes import child
from recviewer.store.files import blob_id


def a_large(chat, root, name="large.json", answered="{}, " * 300_000):
    data = json.dumps(chat(answered=answered)).encode()
    (root / name).write_bytes(data)
    return Job(name, name.encode(), "", len(data))


@pytest.mark.slow
def test_says_what_reading_here_says(root, chat):
    job = a_large(chat, root)

    with Apart(str(root), 1 << 30) as reader:
        assert [reader.read(job), reader.read(job)] == work(str(root), 1 << 30, [job]) * 2


@pytest.mark.slow
def test_a_run_reads_large_files_apart(root, chat, db, monkeypatch):
    a_large(chat, root)
    (root / "small.json").write_text(json.dumps(chat()))
    asked = []
    reads = Apart.read
    monkeypatch.setattr(Apart, "read", lambda self, job: asked.append(job.key) or reads(self, job))

    indexer.refresh(processes=1)

    assert asked == ["large.json"]
    assert set(Recording.objects.values_list("path", "kind")) == {("large.json", "chat"), ("small.json", "chat")}


def killed(asker):
    """Start a process that ends before it answers."""
    process = child.Child.started(asker)
    process.kill()
    return process


@pytest.mark.parametrize(
    ("answered", "is_apart"),
    [("word " * 260_000, False), ("{}, " * 320_000, True), ("word " * 500_000, True)],
    ids=["as large as real ones", "of much work", "larger"],
)
def test_a_run_starts_no_process_for_what_is_soon_read(root, chat, answered, is_apart):
    job = a_large(chat, root, answered=answered)

    assert job.size > 1_000_000
    assert large_files.is_read_apart(str(root), job) is is_apart


@pytest.mark.parametrize(("size", "is_apart"), [(100_000, False), (large_files.SOON_BYTES + 1, True)])
def test_a_compressed_file_is_read_apart_by_what_it_comes_to(root, size, is_apart):
    data = gzip.compress(b"x" * size)
    (root / "a.yaml.gz").write_bytes(data)

    assert large_files.is_read_apart(str(root), Job("a.yaml.gz", b"a.yaml.gz", "", len(data))) is is_apart


BOMBS = {
    "empty.json": b'{"interactions": [%s{}]}' % (b"{}," * 30_000),
    "lines.yaml": b"interactions:\n" + b"- {}\n" * 30_000,
    "aliases.yaml": b"interactions:\n- &a {request: {}}\n- [%s*a]\n" % (b"*a, " * 20_000),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_that_comes_to_much_is_read_apart(root, name):
    (root / name).write_bytes(BOMBS[name])

    assert len(BOMBS[name]) < 200_000
    assert large_files.is_read_apart(str(root), Job(name, name.encode(), "", len(BOMBS[name])))


def test_an_archive_is_read_apart_by_what_it_says_that_it_holds(root):
    with zipfile.ZipFile(root / "a.eval", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("samples/1.json", b" " * (large_files.SOON_BYTES + 1))

    assert large_files.is_read_apart(str(root), Job("a.eval", b"a.eval", "", (root / "a.eval").stat().st_size))
    assert content.is_heavy((root / "a.eval").read_bytes())


def test_a_large_file_that_went_meanwhile_starts_no_process(root):
    assert not large_files.is_read_apart(str(root), Job("gone.json", b"gone.json", "", large_files.FEW_BYTES + 1))


@pytest.mark.slow
@pytest.mark.parametrize("how", ["time", "memory", "killed"])
def test_a_file_that_takes_too_much_costs_a_row(root, chat, monkeypatch, how):
    job, other = a_large(chat, root), a_large(chat, root, "other.json")
    if how == "time":
        monkeypatch.setattr(large_files, "SECONDS", 0)
    with Apart(str(root), 1 << 30) as reader:
        if how == "memory":
            monkeypatch.setattr(child, "received", lambda pipe: (_ for _ in ()).throw(EOFError))
        if how == "killed":
            monkeypatch.setattr(reader._child, "started", lambda: killed(reader._child))
        done = reader.read(job)
        monkeypatch.undo()

        assert done.summed.parts[0].kind == "unreadable"
        assert "took more than" in done.summed.parts[0].problems
        assert done.summed.blob == done.summed.parts[0].blob == blob_id((root / "large.json").read_bytes())
        assert reader.read(other).summed.parts[0].kind == "chat"


def test_leaves_no_process(root, chat):
    job = a_large(chat, root)
    with Apart(str(root), 1 << 30) as reader:
        reader.read(job)
        number = reader._child.process.pid

    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_too_many_values_are_refused_before_they_are_read(monkeypatch):
    data = b'{"request": {}, "response": {"body": [%s0]}}' % (b"{}," * 2_000_000)
    monkeypatch.setattr(decode, "as_written", lambda *_, **__: pytest.fail("was read"))

    with pytest.raises(decode.Unreadable, match="might take 538 MB of memory, more than the 268 MB"):
        decode.decode(data)


def test_what_is_kept_in_memory_is_bounded_by_weight(monkeypatch, chat):
    monkeypatch.setattr(content, "LARGEST_BYTES", 20_000)
    monkeypatch.setattr(content, "_cache", Recent(weigh=lambda one: one.weight, limit=20_000))
    made = [json.dumps(chat(answered=f"{number}")).encode() for number in range(40)]
    heavy = json.dumps(chat(answered="," * 40_000)).encode()

    for data in [*made, heavy]:
        content.of_bytes(data)

    assert 0 < sum(one.weight for one in content._cache) <= 20_000
    assert content.remembered(blob_id(made[-1]))
    assert not content.remembered(blob_id(heavy))
    assert not content._one_at_a_time.locked()


def test_a_content_that_is_heavier_than_the_cache_is_kept_alone(monkeypatch, chat):
    monkeypatch.setattr(content, "_cache", Recent(weigh=lambda one: one.weight, limit=20_000))
    light, heavy = (json.dumps(chat(answered=text)).encode() for text in ("Yes.", "," * 40_000))

    for data in (light, heavy):
        content.of_bytes(data)

    assert content.remembered(blob_id(heavy))
    assert not content.remembered(blob_id(light))


def test_a_long_stream_that_is_heavier_than_any_that_is_kept_drops_nothing(monkeypatch, chat):
    monkeypatch.setattr(content, "LARGEST_BYTES", 20_000)
    monkeypatch.setattr(content, "_cache", Recent(weigh=lambda one: one.weight, limit=20_000))
    light, long = json.dumps(chat()).encode(), json.dumps(chat(answered="," * 40_000)).encode()
    content.of_bytes(light)
    monkeypatch.setattr(content, "read_first", lambda data, name, **_: content.read_file(data, name)[0])

    content.of_bytes(long)

    assert content.remembered(blob_id(light))
    assert not content.remembered(blob_id(long))


def test_what_is_kept_of_a_compressed_file_weighs_what_it_holds(monkeypatch):
    monkeypatch.setattr(content, "_cache", Recent(weigh=lambda one: one.weight, limit=100_000_000))
    data = gzip.compress(b"x" * 5_000_000)

    content.of_bytes(data, "a.yaml.gz")

    assert len(data) < 10_000
    assert [one.weight for one in content._cache] == [15_000_000]
