"""Damage recordings at random: change and remove bytes; insert values that are deep, huge, repeated or invisible."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

HUGE = (
    "1e999",
    "-1e999",
    "1" * 400,
    "1" * 5000,
    "0." + "1" * 400,
    "-0",
    "1e-999",
    "NaN",
    "Infinity",
    "9" * 19,
    "1e400000",
)
ODD = (
    *(None, True, False, 0, -1, 1.5, 10**30, -(2**63) - 1, "", "x", "{", '{"a": 1}', "\ud800", "\0", "a\0b"),
    *("\u202eevil\u2066", "\x1b[31m\x07\u009b2J", "\u2028\u2029\x85", "\ufeff\u200b\u00ad", "e\u0301" * 50),
    *([], {}, [[]], [{}], [None], ["a"], {"a": 1}, {"type": "text"}, {"__type__": "x.Y", "__data__": []}, {"": ""}),
    *("data: {}\n\ndata: [DONE]\n\n", "data:image/png;base64,AAAA", "2026-01-01T00:00:00Z", "9" * 5000, "w " * 3000),
)
"""Values by which a node may be replaced."""

Json = Any
Way = tuple[str | int, ...]


class Mutant(NamedTuple):
    """A damaged recording. was: its original bytes. what: the original file and the damage, in words."""

    data: bytes
    was: bytes
    what: str


def sources(tree: Path | None) -> list[Path]:
    """Return the recordings below a folder, or those of the demo and of the test cases, in a fixed order."""
    base = Path(__file__).parents[2]
    folders = [tree] if tree else [base / "tests" / "cases", base / "recordings"]
    found = [path for folder in folders for path in sorted(folder.rglob("*.json"))]
    return [path for path in found if not path.name.endswith(".expected.json") and path.stat().st_size < 300_000]


def mutant(files: list[Path], seed: int, number: int) -> Mutant:
    """Return the damaged recording with a number: the same files and seed always give the same one."""
    chance = random.Random(f"{seed} {number}")
    file = chance.choice(files)
    was = data = file.read_bytes()
    done = []
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        act = chance.choice(ACTS)
        data = act(data, chance)
        done.append(act.__name__.lstrip("_"))
    return Mutant(data[:4_000_000], was, f"{file.name[:24]}: {', '.join(done)}")


# Bytes


def _flip(data: bytes, chance: random.Random) -> bytes:
    """Change a few bytes."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 20))):
        if made:
            made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def _cut(data: bytes, chance: random.Random) -> bytes:
    """Remove the end, the beginning or a part in between."""
    at, to = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return chance.choice((data[:to], data[at:], data[:at] + data[to:], data[: len(data) - 1 - at % 3]))


def _double(data: bytes, chance: random.Random) -> bytes:
    """Repeat a part, or the whole file."""
    at, to = sorted(chance.randrange(len(data) + 1) for _ in range(2))
    return chance.choice((data[:to] + data[at:], data + data, data + b"\n" + data))


def _insert(data: bytes, chance: random.Random) -> bytes:
    """Insert bytes where they do not belong."""
    put = chance.choice(
        (b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\x1b", b'"', b"}", b"]", b"\r", b"\\")
    )
    at = chance.choice((0, len(data), chance.randrange(len(data) + 1)))
    return data[:at] + put * chance.choice((1, 1, 100)) + data[at:]


def _encode(data: bytes, chance: random.Random) -> bytes:
    """Use another encoding or other line ends, or add bytes before and after."""
    text = data.decode("utf-8", "replace")
    encoding = chance.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "utf-8-sig", "utf-7"))
    return chance.choice(
        (text.encode(encoding, "replace"), data.replace(b"\n", b"\r\n"), b"\n" * 2000 + data, b"[" + data + b"]")
    )


