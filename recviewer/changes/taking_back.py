"""Whether the old recording of a call made again unasked can be taken back: only if nothing depends on the new one.

Nothing here reads files. Whatever is uncertain counts as a reason against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from json import JSONDecodeError, loads

from recviewer.changes.model import Change
from recviewer.difference.behind_masks import behind_masks
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import EARLIER, Ids, arguments_as_json, canonical, said, said_of_part
from recviewer.exchange.model import Exchange, Json, Kind, Output, ToolCall
from recviewer.pairing.sides import Side
from recviewer.threads.sameness import steps

BLOCK, STEP = 24, 12
"""Characters of a fragment of an answer that is searched for in requests, and distance of the starts of fragments."""

SHORTEST_ID = 8
"""Shortest id that is searched for anywhere in a request; a shorter one must be a whole value of it."""

SHORTEST_WORD = 4
"""Shortest word that is also searched for inside of others."""

MOST_WORK = 300_000_000
"""Most work for one change: characters of requests times fragments of an answer."""

NO_TEST = "no test is known of it, so nobody can tell which calls follow it"
SHARED = "it shares its file with other recordings"
MOVED = "it lay in another folder, where replay may not look any more"
TAKEN = "another recording is at its path now"
OTHER_IDS = "its request quotes other ids than the new one does"
OTHER_DETAILS = "more than its answer differs, and the code of now may want what is new"
LISTS = "replay puts all lists of models together"
TWICE = "a further recording of its test answers the same request"
UNREAD = "a recording that may be of its test cannot be read"
NAMES_EARLIER = "a request of its test names an earlier answer by an id that only the server knows"
GOES_ON = "a later request of its test goes on from its request"
LEANS = "a later request of its test holds the new answer"
WENT = "a request of its test that followed the old answer is gone"
OPAQUE = "its answer is more than words and calls, and other calls of its test may hang on it"
TOO_MUCH = "its test holds too much to look through"


@dataclass(frozen=True)
class AskedCall:
    """A recording as a request, in which an answer is searched for."""

    side: Side

    @property
    def body(self) -> dict[str, Json]:
        """The request, as recorded."""
        return self.side.exchange.request.body

    @cached_property
    def values(self) -> frozenset[str]:
        """All texts of the request, including those in JSON inside texts, with white space normalized."""
        return frozenset(map(_flat, _texts(self.body)))

    @cached_property
    def text(self) -> str:
        """All of them concatenated, with repetitions."""
        return "\0".join(map(_flat, _texts(self.body)))

    @cached_property
    def calls(self) -> frozenset[bytes]:
        """The tool calls that it repeats, by name and arguments."""
        parts = [part for message in self.side.exchange.request.messages for part in message.parts]
        return frozenset(_call(part) for part in parts if isinstance(part, ToolCall))

    @cached_property
    def turns(self) -> tuple[bytes, ...]:
        """A digest for each of its messages and everything before it."""
        exchange = self.side.exchange
        return tuple(step.prefix for step in steps(exchange.request.messages, exchange=exchange))

    @property
    def names_earlier(self) -> bool:
        """Tell whether it refers to an answer stored by the server."""
        return any(self.body.get(key) not in (None, "") for key in (*EARLIER, "conversation"))

    def is_same(self, other: AskedCall) -> bool:
        """Tell whether the requests are equal."""
        own, its = self.side.exchange, other.side.exchange
        return own.endpoint == its.endpoint and self.body == other.body and not behind_masks(own, its)

    def goes_on_from(self, other: AskedCall) -> bool:
        """Tell whether its messages start with those of another request, and continue."""
        own, first = self.turns, other.turns
        return bool(first) and len(own) > len(first) and own[len(first) - 1] == first[-1]


@dataclass(frozen=True, slots=True)
class AroundChange:
    """The recordings related to a change: those of its test, or of unknown tests.

    there: on the new side of the range, without its own. gone: on the old side only, without its own. taken: whether
    another recording is at the path of its old one. problem: why they are unknown, as a clause; "" if they are known.
    """

    there: tuple[AskedCall, ...] = ()
    gone: tuple[AskedCall, ...] = ()
    taken: bool = False
    problem: str = ""


def why_not(change: Change, around: AroundChange) -> str:
    """Return why the old recording of a call made again unasked cannot be taken back, as a clause; "" if it can."""
    if change.old is None or change.new is None or not change.unasked:
        raise ValueError("nothing asks that about a change that was asked for, or has one side")
    return (
        _of_itself(change.old, change.new)
        or around.problem
        or (TAKEN if around.taken else "")
        or _beside(change.old, change.new, around)
    )


def _of_itself(old: Side, new: Side) -> str:
    """Return the reason in the two recordings themselves."""
    if not new.test_id:
        return NO_TEST
    if old.part or new.part:
        return SHARED
    if old.folder != new.folder:
        return MOVED
    if Kind.MODELS in (old.exchange.kind, new.exchange.kind):
        return LISTS
    if old.exchange.request.body != new.exchange.request.body:
        return OTHER_IDS
    is_alike = _recorded_as(old.exchange) == _recorded_as(new.exchange)
    return "" if is_alike and _are_types_of_now(_types(old.exchange), _types(new.exchange)) else OTHER_DETAILS


def _recorded_as(exchange: Exchange) -> bytes:
    """Return what a recorder wrote around a reply; what the provider sent belongs to the answer."""
    return canonical({key: value for key, value in exchange.rest.items() if key not in (*_OF_ANSWER, _TYPES)})


_OF_ANSWER, _TYPES = ("body", "chunks", "bytes"), "types"
"""The keys of `Exchange.rest` for the reply itself, and the key for the type names that the recorder wrote."""


def _types(exchange: Exchange) -> frozenset[str]:
    told = exchange.rest.get(_TYPES)
    return frozenset(one for one in told if isinstance(one, str)) if isinstance(told, list) else frozenset()


def _are_types_of_now(old: frozenset[str], new: frozenset[str]) -> bool:
    """Tell whether the current code still has the types of an old reply, as far as a new one shows: none was moved."""
    packages = {one.partition(".")[0] for one in new}
    names = {one.rpartition(".")[2] for one in new}
    return all(one.partition(".")[0] in packages and one.rpartition(".")[2] not in names for one in old - new)


def _beside(old: Side, new: Side, around: AroundChange) -> str:
    """Return the reason in the other recordings of the test."""
    own, there = AskedCall(new), around.there
    if any(one.side.exchange.kind is Kind.UNREADABLE for one in (*there, *around.gone)):
        return UNREAD
    if any(one.is_same(own) for one in there):
        return TWICE
    if any(one.names_earlier for one in (*there, *around.gone)):
        return NAMES_EARLIER
    if any(one.goes_on_from(own) for one in there):
        return GOES_ON
    gone = [one for one in around.gone if not any(one.is_same(other) for other in there)]
    if any(one.goes_on_from(own) for one in gone):
        return WENT
    if (there or gone) and _opaque(old.exchange) != _opaque(new.exchange):
        return OPAQUE
    return _looked_for(old, new, own, there, gone)


def _looked_for(old: Side, new: Side, own: AskedCall, there: Sequence[AskedCall], gone: Sequence[AskedCall]) -> str:
    before, now = Traces.of(old.exchange), Traces.of(new.exchange)
    try:
        if any(now.without(before).are_in(one, own) for one in there):
            return LEANS
        return WENT if any(before.without(now).are_in(one, own) for one in gone) else ""
    except _TooMuch:
        return TOO_MUCH


class _TooMuch(Exception):
    """The search would exceed its limit."""


@dataclass(frozen=True, slots=True)
class Traces:
    """What identifies an answer in a later request. texts: in full; their fragments are searched for. calls: as `_call`."""

    ids: frozenset[str]
    texts: frozenset[str]
    calls: frozenset[bytes]

    @classmethod
    def of(cls, answer: Exchange) -> Traces:
        """Return the traces that an answer would leave."""
        calls = [call for output in answer.outputs for call in output.tool_calls]
        texts = {_flat(text) for output in answer.outputs for text in _said(output)}
        return cls(
            frozenset(call.id for call in calls if call.id), frozenset(texts - {""}), frozenset(map(_call, calls))
        )

    def without(self, other: Traces) -> Traces:
        """Return those that distinguish this answer from another."""
        return Traces(self.ids - other.ids, self.texts - other.texts, self.calls - other.calls)

    def are_in(self, asked: AskedCall, own: AskedCall) -> bool:
        """Tell whether a request contains any of them. own: the request that was answered; its own text does not count."""
        if self.calls & asked.calls or self.ids & asked.values:
            return True
        if any(len(one) >= SHORTEST_ID and one in asked.text for one in self.ids):
            return True
        if self.texts & (asked.values - own.values):
            return True
        pieces = {piece for text in self.texts for piece in _pieces(text)}
        if len(pieces) * len(asked.text) > MOST_WORK:
            raise _TooMuch
        holds_own = own.values <= asked.values
        return any(_is_in(piece, asked.text, own.text if holds_own else "") for piece in pieces)


def _is_in(piece: str, text: str, own: str) -> bool:
    """Tell whether a text contains a fragment of an answer more often than the request that was answered."""
    return piece in text and _count(piece, text) > _count(piece, own)


def _count(piece: str, text: str) -> int:
    """Count a fragment in a text; a very short word only as a whole word."""
    if len(piece) >= SHORTEST_WORD or not piece.isascii():
        return text.count(piece)
    return len(re.findall(rf"(?<!\w){re.escape(piece)}(?!\w)", text))


def _pieces(text: str) -> Iterator[str]:
    """Yield overlapping fragments of a text, so that any long enough substring of it contains one."""
    last = max(0, len(text) - BLOCK)
    for start in {*range(0, last, STEP), last}:
        yield text[start : start + BLOCK]


def _said(output: Output) -> Iterator[str]:
    """Yield all texts of a choice, and those in JSON inside them."""
    for text in (output.content, output.reasoning, output.refusal):
        yield from _texts(text)
    for call in output.tool_calls:
        yield from _texts(arguments_as_json(call.arguments))


def _texts(value: Json) -> Iterator[str]:
    """Yield the texts in a JSON value in order, each followed by those in JSON inside it."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += reversed(one.values())
        elif isinstance(one, list):
            waiting += reversed(one)
        elif isinstance(one, str):
            yield one
            waiting += _inner(one)


def _inner(text: str) -> list[Json]:
    """Return the JSON value of a text, [] if it is not JSON."""
    if not text.lstrip().startswith(("{", "[")):
        return []
    try:
        return [loads(text)]
    except (JSONDecodeError, RecursionError, ValueError):
        return []


def _flat(text: str) -> str:
    return " ".join(text.split())


def _call(call: ToolCall) -> bytes:
    return encode([call.name, arguments_as_json(call.arguments)], is_sorted=True)


def _opaque(answer: Exchange) -> bytes:
    """Return the parts of an answer besides text and tool calls: vectors, hits, images, errors."""
    ids, told = Ids(), said(answer)
    parts = [[said_of_part(part, ids) for part in output.parts] for output in answer.outputs]
    return canonical([any(parts) and parts, [told.get(key) for key in ("kind", "exhibits", "unread", "error")]])
