"""What counts of a recording besides what its reader took as meaning: everything not known to be harmless."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

import orjson

from recviewer.bounded.cache import Recent
from recviewer.exchange.elements import Elements, Flat, flat_of
from recviewer.exchange.encode import exact
from recviewer.exchange.error_ids import without_ids
from recviewer.exchange.model import Json, Kind, Left, Reply
from recviewer.exchange.shape import Shape, ShapeOfTwo
from recviewer.formats import blocks, joined_texts, missed_values
from recviewer.formats.behind_the_end import OF_EVENTS, BehindTheEnd
from recviewer.formats.contract import AddsElements, Format
from recviewer.formats.cut_chunks import CutChunks, NotAlike
from recviewer.formats.raw import Raw, unwrap
from recviewer.formats.reader_output import ReaderOutput

_TOP = frozenset({"test_id", "request", "response", "id_normalization_mapping", "shown"})
_WRAPPER = frozenset({"__type__", "__data__"})
_ASKED: dict[str, frozenset[str]] = {
    "http": frozenset({"payload"}),
    "inference": frozenset({"body"}),
    "tool": frozenset({"tool_name", "kwargs"}),
}
"""By kind of request, the keys that `Request.body` contains. A file processor's request is contained in full."""

_ELSEWHERE = frozenset({"test_id", "url", "model", "provider_metadata"})


def rest_of(raw: Raw, chosen: Format, reply: Reply | None, left: list[Left]) -> RestCounts:
    """Return what counts besides the neutral model and harmless values; where the recording lies does not count.

    reply: None if no format read the body. left: values not understood are appended, with paths relative to the body.
    """
    made: dict[str, Json] = {}
    file = {key: value for key, value in raw.document.items() if key not in _TOP or _is_odd(key, value)}
    lacks = [key for key in ("request", "response") if key not in raw.document]
    for name, found in (("file", file), ("lacks", lacks), ("request", _request(raw)), ("response", _response(raw))):
        if found:
            made[name] = found
    if raw.reply is None:
        return RestCounts(made | ({"body": None} if "body" in raw.response else {}))
    if reply is None:
        return RestCounts(made | {"body": without_ids(raw.recorded)})
    if chosen.kind is Kind.UNKNOWN:
        return RestCounts(made)
    shape = chosen.shape
    if reply.chunks:
        told: list[blocks.Told] = []
        ended = BehindTheEnd(are_events=chosen.name in OF_EVENTS)
        elements = _streamed(raw, chosen, reply, shape, left, told, ended)
        behind = ended.build()
        held = blocks.of_stream(chosen.name, told)
        odd = [item for item in raw.recorded if type(item) is not str] if _is_lines(raw) else []
        made |= (
            {"chunks": elements.build(are_shared=reply.elements is not None)}
            | _types(raw.reply, raw.alike)
            | ({"beside": odd} if odd else {})
            | ({"blocks": held} if held else {})
            | ({"behind": behind} if behind else {})
            | _around(raw.reply, shape, left)
        )
        return RestCounts(made, tuple(elements.flats))
    made |= _whole(raw.reply, chosen, shape, left)
    told_of = unwrap(raw.reply)
    if parts := [*blocks.of_whole(chosen.name, told_of), *joined_texts.of_whole(chosen.name, told_of)]:
        made["blocks"] = parts
    whole = shape.whole if isinstance(shape, ShapeOfTwo) else shape
    if type(whole) is Shape and type(raw.reply) is dict:
        texts = missed_values.of_whole(told_of, whole.root, _returned_by(raw, chosen, reply), left)
        if texts.missed:
            made["untold"] = texts.missed
        if texts.again:
            made["again"] = texts.again
    return RestCounts(made)


def _around(reply: Json, shape: Shape, left: list[Left]) -> dict[str, Json]:
    """Return what counts of a body whose stream is under a key, besides the stream. No reader looks at it."""
    if not isinstance(reply, dict):
        return {}
    beside = {key: value for key, value in reply.items() if key != "stream"}
    found = shape.rest(beside, [])
    missed = missed_values.of_whole(beside, shape.root, ReaderOutput(()), left).missed
    return ({"body": found} if found else {}) | ({"untold": missed} if missed else {})


def _is_lines(raw: Raw) -> bool:
    """Tell whether a stream was recorded as lines or text fragments, where other elements have no meaning."""
    return bool(raw.sse_events) and isinstance(raw.recorded, list)


