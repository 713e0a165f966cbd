"""Offered tools in the shapes of all providers."""

import pytest

from recviewer.exchange.tools import function_of, offered, schema_of

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}


@pytest.mark.parametrize(
    "tool",
    [
        {"type": "function", "function": {"name": "add", "parameters": SCHEMA}},
        {"name": "add", "input_schema": SCHEMA},
        {"toolSpec": {"name": "add", "inputSchema": {"json": SCHEMA}}},
        {"functionDeclarations": [{"name": "add", "parametersJsonSchema": SCHEMA}]},
        {"function_declarations": [{"name": "add", "parameters": SCHEMA}]},
    ],
)
def test_a_tool_has_one_name_and_schema(tool):
    (found,) = offered([tool])

    assert (function_of(found)["name"], schema_of(found)) == ("add", SCHEMA)


@pytest.mark.parametrize(
    "tool", ["search", None, {"googleSearch": {}}, {"toolSpec": None}, {"functionDeclarations": None}]
)
def test_what_is_no_function_is_offered_all_the_same(tool):
    assert offered([tool]) == [tool]
    assert schema_of(tool) == {}
