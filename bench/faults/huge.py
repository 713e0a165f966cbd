"""Write recordings with too much of one thing. They contain only numbers and words: every run writes the same bytes.

    python bench/faults/huge.py DIR [--many 100000] [--giant]

Writes DIR/NAME.json for each kind, and DIR/NAME.other.json for comparison: the same with one change at its end.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

Json = Any
MAKERS: dict[str, Callable[[int, str], Json]] = {}
GIANTS: dict[str, Callable[[str], bytes]] = {}
HIDDEN = "a\u200b\u202e\u0007"


def kind(maker: Callable[[int, str], Json]) -> Callable[[int, str], Json]:
    """Register a maker. It takes the number of things, and a word that distinguishes the two variants."""
    MAKERS[maker.__name__] = maker
    return maker


def giant(maker: Callable[[str], bytes]) -> Callable[[str], bytes]:
    """Register a maker of files of about 60 MB."""
    GIANTS[maker.__name__] = maker
    return maker


def recorded(
    body: Json, answer: Json, *, endpoint: str = "/v1/chat/completions", type_: str = "", **more: Json
) -> Json:
    """Return a recording. type_: the name of the answer's class, or "". more: further keys of the request."""
    told = {"__type__": type_, "__data__": answer} if type_ else answer
    return {
        "test_id": "tests/test_huge.py::test_many[one]",
        "request": {
            "method": "POST",
            "url": f"https://api.example.com{endpoint}",
            "headers": {},
            "body": body,
            "endpoint": endpoint,
            "model": "m",
        }
        | more,
        "response": {"body": told, "is_streaming": isinstance(answer, list) and not type_},
    }


def said(*messages: Json, **more: Json) -> Json:
    """Return the body of a chat."""
    return {"model": "m", "messages": list(messages) or [{"role": "user", "content": "How many?"}]} | more


def chat(*choices: Json, **more: Json) -> Json:
    """Return a chat's recording. choices: its messages."""
    listed = [{"index": at, "finish_reason": "stop", "message": message} for at, message in enumerate(choices)]
    return whole(said(), {"id": "rec-1", "choices": listed, "model": "m", "object": "chat.completion"} | more)


def whole(body: Json, answer: Json) -> Json:
    """Return the recording of a chat with a body and an answer."""
    return recorded(body, answer, type_="openai.types.chat.chat_completion.ChatCompletion")


def words(text: str = "Many.", **more: Json) -> Json:
    """Return an assistant's message."""
    return {"role": "assistant", "content": text} | more


def call(at: int, word: str = "") -> Json:
    """Return a tool call."""
    function = {"name": f"f{at}", "arguments": json.dumps({"at": at, "word": word})}
    return {"id": f"call_{at}", "type": "function", "function": function}


def tool(at: int, word: str = "") -> Json:
    """Return an offered tool."""
    schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    return {"type": "function", "function": {"name": f"t{at}", "description": f"Tool {word}.", "parameters": schema}}


def chunks(count: int, word: str, delta: Callable[[int], Json]) -> Json:
    """Return a streamed chat."""
    listed = [{"choices": [{"index": 0, "delta": delta(at), "finish_reason": None}]} for at in range(count)]
    listed.append({"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": "stop"}]})
    type_ = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"
    made = recorded(said(), [{"__type__": type_, "__data__": one} for one in listed])
    made["response"]["is_streaming"] = True
    return made


