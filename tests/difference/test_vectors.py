"""Embeddings that differ by rounding alone say the same, and that is said; all others count."""

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.difference.vectors import distance
from recviewer.exchange.model import Exchange, Kind, Vector
from tests.difference.mirror import mirrored

VALUES = (0.25, -0.5, 0.125, 0.75)


def embedded(*vectors):
    return Exchange(Kind.EMBEDDINGS, exhibits=tuple(Vector(place, values) for place, values in enumerate(vectors)))


def test_rounding_is_harmless_and_said():
    near = (0.2500001, *VALUES[1:])

    difference = compare(embedded(VALUES, VALUES), embedded(VALUES, near))

    assert difference.churn is Churn.IDENTICAL
    (said,) = difference.ignored
    assert (said.path, said.count) == ("numbers of an embedding", 1)
    assert said.new.startswith("1 − cosine")
    assert compare(embedded(VALUES, near), embedded(VALUES, VALUES)) == mirrored(difference)


@pytest.mark.parametrize(
    "other",
    [
        (0.26, *VALUES[1:]),
        tuple(2 * value for value in VALUES),
        tuple(-value for value in VALUES),
        VALUES[:-1],
        (0.0,) * 4,
        (float("nan"), *VALUES[1:]),
    ],
)
def test_another_embedding_counts(other):
    assert compare(embedded(VALUES), embedded(other)).churn is Churn.TEXT
    assert compare(embedded(VALUES), embedded(VALUES, VALUES)).churn is Churn.TEXT


def test_distance_of_equal_and_of_orthogonal_vectors():
    assert distance(VALUES, VALUES) == pytest.approx(0.0, abs=1e-12)
    assert distance((1.0, 0.0), (0.0, 1.0)) == 1.0
