import json
from pathlib import Path

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


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="only Linux tells")
def test_many_small_values_take_no_more_memory_than_they_need():
    def pages():
        return int(Path("/proc/self/statm").read_text().split()[1])

    before = pages()
    kept = [encode({"a": at}) for at in range(50_000)]

    assert (pages() - before) * 4096 < 100_000_000  # 4 KB each would be 200 MB
    assert kept[7] == b'{"a":7}'


@pytest.mark.parametrize("text", [r'["\\"]', r'["\\\"[[[["]', '[["]]"]]', r'["\u005b[[[["]'])
def test_nesting_knows_where_a_string_ends(text):
    padded = text + " " + "[]" * 4

    assert nesting(padded.encode(), limit=3) in (1, 2)
