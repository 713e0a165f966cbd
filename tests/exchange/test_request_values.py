"""The values of a request besides its messages."""

import json

import pytest

from recviewer.exchange.model import Exchange, Kind, Request
from recviewer.exchange.request_values import LONGEST, request_values


def told(**kept):
    found = request_values(Exchange(kind=Kind.CHAT, request=Request(**kept)))
    return json.loads(found) if found else {}


def test_short_values_are_told_and_long_ones_by_a_digest():
    longer = "x" * (LONGEST + 1)

    found = told(params={"temperature": 0.5, "user": "me", "is_new": True, "rules": longer, "format": {"a": 1}})

    assert {key: found[key] for key in ("temperature", "user", "is_new")} == {
        "temperature": "0.5",
        "user": "me",
        "is_new": "true",
    }
    assert found["rules"].startswith("#")
    assert found["format"].startswith("#")
    assert longer not in found["rules"]


@pytest.mark.parametrize("value", ["#abc", "", "x" * 400, ["a"], {"a": []}])
def test_no_value_can_be_taken_for_the_digest_of_another(value):
    """A text that looks like a digest is told by its own."""
    assert told(params={"user": value})["user"] != value
    assert told(params={"user": value}) == told(params={"user": value})
    assert told(params={"user": value}) != told(params={"user": "other" * 9})


def test_what_a_row_shows_itself_and_what_is_not_set_are_left_out():
    assert told(params={"model": "m", "stream": True, "seed": None, "previous_response_id": "resp_1"}) == {}


def test_tools_count_as_one_value():
    one, other = told(tools=({"name": "a"},)), told(tools=({"name": "b"},))

    assert set(one) == {"tools"}
    assert one != other
    assert told(tools=({"name": "a"},)) == one
