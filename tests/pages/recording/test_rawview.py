import json

import pytest

from recviewer.pages.recording import rawview
from recviewer.pages.recording.rawview import RawFold, Source


def source(value):
    return Source((json.dumps(value, indent=2) + "\n").encode())


def covered(view):
    """Return the numbers of all lines that are shown or named by a gap, in order."""
    found = []
    for row in view.rows:
        found += range(row.first, row.last + 1) if isinstance(row, RawFold) else [row.number]
    return found


def test_short_file_is_shown_whole():
    view = rawview.whole(source({"a": list(range(50))}))

    assert covered(view) == list(range(1, 54 + 1))
    assert not any(isinstance(row, RawFold) for row in view.rows)


def test_long_blocks_are_folded_and_nothing_is_lost():
    chunks = [{"delta": {"content": "x"}, "number": number} for number in range(200)]
    text = source({"request": {"messages": [1, 2]}, "response": {"body": chunks, "is_streaming": True}})

    view = rawview.whole(text)

    assert covered(view) == list(range(1, text.count + 1))
    gaps = [row for row in view.rows if isinstance(row, RawFold)]
    assert len(gaps) == 1
    assert gaps[0].count == 200 * 6
    assert [word for word, _ in view.jumps] == ["request", "messages", "response"]


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["", " ", "  ", "\t"])
def test_blocks_in_blocks_without_end_cost_what_the_text_costs(unit):
    depth = 1_200  # more than Python calls itself
    lines = [unit * at + "[" for at in range(depth)]
    text = Source("\n".join([*lines, *(line[:-1] + "]" for line in reversed(lines))]).encode())
    gone_through = rawview.LOOKS * len(text.text)

    view = rawview.whole(text)

    assert covered(view) == list(range(1, text.count + 1))
    assert -len(text.text) <= text._left < gone_through


def test_window_of_a_folded_block_covers_it():
    text = source([{"n": number} for number in range(500)])

    view = rawview.window(text, 2, 1500)

    assert covered(view) == list(range(2, 1501))
    assert sum(not isinstance(row, RawFold) for row in view.rows) == rawview.WINDOW


def test_window_beyond_the_end_is_the_end():
    assert covered(rawview.window(source([1, 2]), 900, 1000)) == [4]


def test_gap_size_is_that_of_its_lines():
    text = source({"a": list(range(1000))})

    gap = next(row for row in rawview.whole(text).rows if isinstance(row, RawFold))

    lines = text.text.split("\n")[gap.first - 1 : gap.last]
    assert gap.size == len("\n".join(lines))


def test_long_line_says_how_much_is_left_out():
    text = Source(b'"' + b"x" * 5000 + b'"')

    (line,) = rawview.whole(text).rows

    assert line.left == 5002 - rawview.LINE
    assert rawview.long_line(text, 1, 0)[1:] == (5002, 0)


def test_a_line_that_is_no_json_takes_no_markup_for_each_character():
    for odd in ("x1" * 40_000, "\ufffd" * 80_000, "{x" * 40_000):
        assert len(rawview.long_line(Source(odd.encode()), 1, 0)[0]) < 700_000


def test_empty_file_has_no_lines():
    assert rawview.whole(Source(b"")).rows == ()


def test_strings_hold_no_blocks():
    text = Source(b'{\n  "a": "[\\n{",\n  "b": "]"\n}\n')

    assert covered(rawview.whole(text)) == [1, 2, 3, 4]
