import os
import socket
from pathlib import Path

import pytest

from recviewer.recorders.registry import claims
from recviewer.store.refusals import NoRoot
from recviewer.store.scan import FileStamp, Scan, ScanProblem, obstacle_of, scan


def make(root, *names):
    for name in names:
        place = Path(root, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text("{}")


def _scan(root, **options):
    return scan(root, claims(), **options)


def keys(root, **options):
    return [stamp.key for stamp in _scan(root, **options).stamps]


def test_json_below_a_recordings_directory_is_a_recording_at_any_depth(tmp_path):
    make(
        tmp_path,
        "package.json",
        "a/recordings/1.json",
        "a/recordings/responses/2.json",
        "b/recordings/recordings/3.json",
    )
    make(tmp_path, "a/recordings/index.sqlite", "package.json", "a/my-recordings/4.json")

    assert keys(tmp_path) == [
        "a/recordings/1.json",
        "a/recordings/responses/2.json",
        "b/recordings/recordings/3.json",
    ]
    assert not _scan(tmp_path).is_loose


def test_every_json_counts_where_no_directory_is_named_recordings(tmp_path):
    make(tmp_path, "b.json", "a/c.json", "a/d.txt")

    assert keys(tmp_path) == ["a/c.json", "b.json"]
    assert _scan(tmp_path).is_loose


def test_an_empty_recordings_directory_counts_as_one(tmp_path):
    make(tmp_path, "package.json")
    (tmp_path / "recordings").mkdir()

    assert keys(tmp_path) == []


@pytest.mark.parametrize("place", ["recordings", "recordings/responses"])
def test_every_json_counts_in_a_root_that_is_or_lies_in_a_recordings_directory(tmp_path, place):
    make(tmp_path / place, "a.json", "deep/b.json", "recordings/c.json")

    assert keys(tmp_path / place) == ["a.json", "deep/b.json", "recordings/c.json"]
    assert not _scan(tmp_path / place).is_loose


def test_a_relative_root_knows_where_it_lies(tmp_path, monkeypatch):
    make(tmp_path, "recordings/a.json", "recordings/recordings/b.json")
    monkeypatch.chdir(tmp_path / "recordings")

    assert keys(Path(".")) == ["a.json", "recordings/b.json"]


def test_a_stamp_says_what_the_file_system_says(tmp_path):
    make(tmp_path, "recordings/a.json")
    os.utime(tmp_path / "recordings/a.json", ns=(1, 1_234_567_891_234_567_000))

    [stamp] = _scan(tmp_path).stamps

    inode = (tmp_path / "recordings/a.json").stat().st_ino
    assert stamp == FileStamp("recordings/a.json", b"recordings/a.json", 2, 1_234_567_891_234_567_000, inode, "")


def test_stamps_are_in_order_of_key(tmp_path):
    make(tmp_path, *(f"recordings/{name}.json" for name in ("b", "a/c", "a-b", "ä", "B", "a")))

    assert keys(tmp_path) == sorted(keys(tmp_path))
    assert len(keys(tmp_path)) == 6


@pytest.mark.parametrize("name", [".git", ".venv", "node_modules", "__pycache__"])
def test_directories_of_tools_are_not_entered(tmp_path, name):
    make(tmp_path, f"{name}/recordings/a.json", f"recordings/{name}/b.json", "recordings/c.json")

    assert keys(tmp_path) == ["recordings/c.json"]


def test_skipped_directories_are_not_entered(tmp_path):
    make(tmp_path, "recordings/trash/a.json", "recordings/b.json", "trash/recordings/c.json")
    (tmp_path / "link").symlink_to(tmp_path / "trash")

    assert keys(tmp_path, skip=[tmp_path / "recordings" / "trash", tmp_path / "link"]) == ["recordings/b.json"]


def test_skipping_a_place_elsewhere_changes_nothing(tmp_path):
    make(tmp_path, "root/recordings/a.json")

    assert keys(tmp_path / "root", skip=[tmp_path, tmp_path / "root", tmp_path / "other"]) == ["recordings/a.json"]


def test_links_to_directories_are_not_followed(tmp_path):
    make(tmp_path, "root/recordings/a.json", "elsewhere/recordings/b.json")
    (tmp_path / "root/recordings/out").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "root/recordings/loop").symlink_to(tmp_path / "root")
    (tmp_path / "root/recordings/dir.json").symlink_to(tmp_path / "elsewhere")

    found = _scan(tmp_path / "root")

    assert [(stamp.key, bool(stamp.obstacle)) for stamp in found.stamps] == [
        ("recordings/a.json", False),
        ("recordings/dir.json", True),
    ]
    assert found.problems == ()


