"""Streams of DashScope of which nobody says whether each event repeats what was said before it."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.formats.reading import read

URL = "https://dashscope.aliyuncs.com/api/v1/services/aigc/text-generation/generation"


def reading(*texts, **parameters):
    """The exchange of a stream of these texts."""
    lines = []
    for number, text in enumerate(texts, 1):
        choice = {"message": {"role": "assistant", "content": text}, "finish_reason": "null"}
        if number == len(texts):
            choice["finish_reason"] = "stop"
        lines += [f"data: {json.dumps({'output': {'choices': [choice]}, 'request_id': 'r'})}", ""]
    body = {"model": "qwen-plus", "input": {"messages": [{"role": "user", "content": "Laugh."}]}}
    if parameters:
        body["parameters"] = parameters
    told = {"request": {"url": URL, "body": body}, "response": {"body": lines, "is_streaming": True}}
    return read(json.dumps(told).encode()).exchange


@pytest.mark.parametrize(
    ("one", "other"), [(("ha", "ha", "ha"), ("ha", "ha")), (("ha", "ha"), ("ha", "")), (("ha", "ha", ""), ("ha", ""))]
)
def test_equal_pieces_are_not_taken_for_one(one, other):
    old, new = reading(*one), reading(*other)

    assert compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert old.outputs[0].content == "".join(one)


@pytest.mark.parametrize("last", ["Saturn.", "Saturn. Mars."])
def test_texts_that_grow_are_told_once(last):
    exchange = reading("Sat", "Saturn.", last)

    assert exchange.outputs[0].content == last


def test_what_the_request_asks_for_decides():
    assert reading("ha", "ha", incremental_output=False).outputs[0].content == "ha"
    assert reading("Sat", "Saturn", incremental_output=True).outputs[0].content == "SatSaturn"


@pytest.mark.parametrize(
    ("one", "other"), [(("a", "ab"), ("a", "b")), (("a", "ab", "abc"), ("ab", "abc")), (("a", "ab"), ("", "ab"))]
)
def test_a_few_texts_that_grow_may_be_pieces_so_that_where_they_were_cut_counts(one, other):
    old, new = reading(*one), reading(*other)

    assert compare(old, new).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert [problem.what for problem in old.problems if "nobody says whether" in problem.what]


def test_many_texts_that_grow_repeat_for_sure():
    old, new = reading("S", "Sa", "Satu", "Saturn"), reading("Sa", "Satu", "Satur", "Saturn", "Saturn")

    assert old.problems == new.problems == ()
    assert compare(old, new).churn is Churn.CHUNKING


@pytest.mark.parametrize("asked", [True, False])
def test_who_says_how_the_events_come_leaves_nothing_to_guess(asked):
    assert reading("a", "ab", incremental_output=asked).problems == ()
