"""Findings that were there before."""

import pytest

from recviewer import smells
from recviewer.checking import baseline
from recviewer.checking.model import HowCounted, Located
from tests.smells.building import chat, recorded


def found(*documents):
    sides = [recorded(document).side for document in documents]
    return [Located(one, one.file) for one in smells.of_recordings(sides) if one.rule.name == "recorded-error"]


def known(made, now):
    return [one.standing is HowCounted.KNOWN for one in made.marked(now)]


def written(some):
    return baseline.read(baseline.text_of(some))


def test_the_same_is_known_and_more_is_not():
    before = found(chat("1", error="slow down"))

    assert known(written(before), before) == [True]
    assert known(written(before), found(chat("1", error="slow down"), chat("2", error="slow down"))).count(True) == 1
    assert known(written([]), before) == [False]


def test_what_was_made_anew_in_the_same_test_is_known():
    assert known(written(found(chat("1", error="slow down"))), found(chat("2", error="slow down"))) == [True]


def test_the_same_in_another_test_is_not():
    other = found(chat("2", error="slow down", test="tests/a.py::other"))

    assert known(written(found(chat("1", error="slow down"))), other) == [False]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"recviewer_baseline": 2}', '{"recviewer_baseline": 1}\n{"rule": 1}'])
def test_what_is_no_baseline_is_told_so(text):
    with pytest.raises(baseline.BadBaseline):
        baseline.read(text)
