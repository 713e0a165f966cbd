import pytest
from hypothesis import given
from hypothesis import strategies as st

from recviewer.exchange.model import ToolCall
from recviewer.pages.recording.calls import Layout, call_view
from recviewer.pages.text import texts
from recviewer.pages.text.folds import Folds
from recviewer.pages.text.jsontext import compact, parse, pretty
from recviewer.pages.text.test_ids import parse as parse_id


@given(st.text(max_size=4000), st.integers(1, 300), st.integers(1, 20))
def test_shown_and_rest_are_the_whole_text(text, characters, lines):
    folds = Folds.asked_by(["x-rest"])

    made = texts.words(folds, "x", text, texts.Limit(characters, lines))

    assert made.shown + (made.rest.body if made.rest else "") == text


def test_rest_says_how_much_it_is():
    made = texts.words(Folds(), "x", "line\n" * 100, texts.Limit(10_000, 10))

    assert made.shown == "line\n" * 10
    assert made.rest.size == "91 lines, 450 B"


@pytest.mark.parametrize(
    "text",
    ["[get_weather(city='Oslo')]", '{"name": "f", "parameters": {"a": 1}}', "<tool_call>{}", "<|python_tag|>f()"],
)
def test_call_shaped_text_is_noticed(text):
    assert texts.is_call_shaped(text)


@pytest.mark.parametrize("text", ["", "Hello", "[1]", '{"name": "Ada", "age": 36}', "call f(x)"])
def test_other_text_is_not(text):
    assert not texts.is_call_shaped(text)


@pytest.mark.parametrize("around", ["{}", "```json\n{}\n```"])
def test_json_answer_can_be_read_as_a_tree(around):
    text = around.format('{"names": ["Ada", "Bo"], "score": 0.50, "score": 1}')

    made = texts.words(Folds(), "x", text, texts.ANSWER)

    assert (made.shown, made.as_json.template, made.as_json.size) == (text, "folds/_tree.html", "6 values")
    told = [step.text for step in made.as_json.body if step.what == "leaf"]
    assert told == ['"Ada"', '"Bo"', "0.50", "1"]


def test_json_that_is_too_much_for_a_tree_is_indented():
    made = texts.words(Folds(), "x", str([0] * 2000), texts.ANSWER)

    assert (made.as_json.template, made.as_json.size) == ("folds/_window.html", "2,002 lines")


def test_json_answer_can_be_read_indented():
    made = texts.words(Folds(), "x", '{"name": "Ada", "score": 0.50}', texts.ANSWER)

    assert made.as_json.body == '{\n  "name": "Ada",\n  "score": 0.50\n}'


@pytest.mark.parametrize(
    ("arguments", "layout"),
    [
        ("", Layout.LINE),
        ('{"a": 1}', Layout.LINE),
        ('{"text": "' + "x" * 120 + '"}', Layout.LINES),
        ("{broken", Layout.TEXT),
        ("[1]", Layout.TEXT),
    ],
)
def test_call_is_laid_out_by_its_arguments(arguments, layout):
    assert call_view(ToolCall("", "f", arguments), Folds(), "c").layout is layout


def test_broken_arguments_are_shown_as_sent_with_the_place():
    made = call_view(ToolCall("", "f", '{"a": 1;}'), Folds(), "c")

    assert made.sent == '{"a": 1;}'
    assert made.problem == "not JSON at character 8"


def test_text_for_a_tool_that_takes_any_is_no_fault():
    made = call_view(ToolCall("", "run_sql", "SELECT 1", is_text=True), Folds(), "c")

    assert (made.layout, made.sent, made.problem) == (Layout.TEXT, "SELECT 1", "")


def test_nested_argument_becomes_a_block():
    made = call_view(
        ToolCall("", "f", compact({"rows": [{"a": number, "b": "x" * 20} for number in range(5)]})), Folds(), "c"
    )

    assert made.arguments[0].is_block


def test_numbers_keep_their_text():
    value = parse('{"a": 1.50, "b": 1e400, "c": 12345678901234567890123}').value

    assert compact(value) == '{"a": 1.50, "b": 1e400, "c": 12345678901234567890123}'
    assert pretty([1.0, {}]) == "[\n  1.0,\n  {}\n]"


@pytest.mark.parametrize(
    ("whole", "parts"),
    [
        ("tests/t.py::test_a[x::y/z]", ("tests/t.py::", "test_a", "[x::y/z]")),
        ("tests/t.py::TestA::test_b", ("tests/t.py::", "TestA::test_b", "")),
        ("odd", ("", "odd", "")),
    ],
)
def test_test_ids_are_taken_apart_without_loss(whole, parts):
    made = parse_id(whole)

    assert (made.file, made.function, made.parameters) == parts
    assert made.whole == whole
