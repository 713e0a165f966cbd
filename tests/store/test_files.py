import os
import subprocess
from pathlib import Path

import pytest

from recviewer.recorders.registry import claims
from recviewer.store import files
from recviewer.store.files import Reader, blob_id, blob_of, count_lines, pour, read
from recviewer.store.refusals import CannotRead, NoRoot, OutsideRoot, Vanished
from recviewer.store.scan import scan

NO_LIMIT = None


@pytest.fixture
def root(tmp_path):
    made = tmp_path / "root"
    (made / "recordings").mkdir(parents=True)
    (made / "recordings" / "a.json").write_bytes(b'{"a": 1}\n')
    return made


def test_reading_gives_the_bytes_and_the_stamp_of_the_scan(root):
    reading = read(root, b"recordings/a.json", limit_bytes=9)

    assert reading.data == b'{"a": 1}\n'
    assert [reading.stamp] == list(scan(root, claims()).stamps)


def test_an_empty_file_is_read(root):
    (root / "empty.json").touch()

    assert read(root, b"empty.json", limit_bytes=0).data == b""


def test_one_reader_reads_from_many_directories(root):
    names = [b"a.json", b"b/a.json", b"b/c/a.json", b"b/z.json", b"a.json"]
    for name in names:
        place = Path(os.fsdecode(os.fsencode(root) + b"/" + name))
        place.parent.mkdir(exist_ok=True)
        place.write_bytes(name)

    with Reader(root, limit_bytes=NO_LIMIT) as reader:
        assert [reader.read(name).data for name in names] == names


def test_a_reader_leaves_nothing_open(root):
    before = len(os.listdir("/dev/fd"))

    with Reader(root, limit_bytes=3) as reader, pytest.raises(CannotRead):
        reader.read(b"recordings/a.json")

    assert len(os.listdir("/dev/fd")) == before


def test_a_file_over_the_limit_is_refused_with_both_sizes(root):
    (root / "big.json").write_bytes(b" " * 1_001)

    with pytest.raises(CannotRead, match="1,001 bytes, more than the limit of 1,000"):
        read(root, b"big.json", limit_bytes=1_000)


@pytest.mark.parametrize(
    "raw",
    [b"recordings/gone.json", b"gone/a.json", b"recordings/a.json/b.json"],
    ids=["file", "folder", "below-a-file"],
)
def test_what_is_gone_has_vanished(root, raw):
    with pytest.raises(Vanished):
        read(root, raw, limit_bytes=NO_LIMIT)
    with pytest.raises(Vanished):
        blob_of(root, raw)


def test_a_missing_root_is_no_vanished_file(tmp_path):
    with pytest.raises(NoRoot):
        read(tmp_path / "gone", b"a.json", limit_bytes=NO_LIMIT)


@pytest.mark.parametrize(
    "raw",
    [b"../secret", b"/etc/passwd", b"recordings/../../secret", b"", b"recordings/", b"."],
    ids=["up", "absolute", "down-and-up", "empty", "folder", "dot"],
)
def test_a_path_out_of_the_root_is_refused(root, raw):
    with pytest.raises(OutsideRoot):
        read(root, raw, limit_bytes=NO_LIMIT)


@pytest.mark.parametrize("name", [b"..", b".", b"", b"a\0b"], ids=["up", "dot", "empty", "nul"])
def test_a_reader_refuses_odd_names_in_a_directory_it_knows(root, name):
    with Reader(root, limit_bytes=NO_LIMIT) as reader:
        reader.read(b"recordings/a.json")
        with pytest.raises(OutsideRoot):
            reader.read(b"recordings/" + name)


