"""Texts of a stream that a reader merges with those of other elements, so that no single element adds them."""

from __future__ import annotations

from functools import cache

from recviewer.exchange.path_nodes import PathNode
from recviewer.exchange.shape import Shape

_QWEN = "output.choices[].message"
_MERGED = {
    "anthropic": ("content_block.input",),
    "dashscope": (
        *(
            "output.search_info",
            "output.text",
            f"{_QWEN}.content",
            f"{_QWEN}.content[].text",
            f"{_QWEN}.reasoning_content",
        ),
        *(f"{_QWEN}.tool_calls[].function.{key}" for key in ("name", "arguments")),
    ),
    "genai": (
        "candidates[].content.parts[].functionCall.partialArgs[].stringValue",
        "candidates[].content.parts[].function_call.partial_args[].string_value",
    ),
    "ollama_pull": ("status",),
}


@cache
def merged_nodes(shape: Shape) -> frozenset[PathNode]:
    """Return the nodes of a format's shape that hold such texts."""
    return frozenset(map(shape.root.at, _MERGED.get(shape.name, ())))
