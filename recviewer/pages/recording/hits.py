"""The hits of a search in a recording: how often in messages, answers, calls and results."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.http import HttpRequest
from django.utils.http import urlencode

from recviewer.catalog import excerpts, search
from recviewer.catalog.content import Content
from recviewer.catalog.heavy import asked
from recviewer.catalog.naming import clean
from recviewer.exchange import searched
from recviewer.exchange.model import Exchange, Part, Reasoning, ToolCall, ToolResult
from recviewer.exchange.searched import SORT_WORDS
from recviewer.exchange.text import words_of
from recviewer.pages.recording.conversation import SIDES, stretch
from recviewer.pages.recordings.neighbours import FIND
from recviewer.review import narrowing

PROMPT, ANSWER, CALL, RESULT, REASONING, ERROR = (
    SORT_WORDS[sort]
    for sort in (searched.PROMPT, searched.ANSWER, searched.CALL, searched.RESULT, searched.REASONING, searched.ERROR)
)

_Phrase = tuple[str, bool, bool]
"""A word or phrase, whether its last word may be longer, and whether it may also be inside of words."""


class HitPlace(NamedTuple):
    """Hits in one message, or in one choice of the response. open: folds around it."""

    where: str
    anchor: str
    open: tuple[str, ...]
    number: int


@dataclass(frozen=True, slots=True)
class HitGroup:
    """All hits of one sort. url: of the first one."""

    where: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class FoundWords:
    """The hits of a search in a recording. words: as typed. phrases: for the script that marks them, as JSON.

    is_all: False if the recording is too large to be searched completely.
    """

    words: str
    groups: tuple[HitGroup, ...]
    phrases: str
    is_all: bool

    @property
    def count(self) -> int:
        """How many there are."""
        return sum(group.count for group in self.groups)


def hits_of(request: HttpRequest, content: Content, url: str) -> FoundWords | None:
    """Return the hits of the words in the URL; None without words. url: of the recording."""
    words = narrowing.fitting(request.GET.get(FIND, ""))
    some = [
        (clean(one.text), not search.is_whole(one), search.needs_scan(one))
        for one in narrowing.wanted_in(words)[: search.WORD_LIMIT]
    ]
    if not some:
        return None
    places, is_all = asked(content, hits_in, some)
    counts: Counter[str] = Counter()
    first: dict[str, HitPlace] = {}
    for place in places:
        counts[place.where] += place.number
        first.setdefault(place.where, place)
    kept = [(name, request.GET[name]) for name in (FIND, "in") if name in request.GET]
    groups = [
        HitGroup(where, counts[where], f"{url}?{urlencode([*kept, *_opened(place)])}#{place.anchor}")
        for where, place in first.items()
    ]
    phrases = json.dumps([[text, goes_on, is_anywhere] for text, goes_on, is_anywhere in some])
    return FoundWords(words, tuple(groups), phrases, is_all)


def _opened(place: HitPlace) -> list[tuple[str, str]]:
    return [("open", name) for name in place.open]


def hits_in(content: Content, phrases: list[_Phrase]) -> tuple[list[HitPlace], bool]:
    """Return the hits of phrases in a content, in the order of the page, and whether all of it was searched."""
    at_once = excerpts.wanted([(text, goes_on) for text, goes_on, is_anywhere in phrases if not is_anywhere])
    finds = [at_once] if at_once else []
    finds += [excerpts.scanning(text) for text, _, is_anywhere in phrases if is_anywhere]
    left = excerpts.BUDGET
    found: list[HitPlace] = []
    for where, anchor, open_, text in _texts(content.exchange):
        if left < len(text):
            return found, False
        left -= len(text)
        count = sum(find.count(text) for find in finds)
        if count:
            found.append(HitPlace(where, anchor, open_, count))
    return found, True


def _texts(exchange: Exchange) -> Iterator[tuple[str, str, tuple[str, ...], str]]:
    """Yield the sort, the place and the text of everything in a request and its response."""
    for output in exchange.outputs:
        anchor = "answer" if len(exchange.outputs) == 1 else f"answer-{output.index}"
        yield ANSWER, anchor, (), output.content
        yield ANSWER, anchor, (), output.refusal
        yield REASONING, anchor, (), output.reasoning
        for call in output.tool_calls:
            yield CALL, anchor, (), f"{call.name} {call.arguments}"
        for part in output.parts:
            yield _sort(part, ANSWER), anchor, (), _words(part)
    if exchange.error is not None:
        yield ERROR, "error", (), exchange.error.message
    hidden = stretch(len(exchange.request.messages))
    for place, message in enumerate(exchange.request.messages):
        anchor = f"m{place + 1}"
        around: tuple[str, ...] = (f"m{hidden[0] + 1}-m{hidden[-1] + 1}",) if place in hidden else ()
        around += (anchor,) if SIDES.get(message.role) == "system" else ()
        for part in message.parts:
            yield _sort(part, PROMPT), anchor, around, _words(part)


def _sort(part: Part, other: str) -> str:
    match part:
        case ToolCall():
            return CALL
        case ToolResult():
            return RESULT
        case Reasoning():
            return REASONING
        case _:
            return other


def _words(part: Part) -> str:
    return part.text if isinstance(part, Reasoning) else words_of((part,))
