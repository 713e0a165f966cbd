import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.store.paths import components, key_of, open_parent, open_root
from recviewer.store.refusals import NoRoot, OutsideRoot, Refusal, Vanished

PIECES = st.lists(st.sampled_from([b"..", b".", b"/", b"", b"in", b"out", b"loop", b"a.json", b"\0", b"\xff", b"~"]))
RAW = st.one_of(st.binary(max_size=40), PIECES.map(b"/".join), PIECES.map(b"".join))


@pytest.fixture
def root(tmp_path):
    """A root with a directory, a link out of the root, a link to the root itself, and a file outside."""
    made = tmp_path / "root"
    (made / "in").mkdir(parents=True)
    (tmp_path / "a.json").write_text("outside")
    (made / "out").symlink_to(tmp_path)
    (made / "loop").symlink_to(made)
    return made


def test_a_key_is_the_path_as_text():
    assert key_of("tests/größe/ü.json".encode()) == "tests/größe/ü.json"


def test_a_key_shows_bytes_that_are_not_utf8():
    assert key_of(b"a/\xff\xed\xa0\x80.json") == r"a/\xff\xed\xa0\x80.json"


@given(st.binary())
def test_a_key_can_always_be_stored(raw):
    key_of(raw).encode("utf-8")


@pytest.mark.parametrize(
    "raw", [b"", b"/", b"/etc/passwd", b"a//b", b"a/", b"../a", b"a/../b", b".", b"a/./b", b"a\0b"]
)
def test_a_path_that_could_lead_elsewhere_is_refused(raw):
    with pytest.raises(OutsideRoot):
        components(raw)


def test_a_root_may_itself_be_a_link(root, tmp_path):
    (tmp_path / "link").symlink_to(root)

    parent, name = open_parent(tmp_path / "link", b"in/a.json")

    assert os.path.samestat(os.fstat(parent), (root / "in").stat())
    assert name == b"a.json"
    os.close(parent)


@pytest.mark.parametrize("raw", [b"out/a.json", b"loop/in/a.json"])
def test_a_link_on_the_way_is_refused(root, raw):
    with pytest.raises(OutsideRoot, match="symbolic link"):
        open_parent(root, raw)


@given(raw=RAW)
def test_no_string_opens_a_directory_outside_the_root(root, raw):
    try:
        parent, name = open_parent(root, raw)
    except (Refusal, OSError):
        return
    opened = os.fstat(parent)
    os.close(parent)

    inside = {(place.stat().st_dev, place.stat().st_ino) for place in (root, root / "in")}
    assert (opened.st_dev, opened.st_ino) in inside
    assert b"/" not in name
    assert name not in (b"", b".", b"..")


def test_open_parent_says_when_a_directory_is_missing(root):
    with pytest.raises(Vanished):
        open_parent(root, b"in/gone/a.json")


def test_open_parent_says_when_a_file_stands_in_the_way(root):
    (root / "in" / "file").write_text("")

    with pytest.raises(Vanished):
        open_parent(root, b"in/file/a.json")


def test_open_parent_makes_missing_directories_on_request(root):
    parent, name = open_parent(root, b"in/new/newer/a.json", create=True)
    os.close(parent)

    assert name == b"a.json"
    assert (root / "in" / "new" / "newer").is_dir()


def test_open_parent_closes_what_it_opened_when_it_refuses(root):
    before = len(os.listdir("/dev/fd"))

    for raw in (b"in/gone/a.json", b"out/a.json", b"../a.json"):
        with pytest.raises(Refusal):
            open_parent(root, raw)

    assert len(os.listdir("/dev/fd")) == before


def test_a_missing_root_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(NoRoot, match=r"does not exist.*RECVIEWER_RECORDINGS"):
        open_root(tmp_path / "gone")


def test_a_root_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("")

    with pytest.raises(NoRoot, match="not a directory"):
        open_root(tmp_path / "file")


def test_a_root_that_cannot_be_opened_is_refused():
    with pytest.raises(NoRoot, match="too long"):
        open_root(Path("/" + "x" * 5000))


def test_a_directory_without_permission_is_an_error_of_the_system(open_path, unprivileged):
    (open_path / "closed").mkdir(0o000)

    with unprivileged(), pytest.raises(PermissionError):
        open_parent(open_path, b"closed/a.json")
