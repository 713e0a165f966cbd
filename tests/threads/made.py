"""Exchanges of tests, made up."""

from recviewer.exchange.model import Exchange, Kind, Message, Output, Request, Text, ToolCall, ToolResult
from recviewer.exchange.text import words_of
from recviewer.threads.model import AskedMessage, Entry


def said(role, text):
    return Message(role, (Text(text),))


def called(id, name="look", arguments="{}", text=""):
    return Message("assistant", (Text(text), ToolCall(id, name, arguments)))


def gave(id, text):
    return Message("tool", (ToolResult(id, "", (Text(text),)),))


def body_of(messages):
    """A body that differs where the messages do: what counts of a request is its body."""
    return {"messages": [repr(message) for message in messages]}


def entry(key, messages, answer="", calls=(), *, kind=Kind.CHAT, is_found=True, answer_id="", model="m", **params):
    output = Output(content=answer, tool_calls=tuple(ToolCall(*call) for call in calls))
    request = Request(tuple(messages), params, body=body_of(messages) | params)
    return Entry(key, Exchange(kind, model=model, request=request, outputs=(output,)), is_found, answer_id)


def turns_of(branch):
    """A branch as lines: who says what, and which recordings answer."""
    lines = []
    for turn in branch.turns:
        if isinstance(turn, AskedMessage):
            lines.append(f"{turn.number} {turn.message.role}: {words_of(turn.message.parts)}")
        else:
            lines.append(f"{turn.number} answered by {' '.join(one.key for one in turn.entries)}")
    return lines
