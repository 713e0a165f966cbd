"""Which message of a conversation is the question."""

import pytest

from recviewer.exchange.model import Exchange, Kind, Message, Request, Text, ToolResult
from recviewer.exchange.text import asked_of, question_of

ASKED = Message("user", (Text("How far is the moon?"),))
ANSWERED = Message("assistant", (Text("Far."),))
GIVEN = Message("user", (ToolResult("call_1", "look", (Text("384,400 km"),)),))
BOTH = Message("user", (ToolResult("call_1", "look", (Text("384,400 km"),)), Text("And in miles?")))


@pytest.mark.parametrize(
    ("messages", "question"),
    [
        ((ASKED, ANSWERED), ASKED),
        ((ASKED, ANSWERED, GIVEN), ASKED),
        ((ASKED, ANSWERED, BOTH), BOTH),
        ((ANSWERED, GIVEN), GIVEN),
        ((), None),
    ],
)
def test_a_message_of_tool_results_alone_asks_nothing(messages, question):
    exchange = Exchange(Kind.CHAT, request=Request(messages=messages))

    assert question_of(exchange) is question
    assert question is not ASKED or asked_of(exchange) == "How far is the moon?"
