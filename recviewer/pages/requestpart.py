"""What changed in a request: which fields move the hash that names the recording, which do not, and the words of turns.

Turns and tools are aligned by what they say (`difference.asked`); all else is told field by field. A change that is
shown as words of a turn is not shown as a field again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from recviewer.catalog.content import Content
from recviewer.changes.requests import Field, Requests, compare_requests
from recviewer.difference.model import Difference, Section, SectionKind, shown
from recviewer.difference.values import ABSENT, Change, path_of
from recviewer.exchange.fingerprint import ID_KEYS, arguments_as_json
from recviewer.exchange.model import Exchange, File, Image, JsonPart, Part, ToolCall, ToolResult
from recviewer.pages.changed import FIRST_CHANGES, FURTHER, Shown, ValueShown, items_of, value_of
from recviewer.pages.folds import Fold, Folds
from recviewer.pages.pieces import Room
from recviewer.pages.templatetags.words import counted
from recviewer.replay.names import name_state

_HASH = re.compile(r"(?:^|/)(?:models-)?([0-9a-f]{12}|[0-9a-f]{64})(?:-[0-9a-f]{8})?\.json$")
_STEM = re.compile(r"^([^\[]*\[\d+\]).*$")
_BODIES = ("body", "payload", "kwargs")
_SAID_ELSEWHERE = frozenset({"type", "role", "object"})
"""Keys of a new or gone turn that its label says."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the changes do to the file's name. old, new: the first digits of the hashes in both names, "" for none."""

    words: str
    tone: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that share why they do not move the hash; "" for those that do. rest: those that are too many."""

    why: str
    fields: tuple[ValueShown, ...]
    rest: Fold | None = None


@dataclass(frozen=True, slots=True)
class RequestPart:
    """The section of the request.

    body: fields of what was sent. items: turns and tools that changed; more: those that are too many. around: other
    fields that move the hash. quiet: those that do not. has_moved: the file has another name. moved_test: the test id
    changed.
    """

    head: Head | None
    body: Group
    items: tuple[Shown, ...]
    more: tuple[Fold, ...]
    around: Group
    quiet: tuple[Group, ...]
    subs: tuple[str, ...]
    has_moved: bool
    moved_test: bool


@dataclass(frozen=True, slots=True)
class _Row:
    """Fields with the same change."""

    paths: tuple[str, ...]
    field: Field

    @property
    def is_id(self) -> bool:
        return bool(self.field.change.keys) and self.field.change.keys[-1] in ID_KEYS

    @property
    def label(self) -> str:
        if self.is_id and len(self.paths) > 1:
            places = dict.fromkeys(_STEM.sub(r"\1", path) for path in self.paths[:4])
            return f"id in {', '.join(places)}"
        named = ", ".join(self.paths[:3])
        return f"{named} and {len(self.paths) - 3:,} more" if len(self.paths) > 3 else named


def request_part(
    found: Difference, before: Content, after: Content, paths: tuple[str, str], folds: Folds, room: Room
) -> RequestPart | None:
    """Return the section, None where nothing is to be said. paths: of both files, "" where none is known."""
    requests = compare_requests(before.reading.document, after.reading.document)
    old, new = before.reading.exchange, after.reading.exchange
    sections = list(_spoken(found, old, new))
    rows = _merged(_fields(requests, old, new, sections))
    items = [_told(section, folds, room) for section in sections]
    many_items = sum(len(section.items) for section in sections)
    moving = [row for row in rows if row.field.moves]
    many = len(moving) + many_items
    hashes = (_hash_of(paths[0]), _hash_of(paths[1]))
    head = _head(many, hashes, requests, before, after, paths, has_rows=bool(rows))
    if not rows and not many_items and head is None:
        return None
    inside = [row for row in moving if row.field.change.keys[0] in _BODIES]
    return RequestPart(
        head,
        _group("body", "", sorted(inside, key=_rank), folds, room),
        tuple([item for shown_items, _ in items for item in shown_items]),
        tuple([fold for _, more in items for fold in more]),
        _group("around", "", [row for row in moving if row not in inside], folds, room),
        tuple(_quiet([row for row in rows if not row.field.moves], folds, room)),
        (counted(len(rows) + many_items, "field"),) if rows or many_items else (),
        has_moved=bool(hashes[0] and hashes[1] and hashes[0] != hashes[1]),
        moved_test=any(row.field.change.keys == ("test_id",) for row in rows),
    )


def _told(section: Section, folds: Folds, room: Room) -> tuple[tuple[Shown, ...], tuple[Fold, ...]]:
    return items_of(section.items, folds, section.kind.value, room)


def _rank(row: _Row) -> int:
    """The model first, ids last."""
    return 0 if row.field.change.keys[-1] == "model" else 2 if row.is_id else 1


def _quiet(rows: list[_Row], folds: Folds, room: Room) -> Iterator[Group]:
    for why in ("normalised away", "left out before hashing", "not hashed"):
        found = [row for row in rows if row.field.why == why]
        if found:
            yield _group(why.replace(" ", "-"), why, found, folds, room)


def _hash_of(path: str) -> str:
    known = _HASH.search(path)
    return known[1] if known else ""


def _head(
    many: int,
    hashes: tuple[str, str],
    requests: Requests,
    before: Content,
    after: Content,
    paths: tuple[str, str],
    *,
    has_rows: bool,
) -> Head | None:
    old, new = hashes[0][:12], hashes[1][:12]
    names = (old, new) if old and new else ("", "")
    have_moved = old != new and all(names)
    if not requests.rule and (many or has_rows):
        return Head("whether these fields move the hash cannot be told", "", *names)
    if many:
        verb = "moves" if many == 1 else "move"
        if all(names) and not have_moved:
            return Head(f"{counted(many, 'field')} would move the hash, but the file kept its name", "warn", old)
        return Head(f"{counted(many, 'field')} {verb} the hash", "warn", *names)
    if have_moved:
        return Head(f"the name moved, though no field that is hashed did{_rules(before, after, paths)}", "warn", *names)
    return Head("no field moves the hash", "", old if all(names) else "") if has_rows else None


def _rules(before: Content, after: Content, paths: tuple[str, str]) -> str:
    """Say by which rules the two names were made, where that explains why they differ."""
    old, new = (
        name_state(content.reading.document, path.rpartition("/")[2]).rule
        for content, path in ((before, paths[0]), (after, paths[1]))
    )
    return f": named by rule {old} before, by rule {new} now" if old and new and old != new else ""


def _spoken(found: Difference, old: Exchange, new: Exchange) -> Iterator[Section]:
    """Yield the sections that tell turns and tools better than their fields do."""
    messages = found.section(SectionKind.MESSAGES)
    if messages is not None and not _is_call(old) and not _is_call(new):
        yield messages
    tools = found.section(SectionKind.TOOLS)
    if tools is not None and _tool_key(old) and _tool_key(new):
        yield tools


def _is_call(exchange: Exchange) -> bool:
    """Tell whether the request is a call of one tool, whose arguments are fields."""
    return any(message.role == "call" for message in exchange.request.messages)


def _tool_key(exchange: Exchange) -> str:
    """Return the key of the body that holds the tools as they are told, "" where none does."""
    tools = list(exchange.request.tools)
    return next((key for key, value in exchange.request.body.items() if value == tools), "") or ("" if tools else "-")


def _fields(requests: Requests, old: Exchange, new: Exchange, sections: list[Section]) -> Iterator[tuple[str, Field]]:
    """Yield the fields that no turn and no tool tells, each with its path below the body."""
    kinds = {section.kind for section in sections}
    tool_keys = {_tool_key(old), _tool_key(new)} if SectionKind.TOOLS in kinds else set()
    spoken = (frozenset(_strings(old)), frozenset(_strings(new))) if SectionKind.MESSAGES in kinds else None
    params = old.request.params.keys() | new.request.params.keys()
    for field in requests.fields:
        keys = field.change.keys
        is_inside = len(keys) > 1 and keys[0] in _BODIES
        path = path_of(keys[1:] if is_inside else keys)
        if is_inside and keys[1] in tool_keys:
            continue
        if not is_inside or spoken is None or keys[1] in params:
            yield path, field
        elif ABSENT in (field.change.old, field.change.new):
            yield from _unsaid(path, field, spoken)
        elif not _is_told(field.change, spoken):
            yield path, field


def _is_told(change: Change, spoken: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Tell whether a turn shows a change."""
    if not isinstance(change.old, str) or not isinstance(change.new, str):
        return False
    if change.keys[-1] in ID_KEYS or change.old not in spoken[0] or change.new not in spoken[1]:
        return False
    return change.keys[-1] != "arguments" or arguments_as_json(change.old) != arguments_as_json(change.new)


