"""Ollama's list of local models. Source: Ollama API documentation, "List local models"."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Kind, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks, plain_request, table
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "ollama_tags",
    taken=("models[].model", "models[].details.parameter_size", "models[].details.quantization_level"),
    known=("models[].*", "models[].details.*"),
)

COLUMNS = (
    ("id", "model"),
    ("size", "size"),
    ("parameters", "details.parameter_size"),
    ("quantization", "details.quantization_level"),
    ("modified", "modified_at"),
)


class OllamaTags:
    """The models installed on the machine."""

    name = "ollama_tags"
    kind = Kind.MODELS
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; if untyped, by `models` and the endpoint; without a reply, by the endpoint."""
        if raw.type_name == "ListResponse":
            return Match.TYPE
        if not raw.url_path.endswith("/api/tags"):
            return Match.NO
        return Match.SHAPE if "models" in raw.first and not raw.type_name else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read a request without input."""
        return plain_request(raw, problems)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the models."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        return Reply(exhibits=(table("models", COLUMNS, reply.items("models")),))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = OllamaTags()
