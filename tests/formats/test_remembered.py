"""What is remembered of replies that were read before changes nothing of what the next ones say."""

from __future__ import annotations

import copy
import json

import pytest

from recviewer.exchange.fingerprint import said
from recviewer.formats import chat_chunks, chat_shape
from recviewer.formats.reading import read

CALL = {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
MESSAGE = {"role": "assistant", "content": "One.", "refusal": None, "reasoning": "Well.", "tool_calls": [CALL]}
WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None, "message": MESSAGE}],
    "usage": {"prompt_tokens": 3, "details": {"cached": 0}},
}
CHUNK = {
    **WHOLE,
    "object": "chat.completion.chunk",
    "choices": [
        {
            "index": 0,
            "finish_reason": None,
            "logprobs": None,
            "delta": {**MESSAGE, "tool_calls": [{"index": 0, **CALL}]},
        }
    ],
}
VALUES = (None, "", "…", 0, 1.0, True, {}, ["x"])


def paths(value, at=()):
    """Yield the way to each node below a value."""
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*at, key)
        yield from paths(inner, (*at, key))


def variants(reply):
    """Yield a reply with each of its nodes taken away, with each replaced, and with another beside each."""
    for way in paths(reply):
        for value in (KeyError, *VALUES):
            for key in (way[-1], f"{way[-1]}_more") if isinstance(way[-1], str) else way[-1:]:
                made = copy.deepcopy(reply)
                held = made
                for step in way[:-1]:
                    held = held[step]
                if value is not KeyError:
                    held[key] = value
                elif key in held if isinstance(held, dict) else True:
                    del held[key]
                yield made


def counted(reply):
    document = {
        "request": {"method": "POST", "url": "https://x/v1/chat/completions", "body": {}},
        "response": {"body": reply, "is_streaming": isinstance(reply, list)},
    }
    exchange = read(json.dumps(document).encode()).exchange
    return json.dumps([said(exchange), [[one.where, one.value] for one in exchange.left]], default=repr, sort_keys=True)


def forget():
    for known in (chat_shape._KNOWN, chat_chunks._KNOWN):
        known.clear()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["whole", "streamed"])
def test_nothing_that_was_read_before_changes_what_counts(form):
    replies = list(variants(WHOLE)) if form == "whole" else [[one] for one in variants(CHUNK)]
    apart = []
    for reply in replies:
        forget()
        apart.append(counted(reply))

    assert [counted(reply) for reply in reversed(replies)] == apart[::-1]


def test_replies_that_differ_in_words_alone_are_looked_at_once(monkeypatch):
    forget()
    counted(WHOLE)
    monkeypatch.setattr(chat_shape.ChatShape, "_rest", lambda *_: pytest.fail("was looked at"))

    other = copy.deepcopy(WHOLE) | {
        "id": "chatcmpl-2",
        "created": 5,
        "usage": {"prompt_tokens": 9, "details": {"cached": 0}},
    }
    other["choices"][0]["message"] |= {"content": "Two.", "reasoning": "Hm."}
    counted(other)


def test_models_named_by_numbers_are_not_those_named_by_words():
    named = [[{"id": id, "object": "model", "owned_by": "x"}] for id in ("1", 1, 1.0, True)]

    assert len({counted(one) for one in named}) == len({counted(one) for one in reversed(named)}) == 4
