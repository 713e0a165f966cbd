"""OpenAI's model list: a list that is no stream. Source: OpenAI API reference, "List models"."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Json, Kind, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks, plain_request, table
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape("openai_models", taken=("[].id:any", "[].owned_by:any"), known=("[].*", "[].permission[].*"))

COLUMNS = (("id", "id"), ("owned by", "owned_by"), ("created", "created"))


class OpenAIModels:
    """Which models a provider has."""

    name = "openai_models"
    kind = Kind.MODELS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; an empty list, or no reply, by the endpoint; untyped by `object: model`."""
        if raw.type_name == "Model":
            return Match.TYPE
        if not raw.type_name and raw.first.get("object") == "model":
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith("/models") or raw.endpoint == "/v1/models" else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read a request that asks for nothing in particular."""
        return plain_request(raw, problems)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the models."""
        items: list[Json] = raw.reply if isinstance(raw.reply, list) else [raw.reply]
        rows = (Lookup(unwrap(item), f"response.body[{number}]", problems) for number, item in enumerate(items))
        return Reply(exhibits=(table("models", COLUMNS, (row for row in rows if row.data)),))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = OpenAIModels()
