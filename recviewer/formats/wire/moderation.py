"""Moderation: the categories assigned to a text or image. Source: OpenAI and Mistral API references, "Moderations"."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Chunk, Json, JsonPart, Kind, Message, Part, Problem, Reply, Request, Table, Text
from recviewer.exchange.shape import Shape
from recviewer.formats.contract import Match
from recviewer.formats.deltas import compact
from recviewer.formats.listing import no_chunks
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, chat_messages, content_parts, request_of
from recviewer.formats.raw import Raw, unwrap

SHAPE = Shape(
    "moderation",
    taken=("results[].categories.*:any", "results[].category_scores.*:any"),
    known=("model", "results[].flagged", "results[].category_applied_input_types", "usage.*"),
)


class Moderation:
    """Categories with a verdict and a score each; one table per result."""

    name = "moderation"
    kind = Kind.MODERATION
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match by `results[].category_scores`; without a reply, by the endpoint."""
        results = raw.first.get("results")
        first = results[0] if isinstance(results, list) and results else None
        if isinstance(first, dict) and isinstance(first.get("categories"), dict) and not raw.type_name:
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith("/moderations") else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the input: a text, texts, parts, or turns of a conversation."""
        body = body_lookup(raw, problems)
        asked = body.data.get("input")
        messages = chat_messages(body)
        if isinstance(asked, list) and any(isinstance(item, dict) and "role" in item for item in asked):
            messages = chat_messages(Lookup({"messages": asked}, body.at, problems))
        elif isinstance(asked, list) and all(isinstance(item, dict) for item in asked):
            messages = [Message("input", tuple(content_parts(body, "input")))]
        elif asked is not None:
            messages = [Message("input", (_part(item),)) for item in (asked if isinstance(asked, list) else [asked])]
        return request_of(raw, messages, problems, taken=frozenset({"input", "messages"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the verdicts."""
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        tables = tuple([_table(result) for result in reply.items("results")])
        return Reply(exhibits=tables, usage=reply.mapping("usage") or None, model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield nothing: never streamed."""
        return no_chunks()


FORMAT = Moderation()


def _part(item: Json) -> Part:
    return Text(item) if isinstance(item, str) else JsonPart(item)


def _table(result: Lookup) -> Table:
    found, scores = result.object("categories").data, result.object("category_scores").data
    names = [*found, *(name for name in scores if name not in found)]
    rows = tuple([(name, _cell(found.get(name)), _cell(scores.get(name))) for name in names])
    return Table("categories", ("category", "flagged", "score"), rows)


def _cell(value: Json) -> Json:
    """Return numbers and texts as they are, and other values as JSON; a text that spells such JSON stands in quotes."""
    if value is None or (isinstance(value, int | float) and not isinstance(value, bool)):
        return value
    is_plain = isinstance(value, str) and value not in ("true", "false") and not value.startswith(("{", "[", '"'))
    return value if is_plain else compact(value)