def _token(data: bytes, chance: random.Random) -> bytes:
    """Replace a number by an unusual number or text; if there is none, insert it at the beginning."""
    put = chance.choice(
        (*HUGE, '"\\ud800"', '"\\u0000"', '"\\u202e"', "nul", "True", "'x'", "01", "+1", "1_000")
    ).encode()
    places = [match.span() for match in re.finditer(rb"(?<=[:\[, ])-?\d+(?:\.\d+)?(?=[,\]}\s])", data)]
    at, to = chance.choice(places) if places else (0, 0)
    return data[:at] + put + data[to:]


def _key_twice(data: bytes, chance: random.Random) -> bytes:
    """Repeat a key of an object with another value, before or after the first."""
    places = [at for at, byte in enumerate(data) if byte == ord("{")]
    keys = chance.choice(
        (b'"body"', b'"content"', b'"messages"', b'"response"', b'"model"', b'"id"', b'"__type__"', b'"a"')
    )
    if not places:
        return data
    at = chance.choice(places)
    is_empty = data[at + 1 :].lstrip()[:1] == b"}"
    return data[: at + 1] + keys + b': "other", ' + keys + b": [1]" + (b"" if is_empty else b", ") + data[at + 1 :]


def _deep(data: bytes, chance: random.Random) -> bytes:
    """Replace a value by a very deeply nested one."""
    depth = chance.choice((50, 200, 990, 1100, 5000, 100_000))
    opening, closing = chance.choice(((b"[", b"]"), (b'{"a":', b"}"), (b'{"type":"text","content":[', b"]}")))
    put = opening * depth + b"1" + closing * depth
    at = chance.choice([at for at, byte in enumerate(data) if byte in b":[,"] or [0])
    return data[: at + 1] + put + (b"," if data[at : at + 1] != b":" else b', "z":') + data[at + 1 :]


# Nodes


def _nodes(acts: Callable[[list[tuple[Any, Any]], random.Random], object]) -> Callable[[bytes, random.Random], bytes]:
    """Return a mutation of a document's nodes. acts: changes a node, given all nodes as (holder, key)."""

    def act(data: bytes, chance: random.Random) -> bytes:
        try:
            document = json.loads(data)
            found = list(_places(document))
        except (ValueError, RecursionError):
            return _flip(data, chance)
        if not found:
            return _insert(data, chance)
        acts(found, chance)
        try:
            return json.dumps(document, indent=chance.choice((None, 2)), ensure_ascii=chance.random() < 0.7).encode(
                "utf-8", "surrogatepass"
            )
        except (ValueError, RecursionError):
            return _flip(data, chance)

    act.__name__ = acts.__name__
    return act


def _places(document: Json) -> Iterator[tuple[Any, Any]]:
    """Yield (holder, key) of every node below the top."""
    waiting = [document]
    while waiting:
        holder = waiting.pop()
        keys: Any = holder if isinstance(holder, dict) else range(len(holder)) if isinstance(holder, list) else ()
        for key in keys:
            yield holder, key
            waiting.append(holder[key])


def _odd(found: list[tuple[Any, Any]], chance: random.Random) -> None:
    holder, key = chance.choice(found)
    holder[key] = copy.deepcopy(chance.choice(ODD))


def _word(found: list[tuple[Any, Any]], chance: random.Random) -> None:
    """Change a text or a number slightly; no page may miss the difference."""
    leaves = [(holder, key) for holder, key in found if isinstance(holder[key], str | int | float)]
    if leaves:
        holder, key = chance.choice(leaves)
        value = holder[key]
        holder[key] = f"{value}!" if isinstance(value, str) else (not value) if isinstance(value, bool) else value + 1


def _drop(found: list[tuple[Any, Any]], chance: random.Random) -> None:
    holder, key = chance.choice(found)
    del holder[key]


def _repeat(found: list[tuple[Any, Any]], chance: random.Random) -> None:
    items = [(holder, key) for holder, key in found if isinstance(holder, list)] or found
    holder, key = chance.choice(items)
    if isinstance(holder, list):
        holder[key:key] = [copy.deepcopy(holder[key])] * chance.choice((1, 1, 50, 1000))
    else:
        holder[f"{key} "] = holder[key]


