"""What a range or a history holds is read only as far as there is time and memory for; the rest counts as different."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from dataclasses import replace

import pytest

from recviewer.changes import changeset
from recviewer.difference.model import Churn
from recviewer.exchange.model import Kind
from recviewer.formats.decode import EFFORT_LIMIT, effort
from recviewer.pairing import sides
from recviewer.pairing.sides import Library, Side, SideReader, cost_of, sides_of


def dense(make, count, word="x"):
    """Return the bytes of a chat with so many choices."""
    document = make.chat()
    document["request"]["body"]["odd"] = [{"at": at} for at in range(count)] + [word]
    return json.dumps(document, separators=(",", ":")).encode()


def side(read, blob):
    (one,) = sides_of(b"recordings/x.json", blob, read)
    assert isinstance(one, Side)
    return one


def test_a_file_of_too_many_values_is_not_read_and_is_the_same_as_no_other(make):
    from recviewer.changes.moves import differ, surely_quiet

    library = Library()
    first, second = dense(make, EFFORT_LIMIT // 30, "one"), dense(make, EFFORT_LIMIT // 30, "two")

    old, new = (
        side(SideReader(library).read(data, "x.json", blob), blob) for data, blob in ((first, "a"), (second, "b"))
    )

    assert effort(first) > EFFORT_LIMIT
    assert old.exchange.kind is Kind.UNREADABLE
    assert "too many to be compared" in old.exchange.problems[0].what
    assert (old.meaning.size, old.subject) == (len(first), "blob:a")
    assert surely_quiet(old, new) is None
    assert differ(old, new).churn is Churn.UNREAD
    assert library.get("a", "x.json") is None


def test_a_large_file_is_not_read_whatever_it_holds(make, monkeypatch):
    monkeypatch.setattr(sides, "HEAVY_BYTES", 100_000)
    large, small = (make.bytes_of(make.chat("x" * size)) for size in (100_000, 50_000))

    meanings = [SideReader(Library()).read(data, "x.json", "a").parts[0].meaning for data in (large, small)]

    assert [one.unread for one in meanings] == ["it holds 102.2 kB, too much to be compared with others here", ""]


def test_heavy_files_share_what_there_is_and_light_ones_are_read_all_the_same(make, monkeypatch):
    heavy, light = dense(make, 10_000), dense(make, 2)
    monkeypatch.setattr(sides, "ROOM", 2 * cost_of(heavy) + 1)
    assert cost_of(heavy) > sides.LIGHT > cost_of(light)
    reader = SideReader(Library())

    kinds = [reader.read(heavy, "x.json", str(at)).parts[0].meaning.exchange.kind for at in range(4)]

    assert [kind is Kind.UNREADABLE for kind in kinds] == [False, False, True, True]
    assert reader.read(light, "x.json", "light").parts[0].meaning.exchange.kind is Kind.CHAT


@pytest.mark.parametrize("left", ["old", "new"])
def test_nobody_knows_how_a_file_differs_that_was_not_read(make, monkeypatch, left):
    from recviewer.changes.moves import differ
    from recviewer.changes.wording import summarize

    read, heavy = SideReader(Library()).read(dense(make, 2), "x.json", "read"), dense(make, 10_000)
    monkeypatch.setattr(sides, "ROOM", 0)
    unread = SideReader(Library()).read(heavy, "x.json", "heavy")
    old, new = side(read, "a"), side(unread, "b")
    if left == "old":
        old, new = new, old

    difference = differ(old, new)

    assert difference.churn is Churn.UNREAD
    assert summarize(difference, old, new) == sides.TOO_MUCH
    assert differ(new, replace(new, raw=b"elsewhere/x.json", path="elsewhere/x.json")).churn is Churn.DETAILS


def test_what_is_known_takes_room_too(make, monkeypatch):
    heavy, library = dense(make, 10_000), Library()
    SideReader(library).read(heavy, "x.json", "a")
    monkeypatch.setattr(sides, "ROOM", cost_of(heavy) + 1)
    reader = SideReader(library)

    assert reader.known("a", "x.json") is not None
    assert reader.read(heavy, "x.json", "b").parts[0].meaning.exchange.kind is Kind.UNREADABLE


def test_a_library_keeps_less_of_what_is_dense(make):
    heavy = dense(make, 10_000)
    library = Library(limit_bytes=3 * len(heavy))
    for blob in "abc":
        SideReader(library).read(heavy, "x.json", blob)

    assert library.get("b", "x.json") is None
    assert library.get("c", "x.json") is not None


@pytest.mark.parametrize(("length", "is_kept"), [(1_000, True), (200_000, False)])
def test_long_lines_are_not_kept(length, is_kept):
    found = changeset.line_changes(b"{\n" + b"a" * length + b"\n}", b"{\n" + b"b" * length + b"\n}")

    assert bool(found) is is_kept


def test_what_is_compressed_is_measured_by_what_it_holds():
    many = b"interactions:\n- request: {method: GET}\n" + b"- {}\n" * 100_000
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("samples/1.json", b" " * 9_000_000)

    for data, name, reason in (
        (gzip.compress(many), "cassettes/a.yaml.gz", "values, too many to be compared with others here"),
        (gzip.compress(b"x" * 8_388_609), "cassettes/a.yaml.gz", "compressed, and holds more than 8 MB"),
        (archive.getvalue(), "logs/a.eval", "it holds 9.00 MB, too much to be compared with others here"),
    ):
        assert len(data) < 20_000
        (part,) = SideReader(Library()).read(data, name, "a").parts
        assert reason in part.meaning.exchange.problems[0].what
