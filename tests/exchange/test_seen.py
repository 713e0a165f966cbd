import pytest

from recviewer.exchange.model import Exchange, Image, Kind, Message, Output, Request, Text, ToolResult
from recviewer.exchange.seen import leaked, shows_picture
from recviewer.formats.reading import read
from tests.trees import bytes_of, chat

PICTURE = Image("https://a.example/cat.png")


def asking(*parts):
    return Exchange(Kind.CHAT, request=Request((Message("user", parts),)))


@pytest.mark.parametrize(
    ("exchange", "shows"),
    [
        (asking(Text("a picture")), False),
        (asking(Text("what is this?"), PICTURE), True),
        (asking(ToolResult("call", "", (Text("taken"), PICTURE))), True),
        (asking(ToolResult("call", "", (Text("image_url"),))), False),
        (Exchange(Kind.CHAT, outputs=(Output(0, parts=(PICTURE,)),)), True),
        (Exchange(Kind.CHAT, outputs=(Output(0, content="[image]"),)), False),
        (Exchange(Kind.UNREADABLE), False),
    ],
)
def test_pictures_are_seen_in_messages_results_and_answers(exchange, shows):
    assert shows_picture(exchange) is shows


@pytest.mark.parametrize(
    ("answer", "tag"),
    [
        ("<think>Hm.</think> Saturn.", "<think>"),
        ("\n <Reasoning> Hm.", "<Reasoning>"),
        ("<|channel|>analysis Hm.", "<|channel|>analysis"),
        ("Saturn, <think>", ""),
        ("", ""),
    ],
)
def test_thinking_that_begins_an_answer_has_leaked(answer, tag):
    assert leaked(read(bytes_of(chat(answer=answer))).exchange) == tag
