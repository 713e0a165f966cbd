"""An answer with tool calls whose finish reason says that the model was finished."""

from __future__ import annotations

from recviewer.exchange.model import Kind
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer

_STOP = "stop"


def _holds(case: Case) -> Held | None:
    """Only for OpenAI's chat format: elsewhere this finish reason is normal for calls."""
    if case.new is None or case.new.exchange.kind is not Kind.CHAT:
        return None
    called = next((one for one in case.new.exchange.outputs if one.tool_calls and one.finish_reason == _STOP), None)
    if called is None:
        return None
    return Held(Severity.GREY, _STOP, fault=_STOP, spots=in_answer(case.new, called.tool_calls[0].name))


RULE = Rule(
    "stop-with-calls",
    "its finish reason is “stop”, though it makes calls",
    Explained(
        what="A chat of OpenAI's form that asks for calls and ends with `stop` instead of `tool_calls`.",
        why="A client that looks at the finish reason makes no call. Several servers do so, and most clients know.",
        example="A call of `get_weather`, and the finish reason `stop`.",
        fix="Nothing where the client looks at the calls. Otherwise mend the server or the client, and re-record it.",
        mistaken="Calls that were forced by `tool_choice`, which OpenAI itself ends with `stop`.",
        measured="0, 3 and 1; all were read and are right.",
        right={Severity.GREY: (20, 20)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.GREY,),
)
