"""Changes in the response: one function for each kind of section."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from itertools import zip_longest

import orjson

from recviewer.difference.model import Item, Names, SectionKind, Values, VectorChange, Words
from recviewer.difference.values import ABSENT, ValueChange, aligned, changes
from recviewer.difference.words import words
from recviewer.exchange.encode import nesting
from recviewer.exchange.fingerprint import LISTINGS, TIMES, arguments_as_json, without_opaque
from recviewer.exchange.model import (
    Exchange,
    Hits,
    Image,
    Json,
    JsonPart,
    Output,
    Part,
    Passages,
    Reasoning,
    RefusalPart,
    SentFile,
    Table,
    Text,
    ToolCall,
    ToolResult,
    Vector,
)

DEPTH = 40
"""Answers nested deeper than this are not compared as JSON."""

ADDRESS = 400
"""Images' addresses up to this many characters are shown; longer ones are data, and shown as a digest."""

Told = tuple[SectionKind, list[Item]]
Pair = tuple[Output, Output]


def sections(old: Exchange, new: Exchange, pairs: Sequence[Pair]) -> Iterator[Told]:
    """Yield, for each kind of section, the items that changed. pairs: see `paired`."""
    many = len(pairs) > 1
    pairs = [pair for pair in pairs if not _is_plainly_same(*pair)]
    yield SectionKind.ANSWER, _texts(pairs, "content", many=many)
    yield SectionKind.REASONING, _texts(pairs, "reasoning", many=many)
    yield SectionKind.REFUSAL, _texts(pairs, "refusal", many=many)
    yield SectionKind.CALLS, [item for pair in pairs for item in _calls(*pair, many=many)]
    yield SectionKind.PARTS, [item for pair in pairs for item in _parts(*pair, many=many)]
    yield SectionKind.FINISH, _finishes(pairs, many=many)
    yield SectionKind.ERROR, list(_error(old, new))
    yield SectionKind.VECTORS, list(_vectors(old, new))
    yield SectionKind.LISTING, list(_tables(old, new))
    yield SectionKind.HITS, list(_hits(old, new))
    yield SectionKind.PASSAGES, list(_passages(old, new))
    unread = changes(_or_absent(old.unread), _or_absent(new.unread), "response", "body")
    yield SectionKind.REPLY, [value_item("", unread)] if unread else []


def paired(old: Exchange, new: Exchange) -> list[Pair]:
    """Return the choices of both sides paired by index; a choice of only one side is paired with an empty one."""
    before, after = _by_index(old.outputs), _by_index(new.outputs)
    places = sorted(before.keys() | after.keys())
    return [(before.get(place) or Output(place[0]), after.get(place) or Output(place[0])) for place in places]


def _by_index(outputs: Sequence[Output]) -> dict[tuple[int, int], Output]:
    """Key each choice by its index and the number of earlier choices with the same index."""
    made: dict[tuple[int, int], Output] = {}
    before: Counter[int] = Counter()
    for output in outputs:
        made[output.index, before[output.index]] = output
        before[output.index] += 1
    return made


def _is_plainly_same(old: Output, new: Output) -> bool:
    """Tell whether two choices have equal texts and calls and no other parts, so that they need not be compared."""
    return not old.parts and not new.parts and old == new


def _label(pair: Pair, *, many: bool) -> str:
    return f"choice {pair[0].index}" if many else ""


def _texts(pairs: Sequence[Pair], name: str, *, many: bool) -> list[Item]:
    made: list[Item] = []
    for pair in pairs:
        before, after = getattr(pair[0], name), getattr(pair[1], name)
        if before != after:
            made.append(text_item(_label(pair, many=many), before, after))
    return made


def text_item(label: str, old: str, new: str, *, old_label: str | None = None) -> Words:
    """Return two texts as an item; if both are JSON objects or lists, they are compared as JSON too."""
    before, after = _as_json(old), _as_json(new)
    both = before is not ABSENT and after is not ABSENT
    values = changes(before, after) if both else ()
    return Words(label, words(old, new), values, label if old_label is None else old_label)


def value_item(label: str, values: tuple[ValueChange, ...], *, old_label: str | None = None) -> Values:
    """Return changed values as an item."""
    return Values(label, values, label if old_label is None else old_label)


def _as_json(text: str) -> Json:
    if text.lstrip()[:1] not in ("{", "["):
        return ABSENT
    data = text.encode("utf-8", "replace")
    if nesting(data, limit=DEPTH) > DEPTH:
        return ABSENT
    try:
        return orjson.loads(data)
    except ValueError:
        return ABSENT


