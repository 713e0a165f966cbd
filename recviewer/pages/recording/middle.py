"""The content part of a recording's page: the middle in each view, its folds, its pictures, its JSON.

Every function here needs only a content, so that `heavy.asked` can run it in a separate process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from recviewer.catalog.content import Content, lines_of
from recviewer.exchange import contract
from recviewer.exchange.model import Exchange, Kind
from recviewer.pages.recording import chunkview, rawview
from recviewer.pages.recording.chunklines import chunk_lines
from recviewer.pages.recording.conversation import conversation_of
from recviewer.pages.recording.facts import ContentFacts, read_facts
from recviewer.pages.recording.reply import LISTINGS, ShownReply, asked_view, reply_view
from recviewer.pages.recording.strip import drawn
from recviewer.pages.site import json
from recviewer.pages.site.numbers import whole
from recviewer.pages.text import media, prose
from recviewer.pages.text.folds import Fold, Folds

SEAM_LIMIT = 600
"""Streams with more chunks show their boundaries only on request."""

VIEWS = ("rendered", "raw", "chunks")


@dataclass(frozen=True, slots=True)
class ContentView:
    """A content in one view of its page. middle: the fields of the page for that view."""

    view: str
    kind: Kind
    chunks: int
    is_listing: bool
    read: ContentFacts
    middle: dict[str, Any]


def told_of(content: Content, query: str) -> ContentView:
    """Return the part of a page with a query that comes from the content."""
    exchange = content.exchange
    asks = QueryDict(query, encoding="utf-8")
    view = _view_of(asks.get("view", ""), exchange)
    return ContentView(
        view=view,
        kind=exchange.kind,
        chunks=exchange.chunks,
        is_listing=exchange.kind in LISTINGS and exchange.error is None,
        read=read_facts(content),
        middle=_middle(content, asks, view),
    )


def fold_in(content: Content, names: list[str], *, wants_seams: bool) -> Fold | None:
    """Return the fold that is named last, with its body; the others are around it. None if there is none."""
    folds = Folds.asked_by(names, is_part=True)
    _rendered(content, folds, wants_seams=wants_seams)
    return folds.found.get(names[-1])


def picture_in(content: Content, name: str) -> media.Picture | None:
    """Return the picture at a place, see `media.find`."""
    exchange = content.exchange
    return media.find(exchange.request.messages, exchange.outputs, name)


def json_in(content: Content, place: contract.Place) -> bytes:
    """Return the public JSON form."""
    return json.encoded(contract.to_json(content.exchange, place))


def _view_of(asked: str, exchange: Exchange) -> str:
    if exchange.kind is Kind.UNREADABLE:
        return "raw"
    if asked == "chunks" and not exchange.chunks:
        return "rendered"
    return asked if asked in VIEWS else "rendered"


def _middle(content: Content, asks: QueryDict, view: str) -> dict[str, Any]:
    if view == "raw":
        return _raw(content, asks)
    if view == "chunks":
        return _chunks(content, asks)
    return _rendered(content, Folds.asked_by(asks.getlist("open")), wants_seams="seams" in asks, markdown="md" in asks)


def _rendered(content: Content, folds: Folds, *, wants_seams: bool, markdown: bool = False) -> dict[str, Any]:
    exchange = content.exchange
    picture = drawn(content) if exchange.chunks else None
    stream = picture.stream if picture else None
    has_seams = stream is not None and (wants_seams or exchange.chunks <= SEAM_LIMIT)
    asked = asked_view(exchange, folds)
    reply = reply_view(exchange, folds, stream if has_seams else None)
    return {
        "asked": asked,
        "reply": _as_markdown(reply) if markdown else reply,
        "wants_markdown": markdown,
        "conversation": conversation_of(exchange, folds, question_on_top=exchange.kind not in LISTINGS),
        "strip": picture.strip if picture else None,
        "has_seams": has_seams,
        "wants_seams": wants_seams,
    }


MARKDOWN_TRIED = 2 * prose.LONGEST
"""Most characters of answers that are read as Markdown for a page."""

MARKDOWN_ROOM = 200_000
"""Budget of markup in characters for all answers shown as Markdown; further ones are shown as recorded."""


def _as_markdown(reply: ShownReply) -> ShownReply:
    """Return the response with its answers as Markdown, if they fit and contain any."""
    left, tried, answers = MARKDOWN_ROOM, 0, []
    for answer in reply.answers:
        words = answer.words
        html = None
        if words is not None and tried + len(words.shown) <= MARKDOWN_TRIED and words.may_be_markdown:
            tried += len(words.shown)
            html = prose.answer_html(words.shown)
        if words is not None and html is not None and len(html) <= left:
            left -= len(html)
            answer = replace(answer, words=replace(words, markdown=True))
        answers.append(answer)
    return replace(reply, answers=tuple(answers))


def _raw(content: Content, asks: QueryDict) -> dict[str, Any]:
    source = rawview.Source(lines_of(content))
    asked = asks.get("lines", "")
    first, _, last = asked.partition("-")
    if "line" in asks:
        number, start = whole(asks.get("line", ""), 1), whole(asks.get("from", ""), 0)
        html, end, left = rawview.long_line(source, number, start)
        piece = {"line": number, "from": start, "html": html, "left": left, "next": end}
        return {"raw": rawview.window(source, number, number), "piece": piece}
    lines = _lines_of_chunks(content, source)
    if first:
        return {"raw": rawview.with_chunks(rawview.window(source, whole(first, 1), whole(last, 1 << 40)), lines)}
    if content.whole is not content.data:
        return {"raw": rawview.part(source, content.whole, content.start, content.start + len(content.data))}
    return {"raw": rawview.with_chunks(rawview.whole(source), lines)}


def _lines_of_chunks(content: Content, source: rawview.Source) -> Sequence[tuple[int, int]]:
    """Return the lines of each chunk; nothing for a part of a file, whose line numbers are those of the whole file."""
    is_alone = content.whole is content.data
    return chunk_lines(source, content.exchange.chunks) if is_alone else ()


def _chunks(content: Content, asks: QueryDict) -> dict[str, Any]:
    first = whole(asks.get("from", ""), 1)
    count = content.exchange.chunks
    lines = _lines_of_chunks(content, rawview.Source(lines_of(content)))
    return {
        "chunks": chunkview.chunk_view(content.reading.chunks(), count, first, lines),
        "strip": drawn(content).strip,
    }
