"""Changes in a request: which fields change the hash that names the recording, which do not, and the words of turns.

Turns and tools are aligned by their content (`difference.asked`); everything else is shown field by field. A change
that is shown in the words of a turn is not repeated as a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from recviewer.catalog.content import Content
from recviewer.changes.requests import MATCHED, UNMATCHED, RequestChange, compare_requests
from recviewer.difference.model import Difference, Section, SectionKind
from recviewer.exchange.model import Exchange
from recviewer.formats.reading import Matching
from recviewer.pages.difference.request_fields import BODIES, FieldRow, fields_of, merged, tool_key
from recviewer.pages.difference.sections import FIRST_CHANGES, Shown, ValueShown, items_of, value_of
from recviewer.pages.difference.text import Room
from recviewer.pages.templatetags.words import counted
from recviewer.pages.text.folds import Fold, Folds
from recviewer.replay.names import name_state

_HASH = re.compile(r"(?:^|/)(?:models-)?([0-9a-f]{12}|[0-9a-f]{64})(?:-[0-9a-f]{8})?\.json$")


@dataclass(frozen=True, slots=True)
class NameChange:
    """The effect of the changes on the file's name.

    old, new: the first digits of the hashes in both names, "" for none.
    """

    words: str
    tone: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """Fields with the same reason for not changing the hash; "" for those that do. rest: a fold of further ones."""

    why: str
    fields: tuple[ValueShown, ...]
    rest: Fold | None = None


@dataclass(frozen=True, slots=True)
class RequestPart:
    """The section of the request.

    body: fields of the request body. items: turns and tools that changed; more: a fold of further ones. around: other
    fields that change the hash. quiet: those that do not. has_moved: the file has another name. moved_test: the test id
    changed.
    """

    head: NameChange | None
    body: FieldGroup
    items: tuple[Shown, ...]
    more: tuple[Fold, ...]
    around: FieldGroup
    quiet: tuple[FieldGroup, ...]
    subs: tuple[str, ...]
    has_moved: bool
    moved_test: bool


def request_part(
    found: Difference, before: Content, after: Content, paths: tuple[str, str], folds: Folds, room: Room
) -> RequestPart | None:
    """Return the section, None if there is nothing to say. paths: of both files, "" if unknown."""
    matching = after.reading.matching if before.reading.matching else None
    requests = compare_requests(before.reading.document, after.reading.document, matching)
    old, new = before.exchange, after.exchange
    sections = list(_spoken(found, old, new))
    rows = merged(fields_of(requests, old, new, sections))
    items = [_told(section, folds, room) for section in sections]
    many_items = sum(len(section.items) for section in sections)
    moving = [row for row in rows if row.field.moves]
    many = len(moving) + many_items
    hashes = (_hash_of(paths[0]), _hash_of(paths[1]))
    head = _head(many, hashes, requests, before, after, paths, has_rows=bool(rows))
    if not rows and not many_items and head is None:
        return None
    inside = [row for row in moving if row.field.change.keys[0] in BODIES]
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


def _rank(row: FieldRow) -> int:
    """Sort key: the model first, ids last."""
    return 0 if row.field.change.keys[-1] == "model" else 2 if row.is_id else 1


def _quiet(rows: list[FieldRow], folds: Folds, room: Room) -> Iterator[FieldGroup]:
    for why in ("normalised away", "left out before hashing", "not hashed", UNMATCHED):
        found = [row for row in rows if row.field.why == why]
        if found:
            yield _group(why.replace(" ", "-"), why, found, folds, room)


def _hash_of(path: str) -> str:
    known = _HASH.search(path)
    return known[1] if known else ""


def _head(
    many: int,
    hashes: tuple[str, str],
    requests: RequestChange,
    before: Content,
    after: Content,
    paths: tuple[str, str],
    *,
    has_rows: bool,
) -> NameChange | None:
    if requests.matching is not None:
        return _match(many, requests.matching) if many or has_rows else None
    old, new = hashes[0][:12], hashes[1][:12]
    names = (old, new) if old and new else ("", "")
    have_moved = old != new and all(names)
    if not requests.rule and (many or has_rows):
        return NameChange("whether these fields move the hash cannot be told", "", *names)
    if many:
        verb = "moves" if many == 1 else "move"
        if all(names) and not have_moved:
            return NameChange(f"{counted(many, 'field')} would move the hash, but the file kept its name", "warn", old)
        return NameChange(f"{counted(many, 'field')} {verb} the hash", "warn", *names)
    if have_moved:
        return NameChange(
            f"the name moved, though no field that is hashed did{_rules(before, after, paths)}", "warn", *names
        )
    return NameChange("no field moves the hash", "", old if all(names) else "") if has_rows else None


def _match(many: int, matching: Matching) -> NameChange:
    """Describe the effect of the changes on the match by which a recorder finds an exchange."""
    on = [word for key, word in MATCHED.items() if key in matching.on]
    by = f"{matching.recorder} matches on {', '.join(on[:-1])} and {on[-1]}" if len(on) > 1 else ""
    order = ", and gives equal ones out in their order" if matching.is_in_order else ""
    if not many:
        return NameChange(f"no field moves the match: {by}{order}")
    return NameChange(f"{counted(many, 'field')} {'moves' if many == 1 else 'move'} the match: {by}{order}", "warn")


def _rules(before: Content, after: Content, paths: tuple[str, str]) -> str:
    """Name the rules by which the two names were made, if that explains why they differ."""
    old, new = (
        name_state(content.reading.hashed, path.rpartition("/")[2]).rule
        for content, path in ((before, paths[0]), (after, paths[1]))
    )
    return f": named by rule {old} before, by rule {new} now" if old and new and old != new else ""


def _spoken(found: Difference, old: Exchange, new: Exchange) -> Iterator[Section]:
    """Yield the sections that show turns and tools better than their fields do."""
    messages = found.section(SectionKind.MESSAGES)
    if messages is not None and not _is_call(old) and not _is_call(new):
        yield messages
    tools = found.section(SectionKind.TOOLS)
    if tools is not None and tool_key(old) and tool_key(new):
        yield tools


def _is_call(exchange: Exchange) -> bool:
    """Tell whether the request is a call of one tool, whose arguments are fields."""
    return any(message.role == "call" for message in exchange.request.messages)


def _group(name: str, why: str, rows: list[FieldRow], folds: Folds, room: Room) -> FieldGroup:
    name = f"field-{name}-"
    fields, rest = folds.some(
        f"{name}more",
        len(rows),
        lambda at: value_of(
            rows[at].field.change,
            folds,
            f"{name}{at}",
            room if at < FIRST_CHANGES else Room(folds.room, room.twice),
            path=rows[at].label,
        ),
        "field",
        template="difference/_changes.html",
        first=FIRST_CHANGES,
    )
    return FieldGroup(why, fields, rest)
