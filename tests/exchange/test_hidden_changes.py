"""Changes that once went unseen: each pair differs in something that is on no list, so the two are never the same."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.details import of_rest
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

CHUNK = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"


def recording(message=None, choice=None, request=None, asked=None, body=None):
    """A small chat recording with some of its parts replaced. body: instead of the whole reply."""
    told = {"role": "assistant", "content": "Hello", **(message or {})}
    reply = {"id": "x", "model": "m", "object": "chat.completion"}
    reply["choices"] = [{"index": 0, "finish_reason": "stop", "message": told, **(choice or {})}]
    body_asked = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], **(asked or {})}
    url = "https://h.test/v1/chat/completions"
    return {
        "request": {"method": "POST", "url": url, "body": body_asked, "model": "m", **(request or {})},
        "response": {"body": reply if body is None else body, "is_streaming": isinstance(body, list)},
    }


def called(arguments):
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return recording({"content": None, "tool_calls": [call]})


def filtered(verdict):
    return recording(choice={"content_filter_results": {"hate": verdict}})


def at(url):
    return recording(request={"url": url})


def with_file(name):
    return recording(asked={"messages": [{"role": "user", "content": [{"type": "file", "file": {"file_id": name}}]}]})


def chunk(text, **others):
    return {"id": "x", "model": "m", "choices": [{"index": 0, "delta": {"content": text}}], **others}


def streamed(*chunks):
    return recording(body=[item if "__data__" in item else {"__type__": CHUNK, "__data__": item} for item in chunks])


def lines(*texts):
    return recording(body=[*texts, ""])


def wrapped(**type_name):
    return recording(body={**type_name, "__data__": recording()["response"]["body"]})


def answered(*blocks):
    """A reply of Anthropic's with these blocks."""
    return recording(body={"type": "message", "role": "assistant", "model": "m", "content": blocks})


def bytes_of(document):
    return (document if isinstance(document, str) else json.dumps(document)).encode()


def asked_call(arguments):
    """A request that gives back a call with these arguments."""
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return recording(asked={"messages": [{"role": "assistant", "content": None, "tool_calls": [call]}]})


def asked_number(text):
    """A request whose temperature is written so."""
    return json.dumps(recording(asked={"temperature": "HERE"})).replace('"HERE"', text)


def delta(**others):
    return {"id": "x", "model": "m", "choices": [{"index": 0, "delta": others}]}


def filtered_chunk(words, verdict):
    """A chunk as a filter of Azure's lets it pass."""
    passed = {"hate": {"filtered": verdict, "severity": "safe"}}
    choice = {"index": 0, "finish_reason": None, "logprobs": None, "delta": {"content": words}}
    return {"id": "x", "model": "m", "choices": [choice | {"content_filter_results": passed}]}


def text(words, **others):
    return {"type": "text", "text": words, **others}


def ran(**result):
    """A reply in which the server ran code."""
    content = {"type": "code_execution_result", "stdout": "x", **result}
    return answered({"type": "code_execution_tool_result", "tool_use_id": "s1", "content": content}, text("Done."))


