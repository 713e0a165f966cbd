"""What stands beside the words in places that a reader takes as a whole: keys that nobody knows are never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from recviewer.exchange.model import Json, JsonPart, Part
from recviewer.formats.lookup import Lookup

_TOLD = frozenset(
    {"type", "text", "citations", "thinking", "signature", "id", "name", "input", "tool_use_id", "content"}
)
"""Keys of a block of which its part tells, or which are sealed."""


def beside_blocks(content: Json, parts: Callable[[Lookup], Iterator[Part]]) -> list[Json]:
    """Return, by their place, what the blocks inside a tool's result hold besides what their parts tell; [] for nothing.

    parts: what a block is read as.
    """
    found = [_beside(item, parts) for item in content] if isinstance(content, list) else []
    return found if any(found) else []


def _beside(item: Json, parts: Callable[[Lookup], Iterator[Part]]) -> dict[str, Json]:
    if not isinstance(item, dict):
        return {}
    if any(isinstance(part, JsonPart) and part.value is item for part in parts(Lookup(item, ""))):
        return {}  # shown as it was recorded
    kind, source = item.get("type"), item.get("source")
    if kind not in ("image", "document") or not isinstance(source, dict):
        return {key: value for key, value in item.items() if key not in _TOLD}
    told = ("type", "media_type", "data", "url", "file_id") if kind == "image" else ("data", "file_id")
    left = {key: value for key, value in source.items() if key not in told}
    others = {key: value for key, value in item.items() if key not in ("type", "source")}
    return others | ({"source": left} if left else {})


def around(element: dict[str, Json], name: str, wrappings: Sequence[str]) -> dict[str, Json]:
    """Return what an element of a stream holds around its event, in each wrapping. name: the event's, which is left out.

    wrappings: keys under which recorders put an event.
    """
    beside: dict[str, Json] = {}
    while True:
        key = name if name in element else next((one for one in wrappings if isinstance(element.get(one), dict)), "")
        beside = {one: value for one, value in element.items() if one != key} | beside
        if beside.get("event") == name:
            del beside["event"]
        if not key or key == name:
            return beside
        element = element[key]
