import errno
import os

import pytest

from recviewer.store import moves
from recviewer.store.files import blob_id
from recviewer.store.refusals import CannotRead, Vanished


@pytest.fixture
def folder(tmp_path):
    fd = os.open(tmp_path, os.O_RDONLY)
    yield fd
    os.close(fd)


def fail(_):
    raise OSError(errno.ENOSPC, "No space left on device")


def no_links(*given, **more):
    raise OSError(errno.EPERM, "Operation not permitted")


def test_a_new_file_is_not_written_over_another(folder, tmp_path):
    (tmp_path / "a").write_text("old")

    with pytest.raises(FileExistsError):
        moves.write_new(folder, "a", lambda fd: moves.write_all(fd, b"new"))

    assert (tmp_path / "a").read_text() == "old"


def test_a_file_that_could_not_be_written_is_removed(folder, tmp_path):
    with pytest.raises(OSError, match="No space"):
        moves.write_new(folder, "a", fail)

    assert list(tmp_path.iterdir()) == []


def test_every_byte_is_written_also_in_small_portions(folder, tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(moves.os, "write", lambda fd, data: real(fd, data[:3]))

    moves.write_new(folder, "a", lambda fd: moves.write_all(fd, b"0123456789"))

    assert (tmp_path / "a").read_bytes() == b"0123456789"


@pytest.mark.parametrize("has_links", [True, False])
def test_placing_moves_a_file(folder, tmp_path, monkeypatch, has_links):
    if not has_links:
        monkeypatch.setattr(moves.os, "link", no_links)
    (tmp_path / "a").write_text("a")

    moves.place(folder, b"a", b"b")

    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("b", "a")]


@pytest.mark.parametrize("has_links", [True, False])
def test_placing_never_overwrites(folder, tmp_path, monkeypatch, has_links):
    if not has_links:
        monkeypatch.setattr(moves.os, "link", no_links)
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").symlink_to("nowhere")

    with pytest.raises(FileExistsError):
        moves.place(folder, b"a", b"b")

    assert (tmp_path / "a").read_text() == "a"
    assert os.readlink(tmp_path / "b") == "nowhere"


def test_placing_without_links_cleans_up_after_itself(folder, tmp_path, monkeypatch):
    monkeypatch.setattr(moves.os, "link", no_links)

    with pytest.raises(FileNotFoundError):
        moves.place(folder, b"a", b"b")

    assert list(tmp_path.iterdir()) == []


def test_placing_passes_other_errors_on(folder):
    with pytest.raises(FileNotFoundError):
        moves.place(folder, b"gone", b"b")


def test_the_blob_at_a_name_tells_nothing_from_unreadable(folder, tmp_path):
    (tmp_path / "a").write_text("a")
    (tmp_path / "link").symlink_to("a")
    (tmp_path / "folder").mkdir()

    assert moves.blob_at(folder, "a") == blob_id(b"a")
    assert moves.blob_at(folder, "gone") is None
    assert moves.blob_at(folder, "link") == moves.blob_at(folder, "folder") == ""


def test_an_original_is_opened_or_refused_by_its_path(folder, tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("folder")

    with pytest.raises(Vanished, match=r"^in/gone "), moves.original(folder, b"gone", raw=b"in/gone"):
        pass
    with pytest.raises(CannotRead, match=r"^in/folder "), moves.original(folder, b"folder", raw=b"in/folder"):
        pass
    with pytest.raises(CannotRead, match=r"^in/link "), moves.original(folder, b"link", raw=b"in/link"):
        pass


def test_a_file_system_that_cannot_sync_directories_is_borne(folder, monkeypatch):
    def refuse(number):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(moves.os, "fsync", lambda fd: refuse(errno.EINVAL))
    moves.sync(folder)

    monkeypatch.setattr(moves.os, "fsync", lambda fd: refuse(errno.EIO))
    with pytest.raises(OSError, match="error"):
        moves.sync(folder)