class RestCounts(NamedTuple):
    """What else counts. rest: by location (`file`, `request`, `response`, `types`, `body`, `chunks`, `blocks`, `behind`).

    elements: for a streamed reply, what counts of each element, in order.
    """

    rest: dict[str, Json]
    elements: tuple[Flat, ...] = ()


def _is_odd(key: str, value: Json) -> bool:
    """Tell whether `request` or `response` has a wrong type, so that nothing of it was read."""
    return key in ("request", "response") and not isinstance(value, dict)


def place_of(raw: Raw) -> dict[str, Json]:
    """Return where the recording was made (test, host, provider), which may change without a change of meaning."""
    made: dict[str, Json] = {}
    for holder, name in ((raw.document, "test_id"), (raw.request, "request.test_id")):
        if "test_id" in holder:
            made[name] = holder["test_id"]
    host = _split(raw.url)[0]
    if host:
        made["host"] = host
    metadata = raw.request.get("provider_metadata")
    if isinstance(metadata, dict):
        made |= {f"provider_metadata.{key}": item for key, item in metadata.items() if not _is_version(key)} or {
            "provider_metadata": {}  # that it is present counts, not which versions it names
        }
    elif "provider_metadata" in raw.request:
        made["provider_metadata"] = metadata
    return made


def _is_version(key: str) -> bool:
    return key.endswith(("_version", "_build", "_build_date"))


_wrapped = itemgetter("__type__", "__data__")
_HOST = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#\\\s]+")


@lru_cache(maxsize=256)
def _split(url: str) -> tuple[str, str]:
    """Return scheme and host of a URL, and the rest; an invalid URL is all rest."""
    found = _HOST.match(url)
    return (found[0], url[found.end() :]) if found else ("", url)


def _request(raw: Raw) -> dict[str, Json]:
    asked = raw.request
    if raw.request_kind == "file_processor":
        return {}
    taken = _ASKED.get(raw.request_kind, frozenset())
    held = frozenset(key for key in taken if raw.request_kind == "tool" or isinstance(asked.get(key), dict))
    made = {key: value for key, value in asked.items() if key not in held and key not in _ELSEWHERE}
    if "url" in asked:
        made["url"] = _split(raw.url)[1] if raw.url else asked["url"]
    if raw.request_kind == "inference" and "body" not in asked:
        made["no body"] = True
    asked_for = raw.body.get("model") or ""
    if raw.request_kind == "inference" and (type(asked_for) is not str or asked.get("model") != asked_for):
        made["model"] = asked.get("model", {})
    return made


def _response(raw: Raw) -> dict[str, Json]:
    made: dict[str, Json] = {}
    for key, value in raw.response.items():
        if key == "body":
            continue
        made[key] = without_ids(value) if key.startswith("exception") else value
    return made


def _whole(body: Json, chosen: Format, shape: Shape, left: list[Left]) -> dict[str, Json]:
    if isinstance(body, list):
        if chosen.kind is Kind.MODELS:
            return _models(body, shape, left)
        return _types(body) | {"body": [_row(unwrap(item), shape, left) for item in body]}
    found = shape.rest(unwrap(body), left)
    if chosen.kind is Kind.MODELS and isinstance(found, dict):
        listed = unwrap(body)
        for key, value in found.items():
            if isinstance(value, list) and isinstance(listed[key], list):
                found[key] = {"list": _named(listed[key], value)}
    return _types([body]) | {"body": found}


LISTS_BYTES = 2_000_000
"""Most bytes of model lists whose results a process caches: each test of a tree requests the same ones."""

_LISTS = Recent[tuple[str, bytes], tuple[bytes, dict[str, Json], list[Left]]](
    weigh=lambda found: len(found[0]), limit=LISTS_BYTES, at_least=0
)


def _models(body: list[Json], shape: Shape, left: list[Left]) -> dict[str, Json]:
    """Return what counts of a list of models."""
    with suppress(TypeError):  # TypeError: a number that keeps its text, or too long an integer
        text = orjson.dumps(body)
        _, made, found = _LISTS.made((shape.name, text), lambda: (text, *_listed(body, shape)))
        left += found
        return made
    made, found = _listed(body, shape)
    left += found
    return made


def _listed(body: list[Json], shape: Shape) -> tuple[dict[str, Json], list[Left]]:
    found: list[Left] = []
    kept = [_row(unwrap(item), shape, found) for item in body]
    return _types(body) | {"list": _named(body, kept)}, found


