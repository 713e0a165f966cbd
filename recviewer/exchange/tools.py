"""Offered tools, in the declaration formats of all providers."""

from __future__ import annotations

from collections.abc import Iterable

from recviewer.exchange.model import Json

_DECLARED = ("function_declarations", "functionDeclarations")
"""Keys under which Google puts several functions into one tool."""

_INNER = ("function", "toolSpec")
"""Keys under which OpenAI and AWS nest the declaration of a tool."""

_SCHEMAS = ("parameters", "input_schema", "inputSchema", "parametersJsonSchema", "parameters_json_schema")


def offered(tools: Iterable[Json]) -> list[Json]:
    """Return the offered tools, one item for each."""
    found: list[Json] = []
    for tool in tools:
        declared = next((tool[key] for key in _DECLARED if tool.get(key)), None) if isinstance(tool, dict) else None
        found += declared if isinstance(declared, list) else [tool]
    return found


def function_of(tool: Json) -> dict[str, Json]:
    """Return the object with a tool's name, description and schema; {} if the tool is not an object."""
    if not isinstance(tool, dict):
        return {}
    return next((tool[key] for key in _INNER if isinstance(tool.get(key), dict)), tool)


def name_of(tool: Json) -> str:
    """Return the name of a tool, else its type, else ""."""
    function = function_of(tool)
    name = function.get("name") or function.get("type") or (tool.get("type") if isinstance(tool, dict) else "")
    return str(name or "")


def schema_of(tool: Json) -> dict[str, Json]:
    """Return the JSON schema of a tool's arguments, {} if there is none."""
    function = function_of(tool)
    schema: dict[str, Json] = next((function[key] for key in _SCHEMAS if isinstance(function.get(key), dict)), {})
    inner = schema.get("json")
    return inner if isinstance(inner, dict) else schema
