import json
import os

import pytest


def document(
    *, asked="Which planet?", answered="Earth.", test="tests/test_planets.py::test_earth", model="m-1", **more
):
    """Return a small chat recording. answered: text, or a list of the texts of a stream's deltas."""
    body = {"model": model, "messages": [{"role": "user", "content": asked}]}
    request = {"method": "POST", "url": "https://api.example.com/v1/chat/completions", "headers": {}, "body": body}
    request |= {"endpoint": "/v1/chat/completions", "model": model}
    if isinstance(answered, list):
        kind = "openai.types.chat.chat_completion_chunk.ChatCompletionChunk"
        choices = [[{"index": 0, "delta": {"content": text}, "finish_reason": None}] for text in answered]
        choices.append([{"index": 0, "delta": {}, "finish_reason": "stop"}])
        reply = [{"__type__": kind, "__data__": {"choices": choice, "model": model}} for choice in choices]
    else:
        choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": answered}}
        kind = "openai.types.chat.chat_completion.ChatCompletion"
        reply = {"__type__": kind, "__data__": {"choices": [choice], "model": model} | more}
    return {"test_id": test, "request": request, "response": {"body": reply, "is_streaming": isinstance(reply, list)}}


@pytest.fixture
def put(root, db):
    """Return a function that writes a recording below the root, without indexing it, and returns its place."""

    def write(path="tests/recordings/one.json", data=None, **words):
        place = os.path.join(os.fsencode(root), os.fsencode(path))
        os.makedirs(os.path.dirname(place), exist_ok=True)
        with open(place, "wb") as file:
            file.write(json.dumps(document(**words), indent=2).encode() if data is None else data)
        return root / os.fsdecode(path)

    return write
