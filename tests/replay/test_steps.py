import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.replay.steps import CutClause, DropInside, DropKeys, Replace, RoundNumbers, rewritten

SCORE = Replace("score:", re.compile(r"score:\s*\d+"), "score: X")
CLAUSE = CutClause("attributes:", re.compile(r"attributes:\s*\{"), "}")
ROUND = RoundNumbers(5)
FRAGMENTS = [",", " ", "\n", "\u2003", "attributes:", "{", "}", "x", "1", "23456", ".", "-", "٣٤٥٦٧", "𝟜", "e-07"]


def pieced(*fragments: str) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(fragments) | st.text(max_size=3), max_size=14).map("".join)


def test_dropped_keys_are_missed_in_the_outermost_object_only():
    body = {"stream_options": 1, "inner": {"stream_options": 2}}

    assert DropKeys(("stream_options",)).applied(body) == {"inner": {"stream_options": 2}}


def test_dropping_keys_leaves_other_values_alone():
    assert DropKeys(("a",)).applied([{"a": 1}]) == [{"a": 1}]


@pytest.mark.parametrize(("host", "wanted"), [("bedrock.eu", True), ("api.example", False), ("", False)])
def test_a_drop_for_some_hosts_looks_at_the_host(host, wanted):
    assert DropKeys(("a",), host_contains="bedrock").may_change('{"a": 1}', host) is wanted


def test_a_drop_changes_nothing_where_its_key_is_missing():
    assert not DropKeys(("a",)).may_change('{"b": 1}', "")
    assert not DropInside(("p",), ("a",)).may_change('{"b": 1}', "")


def test_keys_inside_parents_are_dropped_at_the_root_and_in_items_of_lists():
    step = DropInside(("extra",), ("id",))
    body = {
        "extra": {"id": 1, "k": 2},
        "deep": {"extra": {"id": 3}},
        "list": [{"extra": {"id": 4}}, [{"extra": {"id": 5}}]],
    }

    assert step.applied(body) == {
        "extra": {"k": 2},
        "deep": {"extra": {"id": 3}},
        "list": [{"extra": {}}, [{"extra": {}}]],
    }


def test_keys_inside_parents_stay_where_the_parent_is_no_object():
    assert DropInside(("extra",), ("id",)).applied({"extra": ["id"]}) == {"extra": ["id"]}


def test_a_match_is_replaced_wherever_it_stands():
    assert SCORE.rewritten("a score: 12, score:3.") == "a score: X, score: X."


def test_a_clause_goes_with_its_comma_and_white_space():
    assert CLAUSE.rewritten("id: 1,\n attributes: {'a': 1}, b attributes:{}") == "id: 1, b"


def test_an_open_clause_stays():
    assert CLAUSE.rewritten("a, attributes: {'b': 1") == "a, attributes: {'b': 1"


@given(pieced(*FRAGMENTS))
def test_cutting_equals_the_plain_expression(text):
    assert CLAUSE.rewritten(text) == re.sub(r",?\s*attributes:\s*\{[^}]*\}", "", text)


@given(pieced(*FRAGMENTS))
def test_reprinting_equals_the_plain_expression(text):
    assert ROUND.rewritten(text) == re.sub(r"(-?\d+\.\d{4,})", lambda found: f"{float(found[0]):.5f}", text)


@given(pieced(*FRAGMENTS) | st.floats())
def test_what_rounding_changes_shows_in_the_json_text(value):
    text = json.dumps({"k": value})

    assert ROUND.may_change(text) or json.dumps({"k": rewritten(value, ROUND)}) == text


def test_floats_are_rounded_and_whole_numbers_are_not():
    assert [rewritten(value, ROUND) for value in (0.1234567, 1e-07, 3.0)] == [0.12346, 0.0, 3.0]
    assert rewritten("n 0.1234567 1.5", ROUND) == "n 0.12346 1.5"


@pytest.mark.parametrize(
    ("step", "text"),
    [
        (CLAUSE, " " * 300_000 + "attributes: ["),
        (CLAUSE, "attributes: {" * 30_000),
        (ROUND, "1" * 300_000 + "x.12345"),
        (ROUND, "1.1111" * 50_000),
    ],
)
def test_strings_made_to_be_slow_are_not(step, text):
    start = time.process_time()

    step.rewritten(text)

    assert time.process_time() - start < 5
