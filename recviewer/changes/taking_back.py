"""Whether an old recording can be taken back whose call was made again unasked: only where nothing leans on the new one.

Nothing here reads a file. What cannot be told for sure counts as a reason not to.
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
"""Characters of a piece of an answer that is looked for in a request, and how far apart two pieces begin."""

SHORTEST_ID = 8
"""Characters of an id that is looked for anywhere in a request; a shorter one has to be a whole value of it."""

SHORTEST_WORD = 4
"""Characters from which a word is looked for inside of others, too."""

MOST_WORK = 300_000_000
"""Characters of requests times pieces of an answer that are looked through for one change."""

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
    """A recording as something that was asked, for finding an answer in its request."""

    side: Side

    @property
    def body(self) -> dict[str, Json]:
        """The request, as recorded."""
        return self.side.exchange.request.body

    @cached_property
    def values(self) -> frozenset[str]:
        """All texts of the request, also those inside of texts that are JSON; white space as one blank."""
        return frozenset(map(_flat, _texts(self.body)))

    @cached_property
    def text(self) -> str:
        """All of them in one, each once for every time that it stands there."""
        return "\0".join(map(_flat, _texts(self.body)))

    @cached_property
    def calls(self) -> frozenset[bytes]:
        """The calls that it quotes, by name and arguments."""
        parts = [part for message in self.side.exchange.request.messages for part in message.parts]
        return frozenset(_call(part) for part in parts if isinstance(part, ToolCall))

    @cached_property
    def turns(self) -> tuple[bytes, ...]:
        """What stands for its messages, each with all before it."""
        exchange = self.side.exchange
        return tuple(step.prefix for step in steps(exchange.request.messages, exchange=exchange))

    @property
    def names_earlier(self) -> bool:
        """Tell whether it names an answer that the server keeps."""
        return any(self.body.get(key) not in (None, "") for key in (*EARLIER, "conversation"))

    def is_same(self, other: AskedCall) -> bool:
        """Tell whether the same was asked."""
        own, its = self.side.exchange, other.side.exchange
        return own.endpoint == its.endpoint and self.body == other.body and not behind_masks(own, its)

    def goes_on_from(self, other: AskedCall) -> bool:
        """Tell whether its messages begin with those of another request, and go on."""
        own, first = self.turns, other.turns
        return bool(first) and len(own) > len(first) and own[len(first) - 1] == first[-1]


@dataclass(frozen=True, slots=True)
class AroundChange:
    """What stands beside a change: recordings that are of its test, or of which no test is known.

    there: on the new side of the range, without its own. gone: on the old side alone, without its own. taken: whether
    another recording is at the path of its old one. problem: why that is not known, as a clause; "" where it is.
    """

    there: tuple[AskedCall, ...] = ()
    gone: tuple[AskedCall, ...] = ()
    taken: bool = False
    problem: str = ""


def why_not(change: Change, around: AroundChange) -> str:
    """Return why the old recording of a change that nothing asked for is not to be taken back, as a clause; "" if it is."""
    if change.old is None or change.new is None or not change.unasked:
        raise ValueError("nothing asks that about a change that was asked for, or has one side")
    return (
        _of_itself(change.old, change.new)
        or around.problem
        or (TAKEN if around.taken else "")
        or _beside(change.old, change.new, around)
    )


def _of_itself(old: Side, new: Side) -> str:
    """Return what the two recordings alone speak against."""
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
    """Return what a recorder wrote around a reply; what the provider sent along belongs to the answer."""
    return canonical({key: value for key, value in exchange.rest.items() if key not in (*_OF_ANSWER, _TYPES)})


_OF_ANSWER, _TYPES = ("body", "chunks", "bytes"), "types"
"""What `Exchange.rest` holds of the reply itself, and the names of the code's types that the recorder wrote down."""


def _types(exchange: Exchange) -> frozenset[str]:
    told = exchange.rest.get(_TYPES)
    return frozenset(one for one in told if isinstance(one, str)) if isinstance(told, list) else frozenset()


def _are_types_of_now(old: frozenset[str], new: frozenset[str]) -> bool:
    """Tell whether the code of now still has the types of an old reply, as far as a new one shows: none was moved."""
    packages = {one.partition(".")[0] for one in new}
    names = {one.rpartition(".")[2] for one in new}
    return all(one.partition(".")[0] in packages and one.rpartition(".")[2] not in names for one in old - new)


def _beside(old: Side, new: Side, around: AroundChange) -> str:
    """Return what the other recordings of the test speak against."""
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
    """More would have to be looked through than there is time for."""


@dataclass(frozen=True, slots=True)
class Traces:
    """By what an answer is known again in a later request. texts: whole; pieces are looked for. calls: as `_call`."""

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
        """Return those that tell this answer from another."""
        return Traces(self.ids - other.ids, self.texts - other.texts, self.calls - other.calls)

    def are_in(self, asked: AskedCall, own: AskedCall) -> bool:
        """Tell whether a request holds any of them. own: the request that was answered; what it says itself is no trace."""
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
    """Tell whether a text holds a piece of an answer more often than the request does that it repeats."""
    return piece in text and _count(piece, text) > _count(piece, own)


def _count(piece: str, text: str) -> int:
    """Count a piece in a text; a very short word only where it stands alone."""
    if len(piece) >= SHORTEST_WORD or not piece.isascii():
        return text.count(piece)
    return len(re.findall(rf"(?<!\w){re.escape(piece)}(?!\w)", text))


def _pieces(text: str) -> Iterator[str]:
    """Yield pieces of a text, so that any run of it that is long enough holds one."""
    last = max(0, len(text) - BLOCK)
    for start in {*range(0, last, STEP), last}:
        yield text[start : start + BLOCK]


def _said(output: Output) -> Iterator[str]:
    """Yield all texts that a choice says, and those that stand in it as JSON."""
    for text in (output.content, output.reasoning, output.refusal):
        yield from _texts(text)
    for call in output.tool_calls:
        yield from _texts(arguments_as_json(call.arguments))


def _texts(value: Json) -> Iterator[str]:
    """Yield the texts in a JSON value, in order, and behind each that is JSON itself those in it."""
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
    """Return what a text says as JSON, [] where it is none."""
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
    """Return what an answer says beside words and calls: vectors, hits, pictures, errors."""
    ids, told = Ids(), said(answer)
    parts = [[said_of_part(part, ids) for part in output.parts] for output in answer.outputs]
    return canonical([any(parts) and parts, [told.get(key) for key in ("kind", "exhibits", "unread", "error")]])
