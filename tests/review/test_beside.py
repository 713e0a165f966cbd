"""The file of reviews beside the recordings: what it may be, and what is found beside it."""

import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from recviewer.commands import start
from recviewer.processes import temporary
from recviewer.review.decide import decide
from recviewer.review.models import Tag
from recviewer.review.refusals import Invalid
from recviewer.review.reviews_file import beside, merging
from recviewer.review.subjects import Seen

HEAD = b'{"recviewer_reviews":1}\n'
TAG = {"type": "tag", "name": "golden", "colour": "red", "changed": "2026-01-01T00:00:00Z"}
LINE = json.dumps(TAG).encode() + b"\n"


@pytest.fixture
def file(settings, tmp_path, root, db):
    settings.REVIEWS_FILE = tmp_path / "beside" / "reviews.jsonl"
    settings.REVIEWS_FILE.parent.mkdir()
    return settings.REVIEWS_FILE


@pytest.mark.parametrize("is_there", [True, False])
def test_a_link_is_followed_and_stays(file, tmp_path, is_there):
    target = tmp_path / "elsewhere.jsonl"
    if is_there:
        target.write_bytes(HEAD + LINE)
        target.chmod(0o640)
    file.symlink_to(os.path.relpath(target, file.parent))
    beside.read_file()

    beside.write_file()

    assert file.is_symlink()
    assert target.read_bytes() == merging.export()
    assert Tag.objects.exists() is is_there
    assert target.stat().st_mode & 0o777 == (0o640 if is_there else 0o644)
    assert [place.name for place in file.parent.iterdir()] == ["reviews.jsonl"]


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir], ids=["pipe", "folder"])
def test_what_is_no_file_is_refused(file, make):
    make(file)

    for act in (beside.read_file, beside.write_file):
        with pytest.raises((Invalid, IsADirectoryError)):
            act()
    with pytest.raises(Invalid, match="not a file"):
        beside.put(file, b"")


def test_a_link_that_leads_round_in_a_ring_is_refused(file):
    file.symlink_to(file)

    with pytest.raises((OSError, Invalid)):
        beside.write_file()
    assert file.is_symlink()


def test_a_file_too_large_is_refused_unread(file):
    with file.open("wb") as opened:
        opened.truncate(beside.LARGEST + 1)

    with pytest.raises(Invalid, match="larger than"):
        beside.read_file()


def test_what_a_later_version_added_is_read_and_not_written_over(file):
    data = HEAD + json.dumps({**TAG, "icon": "star"}).encode() + b"\n"
    file.write_bytes(data)

    beside.read_file()
    with pytest.raises(Invalid, match="“icon” of its line 2"):
        beside.write_file()

    assert Tag.objects.exists()
    assert file.read_bytes() == data


def test_a_note_with_nul_of_an_earlier_version_does_not_block_the_file_for_good(file, make_recording):
    recording = make_recording()
    decide([Seen(recording.path, recording.blob)], actor="Ana", verdict="reject", note="a\ufffdb")
    good = merging.export()
    file.write_bytes(good.replace("\ufffd".encode(), b"\\u0000"))

    assert "was left out" in beside.read_file().bad[0]
    beside.write_file()

    assert file.read_bytes() == good


def test_a_verdict_of_a_clock_that_was_ahead_does_not_block_the_file(file, make_recording):
    recording = make_recording()
    decide([Seen(recording.path, recording.blob)], actor="Ana", verdict="approve", now=datetime(2090, 1, 1, tzinfo=UTC))
    beside.write_file()
    decide([Seen(recording.path, recording.blob)], actor="Ana", verdict="reject", note="no")

    beside.write_file()

    assert file.read_bytes() == merging.export()


HOLDER = """
import sys, time
sys.path.insert(0, {here!r})
from pathlib import Path
import django
django.setup()
from recviewer.review.reviews_file import beside
from recviewer.processes import temporary
fd, name = beside._made(Path({file!r}))
with temporary.folder_of_ours(temporary.FOR_GIT) as one, temporary.folder_of_ours(temporary.FOR_SALVAGE) as two:
    print(name, one, two, flush=True)
    time.sleep(600)
"""


@pytest.mark.slow
def test_leftovers_of_a_killed_process_are_swept_and_those_of_a_living_one_are_not(file, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code = HOLDER.format(here=str(Path(__file__).parents[2]), file=str(file))
    env = {**os.environ, "TMPDIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env) as process:
        try:
            left = [Path(name) for name in process.stdout.readline().split()]
            beside.sweep()
            temporary.sweep_folders()
            assert [place.exists() for place in left] == [True, True, True]
        finally:
            process.kill()
    assert [place.exists() for place in left] == [True, True, True]

    beside.sweep()
    temporary.sweep_folders()

    assert [place.exists() for place in left] == [False, False, False]


def test_the_sweep_leaves_what_is_not_ours(file):
    names = (".reviews.jsonl.swp", ".reviews.jsonl.original", ".reviews.jsonl.bak", ".other.jsonl.abcdefgh.new")
    for name in names:
        (file.parent / name).write_bytes(HEAD)
    (file.parent / ".reviews.jsonl.linklink.new").symlink_to(file.parent / names[0])
    old = file.parent / ".reviews.jsonl.a_cdef8h"
    old.touch(0o600)

    beside.sweep()

    assert not old.exists()
    assert len(list(file.parent.iterdir())) == len(names) + 1


def test_what_was_left_half_written_goes_at_the_start_and_what_is_being_written_stays(tmp_path, settings):
    settings.DATA_DIR = tmp_path
    settings.PLACES = dataclasses.replace(settings.PLACES, data=tmp_path)
    (tmp_path / "chosen").mkdir()
    left = [tmp_path / "root.123.new", tmp_path / "chosen" / f"{'0' * 64}.123.new"]
    stays = [tmp_path / "root.124.new", tmp_path / "root", tmp_path / "chosen" / ("0" * 64)]
    for one in (*left, *stays):
        one.write_text("half")
    for one in left:
        os.utime(one, (0, 0))

    start.sweep()

    assert [one.exists() for one in (*left, *stays)] == [False, False, True, True, True]


def test_a_folder_that_was_swept_as_it_was_made_is_made_anew(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    real, seen = temporary.hold, []

    def late(fd, place):
        if not seen:
            seen.append(place)
            os.rmdir(place)
        return real(fd, place)

    monkeypatch.setattr(temporary, "hold", late)
    with temporary.folder_of_ours(temporary.FOR_GIT) as folder:
        assert os.path.isdir(folder)
        assert folder != str(seen[0])