def test_a_directory_that_becomes_a_link_during_a_run_is_not_followed(root, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a.json").write_text("secret")
    with Reader(root, limit_bytes=NO_LIMIT) as reader:
        reader.read(b"recordings/a.json")
        (root / "recordings").rename(root / "moved")
        (root / "recordings").symlink_to(tmp_path / "elsewhere")

        assert reader.read(b"recordings/a.json").data == b'{"a": 1}\n'
    with pytest.raises(OutsideRoot):
        read(root, b"recordings/a.json", limit_bytes=NO_LIMIT)


def test_what_is_no_regular_file_is_refused_without_waiting(root):
    (root / "link.json").symlink_to("recordings/a.json")
    (root / "folder.json").mkdir()
    os.mkfifo(root / "pipe.json")

    for raw, reason in [
        (b"link.json", "symbolic link"),
        (b"folder.json", "regular"),
        (b"pipe.json", "named pipe"),
    ]:
        with pytest.raises(CannotRead, match=reason):
            read(root, raw, limit_bytes=NO_LIMIT)
        with pytest.raises(CannotRead, match=reason):
            blob_of(root, raw)


def test_a_file_without_permission_is_refused_in_plain_words(open_path, unprivileged):
    (open_path / "a.json").touch(0o000)

    with unprivileged(), pytest.raises(CannotRead, match="no permission"):
        read(open_path, b"a.json", limit_bytes=NO_LIMIT)
    with unprivileged(), pytest.raises(CannotRead, match="no permission"):
        blob_of(open_path, b"a.json")


class Meddler:
    """Stands in for os.read and os.pread: changes the file before the first so many reads."""

    def __init__(self, place, times, change):
        self.place, self.times, self.change = place, times, change
        self.real = {"read": os.read, "pread": os.pread}

    def install(self, monkeypatch):
        for name in self.real:
            monkeypatch.setattr(files.os, name, lambda *given, name=name: self.call(name, *given))

    def call(self, name, *given):
        if self.times:
            self.times -= 1
            self.change(self.place)
        return self.real[name](*given)


def grow(place):
    place.write_bytes(place.read_bytes() + b"more")


def shrink(place):
    place.write_bytes(place.read_bytes()[:-1])


@pytest.mark.parametrize("change", [grow, shrink])
def test_a_file_that_changed_once_while_it_was_read_is_read_again(root, monkeypatch, change):
    place = root / "recordings" / "a.json"
    Meddler(place, 1, change).install(monkeypatch)

    reading = read(root, b"recordings/a.json", limit_bytes=NO_LIMIT)

    assert reading.data == place.read_bytes()
    assert (reading.stamp.size, reading.stamp.mtime_ns) == (place.stat().st_size, place.stat().st_mtime_ns)


@pytest.mark.parametrize("change", [grow, shrink])
def test_a_file_that_keeps_changing_is_refused(root, monkeypatch, change):
    Meddler(root / "recordings" / "a.json", 99, change).install(monkeypatch)

    with pytest.raises(CannotRead, match="being written"):
        read(root, b"recordings/a.json", limit_bytes=NO_LIMIT)


def test_the_blob_of_a_file_that_keeps_changing_is_refused(root, monkeypatch):
    Meddler(root / "recordings" / "a.json", 99, grow).install(monkeypatch)
    monkeypatch.setattr(files, "_PIECE", 4)

    with pytest.raises(CannotRead, match="being written"):
        blob_of(root, b"recordings/a.json")


def test_a_file_that_arrives_in_pieces_is_read_whole(root, monkeypatch):
    real = os.read
    monkeypatch.setattr(files.os, "read", lambda fd, count: real(fd, min(count, 2)))

    assert read(root, b"recordings/a.json", limit_bytes=NO_LIMIT).data == b'{"a": 1}\n'


@pytest.mark.parametrize(
    "data",
    [b"", b"{}", b'{"a": 1}\n', bytes(range(256)) * 9000],
    ids=["empty", "small", "line", "every-byte"],
)
def test_the_blob_id_is_the_one_git_gives(root, data):
    (root / "b.json").write_bytes(data)
    told = subprocess.run(["git", "hash-object", "--stdin"], input=data, capture_output=True, check=True)

    assert blob_id(data) == blob_of(root, b"b.json") == told.stdout.decode().strip()


def test_pouring_hands_over_every_byte(root):
    data = os.urandom(3_000_000)
    (root / "b.json").write_bytes(data)
    got = bytearray()

    with open(root / "b.json", "rb") as source:
        assert pour(source.fileno(), got.extend) == blob_id(data)

    assert got == data


@pytest.mark.parametrize(
    ("data", "lines"), [(b"", 0), (b"a", 1), (b"a\n", 1), (b"a\nb", 2), (b"\n\n", 2), (b"a\r\nb", 2)]
)
def test_lines_are_counted_as_in_a_diff(data, lines):
    assert count_lines(data) == lines


def test_a_file_whose_bytes_are_replaced_by_as_many_while_it_is_read_is_refused(root, monkeypatch):
    def rewrite(place):
        place.write_bytes(place.read_bytes()[::-1])
        rewrite.at += 1_000_000_000
        os.utime(place, ns=(rewrite.at, rewrite.at))

    rewrite.at = 1_800_000_000_000_000_000
    Meddler(root / "recordings" / "a.json", 99, rewrite).install(monkeypatch)

    with pytest.raises(CannotRead, match="being written"):
        read(root, b"recordings/a.json", limit_bytes=NO_LIMIT)
