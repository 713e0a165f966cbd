"""What stands under a key, wherever it is, of what no reader took as meaning."""

from __future__ import annotations

from recviewer.smells.rest import values


def test_a_name_is_found_at_any_depth_and_in_any_case():
    rest = {"types": ["a"], "list": [{"b": {"__TYPE__": "c"}}, {"choices[0].types": {"d": 1}}], "none": {"types": []}}

    assert list(values(rest, "types", "__type__")) == [["a"], "c", {"d": 1}]


def test_a_text_that_has_the_name_is_no_key():
    assert list(values({"body": [{"text": 'types"', "what": 'its "types": 1'}]}, "types")) == []


def test_values_that_json_does_not_have_hide_no_name():
    odd = {"half": "\ud800", "long": 2**80, "none": float("nan"), "é\ud800.types": 1}

    assert list(values({"body": [odd]}, "types")) == [1]
