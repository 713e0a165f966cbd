import json
from pathlib import Path

import pytest

from recviewer.difference.ignored import in_replies, of_chunks, of_reply
from recviewer.exchange.shape import Shape
from recviewer.formats.reading import read

CASES = Path(__file__).parent.parent / "cases"


def chunk(number, **more):
    choice = {"index": 0, "delta": {"content": f"w{number} "}, "finish_reason": None}
    return {"id": f"rec-{number}", "object": "chat.completion.chunk", "choices": [choice], **more}


def stream(*chunks):
    request = {"method": "POST", "url": "http://x/v1/chat/completions", "endpoint": "/v1/chat/completions", "body": {}}
    typed = [{"__type__": "openai.types.chat.ChatCompletionChunk", "__data__": one} for one in chunks]
    return read(json.dumps({"request": request, "response": {"body": typed, "is_streaming": True}}).encode())


def test_fields_of_chunks_are_counted_by_path():
    old = stream(chunk(1, obfuscation="aa"), chunk(2, obfuscation="bb"), chunk(3))
    new = stream(chunk(4, obfuscation="aa"), chunk(5, obfuscation="cc"), chunk(6))

    told = {one.path: one.count for one in in_replies(_elements(old), _elements(new))}

    assert told["chunks[].id"] == 3
    assert told["chunks[].obfuscation"] == 1
    assert not any("content" in path for path in told)


def _elements(reading):
    return of_chunks((one.element for one in reading.chunks()), reading.format.shape)


def test_only_what_the_list_names_is_ignored():
    path = CASES / "openai_chat" / "single_text.json"
    reading = read(path.read_bytes())

    found = of_reply(reading.raw.reply["__data__"], reading.format.shape)

    assert {"response.id", "response.created"} <= set(found)
    assert not any(name in path for path in found for name in ("content", "model", "role", "object", "finish"))
    assert in_replies(found, found) == ()


@pytest.mark.parametrize("lets_pass", [True, False])
def test_filter_is_ignored_where_it_lets_pass(lets_pass):
    shape = Shape("openai_chat")
    reply = {"prompt_filter_results": [{"hate": {"filtered": not lets_pass}}], "took": 3}

    assert set(of_reply(reply, shape)) == ({"response.prompt_filter_results[].hate.filtered"} if lets_pass else set())
