import pytest

from recviewer.exchange.model import (
    Exchange,
    Failure,
    Kind,
    Message,
    Output,
    Reasoning,
    Request,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.exchange.searched import MOST_STRETCHES, searchable, sort_at

CALL = ToolCall("c", "get_weather", r'{"city": "Z\u00fcrich"}')
TOOL = {"type": "function", "function": {"name": "offered_one", "parameters": {}}}


def asked(*messages):
    return Exchange(Kind.CHAT, request=Request(messages=messages, tools=(TOOL,)))


TALK = asked(
    Message("system", (Text("be brief"),)),
    Message("user", (Text("weather?"),)),
    Message("assistant", (Reasoning("hmm"), Text("let me look"), CALL)),
    Message("tool", (ToolResult("c", "get_weather", (Text("rain"), Reasoning("inside of it"))),)),
)
REPLY = Exchange(Kind.CHAT, outputs=(Output(content="wet", reasoning="thought", refusal="cannot", tool_calls=(CALL,)),))
FAILED = Exchange(Kind.EXCEPTION, error=Failure("Timeout", None, "took too long"))


@pytest.mark.parametrize(
    ("exchange", "side", "words", "sort"),
    [
        (TALK, 0, "be brief", "prompt"),
        (TALK, 0, "weather?", "prompt"),
        (TALK, 0, "hmm", "reasoning"),
        (TALK, 0, "let me look", "prompt"),
        (TALK, 0, "get_weather", "call"),
        (TALK, 0, "Zürich", "call"),
        (TALK, 0, "rain", "result"),
        (TALK, 0, "inside of it", "result"),
        (TALK, 0, "offered_one", "offered tool"),
        (TALK, 0, CALL.arguments, "call"),
        (REPLY, 1, "wet", "answer"),
        (REPLY, 1, "thought", "reasoning"),
        (REPLY, 1, "cannot", "answer"),
        (REPLY, 1, "Zürich", "call"),
        (FAILED, 1, "Timeout", "error"),
        (FAILED, 1, "too long", "error"),
    ],
)
def test_each_word_is_of_the_sort_that_it_was_said_in(exchange, side, words, sort):
    found = searchable(exchange)[side]
    place = found.text.index(words)

    assert {sort_at(found.stretches, at) for at in range(place, place + len(words))} == {sort}


def test_stretches_are_as_long_as_the_words():
    for said in (*searchable(TALK), *searchable(REPLY), *searchable(FAILED)):
        assert sum(int(one[1:]) for one in said.stretches.split()) == (len(said.text) + 1 if said.text else 0)


def test_where_there_are_too_many_stretches_the_rest_is_of_no_known_sort():
    turns = [Message("user", (Text("ask"), CALL)) for _ in range(MOST_STRETCHES)]
    words = searchable(asked(*turns))[0]

    assert len(words.stretches.split()) == MOST_STRETCHES
    assert sort_at(words.stretches, words.text.rindex("ask")) == ""
    assert sort_at("", 0) == ""
