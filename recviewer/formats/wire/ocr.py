"""Text recognized on the pages of a document. Source: Mistral API reference, "OCR"."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, JsonPart, Kind, Message, Passage, Passages, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape("ocr", taken=("pages[].markdown",), known=("pages[].*", "model", "document_annotation", "usage_info.*"))


class Ocr:
    """A document, and the text of each of its pages."""

    name = "ocr"
    kind = Kind.FILE_PROCESSOR
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match pages with Markdown; without a reply, by the endpoint."""
        pages = raw.first.get("pages")
        first = pages[0] if isinstance(pages, list) and pages else None
        if isinstance(first, dict) and "markdown" in first and not raw.type_name:
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith("/ocr") else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the document, as it was sent."""
        body = body_lookup(raw, problems)
        document = body.data.get("document")
        messages = [Message("document", (JsonPart(document),))] if document is not None else []
        return request_of(raw, messages, problems, taken=frozenset({"document"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the pages."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        pages = tuple([Passage(page.text("markdown"), _facts(page)) for page in reply.items("pages")])
        return Reply(
            exhibits=(Passages("pages", pages, {}),),
            usage=reply.mapping("usage_info") or None,
            model=reply.text("model"),
        )

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = Ocr()


def _facts(page: Lookup) -> dict[str, object]:
    return {key: value for key, value in page.data.items() if key != "markdown" and value not in (None, [], {}, "")}
