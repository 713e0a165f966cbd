"""Unknown keys beside the texts in structures that a reader takes as a whole, so that none is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from recviewer.exchange.model import Json, JsonPart, Part
from recviewer.formats.lookup import Lookup

_TOLD = frozenset(
    {"type", "text", "citations", "thinking", "signature", "id", "name", "input", "tool_use_id", "content"}
)
"""Keys of a block that its part already covers, or that hold opaque data."""


def extra_in_blocks(content: Json, parts: Callable[[Lookup], Iterator[Part]]) -> list[Json]:
    """Return, by position, what the blocks of a tool's result contain besides what their parts cover; [] if nothing.

    parts: reads a block.
    """
    found = [_extra(item, parts) for item in content] if isinstance(content, list) else []
    return found if any(found) else []


def _extra(item: Json, parts: Callable[[Lookup], Iterator[Part]]) -> dict[str, Json]:
    if not isinstance(item, dict):
        return {}
    if any(isinstance(part, JsonPart) and part.value is item for part in parts(Lookup(item, ""))):
        return {}  # kept whole, as recorded
    kind, source = item.get("type"), item.get("source")
    if kind not in ("image", "document") or not isinstance(source, dict):
        return {key: value for key, value in item.items() if key not in _TOLD}
    told = ("type", "media_type", "data", "url", "file_id") if kind == "image" else ("data", "file_id")
    left = {key: value for key, value in source.items() if key not in told}
    others = {key: value for key, value in item.items() if key not in ("type", "source")}
    return others | ({"source": left} if left else {})


def extra_around(element: dict[str, Json], name: str, wrappings: Sequence[str]) -> dict[str, Json]:
    """Return what an element of a stream contains around its event, in each wrapper. name: the key of the event, left
    out.

    wrappings: keys under which recorders wrap an event.
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
