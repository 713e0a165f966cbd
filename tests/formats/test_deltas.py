"""Cutting an answer into deltas in any way, and joining it again."""

import copy
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recviewer.exchange.leftovers import leftovers
from recviewer.exchange.model import CallDelta, Chunk, Delta, ToolCall
from recviewer.formats.deltas import fold, letter_of
from recviewer.formats.reading import read

CASES = Path(__file__).parent.parent / "cases"
CHUNK = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"
PADDING = st.sampled_from([None, ""])


@st.composite
def pieces(draw, text):
    """Draw a way to cut a text, empty pieces among them."""
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=6)))
    return [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]


@st.composite
def streams(draw, text, calls):
    """Draw chat chunks that add up to a text and calls: fragments interleaved, padded, with usage anywhere."""
    body, queues = [], [[{"content": piece} for piece in draw(pieces(text))]]
    for index, (id, name, arguments) in enumerate(calls):
        first = {"index": index, "id": id, "type": "function", "function": {"name": name, "arguments": draw(PADDING)}}
        rest = [
            {"index": index, "id": draw(PADDING), "type": None, "function": {"name": draw(PADDING), "arguments": piece}}
            for piece in draw(pieces(arguments))
        ]
        queues.append([{"tool_calls": [entry]} for entry in [first, *rest]])
    while any(queues):
        queue = draw(st.sampled_from([queue for queue in queues if queue]))
        delta = {"content": draw(PADDING), "role": draw(st.sampled_from([None, "assistant"]))} | queue.pop(0)
        body.append({"choices": [{"index": 0, "delta": delta, "finish_reason": draw(PADDING)}]})
        if draw(st.booleans()):
            body.append({"choices": [], "usage": draw(st.sampled_from([None, {"total_tokens": 3}]))})
    body.append({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
    return [{"__type__": CHUNK, "__data__": element} for element in body]


def reading_of(body):
    document = {"request": {"body": {"messages": []}}, "response": {"body": body, "is_streaming": True}}
    return read(json.dumps(document).encode())


CALLS = st.lists(
    st.tuples(st.text("abc0", min_size=1, max_size=3), st.text("xyz", min_size=1), st.text(max_size=12)), max_size=3
)


@given(st.text(max_size=30), CALLS, st.data())
def test_any_cut_of_an_answer_folds_back_to_it(text, calls, data):
    reading = reading_of(data.draw(streams(text, calls)))

    [output] = reading.exchange.outputs
    assert output.content == text
    assert output.tool_calls == tuple(ToolCall(*call) for call in calls)
    assert output.finish_reason == "stop"
    assert fold(delta for chunk in reading.chunks() for delta in chunk.deltas) == (output,)


@given(st.lists(st.text(max_size=10), min_size=1, max_size=4), st.data())
def test_choices_stay_apart_however_they_interleave(texts, data):
    queues = {index: data.draw(pieces(text)) for index, text in enumerate(texts)}
    body = []
    while any(queues.values()):
        index = data.draw(st.sampled_from([index for index, queue in queues.items() if queue]))
        choice = {"index": index, "delta": {"content": queues[index].pop(0)}, "finish_reason": None}
        body.append({"__type__": CHUNK, "__data__": {"choices": [choice]}})

    assert [output.content for output in reading_of(body).exchange.outputs] == texts


@pytest.mark.slow
@pytest.mark.parametrize("odd", [{"usage": 7}, {"created": 10**30}, {"choices": [{"delta": {"content": 5}}]}])
@settings(max_examples=30)
@given(st.text(max_size=20), CALLS, st.data())
def test_careful_reader_agrees_with_the_fast_one(odd, text, calls, data):
    body = data.draw(streams(text, calls))

    found = reading_of([*body, {"__type__": CHUNK, "__data__": {"choices": []} | odd}]).exchange

    assert found.outputs == reading_of(body).exchange.outputs


def holder_of(element, key):
    """Return the object that the last key stands in, {} where a step is missing."""
    data = element.get("__data__", element)
    for step in key[:-1]:
        try:
            data = data[step]
        except (KeyError, IndexError):
            return {}
    return data


def recut(body, key):
    """Return a stream's elements, each of those with text at the key cut in two."""
    made = []
    for element in body:
        text = holder_of(element, key).get(key[-1])
        if isinstance(text, str) and len(text) > 1:
            element = copy.deepcopy(element)
            made.append(copy.deepcopy(element))
            holder_of(made[-1], key)[key[-1]], holder_of(element, key)[key[-1]] = text[:1], text[1:]
        made.append(element)
    return made


@pytest.mark.parametrize(
    ("case", "key"),
    [
        ("ollama_generate/streamed.json", ("response",)),
        ("ollama_chat/streamed.json", ("message", "content")),
        ("genai/streamed_text.json", ("candidates", 0, "content", "parts", 0, "text")),
        ("openai_completion/streamed.json", ("choices", 0, "text")),
    ],
)
def test_other_streams_fold_back_when_cut_finer(case, key):
    document = json.loads((CASES / case).read_bytes())
    expected = read(json.dumps(document).encode()).exchange.outputs[0].content

    body = document["response"]["body"]
    document["response"]["body"] = recut(body, key)
    found = read(json.dumps(document).encode()).exchange

    assert len(document["response"]["body"]) > len(body)
    assert found.outputs[0].content == expected


def test_fold_of_nothing_is_nothing():
    assert fold([]) == ()


def fragments(*calls):
    [output] = fold([Delta(calls=tuple(CallDelta(*call) for call in calls))])
    return [(call.id, call.name, call.arguments) for call in output.tool_calls]


@pytest.mark.parametrize(
    ("calls", "expected"),
    [
        ([(0, "0", "f", ""), (0, "0", "", "{"), (0, "0", "f", "}")], [("0", "f", "{}")]),
        ([(0, "a", "f", "{}"), (0, "b", "g", "{}")], [("a", "f", "{}"), ("b", "g", "{}")]),
        ([(0, "", "f", "{}"), (0, "", "g", "{}")], [("", "f", "{}"), ("", "g", "{}")]),
        ([(None, "a", "f", "{"), (None, "", "", "}")], [("a", "f", "{}")]),
        ([(None, "a", "f", "1"), (None, "b", "f", "2"), (None, "a", "", "3")], [("a", "f", "13"), ("b", "f", "2")]),
        ([(None, "", "f", "{}"), (None, "", "f", "{}")], [("", "f", "{}"), ("", "f", "{}")]),
        ([(5, "a", "f", "1"), (2, "b", "g", "2"), (5, "", "", "3")], [("b", "g", "2"), ("a", "f", "13")]),
        ([(0, "a", "", ""), (0, "", "ge", ""), (0, "", "t", "{}")], [("a", "get", "{}")]),
    ],
    ids=["id repeated", "second id", "second name", "no index", "ids", "no ids", "gaps", "name in pieces"],
)
def test_call_fragments_are_joined(calls, expected):
    assert fragments(*calls) == expected


@pytest.mark.parametrize(
    ("deltas", "letter"),
    [
        ([Delta(text="a"), Delta(calls=(CallDelta(0, "", "", ""),))], "c"),
        ([Delta(reasoning="a"), Delta(text="a")], "t"),
        ([Delta(refusal="a", finish="stop"), Delta(reasoning="a")], "r"),
        ([Delta(finish="stop"), Delta(refusal="a")], "x"),
        ([Delta(finish="stop")], "f"),
        ([Delta(role="assistant")], "u"),
    ],
)
def test_chunk_is_named_after_the_first_thing_a_reader_would_name(deltas, letter):
    assert letter_of(Chunk(1, tuple(deltas), {"total_tokens": 1}, {}, 0)) == letter


def test_leftovers_are_everything_but_what_was_read_or_is_empty():
    chunk = {"id": "x", "choices": [{"delta": {"content": "a"}, "seed": 2**64, "empty": []}], "usage": None}

    assert leftovers(chunk, frozenset({"choices[].delta.content"})) == {"id": "x", "choices[0].seed": 2**64}


def test_input_of_a_custom_tool_is_any_text():
    call = {"index": 0, "id": "c", "type": "custom", "custom": {"name": "sql", "input": "SELECT"}}
    more = {"index": 0, "custom": {"input": " 1"}}
    body = [{"choices": [{"index": 0, "delta": {"tool_calls": [entry]}}]} for entry in (call, more)]

    assert reading_of(body).exchange.outputs[0].tool_calls == (ToolCall("c", "sql", "SELECT 1", is_text=True),)