ROWS_MOST = 4_000
"""Most list rows that a process caches: the lists of a tree contain the same models again and again."""

ROW_BYTES_MOST = 4_000

_ROWS: dict[tuple[str, bytes], tuple[Json, list[Left]]] = {}


def _row(item: Json, shape: Shape, left: list[Left]) -> Json:
    """Return what counts of an item of a reply that is a list."""
    try:
        text = exact(orjson.dumps(item))
    except TypeError:  # a number that keeps its text, or too long an integer
        return shape.rest([item], left)[0]
    known = _ROWS.get((shape.name, text))
    if known is None:
        found: list[Left] = []
        known = shape.rest([item], found)[0], found
        if len(_ROWS) < ROWS_MOST and len(text) <= ROW_BYTES_MOST:
            _ROWS[shape.name, text] = known
    left += known[1]
    return known[0]


def _types(items: list[Json], alike: Mapping[int, CutChunks] | None = None) -> dict[str, Json]:
    """Return the name of the type around the values, or of each if they differ, and any other keys of the wrappers.

    alike: see `Raw`. Raises NotAlike if the values have different types.
    """
    with suppress(TypeError, KeyError, ValueError):  # nearly all lists: every value wrapped, all in one type
        found = [name for name, _ in map(_wrapped, items)]
        if len(set(found)) == 1 and set(map(len, items)) == {2}:
            return {"types": found[:1]}
    if alike:
        raise NotAlike
    names: list[Json] = []
    beside: list[Json] = []
    for place, item in enumerate(items):
        is_wrapped = type(item) is dict and "__data__" in item
        name = item.get("__type__") if is_wrapped else None
        if is_wrapped and type(name) is not str:
            name = {key: value for key, value in item.items() if key == "__type__"}
        names.append(name)
        if is_wrapped and item.keys() - _WRAPPER:
            beside.append({"place": place} | {key: value for key, value in item.items() if key not in _WRAPPER})
    if all(type(name) is type(names[0]) and name == names[0] for name in names):
        names = names[:1]
    made: dict[str, Json] = {} if names == [None] or not names else {"types": names}
    return made | ({"beside": beside} if beside else {})


def _named(items: list[Json], kept: list[Json]) -> dict[str, Json]:
    """Key the rows of a list whose order does not matter by name; rows with equal names are sorted by their rest."""
    made: dict[str, list[Json]] = {}
    for item, rest in zip(items, kept, strict=True):
        row: Any = unwrap(item)
        name = next((row[key] for key in ("id", "model", "name") if key in row), "") if isinstance(row, dict) else ""
        made.setdefault(str(name), []).append(rest)
    return {name: rows[0] if len(rows) == 1 else sorted(rows, key=repr) for name, rows in made.items()}


def _returned_by(raw: Raw, chosen: Format, reply: Reply) -> ReaderOutput:
    return missed_values.of_reply(reply, lambda: chosen.request(raw, []))


PING = {"type": "ping"}
"""Keeps the connection open; its number and positions do not matter."""


def _streamed(
    raw: Raw,
    chosen: Format,
    reply: Reply,
    shape: Shape,
    left: list[Left],
    told: list[blocks.Told],
    ended: BehindTheEnd,
) -> Elements:
    """Return what counts of each element. told: the elements to derive blocks from are appended. ended: gets every chunk."""
    made = Elements()
    if reply.elements is not None:
        made.flats = list(reply.elements)
        left += reply.left
        return made
    if isinstance(chosen, AddsElements) and isinstance(raw.reply, list):
        chosen.add_elements(raw, made, left)
        told += ((event.data, event.name) for event in raw.events())
        for chunk in reply.told or chosen.chunks(raw):
            ended.add(chunk)
        return made
    names = [event.name for event in raw.sse_events]
    missed = missed_values.MissedInStream(shape, _returned_by(raw, chosen, reply), left)
    has_pings = chosen.kind is Kind.ANTHROPIC
    for place, chunk in enumerate(reply.told or chosen.chunks(raw)):
        ended.add(chunk)
        sent = unwrap(raw.reply[place]) if isinstance(raw.reply, list) else None
        element = chunk.element if sent is None or type(sent) in (dict, str) else sent
        if has_pings and element == PING:
            continue
        name = names[place] if place < len(names) else ""
        made.add(missed.counted(element, chunk.deltas, flat_of(element, shape, left, event=name)))
        told.append((element, name))
    missed.end()
    return made
