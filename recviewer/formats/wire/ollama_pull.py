"""The progress of a model download by Ollama. Source: Ollama API documentation, "Pull a model"."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Kind, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.listing import plain_request, table
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape("ollama_pull", taken=("status",), known=("digest",))

COLUMNS = (("status", "status"), ("done", "completed"), ("of", "total"), ("digest", "digest"))


class OllamaPull:
    """The progress of a download."""

    name = "ollama_pull"
    kind = Kind.OLLAMA_PULL
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; if untyped, by `status` and the endpoint; without a reply, by the endpoint."""
        if raw.type_name == "ProgressResponse":
            return Match.TYPE
        if not raw.url_path.endswith("/api/pull"):
            return Match.NO
        return Match.SHAPE if "status" in raw.first and not raw.type_name else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the model to be pulled, as a parameter."""
        return plain_request(raw, problems)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the status, or each step of a streamed one."""
        items = raw.reply if isinstance(raw.reply, list) else [raw.reply]
        rows = (Lookup(unwrap(item), f"response.body[{number}]", problems) for number, item in enumerate(items))
        streamed = isinstance(raw.reply, list)
        return Reply(
            exhibits=(table("progress", COLUMNS, rows),),
            chunks=len(items) if streamed else 0,
            runs=((deltas.NOTHING, len(items)),) if streamed and items else (),
        )

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the steps of a streamed pull."""
        for number, item in enumerate(raw.reply if isinstance(raw.reply, list) else []):
            yield Chunk(number + 1, (), None, unwrap(item), frozenset())


FORMAT = OllamaPull()