PASSED = {"filtered": False, "severity": "safe"}
HIDDEN = {
    "a key of arguments given twice": (called('{"a": 1, "a": 2}'), called('{"a": 2}')),
    "a key deep in arguments given twice": (called('{"x": [{"a": 1, "a": 2}]}'), called('{"x": [{"a": 2}]}')),
    "a filter that says 1": (filtered(PASSED), filtered({**PASSED, "filtered": 1})),
    "a filter that says true as text": (filtered(PASSED), filtered({**PASSED, "filtered": "true"})),
    "a filter with false at an unknown key": (filtered(PASSED), filtered({**PASSED, "reviewed": False})),
    "a filter with an empty list at an unknown key": (filtered(PASSED), filtered({**PASSED, "found": []})),
    "a filter with words": (filtered(PASSED), filtered({**PASSED, "note": "blocked"})),
    "a filter that is a text": (filtered(PASSED), filtered("blocked")),
    "an empty query": (at("https://h.test/p"), at("https://h.test/p?")),
    "an empty fragment": (at("https://h.test/p"), at("https://h.test/p#")),
    "a tab in a path": (at("https://h.test/p"), at("https://h.test/\tp")),
    "a blank before a URL": (at("https://h.test/p"), at(" https://h.test/p")),
    "a file that a person named": (with_file("report-20241105"), with_file("report-20241106")),
    "a file that is named like a span of days": (
        with_file("2024-11-05-2024-11-06"),
        with_file("2024-11-05-2024-11-09"),
    ),
    "a key named like an event": (
        lines("event: e", f"data: {json.dumps(chunk('a'))}"),
        lines(f"data: {json.dumps(chunk('a') | {'(event)': 'e'})}"),
    ),
    "keys named like a second value": (
        streamed(chunk("a", l=[{"index": 0, "x": 1}, {"index": 0, "x": 2}])),
        streamed(chunk("a", l=[{"index": 0, "x": 1, "index'": 0, "x'": 2}])),
    ),
    "a wrapper without a type": (wrapped(), recording()),
    "a type that is null": (wrapped(__type__=None), recording()),
    "what stands beside a chunk": (
        streamed({"__type__": CHUNK, "__data__": chunk("a"), "z": 1}, chunk("b")),
        streamed(chunk("a"), {"__type__": CHUNK, "__data__": chunk("b"), "z": 1}),
    ),
    "the order of types": (
        streamed({"__type__": "x.One", "__data__": chunk("a")}, chunk("b"), chunk("c")),
        streamed(chunk("a"), chunk("b"), {"__type__": "x.One", "__data__": chunk("c")}),
    ),
    "text that moves to another block": (answered(text("ab"), text("c")), answered(text("a"), text("bc"))),
    "a citation of other words": (
        answered(text("a", citations=[{"url": "u"}]), text("bc")),
        answered(text("ab", citations=[{"url": "u"}]), text("c")),
    ),
    "a citation that moves to the next block": (
        answered(text("ab", citations=[{"url": "u"}]), text("cd")),
        answered(text("ab"), text("cd", citations=[{"url": "u"}])),
    ),
    "a block's end in a list of texts": (
        recording({"content": [{"type": "text", "text": "ab"}, {"type": "text", "text": "c"}]}),
        recording({"content": [{"type": "text", "text": "a"}, {"type": "text", "text": "bc"}]}),
    ),
    "pieces of an unknown text that are alike": (
        streamed(delta(content="a", zz="ha"), delta(content="b", zz="ha")),
        streamed(delta(content="ab", zz="ha")),
    ),
    "a known object that lacks a key": (
        streamed(chunk("a", citations=[{"url": "u", "title": 1}]), chunk("b", citations=[{"url": "v", "title": 1}])),
        streamed(chunk("a", citations=[{"url": "u", "title": 1}]), chunk("b", citations=[{"url": "v"}])),
    ),
    "a filter of one chunk that says 0": (
        streamed(filtered_chunk("a", False), filtered_chunk("b", False), filtered_chunk("c", False)),
        streamed(filtered_chunk("a", False), filtered_chunk("b", False), filtered_chunk("c", 0)),
    ),
    "arguments sent as an object": (asked_call('{"a":1}'), asked_call({"json": {"a": 1}})),
    "arguments sent as the object that the text holds": (asked_call('{"a":1}'), asked_call({"a": 1})),
    "a number that no float holds": (asked_number("1e999"), asked_number('{"number": "1e999"}')),
    "the signature of a function": (ran(signature="def f(a)"), ran(signature="def f(b)")),
    "a thought sent twice, not alike": (
        recording({"reasoning": 1, "reasoning_content": True}),
        recording({"reasoning": True, "reasoning_content": True}),
    ),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_a_change_that_once_went_unseen_is_told(name):
    before, after = (read(bytes_of(one)).exchange for one in HIDDEN[name])

    assert compare(before, after).churn not in (Churn.IDENTICAL, Churn.CHUNKING)
    assert fingerprint(before) != fingerprint(after)


def test_a_request_whose_model_is_null_is_not_one_without():
    null, absent = recording(request={"model": None}), recording()
    for one in (null, absent):
        del one["request"]["body"]["model"]
    del absent["request"]["model"]
    before, after = (read(json.dumps(one).encode()).exchange for one in (null, absent))

    assert fingerprint(before) != fingerprint(after)


def test_ids_of_files_that_a_machine_made_are_still_ids():
    names = ("file-0a1b2c3d4e5f", "file_011CNha8iCJcU1wXNR6q4V8w", "123e4567-e89b-12d3-a456-426614174000")
    found = {fingerprint(read(json.dumps(with_file(name)).encode()).exchange) for name in names}

    assert len(found) == 1


def test_details_of_one_place_of_a_chunk_are_numbered_and_a_hidden_figure_is_told_in_words():
    def calls(*types):
        made = [{"index": 0, "function": {"arguments": "", "name": "f"}, **one} for one in types]
        return {"id": "x", "model": "m", "choices": [{"index": 0, "delta": {"tool_calls": made}}]}

    usage = {"prompt_tokens_details": {"audio_tokens": 3}}
    old = read(json.dumps(streamed(calls({}, {}))).encode()).exchange
    new = read(
        json.dumps(streamed(calls({"type": "function"}, {"type": "function"}), {**chunk(""), "usage": usage})).encode()
    ).exchange

    told = {change.path: change for change in of_rest(old, new)}

    assert not any(path.endswith("'") for path in told)
    assert any(path.endswith(".type #2") for path in told)
    assert "…" not in str([value for change in told.values() for value in (change.old, change.new)])
