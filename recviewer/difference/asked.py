"""Changes in the request: messages aligned turn by turn, parameters, tools."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from recviewer.difference.answers import Told, call_items, free, text_item, value_item
from recviewer.difference.model import THERE, Item, SectionKind, gone_first
from recviewer.difference.sequences import common
from recviewer.difference.values import ABSENT, ValueChange, changes, is_equal
from recviewer.difference.words import tokens
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import EARLIER, arguments_as_json, without_made
from recviewer.exchange.model import (
    Exchange,
    Image,
    Json,
    JsonPart,
    Message,
    Part,
    Reasoning,
    RefusalPart,
    SentFile,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.exchange.tools import name_of

LEAST = 0.65
"""Turns with a lower similarity are shown as one gone and one new; an equal role counts 0.5, equal text up to 0.5."""

CELLS = 10_000
"""Most pairs of turns that are compared in one gap; with more, turns are paired in order."""

GIST = 4_000
"""Characters of a turn that its similarity to others is computed from."""


@dataclass(frozen=True, slots=True)
class Turns:
    """The changed messages. kept: the indexes, in the old and the new request, of equal messages."""

    items: tuple[Item, ...]
    kept: tuple[tuple[int, int], ...]


def sections(old: Exchange, new: Exchange) -> Iterator[Told]:
    """Yield, for each kind of section of the request except messages, the items that changed."""
    before, after = old.request, new.request
    found = tuple(change for change in changes(before.params, after.params) if not _is_id(change))
    yield SectionKind.PARAMETERS, [value_item("", found)] if found else []
    yield SectionKind.TOOLS, list(_tools(before.tools, after.tools))


def _is_id(change: ValueChange) -> bool:
    """Tell whether only the id of an earlier answer changed, which counts only by order of appearance."""
    return (
        len(change.keys) == 1
        and change.keys[0] in EARLIER
        and isinstance(change.old, str)
        and isinstance(change.new, str)
    )


def _tools(old: Sequence[Json], new: Sequence[Json]) -> Iterator[Item]:
    before, after = _by_name(old), _by_name(new)
    for name in sorted(before | after):
        found = changes(before.get(name, ABSENT), after.get(name, ABSENT))
        if found:
            yield value_item(name, found)
    if not (before.keys() ^ after.keys()) and list(before) != list(after):
        yield value_item("", (ValueChange(("order",), ("order",), list(before), list(after)),))


def _by_name(tools: Sequence[Json]) -> dict[str, Json]:
    made: dict[str, Json] = {}
    last: Counter[str] = Counter()
    for tool in tools:
        made[free(name_of(tool) or "tool", made, last)] = tool
    return dict(sorted(made.items())) if len(made) < len(tools) else made


def turns(old: Sequence[Message], new: Sequence[Message]) -> Turns:
    """Compare two conversations: equal turns are aligned, those in between by highest similarity, in order."""
    first, second = [_key(message) for message in old], [_key(message) for message in new]
    if second < first:  # compute one direction only, so that both give the same result
        matches = [(other, place) for place, other in _aligned(new, old, second, first)]
    else:
        matches = _aligned(old, new, first, second)
    items: list[Item] = []
    kept = []
    for place, other in matches:
        if place is not None and other is not None and first[place] == second[other]:
            kept.append((place, other))
        else:
            items += _turn(old, new, place, other)
    return Turns(gone_first(items), tuple(kept))


def _aligned(
    old: Sequence[Message], new: Sequence[Message], first: Sequence[bytes], second: Sequence[bytes]
) -> list[_Match]:
    matches: list[_Match] = []
    at = other = 0
    for place, there, length in [*(common(first, second) or []), (len(old), len(new), 0)]:
        matches += _matched(old, new, range(at, place), range(other, there))
        matches += [(place + step, there + step) for step in range(length)]
        at, other = place + length, there + length
    return matches


def _key(message: Message) -> bytes:
    return encode([message.role, message.name, [_counted(part) for part in message.parts]], is_sorted=True)


def _counted(part: Part) -> Json:
    """Return what counts of a part: everything except ids; of opaque data only its presence."""
    match part:
        case ToolCall():
            return ["call", part.name, arguments_as_json(part.arguments)]
        case ToolResult():
            return ["result", part.name, [_counted(item) for item in part.parts]]
        case Image():
            return ["image", part.url]
        case SentFile():
            return ["file", part.name, part.data]
        case JsonPart():
            return ["json", without_made(part.value)]
        case _:
            return [part.kind.value, part.text]


_Match = tuple[int | None, int | None]


def _matched(old: Sequence[Message], new: Sequence[Message], places: range, others: range) -> list[_Match]:
    """Pair the turns of a gap in order so that the sum of their similarities is maximal."""
    if not places or not others:
        return [*((place, None) for place in places), *((None, other) for other in others)]
    if len(places) * len(others) > CELLS:
        return [(place, other) for place, other in zip_longest(places, others)]
    first, second = [_Gist.of(old[place]) for place in places], [_Gist.of(new[other]) for other in others]
    alike = [[was.alike(now) for now in second] for was in first]
    best = [[0.0] * (len(others) + 1) for _ in range(len(places) + 1)]
    for row in range(len(places) - 1, -1, -1):
        for column in range(len(others) - 1, -1, -1):
            paired = alike[row][column] + best[row + 1][column + 1] if alike[row][column] >= LEAST else 0.0
            best[row][column] = max(paired, best[row + 1][column], best[row][column + 1])
    return list(_walk(alike, best, places, others))


def _walk(alike: list[list[float]], best: list[list[float]], places: range, others: range) -> Iterator[_Match]:
    row = column = 0
    gone: list[_Match] = []
    new: list[_Match] = []
    while row < len(places) and column < len(others):
        score = alike[row][column]
        if score >= LEAST and best[row][column] == score + best[row + 1][column + 1]:
            yield from (*gone, *new, (places[row], others[column]))
            gone, new = [], []
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            gone.append((places[row], None))
            row += 1
        else:
            new.append((None, others[column]))
            column += 1
    gone += [(place, None) for place in places[row:]]
    new += [(None, other) for other in others[column:]]
    yield from (*gone, *new)


@dataclass(frozen=True, slots=True)
class _Gist:
    """The words of a turn as a multiset, to compute similarities. size: number of letters."""

    role: str
    bag: Counter[str]
    size: int

    @classmethod
    def of(cls, message: Message) -> _Gist:
        bag = Counter(tokens(text_of(message.parts)[:GIST]))
        return cls(message.role, bag, sum(len(token) * count for token, count in bag.items()))

    def alike(self, other: _Gist) -> float:
        if self.role != other.role:
            return 0.0
        if not self.size or not other.size:
            return 0.5 + 0.5 * (self.size == other.size)
        both = sum(len(token) * min(count, other.bag[token]) for token, count in self.bag.items() if token in other.bag)
        return 0.5 + both / (self.size + other.size)


def text_of(parts: Sequence[Part]) -> str:
    """Return the text of parts, to compute similarities; for images and files a prefix of their data."""
    return "\n".join(_text(part) for part in parts)


def _text(part: Part) -> str:
    match part:
        case Text() | Reasoning() | RefusalPart():
            return part.text
        case ToolCall():
            return f"{part.name} {part.arguments}"
        case ToolResult():
            return f"{part.name} {text_of(part.parts)}"
        case Image():
            return part.url[:200]
        case SentFile():
            return f"{part.name} {part.data[:200]}"
        case JsonPart():
            return encode(part.value).decode("utf-8", "replace")[:10_000]


def _turn(old: Sequence[Message], new: Sequence[Message], place: int | None, other: int | None) -> Iterator[Item]:
    was = None if place is None else old[place]
    now = None if other is None else new[other]
    label, earlier = _label(now, other), _label(was, place)
    label, earlier = label or earlier, earlier or label
    found = changes(_head(was, now), _head(now, was))
    if found:
        yield value_item(label, found, old_label=earlier)
    yield from _parts(label, earlier, was.parts if was else (), now.parts if now else ())


def _label(message: Message | None, place: int | None) -> str:
    return "" if message is None else f"messages[{place}] {message.role}"


def _head(message: Message | None, other: Message | None) -> dict[str, Json]:
    """Return the values of a turn besides its parts; its role only if there is nothing else to identify it."""
    if message is None:
        return {}
    is_bare = other is None and not message.parts
    has_role = is_bare or (other is not None and other.role != message.role)
    return ({"role": message.role} if has_role else {}) | ({"name": message.name} if message.name else {})


THOUGHT = " reasoning"
"""Suffix of the label of reasoning in a message."""
_NAMED = {Text: "", Reasoning: THOUGHT, RefusalPart: " refusal"}


def _parts(label: str, earlier: str, old: Sequence[Part], new: Sequence[Part]) -> Iterator[Item]:
    """Yield the differences between two turns: texts with texts, calls with calls, others by position."""
    yield from call_items(_only(old, ToolCall), _only(new, ToolCall), label, earlier)
    for kind in (Text, Reasoning, RefusalPart):
        for was, now in zip_longest(_only(old, kind), _only(new, kind)):
            before, after = was.text if was else "", now.text if now else ""
            if before != after or (was is None) != (now is None):
                yield text_item(f"{label}{_NAMED[kind]}", before, after, old_label=f"{earlier}{_NAMED[kind]}")
    for was, now in zip_longest(_only(old, ToolResult), _only(new, ToolResult)):
        parts = (was.parts if was else (), now.parts if now else ())
        yield from _parts(f"{label} result", f"{earlier} result", *parts)
    before, after = (
        [_plain(part) for part in parts if isinstance(part, Image | SentFile | JsonPart)] for parts in (old, new)
    )
    found = changes(before, after, "parts")
    if found:
        yield value_item(label, found, old_label=earlier)


def _only(parts: Sequence[Part], kind: type) -> list[Json]:
    return [part for part in parts if isinstance(part, kind)]


def _plain(part: Part) -> Json:
    match part:
        case Image():
            return {"image": part.url}
        case SentFile():
            return {"file": part.name, "data": part.data}
        case JsonPart():
            return without_made(part.value, sign=THERE)
        case _:
            return None


def same_parameters(old: Exchange, new: Exchange) -> tuple[int, int]:
    """Return how many parameters and how many tools are equal on both sides."""
    before, after = old.request, new.request
    params = sum(is_equal(value, after.params[key]) for key, value in before.params.items() if key in after.params)
    tools, others = _by_name(before.tools), _by_name(after.tools)
    return params, sum(is_equal(tool, others[name]) for name, tool in tools.items() if name in others)
