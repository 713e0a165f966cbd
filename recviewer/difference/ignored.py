"""Differences that a comparison does not count, with their numbers, so that nothing is hidden silently."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from recviewer.difference import vectors
from recviewer.difference.answers import Pair, call_value
from recviewer.difference.model import Ignored, shown
from recviewer.difference.values import ABSENT, changes, is_equal
from recviewer.exchange.model import Exchange, Json
from recviewer.exchange.shape import Shape

_NUMBER = re.compile(r"\[\d+\]")
_LONGEST = 200


def between(
    old: Exchange, new: Exchange, old_request: Json, new_request: Json, pairs: Sequence[Pair]
) -> tuple[Ignored, ...]:
    """Return the differences between two exchanges that do not count.

    old_request, new_request: the counted bodies (`fingerprint.said`); what differs only in the recorded bodies does not
    count. pairs: of their choices, see `answers.paired`.
    """
    found = [*_calls(pairs), *_request(old, new, old_request, new_request), *_facts(old, new)]
    return tuple(found)


def _calls(pairs: Sequence[Pair]) -> Iterator[Ignored]:
    ids, spellings = [], []
    for before, after in pairs:
        for was, now in zip(before.tool_calls, after.tool_calls, strict=False):
            if was.id != now.id:
                ids.append((was.id, now.id))
            if was.arguments != now.arguments and is_equal(call_value(was), call_value(now)):
                spellings.append((was.arguments, now.arguments))
    for path, values in (
        ("outputs[].tool_calls[].id", ids),
        ("outputs[].tool_calls[].arguments, as written", spellings),
    ):
        if values:
            yield Ignored(path, len(values), *map(_short, values[0]))


def _request(old: Exchange, new: Exchange, old_request: Json, new_request: Json) -> Iterator[Ignored]:
    differing = changes(old.request.body, new.request.body)
    if not differing:
        return
    counted = {(change.keys, change.new_keys) for change in changes(old_request, new_request)}
    found: dict[str, list[tuple[Json, Json]]] = {}
    for change in differing:
        if (change.keys, change.new_keys) not in counted:
            found.setdefault(f"request.{_NUMBER.sub('[]', change.path)}", []).append((change.old, change.new))
    for path, values in found.items():
        yield Ignored(path, len(values), _short(values[0][0]), _short(values[0][1]))


def _facts(old: Exchange, new: Exchange) -> Iterator[Ignored]:
    if (old.chunks, old.runs) != (new.chunks, new.runs):
        yield Ignored("chunk boundaries", 1, f"{old.chunks:,}", f"{new.chunks:,}")
    if old.exhibits != new.exhibits and vectors.are_near(old, new):
        count, largest = vectors.distances(old, new)
        told = f"1 − cosine {largest:.0e} at most"
        yield Ignored("numbers of an embedding", count, told, told)
    usage = changes(old.usage or {}, new.usage or {})
    if usage:
        yield Ignored("usage", len(usage), _total(old.usage), _total(new.usage))
    before, after = _placed(old), _placed(new)
    for name, value in before.items():
        if value != after[name]:
            yield Ignored(name, 1, _short(value), _short(after[name]))


def _placed(exchange: Exchange) -> dict[str, Json]:
    return {
        "versions of the client": versions_of(exchange) or ABSENT,
        "id_normalization_mapping": exchange.id_mapping or ABSENT,
    }


def versions_of(exchange: Exchange) -> dict[str, Json]:
    """Return the versions of the client's libraries, from the provider metadata."""
    return {key: value for key, value in exchange.metadata.items() if f"provider_metadata.{key}" not in exchange.place}


def _total(usage: dict[str, Json] | None) -> str:
    """Return the number of tokens, if the usage has a total or one can be computed; else ""."""
    if not usage:
        return ""
    for name in ("total_tokens", "total_token_count"):
        if isinstance(usage.get(name), int):
            return f"{usage[name]:,} tokens"
    counts = [value for key, value in usage.items() if isinstance(value, int) and ("tokens" in key or "count" in key)]
    return f"{sum(counts):,} tokens" if counts else ""


def _short(value: Json) -> str:
    text = shown(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


Elements = dict[str, list[Json]]


def of_chunks(elements: Iterable[Json], shape: Shape) -> Elements:
    """Return the harmless values of a stream's elements, by path without list indexes: `chunks[].id`."""
    made: Elements = {}
    for element in elements:
        for path, value in shape.harmless(element):
            made.setdefault(f"chunks[].{path}", []).append(value)
    return made


def of_reply(body: Json, shape: Shape) -> Elements:
    """Return the harmless values of an unstreamed reply, by path: `response.id`. body: unwrapped."""
    made: Elements = {}
    for path, value in shape.harmless(body):
        made.setdefault(f"response.{path}".replace(".[", "["), []).append(value)
    return made


def in_replies(old: Elements, new: Elements) -> tuple[Ignored, ...]:
    """Return the differences between the harmless values of two replies, most frequent first."""
    found = []
    for path in old | new:
        before, after = old.get(path, []), new.get(path, [])
        if before == after:
            continue
        name = f"usage.{path.rpartition('usage')[2].lstrip('.')}" if "usage" in path.lower() else path
        found.append(Ignored(name, _differing(before, after), _first(before), _first(after)))
    return tuple(sorted(found, key=lambda item: (-item.count, item.path)))


def _differing(old: Sequence[Json], new: Sequence[Json]) -> int:
    same = sum(is_equal(before, after) for before, after in zip(old, new, strict=False))
    return max(len(old), len(new)) - same


def _first(values: Sequence[Json]) -> str:
    return _short(values[0]) if values else ""
