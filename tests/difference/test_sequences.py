from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from recviewer.difference import sequences
from recviewer.difference.sequences import common, nearly_common

LETTERS = st.lists(st.sampled_from("abcd"), max_size=14)


def longest(first, second):
    """The length of the longest common subsequence, by the textbook."""
    row = [0] * (len(second) + 1)
    for item in first:
        before = 0
        for place, other in enumerate(second, 1):
            before, row[place] = row[place], before + 1 if item == other else max(row[place], row[place - 1])
    return row[-1]


@given(LETTERS, LETTERS)
def test_runs_are_common_in_order_and_as_long_as_can_be(first, second):
    runs = common(first, second)

    at = there = 0
    for place, other, length in runs:
        assert place >= at
        assert other >= there
        assert first[place : place + length] == second[other : other + length]
        at, there = place + length, other + length
    assert sum(length for _, _, length in runs) == longest(first, second)


@given(LETTERS, LETTERS, st.integers(0, 200))
def test_the_cheap_way_gives_runs_that_are_common_and_in_order(first, second, cells):
    at = there = 0
    for place, other, length in nearly_common(first, second, cells=cells):
        assert place >= at
        assert other >= there
        assert first[place : place + length] == second[other : other + length]
        at, there = place + length, other + length


def test_what_stands_once_in_both_leads_through_long_sequences():
    first = [item for number in range(500) for item in (number, "a", "b")]
    second = [item for number in range(500) for item in (number, "b", "a") if number % 7]

    runs = nearly_common(first, second, cells=1_000)

    assert sum(length for _, _, length in runs) >= 2 * len(second) // 3


def test_is_no_worse_than_difflib_on_words():
    first = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog", "and", "runs"]
    second = ["a", "quick", "fox", "jumped", "over", "the", "very", "lazy", "dog", "then", "runs"]

    ours = sum(length for _, _, length in common(first, second))

    assert ours >= sum(
        block.size for block in SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    )


def test_refuses_what_costs_too_much_but_not_long_texts_with_a_small_change(monkeypatch):
    monkeypatch.setattr(sequences, "CELLS", 100)

    assert common(list(range(50)), list(range(50))[::-1]) is None
    assert common(list(range(50)), list(range(50, 100))) == []
    assert common([*range(5000), "x", *range(5000)], [*range(5000), "y", *range(5000)]) == [
        (0, 0, 5000),
        (5001, 5001, 5000),
    ]