def call_value(call: ToolCall) -> dict[str, Json]:
    """Return a call without its id, with its arguments parsed if they are JSON."""
    arguments = arguments_as_json(call.arguments)
    return {"name": call.name, "arguments": arguments.get("json", arguments.get("text"))}


def _calls(old: Output, new: Output, *, many: bool) -> Iterator[Item]:
    prefix = _label((old, new), many=many)
    yield from call_items(old.tool_calls, new.tool_calls, prefix)


def call_items(
    old: Sequence[ToolCall], new: Sequence[ToolCall], prefix: str = "", old_prefix: str | None = None
) -> Iterator[Values]:
    """Yield the calls that differ, aligned by the equal ones. Each is labelled with its function's name."""
    before, after = [call_value(call) for call in old], [call_value(call) for call in new]
    for places, others in aligned(before, after):
        for place, other in zip_longest(places, others):
            was: Json = ABSENT if place is None else before[place]
            now: Json = ABSENT if other is None else after[other]
            found = changes(was, now)
            if found:
                name, earlier = (was if now is ABSENT else now)["name"], (now if was is ABSENT else was)["name"]
                before_it = prefix if old_prefix is None else old_prefix
                yield value_item(f"{prefix} {name}".strip(), found, old_label=f"{before_it} {earlier}".strip())


def _parts(old: Output, new: Output, *, many: bool) -> Iterator[Item]:
    """Yield the differences in other parts of the outputs than texts and calls, aligned by the equal ones."""
    prefix = _label((old, new), many=many)
    before, after = [_part(part) for part in old.parts], [_part(part) for part in new.parts]
    for places, others in aligned(before, after):
        for place, other in zip_longest(places, others):
            was: Json = ABSENT if place is None else before[place]
            now: Json = ABSENT if other is None else after[other]
            found = changes(was, now)
            if found:
                names = [next(iter(one)) for one in (now, was) if one is not ABSENT]
                yield value_item(f"{prefix} {names[0]}".strip(), found, old_label=f"{prefix} {names[-1]}".strip())


def _part(part: Part) -> dict[str, Json]:
    """Return what counts of a part as an object with one key, which names its kind."""
    match part:
        case ToolCall():
            return {"server's call": call_value(part)}
        case ToolResult():
            return {"result": {"of": part.name, "parts": [_part(inner) for inner in part.parts]}}
        case Image():
            return {"image": _data(part.url)}
        case SentFile():
            return {"file": {"name": part.name, "data": _data(part.data)}}
        case JsonPart():
            return {"data": without_opaque(part.value)}
        case Text() | Reasoning() | RefusalPart():
            return {part.kind.value: part.text}


def _data(data: str) -> str:
    """Return an address; for long data a digest."""
    if len(data) <= ADDRESS:
        return data
    digest = hashlib.sha256(data.encode("utf-8", "replace")).hexdigest()[:12]
    return f"{data[:24]}… {len(data):,} characters, sha256 {digest}"


def _finishes(pairs: Sequence[Pair], *, many: bool) -> list[Item]:
    made: list[Item] = []
    for pair in pairs:
        found = changes(_or_absent(pair[0].finish_reason), _or_absent(pair[1].finish_reason), "finish_reason")
        if found:
            made.append(value_item(_label(pair, many=many), found))
    return made


def _or_absent(value: Json) -> Json:
    return ABSENT if value is None else value


def _error(old: Exchange, new: Exchange) -> Iterator[Item]:
    found = changes(_failure(old), _failure(new))
    if found:
        yield value_item("", found)
    before, after = (exchange.error.message if exchange.error else "" for exchange in (old, new))
    if before != after:
        yield text_item("message", before, after)


def _failure(exchange: Exchange) -> dict[str, Json]:
    error = exchange.error
    return {} if error is None else {"type": error.type, "status": _or_absent(error.status)}


def _of(exchange: Exchange, kind: type) -> list[Json]:
    return [exhibit for exhibit in exchange.exhibits if isinstance(exhibit, kind)]


def _vectors(old: Exchange, new: Exchange) -> Iterator[Item]:
    before: list[Vector] = _of(old, Vector)
    after: list[Vector] = _of(new, Vector)
    for place, (was, now) in enumerate(zip_longest(before, after)):
        if was is None or now is None:
            yield VectorChange(f"[{place}]", len(was.values) if was else 0, len(now.values) if now else 0, None, None)
        elif was.values != now.values or was.encoding != now.encoding or was.index != now.index:
            yield _vector(f"[{place}]", was.values, now.values)


