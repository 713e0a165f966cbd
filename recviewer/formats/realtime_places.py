"""Which items, responses and calls of a realtime session its frames name, and which frames come again.

Ids are made anew for each session, so they do not count as recorded. A frame usually names something new, or the latest
of its kind; it counts if one names an earlier one, and which.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from recviewer.exchange.model import Json

ITEM, RESPONSE, CALL = "(earlier item)", "(earlier response)", "(earlier call)"
"""Keys for what a frame names, by order of appearance, and how many were known by then."""

AGAIN = "(again)"
"""Key for the type of a frame that directly follows another of its type, and how many of them there were by then."""

_OFTEN = frozenset({"ping", "rate_limits.updated"})
"""Types of frames that a server sends at times of its own."""


def add_places(frames: Sequence[Json], whole: Sequence[Json]) -> Iterator[Json]:
    """Yield each frame with what it names. frames: as sent. whole: the same with their fragments joined."""
    known = {ITEM: _Known(), RESPONSE: _Known(), CALL: _Known()}
    counts: Counter[str] = Counter()
    last = ""
    for sent, frame in zip(frames, whole, strict=True):
        kind = sent.get("type") if isinstance(sent, dict) else None
        if not isinstance(sent, dict) or not isinstance(frame, dict) or not isinstance(kind, str) or kind in _OFTEN:
            yield frame
            continue
        is_piece = kind.endswith(".delta")
        if is_piece and frame.keys().isdisjoint(("delta", "sound")):
            yield frame  # more of what began before
            continue
        found = {key: f"{told} in {kind}" for key, ids in _named(sent) if (told := known[key].told(ids))}
        counts[kind] += 1
        again = {AGAIN: f"{kind} {counts[kind]}"} if kind == last and not is_piece else {}
        last = kind
        yield frame | found | again


class _Known:
    """Ids of one kind: their places by order of appearance, and the latest."""

    __slots__ = ("_latest", "_places")

    def __init__(self) -> None:
        self._places: dict[str, int] = {}
        self._latest = ""

    def told(self, ids: Sequence[Json]) -> str:
        """Return the places of ids that are neither new nor the latest; "" if there are none."""
        found: list[str] = []
        for id in ids:
            if not isinstance(id, str) or not id:
                continue
            if id in self._places and id != self._latest:
                found.append(f"{self._places[id]} of {len(self._places)}")
            self._places.setdefault(id, len(self._places) + 1)
            self._latest = id
        return ", ".join(found)


def _named(frame: dict[str, Any]) -> Iterator[tuple[str, list[Json]]]:
    item, response = _object(frame.get("item")), _object(frame.get("response"))
    output = response.get("output")
    items = list(map(_object, output)) if isinstance(output, list) else []
    yield ITEM, [frame.get("previous_item_id"), frame.get("item_id"), item.get("id"), *(one.get("id") for one in items)]
    yield RESPONSE, [frame.get("response_id"), response.get("id")]
    yield CALL, [frame.get("call_id"), item.get("call_id"), *(one.get("call_id") for one in items)]


def _object(value: Json) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
