"""An answer that contains a call of an offered tool as text."""

from __future__ import annotations

import re

from recviewer.smells.calls import functions, parsed
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer

_MARKS = re.compile(
    r"<\|python_tag\|>|<tool_call>|<function=|<\|tool_call|\[TOOL_CALLS\]|<｜tool▁call|<function_calls>"
    r"|<invoke name=|^\s*(?:<\|[a-z]+\|>)*(?:\w+ )?to=functions\.[A-Za-z_]|^\s*functools\["
)
"""Markers that models write before a call, which their server should have removed."""

_LISTED = re.compile(r"\[?\s*([A-Za-z_][\w.-]*)\(")
_FENCE = re.compile(r"```(?:json|python|tool_code)?")
_GIVEN = ("parameters", "arguments", "args", "input")
_LONGEST = 20_000


def _holds(case: Case) -> Held | None:
    if case.new is None or not case.new.exchange.request.tools:
        return None
    exchange = case.new.exchange
    if any(output.tool_calls for output in exchange.outputs):
        return None
    names = set(functions(exchange))
    for output in exchange.outputs:
        how = _how(output.content[:_LONGEST], names)
        if how:
            return Held(
                Severity.AMBER,
                how,
                fault="call as text",
                says=f"a call is written as text: {how}",
                spots=in_answer(case.new, output.content.strip()),
            )
    return None


def _how(content: str, names: set[str]) -> str:
    """Return the form of a call in a text, "" if there is none."""
    mark = _MARKS.search(content)
    if mark:
        return mark[0]
    text = _FENCE.sub("", content).strip()
    listed = _LISTED.match(text)
    if listed and listed[1] in names and text.endswith((")", ")]")):
        return f"{listed[1]}(…)"
    return _named(text, names) if text.startswith(("{", "[")) else ""


def _named(text: str, names: set[str]) -> str:
    """Return the tool that a JSON object names, "" if the text is no such object."""
    try:
        value = parsed(text)
    except ValueError:
        return ""
    first = value[0] if isinstance(value, list) and value else value
    inner = first.get("function") if isinstance(first, dict) and isinstance(first.get("function"), dict) else first
    if not isinstance(inner, dict) or not any(key in inner for key in _GIVEN):
        return ""
    name = inner.get("name")
    return f"an object that names {name}" if isinstance(name, str) and name in names else ""


RULE = Rule(
    "call-as-text",
    "a call is written as text",
    Explained(
        what="An answer without calls whose text is a call of an offered tool, or holds the mark that a model puts "
        "before one.",
        why="The server did not take the call out of the text, so no client makes it, and people would read it.",
        example='`<|python_tag|>{"name": "get_weather", "parameters": {"city": "Tokyo"}}`.',
        fix="Look at the server: its parser for this model is off or wrong. Re-record it then.",
        mistaken="A mark before something that was not meant as a call; the mark should not be there either.",
        measured="8, 2 and 0; all were read and are right: 9 marks and one object.",
        right={Severity.AMBER: (9, 9)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
)
