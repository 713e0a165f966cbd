"""File processors: a file split into passages."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Kind, Message, Passage, Passages, Problem, Reply, Request, SentFile, Text
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "file_processor",
    taken=("chunks[].content:any",),
    known=("metadata.*", "chunks[].*", "chunks[].metadata.*", "chunks[].chunk_metadata.*"),
)


class FileProcessor:
    """Passages of a file."""

    name = "file_processor"
    kind = Kind.FILE_PROCESSOR
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by type; untyped, by `chunks` and the request's keys; without a reply, by the request's keys."""
        if raw.type_name == "ProcessFileResponse":
            return Match.TYPE
        if raw.request_kind != "file_processor":
            return Match.NO
        return Match.SHAPE if "chunks" in raw.first and not raw.type_name else Match.ENDPOINT

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read which file was sent to which processor."""
        request = Lookup(raw.request, "request", problems)
        file_id = request.text("file_id")
        body = {key: value for key, value in raw.request.items() if key != "test_id"}
        message = Message("call", (Text(request.text("api")), SentFile("", file_id, "")))
        return Request((message,), {key: body[key] for key in body if key != "file_id"}, (), body)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the passages with their metadata."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        passages = []
        for chunk in reply.items("chunks"):
            content = chunk.data.get("content")
            if isinstance(content, list):
                text = "".join([part.text("text") for part in chunk.items("content")])
            else:
                text = chunk.text("content")
            passages.append(Passage(text, {key: value for key, value in chunk.data.items() if key != "content"}))
        return Reply(exhibits=(Passages("passages", tuple(passages), reply.mapping("metadata") or {}),))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = FileProcessor()
