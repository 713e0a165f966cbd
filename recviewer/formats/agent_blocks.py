"""The blocks of answers of agents and tool servers, which come in JSON-RPC: see `blocks`.

Source: see `wire/a2a.py` and `wire/mcp.py`.
"""

from __future__ import annotations

from collections.abc import Hashable

from recviewer.exchange.model import Json
from recviewer.formats.block_model import Blocks, list_of, object_of, place_of


def of_a2a(made: Blocks, element: dict[str, Json], event: str) -> None:
    """Record each state of a task with its message, and the parts of each artifact; fragments are appended to one."""
    result = object_of(element.get("result"))
    held = object_of(next(iter(result.values()))) if len(result) == 1 else result
    status = object_of(held.get("status"))
    if status:
        made.add("states", f"{status.get('state')}{_whose(made, held)}")
    for message in (object_of(status.get("message")), held):
        if type(message.get("parts")) is list:
            made.add("states", f"message{_whose(made, message)}")
            _add_parts(made, "states", message["parts"])
    for artifact in map(object_of, [*list_of(held.get("artifacts")), held.get("artifact")]):
        if artifact:
            block, whose = ("artifact", place_of(artifact.get("artifactId"))), _whose(made, held)
            if held.get("append") is not True:
                made.add("states", "artifact")
            if whose or held.get("append") is not True:
                made.add(block, f"artifact{whose}", goes_on=held.get("append") is True)
            _add_parts(made, block, artifact.get("parts"))


def _whose(made: Blocks, held: dict[str, Json]) -> str:
    """Return which task, context and message an object names, by order of appearance; "" for the first, or a new message."""
    told = ""
    task = held.get("taskId") or (held.get("id") if "status" in held else None)
    for kind, id in (("task", task), ("context", held.get("contextId")), ("message", held.get("messageId"))):
        if type(id) is str and id:
            known = made.begun.setdefault(kind, {})
            is_new = id not in known
            place = known.setdefault(id, str(len(known) + 1))
            is_usual = is_new if kind == "message" else place == "1"
            told += "" if is_usual else f" {kind} {place}"
    return told


def _add_parts(made: Blocks, block: Hashable, parts: Json) -> None:
    for place, part in enumerate(map(object_of, list_of(parts))):
        if place or "text" not in part:
            made.add(block, "part")
        made.text(block, "text", part.get("text"))


def of_mcp(made: Blocks, element: dict[str, Json], event: str) -> None:
    """Record the order of a stream's messages: after the response, clients may read no more."""
    made.add("messages", str(element.get("method", "response")))