def _unsaid(path: str, field: Field, spoken: tuple[frozenset[str], frozenset[str]]) -> Iterator[tuple[str, Field]]:
    """Yield what a new or gone turn holds besides what it says."""
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
        change = Change(at, there, *((ABSENT, leaf) if is_new else (leaf, ABSENT)))
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
            case File():
                yield from (part.name, part.data)
            case JsonPart():
                yield from (leaf for _, leaf in _leaves(part.value, ()) if isinstance(leaf, str))
            case _:
                yield part.text


def _merged(fields: Iterable[tuple[str, Field]]) -> list[_Row]:
    """Put fields with the same change into one row: an id and what refers to it, a model named twice."""
    found = sorted(fields, key=lambda item: not item[1].moves)
    rows: dict[tuple[object, ...], _Row] = {}
    for path, field in found:
        change = field.change
        old, new = shown(change.old), shown(change.new)
        is_telling = len(old) >= 6 and len(new) >= 6
        key = (old, new, "" if is_telling else change.keys[-1] if change.keys else "")
        known = rows.get(key)
        if known is None:
            rows[key] = _Row((path,), field)
        elif known.field.moves == field.moves:
            rows[key] = _Row((*known.paths, path), known.field)
    return list(rows.values())


def _group(name: str, why: str, rows: list[_Row], folds: Folds, room: Room) -> Group:
    name = f"field-{name}-"
    fields = [
        value_of(row.field.change, folds, f"{name}{place}", room, path=row.label)
        for place, row in enumerate(rows[:FIRST_CHANGES])
    ]
    rest = None
    if len(rows) > FIRST_CHANGES:
        rest = folds.fold(
            f"{name}more",
            counted(len(rows) - FIRST_CHANGES, "more field"),
            template="difference/_changes.html",
            make=lambda: tuple(
                [
                    value_of(row.field.change, folds, f"{name}{place}", Room(FURTHER), path=row.label)
                    for place, row in enumerate(rows[FIRST_CHANGES:], FIRST_CHANGES)
                ]
            ),
            weight=1 << 30,
        )
    return Group(why, tuple(fields), rest)
