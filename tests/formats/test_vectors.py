"""Vectors of embeddings that are none."""

import pytest

from recviewer.formats.vectors import LARGEST, vector_of


@pytest.mark.parametrize("value", [[0.5, 10**400], [-(10**400)], [True, 10**309]])
def test_a_number_that_no_float_holds_makes_no_vector(value):
    problems = []

    assert vector_of(value, 0, "response.body.data[0].embedding", problems) is None
    assert [one.where for one in problems] == ["response.body.data[0].embedding"]


def test_the_largest_number_is_one_of_a_vector():
    problems = []

    assert vector_of([LARGEST, 0.5], 0, "x", problems).values == (LARGEST, 0.5)
    assert problems == []
