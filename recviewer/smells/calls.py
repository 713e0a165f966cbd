"""Tool calls in answers, their arguments, and the offered tools."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from recviewer.exchange.model import Exchange, Json, ToolCall
from recviewer.exchange.tools import function_of, offered, schema_of

LONGEST = 400_000
"""Most characters of arguments that are parsed."""


MOST = 200
"""Most calls of an answer that are examined."""


def calls_of(exchange: Exchange) -> Iterator[ToolCall]:
    """Yield the calls for the client in all choices, up to the limit."""
    return islice((call for output in exchange.outputs for call in output.tool_calls), MOST)


def is_nothing(arguments: str) -> bool:
    """Tell whether a call has no arguments: for a tool without parameters several providers send nothing, or null."""
    return arguments.strip() in ("", "null")


def parsed(text: str) -> Json:
    """Parse JSON. Raises ValueError if it is invalid."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def functions(exchange: Exchange) -> dict[str, Json]:
    """Return the argument schemas of the offered functions, by name; {} if there are none."""
    found: dict[str, Json] = {}
    for tool in offered(exchange.request.tools):
        name = function_of(tool).get("name")
        if isinstance(name, str) and name:
            found.setdefault(name, schema_of(tool))
    return found


def offers_only_functions(exchange: Exchange) -> bool:
    """Tell whether all offered tools are functions named in the request, so that no other can be called."""
    tools = offered(exchange.request.tools)
    return bool(tools) and all(_is_function(tool) for tool in tools)


def _is_function(tool: Json) -> bool:
    if not isinstance(tool, dict) or not isinstance(function_of(tool).get("name"), str):
        return False
    return tool.get("type") in (None, "", "function", "custom")
