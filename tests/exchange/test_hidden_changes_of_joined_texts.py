"""A word that moves to the next block of an answer is never the same answer, even if the joined text is equal."""

import json

import pytest

from recviewer.difference.compare import compare
from recviewer.difference.model import Churn
from recviewer.exchange.fingerprint import fingerprint
from recviewer.formats.reading import read

QUIET = {Churn.IDENTICAL, Churn.CHUNKING}


def exchange_of(body):
    request = {"method": "POST", "url": "https://h.test/v1/x", "body": {"model": "m"}, "model": "m"}
    document = {"request": request, "response": {"body": body, "is_streaming": isinstance(body, list)}}
    return read(json.dumps(document).encode()).exchange


def anthropic(*thoughts):
    blocks = [{"type": "thinking", "thinking": words, "signature": "s"} for words in thoughts]
    told = {"content": [*blocks, {"type": "text", "text": "Hi"}], "stop_reason": "end_turn"}
    return {"id": "x", "type": "message", "role": "assistant", "model": "m", **told}


def cohere(*thoughts):
    content = [{"type": "thinking", "thinking": words} for words in thoughts]
    told = {"role": "assistant", "content": [*content, {"type": "text", "text": "Hi"}]}
    return {"id": "r", "finish_reason": "COMPLETE", "message": told}


def converse(*blocks):
    return {"output": {"message": {"role": "assistant", "content": list(blocks)}}, "stopReason": "end_turn"}


def thoughts_of_converse(*thoughts):
    return converse(*({"reasoningContent": {"reasoningText": {"text": one, "signature": "s"}}} for one in thoughts))


def cited(*texts):
    cites = [{"title": "Moons"}]
    return converse(*({"citationsContent": {"content": [{"text": one}], "citations": cites}} for one in texts))


def interaction(*texts):
    steps = [{"type": "model_output", "content": [{"type": "text", "text": one}]} for one in texts]
    return {"object": "interaction", "id": "i", "status": "completed", "steps": steps}


def mistral(*texts):
    entries = [
        {
            "object": "entry",
            "type": "message.output",
            "id": f"m{place}",
            "role": "assistant",
            "content": one,
            "model": "m",
        }
        for place, one in enumerate(texts)
    ]
    return {"object": "conversation.response", "conversation_id": "c", "outputs": entries}


def mistral_parts(*texts):
    return mistral(*([{"type": "text", "text": one}] for one in texts))


def mistral_stream(*deltas):
    """A stream: (text, id of the entry, index of the part)."""
    pieces = [
        {"type": "message.output.delta", "id": name, "output_index": 0, "content_index": part, "content": words}
        for words, name, part in deltas
    ]
    return [
        {"type": "conversation.response.started", "conversation_id": "c"},
        *[{**piece, "role": "assistant"} for piece in pieces],
        {"type": "conversation.response.done", "usage": {}},
    ]


def chat(**message):
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Hi", **message}}
    return {"id": "x", "object": "chat.completion", "choices": [choice]}


def details(words, summary):
    found = [{"type": "reasoning.text", "text": words}, {"type": "reasoning.summary", "summary": summary}]
    return chat(reasoning_details=found)


def thinking_blocks(*thoughts):
    return chat(thinking_blocks=[{"type": "thinking", "thinking": words, "signature": "s"} for words in thoughts])


FORMATS = {
    "anthropic": anthropic,
    "cohere": cohere,
    "converse": thoughts_of_converse,
    "converse with citations": cited,
    "interactions": interaction,
    "mistral_conversations": mistral,
    "mistral_conversations in parts": mistral_parts,
    "openai_chat with details": details,
    "openai_chat with blocks": thinking_blocks,
}

STREAMS = {
    "another entry": (
        mistral_stream(("ab", "m1", 0), ("c", "m2", 0)),
        mistral_stream(("a", "m1", 0), ("bc", "m2", 0)),
    ),
    "one entry or two": (
        mistral_stream(("ab", "m1", 0), ("c", "m1", 0)),
        mistral_stream(("ab", "m1", 0), ("c", "m2", 0)),
    ),
    "another part": (
        mistral_stream(("ab", "m1", 0), ("c", "m1", 1)),
        mistral_stream(("a", "m1", 0), ("bc", "m1", 1)),
    ),
}

PAIRS = {name: (made("ab", "c"), made("a", "bc")) for name, made in FORMATS.items()} | STREAMS


@pytest.mark.parametrize(("before", "after"), list(PAIRS.values()), ids=list(PAIRS))
def test_a_pair_is_never_the_same(before, after):
    old, new = exchange_of(before), exchange_of(after)

    assert old.read_as == new.read_as
    assert compare(old, new).churn not in QUIET
    assert fingerprint(old) != fingerprint(new)


@pytest.mark.parametrize("name", list(FORMATS))
def test_each_is_read_by_its_format(name):
    assert exchange_of(FORMATS[name]("ab", "c")).read_as == name.partition(" ")[0]


def test_where_a_stream_was_cut_does_not_count():
    old = exchange_of(mistral_stream(("ab", "m1", 0), ("c", "m1", 0), ("d", "m2", 0)))
    new = exchange_of(mistral_stream(("a", "m8", 0), ("bc", "m8", 0), ("d", "m9", 0)))

    assert compare(old, new).churn in QUIET
    assert fingerprint(old) == fingerprint(new)
