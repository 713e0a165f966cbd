"""Objects stored by a provider: files, batches and their results, threads, runs, assistants, stores, caches.

Requests for them do not call a model. Source: API references of OpenAI ("Files", "Batch", "Vector stores",
"Assistants", "Conversations", "Fine-tuning", "Evals", "Videos"), Anthropic ("Files", "Message Batches", "Skills"), Gemini
(files, batches, caches, operations), Ollama (`/api/show`), the Agent2Agent protocol ("Agent card").
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Delta, Json, Kind, Part, Problem, Reply, Request, Table, ToolCall
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.framing import AT
from recviewer.formats.listing import no_chunks, plain_request
from recviewer.formats.lookup import Lookup
from recviewer.formats.media import held_type, part_of, told_type
from recviewer.formats.messages import arguments_text
from recviewer.formats.raw import Raw

_LISTS = ("data", "files", "cachedContents", "batches", "operations", "fileSearchStores", "documents")
"""Keys that hold lists of objects."""

SHAPE = Shape("resource", known=("*", "[].*", *(f"{key}[].*" for key in _LISTS)))
_OBJECTS = frozenset(
    {
        *(
            "file",
            "batch",
            "thread",
            "thread.run",
            "thread.run.step",
            "assistant",
            "vector_store",
            "container",
            "upload",
        ),
        *("vector_store.file", "vector_store.files_batch", "container.file", "response.deleted", "skill"),
        *(
            "conversation",
            "conversation.item",
            "fine-tune",
            "fine_tuning.job",
            "fine_tuning.job.event",
            "fine_tuning.job.checkpoint",
            "eval",
            "eval.run",
        ),
        *("video", "vector_store.search_results.page"),
    }
)
_TYPES = frozenset({"message_batch", "message_batch_deleted", "file", "file_deleted", "skill", "skill_deleted"})
_NAMES = re.compile(
    r"(?:projects/.+/)?(?:batches|files|cachedContents|fileSearchStores|operations|models/[^/]+/operations)/"
)
_PLACES = re.compile(
    r"/(?:files|batches|threads|assistants|vector_stores|containers|cachedContents|fileSearchStores|uploads)(?:/|$)"
)
_KEPT = re.compile(r"/(?:responses|conversations)/[^/]+/(?:input_)?items$")
"""Endpoints that list the items of a stored response or conversation."""

_ITEM = re.compile(r"/conversations/[^/]+/items/[^/]+$")
"""Endpoints of one item of a stored conversation."""

_CARD = "/.well-known/agent"
"""Start of the endpoint where an agent tells what it can do."""

_WIDTH = 5
"""Most columns of a table."""


class Resource:
    """Stored objects: a list has a row for each object, a single object a row for each property."""

    name = "resource"
    kind = Kind.RESOURCE
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by the object's own type; without one, by the endpoint."""
        if raw.type_name or raw.request_kind != "inference":
            return Match.NO
        items = next((held for key in _LISTS if isinstance(held := raw.first.get(key), list)), None)
        first = items[0] if items else raw.first
        if not isinstance(raw.reply, list):
            if any(_is_own(one) for one in (first, raw.first, raw.first.get("file")) if isinstance(one, dict)):
                return Match.SHAPE
            if (items == [] and _PLACES.search(raw.url_path)) or (items is not None and _KEPT.search(raw.url_path)):
                return Match.SHAPE
            if _ITEM.search(raw.url_path) and isinstance(raw.first.get("type"), str):
                return Match.SHAPE
            held = held_type(raw)
            if held.startswith(("video/", "application/pdf")) or (held.startswith("image/") and raw.method != "POST"):
                return Match.SHAPE
            if "modelfile" in raw.first and "details" in raw.first:
                return Match.SHAPE
            if "skills" in raw.first and raw.url_path.startswith(_CARD):
                return Match.SHAPE
        elif raw.heads and all("custom_id" in head for head in raw.heads):
            return Match.SHAPE
        return Match.ENDPOINT if _PLACES.search(raw.url_path) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the request, as parameters."""
        return plain_request(raw, problems)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the objects; for a run that waits for tools also the requested calls, and for a file its properties."""
        if isinstance(raw.reply, list):
            return Reply(exhibits=(_listed("results", [item for item in raw.reply if isinstance(item, dict)]),))
        if raw.reply == "":
            return Reply()
        reply = Lookup(raw.reply, AT, problems)
        if "base64" in reply.data:
            parts: tuple[Part, ...] = (part_of(reply.text("base64"), told_type(raw)),)
            return Reply(deltas.fold([Delta(parts=parts)]))
        asked = (
            reply.object("required_action").object("submit_tool_outputs") if "required_action" in reply.data else reply
        )
        calls = tuple(_calls(asked)) if asked is not reply else ()
        if calls:
            return Reply(deltas.fold([Delta(parts=calls, finish=reply.text("status"))]), model=reply.text("model"))
        key = next((key for key in _LISTS if isinstance(reply.data.get(key), list)), "")
        if key and (key != "data" or "object" in reply.data):
            items = [item for item in reply.data[key] if isinstance(item, dict)]
            return Reply(exhibits=(_listed("things", items),), model=reply.text("model"))
        rows = [(key, _cell(value)) for key, value in reply.data.items() if value not in (None, "", [], {})]
        return Reply(exhibits=(Table("properties", ("property", "value"), tuple(rows)),), model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = Resource()


def _is_own(thing: dict[str, Json]) -> bool:
    kind, name = thing.get("object"), thing.get("name")
    if isinstance(kind, str) and (kind in _OBJECTS or kind.endswith(".deleted")):
        return True
    if isinstance(thing.get("type"), str) and thing["type"] in _TYPES and isinstance(thing.get("id"), str):
        return True
    return isinstance(name, str) and _NAMES.match(name) is not None


def _calls(asked: Lookup) -> Iterator[ToolCall]:
    for call in asked.items("tool_calls"):
        function = call.object("function")
        yield ToolCall(call.text("id"), function.text("name"), arguments_text(function, "arguments"))


def _listed(title: str, items: list[dict[str, Json]]) -> Table:
    """Return a table of objects: the identifying key first, then the keys whose values are neither lists nor objects."""
    keys = list(dict.fromkeys(key for item in items for key in item))
    keys.sort(key=lambda key: key not in ("custom_id", "id", "name"))
    chosen = keys[:_WIDTH] if title == "results" else _plain_keys(items, keys)
    rows = tuple([tuple([_cell(item.get(key)) for key in chosen]) for item in items])
    return Table(title, tuple(chosen) or ("id",), rows)


def _plain_keys(items: list[dict[str, Json]], keys: list[str]) -> list[str]:
    return [key for key in keys if not any(isinstance(item.get(key), dict | list) for item in items)][:_WIDTH]


def _cell(value: Json) -> Json:
    if value is None or isinstance(value, str) or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    return deltas.compact(value)
