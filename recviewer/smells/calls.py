"""Calls that answers ask for, their arguments, and the tools that were offered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice

from recviewer.exchange.model import Exchange, Json, ToolCall
from recviewer.exchange.tools import function_of, offered, schema_of

LONGEST = 400_000
"""Characters of arguments that are looked at."""


MOST = 200
"""Calls of an answer that are looked at."""


def calls_of(exchange: Exchange) -> Iterator[ToolCall]:
    """Yield the calls that the client is to make, of all choices; not more than are looked at."""
    return islice((call for output in exchange.outputs for call in output.tool_calls), MOST)


def is_nothing(arguments: str) -> bool:
    """Tell whether a call has no arguments: several providers send nothing, or null, for a tool that takes none."""
    return arguments.strip() in ("", "null")


def parsed(text: str) -> Json:
    """Return what JSON text holds. Raises ValueError for what is none."""
    if len(text) > LONGEST:
        raise ValueError("too long")
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def functions(exchange: Exchange) -> dict[str, Json]:
    """Return the schemas of the arguments of the offered functions, by name; {} where there is none."""
    found: dict[str, Json] = {}
    for tool in offered(exchange.request.tools):
        name = function_of(tool).get("name")
        if isinstance(name, str) and name:
            found.setdefault(name, schema_of(tool))
    return found


def offers_only_functions(exchange: Exchange) -> bool:
    """Tell whether all offered tools are functions named in the request, so that a call can be of no other."""
    tools = offered(exchange.request.tools)
    return bool(tools) and all(_is_function(tool) for tool in tools)


def _is_function(tool: Json) -> bool:
    if not isinstance(tool, dict) or not isinstance(function_of(tool).get("name"), str):
        return False
    return tool.get("type") in (None, "", "function", "custom")