def _swap(found: list[tuple[Any, Any]], chance: random.Random) -> None:
    (holder, key), (other, place) = chance.choice(found), chance.choice(found)
    holder[key] = copy.deepcopy(other[place])


def _hide(found: list[tuple[Any, Any]], chance: random.Random) -> None:
    """Insert invisible or control characters into a text or a key."""
    put = chance.choice(
        ("\0", "\u202e", "\u2066", "\u200b", "\x1b[2J", "\u009b", "\ufeff", "\U000e0041", "\u2028", "\ud83d")
    )
    holder, key = chance.choice(found)
    if isinstance(holder, dict) and chance.random() < 0.3:
        holder[f"{key}{put}"] = holder.pop(key)
    elif isinstance(holder[key], str):
        at = chance.randrange(len(holder[key]) + 1)
        holder[key] = holder[key][:at] + put + holder[key][at:]
    else:
        holder[key] = put


ACTS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_flip, _cut, _double, _insert, _encode, _token, _token, _key_twice, _deep),
    *map(_nodes, (_odd, _odd, _odd, _word, _word, _word, _drop, _repeat, _swap, _hide, _hide)),
)


# What changed


def changed_ways(was: bytes, now: bytes) -> list[str]:
    """Return the paths at which two documents differ, except for places that may be harmless.

    ["the document"] if the second cannot be read, [] if the first cannot or if nothing differs. Only names decide: what is
    below a harmless name, or could be an empty piece of a stream, is left out, so that there are few false reports.
    """
    try:
        before = _decoded(was)
    except (ValueError, RecursionError):
        return []
    try:
        after = _decoded(now)
        return [".".join(map(str, way)) for way in _ways(before, after, ()) if not _may_differ(way)]
    except (ValueError, RecursionError):
        return ["the document"]


def _decoded(data: bytes) -> Json:
    """Return a document, with integers of any length as written."""
    return json.loads(data.decode("utf-8-sig"), object_pairs_hook=_all_pairs, parse_int=lambda text: (text, "int"))


def _all_pairs(pairs: list[tuple[str, Json]]) -> Json:
    """Return an object. A key that occurs several times has all its values, so it differs from any single value."""
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    return {key: [value for name, value in pairs if name == key] for key in made}


def _ways(before: Json, after: Json, way: Way) -> Iterator[Way]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {**before, **after}:
            if key not in before or key not in after:
                is_nothing = key in before and _in_stream(way) and before[key] in _NOTHING
                yield from () if is_nothing else [(*way, key)]
            else:
                yield from _ways(before[key], after[key], (*way, key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for at, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _ways(one, other, (*way, at))
    elif (type(before) is not type(after) or before != after) and not _is_emptied(before, after, way):
        yield way


def _in_stream(way: Way) -> bool:
    return way[:2] == ("response", "body") and len(way) > 2 and isinstance(way[2], int)


def _is_emptied(before: Json, after: Json, way: Way) -> bool:
    return _in_stream(way) and after in _NOTHING and (before in _NOTHING or isinstance(before, dict | str))


_NOTHING: tuple[Json, ...] = (None, "", [], {})
"""Values of an empty piece of a stream. If a text became empty, this shows in the joined pieces."""


def _may_differ(way: Way) -> bool:
    from recviewer.exchange.harmless import BY_FORMAT, EVERY, OPAQUE
    from recviewer.exchange.harmless_entry import HowHarmless

    entries = [*EVERY, *(entry for some in BY_FORMAT.values() for entry in some)]
    names = {entry.path.rpartition(".")[2].removesuffix("[]") for entry in entries if entry.how is not HowHarmless.IDS}
    names |= {*OPAQUE, "data", "index", "contentBlockIndex", "output_index", "content_index", "summary_index"}
    names |= {"sequence_number", "id", "call_id", "tool_call_id", "toolUseId", "tool_use_id", "item_id"}
    is_beside = way[:1] == ("id_normalization_mapping",) or way[:2] == ("request", "provider_metadata")
    is_stream = way[:2] == ("response", "body") and len(way) < 4
    return is_beside or is_stream or any(step in names for step in way)
