import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.difference.values import ABSENT, changes, is_equal
from recviewer.exchange.encode import SourceFloat
from tests.difference.mirror import mirrored

SCALARS = (
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from([0.5, 1.0, -0.0]) | st.text("ab.[", max_size=2)
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab.[", max_size=2), inner, max_size=3),
    max_leaves=10,
)


@given(VALUES)
def test_a_value_does_not_differ_from_itself(value):
    assert changes(value, value) == ()
    assert is_equal(value, value)


@given(VALUES, VALUES)
def test_the_other_way_round_is_the_mirror(old, new):
    found = changes(old, new)

    assert sorted(map(repr, changes(new, old))) == sorted(repr(mirrored(change)) for change in found)


@pytest.mark.parametrize(
    ("old", "new", "paths"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, []),
        ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, ["a.b[1]"]),
        ({"a": 1}, {"a": 1.0}, ["a"]),
        ({"a": 1}, {"a": True}, ["a"]),
        ({"a": None}, {}, ["a"]),
        ([1, 2, 3], [1, 3], ["[1]"]),
        ([{"x": 1}, 5], [{"x": 2}, 4, 5], ["[0].x", "[1]"]),
        (1, "1", [""]),
        (SourceFloat("1.10"), SourceFloat("1.1"), []),
        (SourceFloat("NaN"), SourceFloat("NaN"), []),
        (0.0, -0.0, [""]),
    ],
)
def test_the_deepest_values_that_differ_are_named(old, new, paths):
    assert [change.path for change in changes(old, new)] == paths


def test_what_is_not_there_is_not_null():
    (change,) = changes({"a": None}, {})

    assert (change.old, change.new) == (None, ABSENT)


def test_an_item_put_in_shifts_the_way_in_the_new_value():
    found = changes([{"id": 1, "t": "a"}, {"id": 2, "t": "b"}], [{"id": 0}, {"id": 1, "t": "a"}, {"id": 2, "t": "c"}])

    assert [(change.keys, change.new_keys) for change in found] == [((0,), (0,)), ((1, "t"), (2, "t"))]


def test_deep_values_are_compared_as_a_whole():
    deep = old = {"a": 1}
    for _ in range(100):
        old = {"a": old}
    new = {"a": 2}
    for _ in range(100):
        new = {"a": new}

    assert deep == {"a": 1}
    assert len(changes(old, new)) == 1
