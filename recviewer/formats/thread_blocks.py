"""The blocks of messages of OpenAI's threads (Assistants): see `blocks`. Source: see `wire/assistants.py`."""

from __future__ import annotations

from collections.abc import Hashable

from recviewer.exchange.model import Json
from recviewer.formats.block_model import Blocks, list_of, object_of, place_of

_OWN: dict[Json, str] = {"thread.run": "run_id", "thread.run.step": "step_id"}
"""Types of objects, with the key by which others name them."""


def of_assistants(made: Blocks, element: dict[str, Json], event: str) -> None:
    """Record the texts of each message if there are several, and pieces and events of another run, step or assistant
    than the first.
    """
    kind, id = element.get("object"), place_of(element.get("id"))
    if kind == "list":
        for place, message in enumerate(map(object_of, list_of(element.get("data")))):
            _add_others(made, f"message {place + 1}", message)
            _add_texts(made, ("message", place), message)
    elif kind == "thread.message":
        _add_others(made, f"{kind} {element.get('status')}", element)
        _add_texts(made, ("message", id, element.get("status") == "completed"), element)
    elif kind == "thread.message.delta":
        for part in map(object_of, list_of(object_of(element.get("delta")).get("content"))):
            _add_text(made, ("pieces", id), f"part {part.get('index')}", part)
    elif kind == "thread.run.step.delta":
        which = _place(made, "step", element.get("id"))
        details = object_of(object_of(element.get("delta")).get("step_details"))
        for call in map(object_of, list_of(details.get("tool_calls"))):
            made.add("calls", f"call {call.get('index')} of step {which}", goes_on=True)
    elif type(kind) is str and kind in _OWN:
        _add_others(made, f"{kind} {element.get('status')}", element | {_OWN[kind]: element.get("id")})


def _add_texts(made: Blocks, block: Hashable, message: dict[str, Json]) -> None:
    parts = list_of(message.get("content"))
    for place, part in enumerate(map(object_of, parts) if len(parts) > 1 else ()):
        _add_text(made, block, f"part {place}", part)


def _add_text(made: Blocks, block: Hashable, what: str, part: dict[str, Json]) -> None:
    made.text(block, what, object_of(part.get("text")).get("value"))


def _add_others(made: Blocks, what: str, held: dict[str, Json]) -> None:
    """Record which thread, run, step and assistant an object names, unless it is the first of each."""
    found = [(key, _place(made, key, held.get(f"{key}_id"))) for key in ("thread", "run", "step", "assistant")]
    others = [f"{key} {place}" for key, place in found if place > 1]
    if others:
        made.add("others", f"{what}: {', '.join(others)}")


def _place(made: Blocks, kind: str, id: Json) -> int:
    """Return the place of an id among those of its kind, by order of appearance; 0 without an id."""
    if type(id) is not str or not id:
        return 0
    known = made.begun.setdefault(kind, {})
    return int(known.setdefault(id, str(len(known) + 1)))
