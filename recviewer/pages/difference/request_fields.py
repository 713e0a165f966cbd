"""The fields of a request that changed, except those that a turn or a tool shows already; equal changes share a row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from recviewer.changes.requests import Field, RequestChange
from recviewer.difference.model import Section, SectionKind, shown
from recviewer.difference.values import ABSENT, ValueChange, path_of
from recviewer.exchange.fingerprint import NAMED_LIKE_IDS, arguments_as_json
from recviewer.exchange.model import Exchange, Image, JsonPart, Part, SentFile, ToolCall, ToolResult

_STEM = re.compile(r"^([^\[]*\[\d+\]).*$")
BODIES = ("body", "payload", "kwargs")
"""Keys with the request body in a recording."""

_SAID_ELSEWHERE = frozenset({"type", "role", "object"})
"""Keys of a new or deleted turn that its label already shows."""


@dataclass(frozen=True, slots=True)
class FieldRow:
    """Fields with the same change."""

    paths: tuple[str, ...]
    field: Field

    @property
    def is_id(self) -> bool:
        """Tell whether it is an id."""
        return bool(self.field.change.keys) and self.field.change.keys[-1] in NAMED_LIKE_IDS

    @property
    def label(self) -> str:
        """The label of the row."""
        if self.is_id and len(self.paths) > 1:
            places = dict.fromkeys(_STEM.sub(r"\1", path) for path in self.paths[:4])
            return f"id in {', '.join(places)}"
        named = ", ".join(self.paths[:3])
        return f"{named} and {len(self.paths) - 3:,} more" if len(self.paths) > 3 else named


def fields_of(
    requests: RequestChange, old: Exchange, new: Exchange, sections: Sequence[Section]
) -> Iterator[tuple[str, Field]]:
    """Yield the fields that no turn and no tool shows, each with its path below the body."""
    kinds = {section.kind for section in sections}
    tool_keys = {tool_key(old), tool_key(new)} if SectionKind.TOOLS in kinds else set()
    spoken = (frozenset(_strings(old)), frozenset(_strings(new))) if SectionKind.MESSAGES in kinds else None
    params = old.request.params.keys() | new.request.params.keys()
    for field in requests.fields:
        keys = field.change.keys
        is_inside = len(keys) > 1 and keys[0] in BODIES
        path = path_of(keys[1:] if is_inside else keys)
        if is_inside and keys[1] in tool_keys:
            continue
        if not is_inside or spoken is None or keys[1] in params:
            yield path, field
        elif ABSENT in (field.change.old, field.change.new):
            yield from _unsaid(path, field, spoken)
        elif not _is_told(field.change, spoken):
            yield path, field


def _is_told(change: ValueChange, spoken: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Tell whether a turn shows a change."""
    if not isinstance(change.old, str) or not isinstance(change.new, str):
        return False
    if change.keys[-1] in NAMED_LIKE_IDS or change.old not in spoken[0] or change.new not in spoken[1]:
        return False
    return change.keys[-1] != "arguments" or arguments_as_json(change.old) != arguments_as_json(change.new)


def _unsaid(path: str, field: Field, spoken: tuple[frozenset[str], frozenset[str]]) -> Iterator[tuple[str, Field]]:
    """Yield what a new or deleted turn contains besides its words."""
    is_new = field.change.old is ABSENT
    known = spoken[is_new]
    value = field.change.new if is_new else field.change.old
    if not isinstance(value, dict | list):
        if not (isinstance(value, str) and value in known):
            yield path, field
        return
    leaves = list(_leaves(value, ()))
    unsaid = [(keys, leaf) for keys, leaf in leaves if not (isinstance(leaf, str) and leaf in known)]
    if len(unsaid) == len(leaves):
        yield path, field
        return
    for keys, leaf in unsaid:
        if keys[-1] in _SAID_ELSEWHERE:
            continue
        at, there = (*field.change.keys, *keys), (*field.change.new_keys, *keys)
        change = ValueChange(at, there, *((ABSENT, leaf) if is_new else (leaf, ABSENT)))
        yield f"{path}{_joined(path_of(keys))}", Field(change, field.moves, field.why)


def _joined(path: str) -> str:
    return path if path.startswith("[") or not path else f".{path}"


def _leaves(value: object, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], object]]:
    if isinstance(value, dict) and value and len(keys) < 60:
        for key, item in value.items():
            yield from _leaves(item, (*keys, key))
    elif isinstance(value, list) and value and len(keys) < 60:
        for place, item in enumerate(value):
            yield from _leaves(item, (*keys, place))
    else:
        yield keys, value


def _strings(exchange: Exchange) -> Iterator[str]:
    """Yield every string that the turns of a request show."""
    for message in exchange.request.messages:
        yield from (message.role, message.name)
        yield from _of_parts(message.parts)


def _of_parts(parts: Iterable[Part]) -> Iterator[str]:
    for part in parts:
        match part:
            case ToolCall():
                yield from (part.name, part.arguments)
            case ToolResult():
                yield part.name
                yield from _of_parts(part.parts)
            case Image():
                yield part.url
            case SentFile():
                yield from (part.name, part.data)
            case JsonPart():
                yield from (leaf for _, leaf in _leaves(part.value, ()) if isinstance(leaf, str))
            case _:
                yield part.text


def tool_key(exchange: Exchange) -> str:
    """Return the key of the body with the tools as shown, "" if there is none."""
    tools = list(exchange.request.tools)
    return next((key for key, value in exchange.request.body.items() if value == tools), "") or ("" if tools else "-")


def merged(fields: Iterable[tuple[str, Field]]) -> list[FieldRow]:
    """Merge fields with the same change into one row: an id and references to it, a model named twice."""
    found = sorted(fields, key=lambda item: not item[1].moves)
    rows: dict[tuple[object, ...], FieldRow] = {}
    for path, field in found:
        change = field.change
        old, new = shown(change.old), shown(change.new)
        is_telling = len(old) >= 6 and len(new) >= 6
        key = (old, new, "" if is_telling else change.keys[-1] if change.keys else "")
        known = rows.get(key)
        if known is None:
            rows[key] = FieldRow((path,), field)
        elif known.field.moves == field.moves:
            rows[key] = FieldRow((*known.paths, path), known.field)
    return list(rows.values())
