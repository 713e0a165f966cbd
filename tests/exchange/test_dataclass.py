"""Dataclasses that the type checker alone guards are values like those of the standard library."""

import dataclasses

import pytest

from recviewer.exchange.dataclass import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    size: int


@dataclass
class Count:
    so_far: int = 0


def test_frozen_ones_are_equal_and_hashed_by_their_fields():
    assert Point(1) == Point(1, 0) != Point(1, 2)
    assert len({Point(1), Point(1, 0), dataclasses.replace(Point(1, 2), y=0)}) == 1
    assert [field.name for field in dataclasses.fields(Point)] == ["x", "y"]


def test_others_are_as_in_the_standard_library():
    assert Step(1) != Step(1)
    assert len({Step(1), Step(1)}) == 2
    with pytest.raises(TypeError, match="unhashable"):
        hash(Count())