@kind
def ints_in_the_answer(many: int, word: str) -> Json:
    return recorded(said(), [1] * (many * 5 // 2) + [word], endpoint="/v1/unheard")


@kind
def a_million_ints(many: int, word: str) -> Json:
    return recorded(said(), [1] * (many * 10) + [word], endpoint="/v1/unheard")


@kind
def ints_in_the_request(many: int, word: str) -> Json:
    return whole(said(numbers=[1] * (many * 5 // 2) + [word]), {"choices": [], "model": "m"})


@kind
def choices(many: int, word: str) -> Json:
    return chat(*[words(f"choice {at}") for at in range(many)], words(word))


@kind
def choices_all_other(many: int, word: str) -> Json:
    return chat(*[words(f"{word} choice {at} and {word}") for at in range(many)])


@kind
def choices_of_one_index(many: int, word: str) -> Json:
    made = chat(*[words(f"choice {at}") for at in range(many)], words(word))
    for one in made["response"]["body"]["__data__"]["choices"]:
        one["index"] = 10**9
    return made


@kind
def tool_calls(many: int, word: str) -> Json:
    return chat(words("", tool_calls=[call(at) for at in range(many)] + [call(many, word)]))


@kind
def messages(many: int, word: str) -> Json:
    turns = [{"role": ("user", "assistant")[at % 2], "content": f"turn {at}"} for at in range(many)]
    return whole(said(*turns, {"role": "user", "content": word}), chat(words())["response"]["body"]["__data__"])


@kind
def systems(many: int, word: str) -> Json:
    turns = [{"role": "system", "content": f"turn {at}"} for at in range(many)]
    return whole(said(*turns, {"role": "user", "content": word}), chat(words())["response"]["body"]["__data__"])


@kind
def parts(many: int, word: str) -> Json:
    listed = [{"type": "text", "text": f"part {at}"} for at in range(many)]
    return whole(
        said({"role": "user", "content": [*listed, {"type": "text", "text": word}]}),
        chat(words())["response"]["body"]["__data__"],
    )


@kind
def odd_parts(many: int, word: str) -> Json:
    listed = [{"type": f"odd{at}", "value": at} for at in range(many)]
    return whole(
        said({"role": "user", "content": [*listed, {"type": "odd", "text": word}]}),
        chat(words())["response"]["body"]["__data__"],
    )


@kind
def pictures(many: int, word: str) -> Json:
    listed = [{"type": "image_url", "image_url": {"url": f"https://example.com/{at}.png"}} for at in range(many)]
    return whole(
        said({"role": "user", "content": [*listed, {"type": "text", "text": word}]}),
        chat(words())["response"]["body"]["__data__"],
    )


@kind
def tools(many: int, word: str) -> Json:
    listed = [tool(at) for at in range(many)] + [tool(many, word)]
    return whole(said(tools=listed), chat(words())["response"]["body"]["__data__"])


@kind
def tools_of_one_name(many: int, word: str) -> Json:
    listed = [tool(at, word if at == many // 2 else "") for at in range(many)]
    for one in listed:
        one["function"]["name"] = "t"
    return whole(said(tools=listed), chat(words())["response"]["body"]["__data__"])


@kind
def models_of_one_name(many: int, word: str) -> Json:
    listed = [{"id": "model", "created": at, "object": "model", "owned_by": f"x{at}"} for at in range(many)]
    type_ = "openai.types.model.Model"
    answer = [{"__type__": type_, "__data__": one} for one in [*listed, {"id": word, "object": "model"}]]
    made = recorded({}, answer, endpoint="/v1/models")
    made["response"]["is_streaming"] = False
    return made


@kind
def properties_of_a_tool(many: int, word: str) -> Json:
    one = tool(0, word)
    one["function"]["parameters"]["properties"] = {f"p{at}": {"type": "string"} for at in range(many)}
    return whole(said(tools=[one]), chat(words())["response"]["body"]["__data__"])


@kind
def results_of_tools(many: int, word: str) -> Json:
    turns = [
        {"role": "assistant", "content": "", "tool_calls": [call(at) for at in range(many // 2)]},
        *[{"role": "tool", "tool_call_id": f"call_{at}", "content": f"result {at}"} for at in range(many // 2)],
    ]
    return whole(said(*turns, {"role": "user", "content": word}), chat(words())["response"]["body"]["__data__"])


@kind
def stream_chunks(many: int, word: str) -> Json:
    return chunks(many, word, lambda at: {"content": f"{at} "})


@kind
def stream_of_calls(many: int, word: str) -> Json:
    return chunks(many, word, lambda at: {"tool_calls": [{"index": at} | call(at)]})


@kind
def stream_of_choices(many: int, word: str) -> Json:
    listed = [
        {"choices": [{"index": at, "delta": {"content": f"{at}"}, "finish_reason": "stop"}]} for at in range(many)
    ]
    listed.append({"choices": [{"index": many, "delta": {"content": word}, "finish_reason": "stop"}]})
    made = recorded(said(), [{"__type__": "openai.types.chat.ChatCompletionChunk", "__data__": one} for one in listed])
    made["response"]["is_streaming"] = True
    return made


@kind
def one_chunk_of_choices(many: int, word: str) -> Json:
    listed = [{"index": at, "delta": {"content": f"{at}"}, "finish_reason": "stop"} for at in range(many)]
    one = {"choices": [*listed, {"index": many, "delta": {"content": word}}]}
    made = recorded(said(), [{"__type__": "openai.types.chat.ChatCompletionChunk", "__data__": one}])
    made["response"]["is_streaming"] = True
    return made


@kind
def models(many: int, word: str) -> Json:
    listed = [{"id": f"model-{at}", "created": at, "object": "model", "owned_by": "x"} for at in range(many)]
    type_ = "openai.types.model.Model"
    answer = [{"__type__": type_, "__data__": one} for one in [*listed, {"id": word, "object": "model"}]]
    made = recorded({}, answer, endpoint="/v1/models")
    made["response"]["is_streaming"] = False
    return made


@kind
def keys_of_models(many: int, word: str) -> Json:
    one = {"id": word, "object": "model"} | {f"k{at}": at for at in range(many)}
    made = recorded({}, [{"__type__": "openai.types.model.Model", "__data__": one}], endpoint="/v1/models")
    made["response"]["is_streaming"] = False
    return made


@kind
def vectors(many: int, word: str) -> Json:
    listed = [{"embedding": [0.5, at / 7], "index": at, "object": "embedding"} for at in range(many)]
    answer = {"data": listed, "model": word, "object": "list", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    body = {"model": "m", "input": [f"text {at}" for at in range(many)]}
    type_ = "openai.types.create_embedding_response.CreateEmbeddingResponse"
    return recorded(body, answer, endpoint="/v1/embeddings", type_=type_)


@kind
def a_long_vector(many: int, word: str) -> Json:
    listed = [{"embedding": [at / 7 for at in range(many * 5)], "index": 0, "object": "embedding"}]
    answer = {"data": listed, "model": word, "object": "list", "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    type_ = "openai.types.create_embedding_response.CreateEmbeddingResponse"
    return recorded({"model": "m", "input": "x"}, answer, endpoint="/v1/embeddings", type_=type_)


@kind
def keys_of_the_body(many: int, word: str) -> Json:
    body = said(**{f"k{at}": at for at in range(many)}, word=word)
    return whole(body, chat(words())["response"]["body"]["__data__"])


@kind
def keys_of_the_answer(many: int, word: str) -> Json:
    return chat(words(), word=word, **{f"k{at}": at for at in range(many)})


@kind
def keys_of_the_usage(many: int, word: str) -> Json:
    return chat(words(), usage={f"k{at}": at for at in range(many)} | {"word": len(word)})


@kind
def keys_of_the_metadata(many: int, word: str) -> Json:
    made = chat(words(word))
    made["request"]["provider_metadata"] = {f"k{at}": f"v{at}" for at in range(many)}
    made["id_normalization_mapping"] = {f"id{at}": f"rec{at}" for at in range(many)}
    return made


@kind
def keys_of_arguments(many: int, word: str) -> Json:
    function = {"name": "f", "arguments": json.dumps({f"k{at}": at for at in range(many)} | {"word": word})}
    return chat(words("", tool_calls=[{"id": "call_1", "type": "function", "function": function}]))


@kind
def values_nobody_knows(many: int, word: str) -> Json:
    return chat(words(word, odd=[{f"odd{at}": [at, {}]} for at in range(many)]))


@kind
def deep(many: int, word: str) -> Json:
    value: Json = word
    for at in range(400):
        value = [value] if at % 2 else {"k": value}
    return chat(words(odd=value))


@kind
def wide_and_deep(many: int, word: str) -> Json:
    value: Json = [1] * (many // 100)
    for at in range(100):
        value = [value, [at] * (many // 1000)] if at % 2 else {"k": value}
    return recorded(said(odd=value), {"odd": value, "word": word}, endpoint="/v1/unheard")


def _text(name: str, text: Callable[[int], str]) -> None:
    """Register the kinds with one long text, in each place that pages show."""
    answer = chat(words())["response"]["body"]["__data__"]
    places: dict[str, Callable[[str], Json]] = {
        "asked": lambda text: whole(said({"role": "user", "content": text}), answer),
        "answered": lambda text: chat(words(text)),
        "thought": lambda text: chat(words("Yes.", reasoning_content=text)),
        "refused": lambda text: chat(words(None, refusal=text)),
        "system": lambda text: whole(said({"role": "system", "content": text}, *said()["messages"]), answer),
        "role": lambda text: whole(said({"role": text, "content": "Hello"}, *said()["messages"]), answer),
        "model": lambda text: whole(said(model=text), answer | {"model": text}),
        "argument": lambda text: chat(words("", tool_calls=[call(0, text)])),
        "name": lambda text: chat(
            words("", tool_calls=[{"id": text, "type": "function", "function": {"name": text, "arguments": "{}"}}])
        ),
        "key": lambda text: chat(words(odd={text: text}), **{text: text}),
        "parameter": lambda text: whole(said(**{text: text}), answer),
        "tool": lambda text: whole(said(tools=[tool(0, text)]), answer),
        "error": lambda text: _failed(text),
        "data": lambda text: recorded(said(), {"odd": text}, endpoint="/v1/unheard"),
        "test": lambda text: chat(words()) | {"test_id": f"tests/test_x.py::test_{text}[{text}]"},
        "finish": lambda text: whole(said(), {"choices": [{"index": 0, "finish_reason": text, "message": words()}]}),
        "endpoint": lambda text: recorded(said(), answer, endpoint=f"/v1/{text}"),
    }
    for place, make in places.items():
        MAKERS[f"{name}_{place}"] = lambda many, word, make=make: make(text(many) + word)


def _failed(text: str) -> Json:
    made = recorded(said(), {"error": {"message": text, "type": text, "code": text}})
    made["response"] |= {"status": 400, "status_code": 400, "is_exception": True, "exception_type": text[:5]}
    made["response"] |= {"exception_message": text, "is_streaming": False}
    return made


_text("long", lambda many: "word " * (many * 10))
_text("line", lambda many: "w" * (many * 20))
_text("hidden", lambda many: HIDDEN * (many * 2))
_text("quotes", lambda many: "\"&'<" * (many * 2))
_text("lines", lambda many: "\n" * (many * 5))
_text("nested", lambda many: json.dumps({"a": [[1, {"b": None}]] * (many // 2)}))


@kind
def passages(many: int, word: str) -> Json:
    listed = [{"content": f"passage {at}", "chunk_id": f"c{at}", "metadata": {"at": at}} for at in range(many)]
    answer = {"chunks": [*listed, {"content": word, "metadata": {}}], "metadata": {"processor": "p"}}
    made = recorded({}, answer, type_="ogx_api.file_processors.models.ProcessFileResponse")
    made["request"] = {"test_id": made["test_id"], "provider": "pypdf", "api": "file_processors", "file_id": "file-1"}
    return made


@kind
def hits(many: int, word: str) -> Json:
    found = [
        {"title": f"title {at}", "url": f"https://x.example/{at}", "content": "c", "score": at} for at in range(many)
    ]
    content = json.dumps({"query": word, "top_k": found})
    answer = {"content": content, "error_message": None, "error_code": None, "metadata": None}
    made = recorded({}, answer, type_="ogx_api.tools.ToolInvocationResult")
    kwargs = {"query": "kettles"} | {f"k{at}": at for at in range(many // 10)}
    made["request"] = {"test_id": made["test_id"], "provider": "tavily", "tool_name": "web_search", "kwargs": kwargs}
    return made


@kind
def items_of_responses(many: int, word: str) -> Json:
    part = {"type": "output_text", "text": "Many.", "annotations": []}
    listed = [{"type": "message", "id": f"msg_{at}", "role": "assistant", "content": [part]} for at in range(many)]
    answer = {"id": "resp_1", "object": "response", "model": word, "output": listed, "status": "completed"}
    body = {"model": "m", "input": [{"role": "user", "content": f"turn {at}"} for at in range(many)]}
    return recorded(body, answer, endpoint="/v1/responses", type_="openai.types.responses.response.Response")


@kind
def blocks_of_anthropic(many: int, word: str) -> Json:
    listed = [{"type": "text", "text": f"block {at}"} for at in range(many)]
    answer = {"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": listed}
    body = said({"role": "user", "content": [{"type": "text", "text": word}]}, max_tokens=1)
    return recorded(body, answer | {"stop_reason": "end_turn"}, endpoint="/v1/messages")


def _bytes(head: str, one: bytes, times: int, word: str, tail: str = "]") -> bytes:
    frame = json.dumps(recorded(said(), ["@"], endpoint="/v1/unheard")).encode()
    start, end = frame.split(b'["@"]')
    return start + head.encode() + one * times + json.dumps(word).encode() + tail.encode() + end


@giant
def thirty_million_ints(word: str) -> bytes:
    return _bytes("[", b"1,", 30_000_000, word)


@giant
def twenty_million_objects(word: str) -> bytes:
    return _bytes("[", b"{},", 20_000_000, word)


@giant
def a_string_of_sixty_megabytes(word: str) -> bytes:
    return _bytes('["', b"word ", 12_000_000, word, "]").replace(b' "', b" ", 0).replace(b'word "', b'word ","', 1)


@giant
def sixty_million_quotes(word: str) -> bytes:
    return _bytes('["', b'\\"', 28_000_000, word, "]").replace(b'\\""', b'\\"","', 1)


@giant
def ten_million_lines(word: str) -> bytes:
    return _bytes("[\n", b"1,\n", 10_000_000, word)


@giant
def keys_given_twice(word: str) -> bytes:
    return _bytes("[{", b'"k":1,', 9_000_000, word, ":1}]")


@giant
def brackets(word: str) -> bytes:
    return b"[" * 60_000_000 + word.encode()


def write(into: Path, *, many: int, with_giants: bool) -> list[str]:
    """Write both variants of every kind below a folder, and return their names."""
    into.mkdir(parents=True, exist_ok=True)
    for name, make in MAKERS.items():
        for ending, word in (("", "first"), (".other", "other")):
            text = json.dumps(make(many, word), ensure_ascii=False, separators=(",", ":"))
            (into / f"{name}{ending}.json").write_text(text, encoding="utf-8")
    for name, made in GIANTS.items() if with_giants else ():
        for ending, word in (("", "first"), (".other", "other")):
            (into / f"{name}{ending}.json").write_bytes(made(word))
    return [*MAKERS, *(GIANTS if with_giants else ())]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("into", type=Path)
    asked.add_argument("--many", type=int, default=100_000)
    asked.add_argument("--giant", action="store_true", help="also write files of 60 MB, two of each kind")
    told = asked.parse_args()
    print(len(write(told.into, many=told.many, with_giants=told.giant)), "kinds")