def _vector(label: str, old: Sequence[float], new: Sequence[float]) -> VectorChange:
    if len(old) != len(new):
        return VectorChange(label, len(old), len(new), None, None)
    length = math.hypot(*old) * math.hypot(*new)
    dot = math.fsum(map(float.__mul__, map(float, old), map(float, new))) if _is_finite(old, new) else math.nan
    cosine = dot / length if length and math.isfinite(length) and math.isfinite(dot) else None
    largest = max((abs(was - now) for was, now in zip(old, new, strict=True)), default=0.0)
    return VectorChange(label, len(old), len(new), cosine, largest if math.isfinite(largest) else None)


def _is_finite(*vectors: Sequence[float]) -> bool:
    return all(map(math.isfinite, (value for vector in vectors for value in vector)))


def _tables(old: Exchange, new: Exchange) -> Iterator[Item]:
    is_listing = old.kind in LISTINGS or new.kind in LISTINGS
    for was, now in zip_longest(_of(old, Table), _of(new, Table)):
        before, after = _rows(was), _rows(now)
        title = min({table.title for table in (was, now) if table})
        if is_listing:
            yield from _listing(title, before, after)
        else:
            found = changes(before, after)
            if found:
                yield value_item(title, found)


def _rows(table: Table | None) -> list[dict[str, Json]]:
    if table is None:
        return []
    return [
        {name: cell for name, cell in zip(table.columns, row, strict=False) if name not in TIMES} for row in table.rows
    ]


def _listing(title: str, old: list[dict[str, Json]], new: list[dict[str, Json]]) -> Iterator[Item]:
    before, after = _named(old), _named(new)
    gone = tuple(sorted(before.keys() - after.keys()))
    fresh = tuple(sorted(after.keys() - before.keys()))
    both = before.keys() & after.keys()
    if gone or fresh:
        yield Names(title, gone, fresh, len(both))
    found = [change for name in sorted(both) for change in changes(before[name], after[name], name)]
    if found:
        yield value_item(title, tuple(found))


def _named(rows: list[dict[str, Json]]) -> dict[str, dict[str, Json]]:
    """Key each row by its first cell; equal names get a number."""
    made: dict[str, dict[str, Json]] = {}
    last: Counter[str] = Counter()
    for row in sorted(rows, key=str):
        made[free(str(next(iter(row.values()), None)), made, last)] = row
    return made


def free(stem: str, taken: Container[str], last: Counter[str]) -> str:
    """Return a free name: the stem, with a number if it is taken. last: the last number given to each stem."""
    name = stem if not last[stem] else f"{stem} ({last[stem] + 1})"
    last[stem] += 1
    while name in taken:
        last[stem] += 1
        name = f"{stem} ({last[stem]})"
    return name


def _hits(old: Exchange, new: Exchange) -> Iterator[Item]:
    before = [_hit(hit) for exhibit in _of(old, Hits) for hit in exhibit.hits]
    after = [_hit(hit) for exhibit in _of(new, Hits) for hit in exhibit.hits]
    yield from _texts_and_facts(before, after)


def _hit(hit: Json) -> dict[str, Json]:
    return {"text": hit.text, "title": hit.title, "url": hit.url, "score": hit.score, "index": hit.index}


def _passages(old: Exchange, new: Exchange) -> Iterator[Item]:
    before = [{"text": passage.text} for exhibit in _of(old, Passages) for passage in exhibit.passages]
    after = [{"text": passage.text} for exhibit in _of(new, Passages) for passage in exhibit.passages]
    yield from _texts_and_facts(before, after)


def _texts_and_facts(old: list[dict[str, Json]], new: list[dict[str, Json]]) -> Iterator[Item]:
    for places, others in aligned(old, new):
        for place, other in zip_longest(places, others):
            was = {} if place is None else old[place]
            now = {} if other is None else new[other]
            label, earlier = f"[{place if other is None else other}]", f"[{other if place is None else place}]"
            if was.get("text", "") != now.get("text", ""):
                yield text_item(label, was.get("text", ""), now.get("text", ""), old_label=earlier)
            found = tuple(change for change in changes(was, now) if change.keys != ("text",))
            if found:
                yield value_item(label, found, old_label=earlier)
