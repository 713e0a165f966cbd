import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.pages.difference.raw import LINE, WINDOW, RawGap, RawQuery, raw_diff

LINES = st.lists(st.sampled_from(["{", "}", '"a": 1,', '"b": 2', "", "x"]), max_size=40)


def data(lines):
    return "\n".join(lines).encode()


def opened(old, new, *, is_side=False):
    """Every row of a comparison, with all gaps open and all windows behind each other."""
    start, found = 0, []
    gaps = frozenset(range(2_000))
    while True:
        raw = raw_diff(old, new, RawQuery("", is_side, start, gaps))
        found += raw.rows
        if not raw.next_query:
            return found
        start += len(raw.rows)


@given(LINES, LINES, st.booleans())
def test_both_files_are_there_line_by_line(old, new, is_side):
    rows = opened(data(old), data(new), is_side=is_side)

    for side, lines in (("old", old), ("new", new)):
        texts = [getattr(row, side) for row in rows if getattr(row, side) is not None]
        assert "\n".join(one.before + one.changed + one.after for one in texts) == "\n".join(lines).removesuffix("\n")
        assert [one.number for one in texts] == list(range(1, len(texts) + 1))


@given(LINES)
def test_a_file_against_itself_has_no_changes(lines):
    raw = raw_diff(data(lines), data(lines), RawQuery(""))

    assert (raw.removed, raw.added) == (0, 0)
    assert all(isinstance(row, RawGap) or row.op == "same" for row in raw.rows)


@given(LINES, LINES)
def test_the_counts_mirror(old, new):
    one, other = raw_diff(data(old), data(new), RawQuery("")), raw_diff(data(new), data(old), RawQuery(""))

    assert (one.removed, one.added) == (other.added, other.removed)


def test_long_equal_runs_are_folded_with_an_address_that_opens_them():
    old = [f"line {number}" for number in range(200)]
    new = [*old[:100], "another", *old[101:]]

    raw = raw_diff(data(old), data(new), RawQuery("view=raw"))

    gaps = [row for row in raw.rows if isinstance(row, RawGap)]
    assert [(gap.first, gap.last) for gap in gaps] == [(1, 97), (105, 200)]
    assert gaps[0].query == "?view=raw&gap=1"
    again = raw_diff(data(old), data(new), RawQuery("view=raw", opened=frozenset({1})))
    assert [(gap.first, gap.last) for gap in again.rows if isinstance(gap, RawGap)] == [(105, 200)]


def test_lines_that_replaced_each_other_mark_what_changed():
    raw = raw_diff(b'{\n"model": "m-1",\n}', b'{\n"model": "m-22",\n}', RawQuery(""))

    gone, new = [row for row in raw.rows if row.op != "same"]
    assert (gone.old.before, gone.old.changed, gone.old.after) == ('"model": "m-', "1", '",')
    assert new.new.changed == "22"


def test_a_new_file_is_all_new():
    raw = raw_diff(None, b"one\ntwo\n", RawQuery(""))

    assert [(row.op, row.old) for row in raw.rows] == [("new", None), ("new", None)]
    assert (raw.removed, raw.added, raw.old_lines) == (0, 2, 0)


@pytest.mark.slow
def test_a_huge_file_is_a_window_at_a_time():
    def stream(name):
        chunk = {"id": name, "choices": [{"delta": {"content": "the"}, "index": 0}], "object": "chunk"}
        return json.dumps([{**chunk, "n": number % 40} for number in range(3_400)], indent=2).encode()

    start = time.process_time()
    raw = raw_diff(stream("a"), stream("b"), RawQuery("view=raw"))

    assert raw.old_lines > 37_000
    assert time.process_time() - start < 5
    assert len(raw.rows) <= WINDOW
    assert raw.added == 3_400
    assert raw.next_query == f"?view=raw&row={len(raw.rows)}"


def test_a_long_line_is_cut_and_opened_by_itself():
    old, new = b'{"a": "' + b"x" * 90_000 + b'"}', b'{"a": "' + b"y" * 90_000 + b'"}'

    raw = raw_diff(old, new, RawQuery("view=raw"))

    assert raw.rows[0].old.left == len(old) - LINE
    text, start = "", 0
    while True:
        piece = raw_diff(old, new, RawQuery("view=raw", line="+1", start=start)).piece
        text, start = text + piece.text, start + len(piece.text)
        if not piece.next_query:
            break
    assert text == new.decode()


def test_odd_addresses_open_nothing():
    for line in ("", "-", "+0", "-99", "x1", "+٣"):
        assert raw_diff(b"a", b"b", RawQuery("", line=line)).piece is None
