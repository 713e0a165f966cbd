"""A recording without a counterpart, new or deleted: shown completely, as on its own page."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any

from recviewer.catalog.content import Content
from recviewer.pages.recording.conversation import ShownRequest, conversation_of
from recviewer.pages.recording.parts import FileView, ImageView
from recviewer.pages.recording.reply import LISTINGS, ReplyHead, ShownReply, asked_view, reply_view
from recviewer.pages.templatetags.words import with_query
from recviewer.pages.text.folds import Folds


@dataclass(frozen=True, slots=True)
class NoNotes:
    """No notes can be written here."""

    anchors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OneSided:
    """What the templates of a recording's page need. url: of that page, "" if there is none.

    problems: (where, what) of a file that cannot be read as expected.
    """

    url: str
    asked: ReplyHead
    reply: ShownReply
    conversation: ShownRequest
    is_listing: bool
    problems: tuple[tuple[str, str], ...]
    notes: NoNotes = NoNotes()
    strip: None = None
    has_seams: bool = False
    wants_seams: bool = False


def alone_of(content: Content, folds: Folds, url: str) -> OneSided:
    """Lay out one recording. url: of its page, from which pictures are served, "" if it has none."""
    exchange = content.exchange
    is_listing = exchange.kind in LISTINGS
    asked = asked_view(exchange, folds)
    conversation = conversation_of(exchange, folds, question_on_top=not is_listing)
    return OneSided(
        url,
        with_pictures(asked, url),
        _briefly(reply_view(exchange, folds, None)),
        with_pictures(conversation, url),
        is_listing,
        tuple([(problem.where, problem.what) for problem in exchange.problems]),
    )


def _briefly(reply: ShownReply) -> ShownReply:
    """Return a reply with only the size of its reasoning: beside a decision its first words do not help."""
    answers = [
        replace(one, reasoning=replace(one.reasoning, detail="")) if one.reasoning else one for one in reply.answers
    ]
    return replace(reply, answers=tuple(answers))


def with_pictures(view: Any, url: str) -> Any:
    """Return a view whose pictures are served from the page at `url`; without one they are only described."""
    if isinstance(view, ImageView | FileView):
        return replace(view, src=with_query(url, view.src.removeprefix("?")) if url and view.src else "")
    if isinstance(view, tuple):
        return tuple([with_pictures(item, url) for item in view])
    if is_dataclass(view) and not isinstance(view, type):
        found = {item.name: getattr(view, item.name) for item in fields(view)}
        changed = {name: made for name, value in found.items() if (made := with_pictures(value, url)) is not value}
        return replace(view, **changed) if changed else view
    return view
