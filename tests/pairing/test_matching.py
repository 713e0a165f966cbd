from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.pairing import matching
from recviewer.pairing.matching import best

FITS = st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(1, 20).map(float), max_size=14)


def total(fits, pairs):
    return sum(fits[pair] for pair in pairs)


def highest(fits):
    """The highest sum there is, by trying all."""
    return max(
        sum(fits.get((row, column), 0.0) for row, column in enumerate(columns)) for columns in permutations(range(5))
    )


@pytest.mark.slow
@given(FITS)
def test_finds_the_best_assignment(fits):
    found = best(fits)

    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    assert total(fits, found) == highest(fits)


@given(FITS)
def test_a_huge_component_is_still_assigned_well(fits):
    exact, matching.EXACT = matching.EXACT, 0
    try:
        found = best(fits)
    finally:
        matching.EXACT = exact

    assert len({row for row, _ in found}) == len({column for _, column in found}) == len(found)
    assert total(fits, found) >= highest(fits) / 2


def test_the_first_that_fits_gives_way_to_the_best_overall():
    assert best({(0, 0): 9.0, (0, 1): 8.0, (1, 0): 8.0}) == [(0, 1), (1, 0)]
    assert best({}) == []
