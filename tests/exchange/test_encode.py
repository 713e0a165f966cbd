import json

import pytest

from recviewer.exchange.encode import SourceFloat, encode, nesting


@pytest.mark.parametrize("number", [2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**4000])
def test_integers_of_any_length_are_exact(number):
    assert encode({"a": [number]}) == b'{"a":[%d]}' % number


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_json_does_not_have_is_null(text):
    assert encode([SourceFloat(text), float(text)]) == b"[null,null]"


def test_number_that_no_float_holds_keeps_its_digits():
    assert encode({"a": SourceFloat("1E400"), "b": 2**70}) == b'{"a":1E400,"b":1180591620717411303424}'


def test_float_is_written_the_same_whether_it_keeps_its_text_or_not():
    assert encode(SourceFloat("1.10E-5")) == encode(1.10e-5)


def test_text_that_is_not_unicode_is_written_as_its_escape():
    assert json.loads(encode({"a\udcff": ["\ud800"]})) == {"a\\udcff": ["\\ud800"]}


def test_keys_are_sorted_where_asked():
    assert (
        encode({"b": 2**70, "a": {"d": 1, "c": 2}}, is_sorted=True) == b'{"a":{"c":2,"d":1},"b":1180591620717411303424}'
    )


@pytest.mark.parametrize("inner", ["1.5", "18446744073709551616", '"Gr\\u00f6\\u00dfe"', "null"])
def test_value_deeper_than_orjson_goes_is_written_all_the_same(inner):
    value = json.loads("[" * 300 + inner + "]" * 300)

    assert json.loads(encode(value)) == value


def test_what_is_no_json_at_all_is_refused():
    with pytest.raises(TypeError):
        encode({"a": object()})


@pytest.mark.parametrize(
    ("text", "depth"), [("[[],[],[]]", 2), ('["[[[["]', 1), ('["\\"[[[["]', 1), ('[{"[": [{}, []]}]', 4), ("[]", 0)]
)
def test_nesting_counts_brackets_outside_strings_where_there_are_many(text, depth):
    assert nesting(text.encode(), limit=3) == depth


def test_nesting_stops_just_above_the_limit():
    assert nesting(b"[" * 100_000, limit=7) == 8