def test_what_is_no_regular_file_has_an_obstacle(tmp_path):
    home = tmp_path / "recordings"
    make(tmp_path, "recordings/file.json")
    (home / "link.json").symlink_to("file.json")
    (home / "dangling.json").symlink_to("nowhere")
    (home / "folder.json").mkdir()
    os.mkfifo(home / "pipe.json")
    with socket.socket(socket.AF_UNIX) as plug:
        plug.bind(os.path.relpath(home / "socket.json"))

    assert {stamp.key.removeprefix("recordings/"): stamp.obstacle for stamp in _scan(tmp_path).stamps} == {
        "file.json": "",
        "link.json": "a symbolic link, which is not followed",
        "dangling.json": "a symbolic link, which is not followed",
        "pipe.json": "a named pipe, not a file",
        "socket.json": "a socket, not a file",
    }


def test_a_device_is_an_obstacle():
    assert obstacle_of(os.stat("/dev/null").st_mode) == "a device, not a file"
    assert obstacle_of(0) == "not a regular file"
    assert obstacle_of(os.stat(__file__).st_mode) == ""


def test_a_directory_that_cannot_be_read_is_a_problem_and_the_walk_goes_on(open_path, unprivileged):
    make(open_path, "recordings/a.json", "recordings/closed/b.json", "recordings/z/c.json")
    (open_path / "recordings/closed").chmod(0)

    with unprivileged():
        found = _scan(open_path)

    assert [stamp.key for stamp in found.stamps] == ["recordings/a.json", "recordings/z/c.json"]
    [problem] = found.problems
    assert (problem.key, problem.what) == (
        "recordings/closed",
        "the directory cannot be read: recviewer has no permission for it",
    )


def test_a_scan_tells_gone_from_unknown(open_path, unprivileged):
    make(open_path, "recordings/a.json", "recordings/closed/b.json")
    (open_path / "recordings/closed").chmod(0)

    with unprivileged():
        found = _scan(open_path)

    assert not found.saw(b"recordings/closed/b.json")
    assert found.saw(b"recordings/closed.json")
    assert found.saw(b"recordings/gone.json")


def test_nothing_is_known_of_a_root_that_cannot_be_listed_in_full():
    assert not Scan((), (ScanProblem("", b"", "the directory cannot be read"),), is_loose=True).saw(b"a.json")


def test_a_file_that_cannot_be_looked_at_has_an_obstacle(open_path, unprivileged):
    make(open_path, "recordings/a.json")
    (open_path / "recordings").chmod(0o744)

    with unprivileged():
        [stamp] = _scan(open_path).stamps

    assert stamp == FileStamp("recordings/a.json", b"recordings/a.json", 0, 0, 0, "recviewer has no permission for it")


def test_names_that_are_not_utf8_are_found(tmp_path):
    home = os.fsencode(tmp_path) + b"/recordings"
    os.mkdir(home)
    with open(home + b"/\xff.json", "wb"):
        pass

    [stamp] = _scan(tmp_path).stamps

    assert (stamp.key, stamp.raw) == (r"recordings/\xff.json", b"recordings/\xff.json")


def test_of_two_files_shown_the_same_way_one_is_a_problem(tmp_path):
    home = os.fsencode(tmp_path) + b"/recordings"
    os.mkdir(home)
    for name in (b"/\xff.json", b"/\\xff.json", b"/a.json"):
        with open(home + name, "wb"):
            pass

    found = _scan(tmp_path)

    assert [stamp.raw for stamp in found.stamps] == [b"recordings/\\xff.json", b"recordings/a.json"]
    assert [problem.raw for problem in found.problems] == [b"recordings/\xff.json"]
    assert found.saw(b"recordings/\xff.json/x")


def test_a_root_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(NoRoot, match="does not exist"):
        _scan(tmp_path / "gone")


def test_an_empty_root_is_an_empty_scan(tmp_path):
    assert _scan(tmp_path) == Scan((), (), is_loose=True)


def test_a_root_that_is_a_link_is_walked(tmp_path):
    make(tmp_path, "root/recordings/a.json")
    (tmp_path / "link").symlink_to(tmp_path / "root")

    assert keys(tmp_path / "link") == ["recordings/a.json"]
