"""Lists of models: OpenAI's, as parsed by a client or as sent (`{object: list, data: [...]}`), and other providers'.

Source: API references, "List models" (OpenAI, Anthropic), "models.list" (Gemini), "ListFoundationModels" (Bedrock).
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from recviewer.bounded.cache import Recent
from recviewer.exchange.model import Chunk, Json, Kind, Problem, Reply, Request, Table
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks, plain_request, table
from recviewer.formats.lookup import PROBLEM_LIMIT, Lookup
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "openai_models",
    taken=("[].id:any", "[].owned_by:any", "data[].id:any", "data[].owned_by:any"),
    known=(
        *(
            "[].*",
            "[].permission[].*",
            "object",
            "data[].*",
            "data[].permission[].*",
            "has_more",
            "first_id",
            "last_id",
            "owned_by",
        ),
        *("models[].*", "modelSummaries[].*", "nextPageToken", "enableAccessToAllModelsByDefault"),
    ),
)

COLUMNS = (("id", "id"), ("owned by", "owned_by"), ("created", "created"))
LISTS = {
    "data": COLUMNS,
    "models": (
        ("name", "name"),
        ("display name", "displayName"),
        ("input", "inputTokenLimit"),
        ("output", "outputTokenLimit"),
    ),
    "modelSummaries": (("id", "modelId"), ("name", "modelName"), ("provider", "providerName")),
}
"""The columns of the table, (heading, key), by the key that holds the models."""


class OpenAIModels:
    """The models that a provider offers."""

    name = "openai_models"
    kind = Kind.MODELS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; an empty list, or no reply, by the endpoint; if untyped, by `object: model`."""
        if raw.type_name == "Model":
            return Match.TYPE
        if not raw.type_name and raw.first.get("object") == "model":
            return Match.SHAPE
        if not raw.type_name and isinstance(raw.reply, dict) and isinstance(raw.reply.get("modelSummaries"), list):
            return Match.SHAPE
        if not raw.url_path.endswith("/models") and raw.endpoint != "/v1/models":
            return Match.NO
        is_list = isinstance(raw.reply, dict) and not raw.type_name and _key_of(raw.first) is not None
        return Match.SHAPE if is_list else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read a request without input."""
        return plain_request(raw, problems)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the models."""
        key = _key_of(raw.reply) if isinstance(raw.reply, dict) else None
        if key is not None:
            listed = Lookup(raw.reply, "response.body", problems)
            return Reply(exhibits=(table("models", LISTS[key], listed.items(key)),))
        items: list[Json] = raw.reply if isinstance(raw.reply, list) else [raw.reply]
        try:
            text = orjson.dumps(items)
        except TypeError:  # a number that keeps its text, or too long an integer
            made, found, _ = _listed(items)
        else:
            made, found, _ = _TABLES.made(text, lambda: (*_listed(items)[:2], len(text)))
        problems += found[: max(0, PROBLEM_LIMIT - len(problems))]
        return Reply(exhibits=(made,))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = OpenAIModels()


def _key_of(reply: dict[str, Json]) -> str | None:
    """Return the key of a reply that holds its models, None if there is none."""
    return next((key for key in LISTS if isinstance(reply.get(key), list)), None)


TABLES_BYTES = 2_000_000
"""Most bytes of model lists whose tables a process caches: each test of a tree requests the same ones."""

_TABLES = Recent[bytes, tuple[Table, list[Problem], int]](weigh=lambda found: found[2], limit=TABLES_BYTES, at_least=0)


def _listed(items: list[Json]) -> tuple[Table, list[Problem], int]:
    """Return the table of a list of models, its problems, and 0 as the length of its text."""
    found: list[Problem] = []
    rows = (Lookup(unwrap(item), f"response.body[{number}]", found) for number, item in enumerate(items))
    return table("models", COLUMNS, (row for row in rows if row.data)), found, 0
