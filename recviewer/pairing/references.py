"""Which earlier answers of a file its requests refer to by ids, which differ at each recording.

An id counts by order of appearance in one exchange, so that alone does not show which answer a request continues, which
call a result answers, or which file is meant. Where the exchanges that made these ids are in the same file, that is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from recviewer.exchange.fingerprint import Ids
from recviewer.exchange.model import Exchange, Json, Kind, ToolCall
from recviewer.formats.raw import unwrap
from recviewer.formats.reading import Reading
from recviewer.threads.entries import answer_id

REFERENCES = "refers to an earlier answer"
"""The name of the detail that tells which, by how many answers back it is; a list if there are several."""


def with_references(readings: Sequence[Reading]) -> list[Exchange]:
    """Return the exchanges of a file, in order, with what their requests refer to as a part of where they stand.

    Only ids that a request does not define itself are looked up: where it repeats a call with its result, it says itself
    what the result is of. Distances count only exchanges of the same kind that make an id, so that
    others may come and go.
    """
    made: dict[str, _Maker] = {}
    counts: Counter[Kind] = Counter()
    exchanges = []
    for reading in readings:
        found = [made.get(id) for id in _undefined(reading.exchange)]
        exchanges.append(_placed(reading.exchange, found, counts))
        kind = reading.exchange.kind
        new = {id: _Maker(kind, counts[kind], what) for id, what in _made_by(reading) if id not in made}
        made.update(new)
        counts[kind] += bool(new)  # not those that only ask again about what was made before
    return exchanges


class _Maker(NamedTuple):
    """What made an id. number: how many of its kind precede it in the file. what: see `_made_by`."""

    kind: Kind
    number: int
    what: str


class _CountedIds(Ids):
    """Counts how often each id occurs; the own `id` of an object that is not a mere reference counts once more."""

    __slots__ = ("counts",)

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def rename(self, id: str) -> str:
        self.counts[id] += 1
        return super().rename(id)

    def _object(self, value: dict[str, Json], holder: str) -> dict[str, Json]:
        id = value.get("id")
        if isinstance(id, str) and value.get("type") != "item_reference":
            self.counts[id] += 1
        return super()._object(value, holder)


def _undefined(exchange: Exchange) -> list[str]:
    """Return the ids that occur once in a request, in order of appearance: it does not say what they name."""
    ids = _CountedIds()
    ids.body(exchange.request.body)
    return [id for id, count in ids.counts.items() if count == 1]


def _made_by(reading: Reading) -> Iterator[tuple[str, str]]:
    """Yield the ids that an answer makes, each with what it names: a call, an item of Responses, or "" for the answer
    or object itself.
    """
    if reading.raw is None:
        return
    id = answer_id(reading.raw)
    if id:
        yield id, ""
    for number, id in enumerate(_item_ids(reading.raw.reply), 1):
        yield id, f"item {number}"
    for number, call in enumerate(_calls(reading.exchange), 1):
        if call.id:
            yield call.id, f"call {number}"


def _item_ids(reply: Json) -> list[str]:
    """Return the ids of the items of a reply of Responses, complete or streamed, in order."""
    elements = map(unwrap, reply) if isinstance(reply, list) else (unwrap(reply),)
    objects = [element for element in elements if isinstance(element, dict)]
    items = [
        item
        for one in objects
        for held in (one.get("output"), [one.get("item")])
        if isinstance(held, list)
        for item in held
    ]
    ids = [item.get("id") for item in items if isinstance(item, dict)]
    return list(dict.fromkeys([id for id in ids if isinstance(id, str) and id]))


def _calls(exchange: Exchange) -> Iterable[ToolCall]:
    for output in exchange.outputs:
        yield from output.tool_calls
        yield from (part for part in output.parts if isinstance(part, ToolCall))


def _placed(exchange: Exchange, found: Sequence[_Maker | None], counts: Counter[Kind]) -> Exchange:
    """Return an exchange with what it refers to. counts: how many of each kind precede it."""
    if not any(found):
        return exchange
    told = ["none" if one is None else _told(one, counts[one.kind] - one.number) for one in found]
    return replace(exchange, place={**exchange.place, REFERENCES: told[0] if len(told) == 1 else told})


def _told(maker: _Maker, back: int) -> str:
    return f"{back} back{f', {maker.what}' if maker.what else ''}"
