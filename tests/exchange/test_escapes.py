import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.exchange.escapes import leaves, spelled_out, words_in
from recviewer.exchange.model import Exchange, Kind, Left, Output, Problem, ToolCall
from recviewer.exchange.searched import searchable
from recviewer.exchange.text import line_of

VALUES = st.recursive(
    st.text() | st.integers() | st.booleans() | st.none() | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r'{"city": "Z\u00fcrich"}', '{"city": "Zürich"}'),
        (r'["\ud83d\ude00 \u4eca\u65e5"]', '["😀 今日"]'),
        (r'{"city": "Z\u00FCrich and', '{"city": "Zürich and'),
        (r'{"a": "\u0928\u094d"}', '{"a": "न्"}'),
        (r'{"a": "\\u00fc \u0022 \u005c \n \u0000 \u202e \u200b \u00a0 \ud83d"}', None),
        (r"print('\u00fc')", None),
        (r"{not json \u00fc}", None),
        (r'{"city": "Z\u00f', None),
        ("plain", None),
    ],
)
def test_escapes_of_json_become_characters_that_can_be_seen(text, shown):
    assert spelled_out(text) == (shown or text)


@given(VALUES)
def test_json_means_the_same_when_it_is_spelled_out(value):
    sent = json.dumps(value)

    assert json.loads(spelled_out(sent)) == json.loads(sent)


@given(VALUES, st.integers(0, 40))
def test_any_beginning_of_json_is_read(value, end):
    spelled_out(json.dumps(value)[:end])
    list(words_in(json.dumps(value)[:end]))


@given(st.text(alphabet='{}[]"\\u0dD83fcü ', max_size=30))
def test_any_text_is_read(text):
    spelled_out(text)
    list(words_in(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r'{"a": "one\ntwo"}', ["a", "one", "two"]),
        (r'{"a": "{\"b\": \"Gr\\u00f6\\u00dfe\"}"}', ["Größe"]),
        (r'"Z\u00fcrich"', ["Zürich"]),
        (r"error: 'Z\u00fcrich'", ["'Zürich'"]),
        ("plain", []),
    ],
)
def test_text_says_its_words_without_escapes(text, words):
    said = " ".join(words_in(text)).split()

    assert set(words) <= set(said)
    assert words or not said


def test_every_key_and_value_is_a_word():
    found = list(leaves({"a": [1, True, None, "x"], "b": {"c": 1.5}}))

    assert found == ["a", "1", "true", "x", "b", "c", "1.5"]


CALL = ToolCall("c1", "get_weather", r'{"city": "Z\u00fcrich", "note": "one\ntwo"}')


def test_call_is_found_and_shown_in_words():
    exchange = Exchange(Kind.CHAT, outputs=(Output(tool_calls=(CALL,), finish_reason="tool_calls"),))
    words = searchable(exchange)[1].text.split("\n")

    assert words[1] == r'{"city": "Zürich", "note": "one\ntwo"}'
    assert {"two", "Zürich", CALL.arguments} <= set(words)
    assert line_of(exchange).answered == r'get_weather {"city": "Zürich", "note": "one\ntwo"}'


def test_what_no_reader_understands_is_found():
    exchange = Exchange(
        Kind.UNKNOWN,
        unread={"strange": ["shape"]},
        left=(Left("choices[0].odd", {"inner": "riddle"}),),
        problems=(Problem("choices[0].odd", "an object, where text was expected"),),
    )

    assert {"strange", "shape", "inner", "riddle"} <= set(searchable(exchange)[1].text.split())
    assert "choices[0].odd: an object" in searchable(exchange)[1].text
