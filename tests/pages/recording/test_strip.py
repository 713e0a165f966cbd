from recviewer.pages.recording import strip
from recviewer.pages.recording.strip import Stream


def drawn(letters, amount=4):
    return strip.strip_of(Stream(tuple((letter, amount) for letter in letters), (), ()))


def test_no_chunks_no_strip():
    assert drawn("") is None


def test_one_cell_for_each_chunk():
    made = drawn("-" + "t" * 43 + "c" * 7 + "fu")

    assert [(run.kind, len(run.cells)) for run in made.runs] == [("n", 1), ("t", 43), ("c", 7), ("f", 1), ("u", 1)]
    assert made.said == "text 43, tool call 7, finish, usage, empty"
    assert [run.caption for run in made.runs] == ["", "text, 43 chunks", "tool call, 7", "", ""]


def test_many_chunks_share_cells_but_the_end_stands_alone():
    made = drawn("t" * 1396 + "fu-")

    assert made.per_cell == 6
    assert [(run.kind, len(run.cells)) for run in made.runs] == [("t", 233), ("f", 1), ("u", 1), ("n", 1)]
    assert made.runs[1].cells[0].first == 1397
    assert made.is_packed


def test_alternating_chunks_never_need_more_cells_than_fit():
    made = drawn("tr" * 2000)

    assert sum(len(run.cells) for run in made.runs) <= strip.CELLS + 1


def test_heights_grow_with_the_root_and_stay_in_bounds():
    heights = [drawn("t", amount).runs[0].cells[0].height for amount in (0, 1, 4, 16, 10_000)]

    assert heights == sorted(heights)
    assert heights[0] == 3
    assert heights[-1] == strip.TALLEST
