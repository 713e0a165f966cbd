import json
from pathlib import Path

from recviewer.difference.ignored import in_replies, of_chunks, of_reply
from recviewer.exchange.model import Exchange, Kind, Vector
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

    told = {one.path: one.count for one in in_replies(of_chunks(old.chunks()), of_chunks(new.chunks()))}

    assert told["chunks[].id"] == 3
    assert told["chunks[].obfuscation"] == 1
    assert not any("content" in path for path in told)


def test_what_a_plain_reply_says_is_not_ignored():
    path = next(CASES.glob("openai_chat/single_*.json"))
    reading = read(path.read_bytes())

    found = of_reply(reading.raw.reply, reading.exchange)

    said = {output.content for output in reading.exchange.outputs if output.content}
    assert not said & {value for values in found.values() for value in values if isinstance(value, str)}
    assert in_replies(found, found) == ()


def test_numbers_that_an_exhibit_shows_are_not_ignored():
    vector = Exchange(Kind.EMBEDDINGS, exhibits=(Vector(0, (0.5,)),))
    reply = {"__data__": {"data": [{"embedding": [0.5], "index": 0}], "took": 3}}

    assert set(of_reply(reply, vector)) == {"response.data[].index", "response.took"}
