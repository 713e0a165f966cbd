"""Groups recordings with the same change: one thing to look at, with a representative.

Only truly equal changes are grouped: the same class and findings and, in every place that differs, the same path, old
value and new value. A different number, date, negation, argument or name keeps a recording out of the group. New
recordings without an old side are grouped if they have the same content.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recviewer.changes import renames, wording
from recviewer.changes.model import Change
from recviewer.difference.asked import sections
from recviewer.difference.behind_masks import behind, behind_item
from recviewer.difference.model import Churn, Difference, Names, SectionKind, Values, VectorChange, Words
from recviewer.difference.values import ABSENT, ValueChange
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import Ids, canonical, said, said_of_part
from recviewer.exchange.model import Exchange, Json, ToolResult
from recviewer.exchange.text import SENT
from recviewer.pairing.sides import Side

LEAST = 2
"""Smallest group."""

Lines = Mapping[bytes, Sequence[tuple[bytes, bytes]]]
"""The differing lines of a modified file, by path."""

_TURN = re.compile(r"^(messages|tools|input|contents)\[\d+\]")
"""List positions that only tell how many turns precede: the same turn of a longer conversation counts as the same place."""

_SPOKEN = frozenset({SectionKind.ANSWER, SectionKind.REASONING, SectionKind.REFUSAL, SectionKind.CALLS})
"""Sections of answers: equal changes of two answers are the same only if the questions are equal."""

_UNTOLD = frozenset({SectionKind.VECTORS, SectionKind.REPLY})
"""Sections whose items show only a part: equal only if the whole responses are."""


@dataclass(frozen=True, slots=True)
class Alike:
    """A group of equal changes. label: a clause. count: number of changes."""

    number: int
    label: str
    count: int


def mask(difference: Difference, old: Side, new: Side) -> bytes:
    """Return a digest of a difference: equal for equal changes, and only for those.

    The place of a recording (test, host, folder) counts with its old and new value if nothing else differs. Otherwise
    only which of these places changed counts: pages show the values with each member of a group.
    """
    digest = hashlib.blake2b(difference.churn.encode(), digest_size=16)
    kinds = set()
    is_alone = is_place_alone(difference)

    def hides(one: ValueChange) -> bool:
        return wording.is_place(one) and not is_alone

    for section in difference.sections:
        if section.is_quiet:
            continue
        kinds.add(section.kind)
        for item in section.items:
            told: list[object] = [section.kind.value, _TURN.sub(r"\1", getattr(item, "label", ""))]
            match item:
                case Words():
                    told += [item.words.old, item.words.new]
                case Values():
                    told += [
                        (_TURN.sub(r"\1", one.path), *(() if hides(one) else (_exactly(one.old), _exactly(one.new))))
                        for one in item.values
                    ]
                case Names():
                    told += [item.gone, item.new, item.kept]
                case VectorChange():
                    told += [item.old_size, item.new_size]
            digest.update(repr(told).encode("utf-8", "backslashreplace"))
            _add(digest, behind_item(item, old.exchange, new.exchange))
    if kinds & _SPOKEN:
        asked = canonical(said(new.exchange)["request"])
        digest.update(b"asked" + asked)
        _add(digest, behind(asked.decode(), new.exchange))
    for side in (old, new):
        told = [
            *sorted(side.meaning.models),
            *([side.exchange.exhibits, side.exchange.unread] if kinds & _UNTOLD else ()),
        ]
        digest.update(repr(told).encode("utf-8", "backslashreplace"))
        _add(digest, behind(repr(told), side.exchange))
    return digest.digest()


def _exactly(value: Json) -> str:
    """Return an unambiguous text for a value: the text "1" differs from the number, and a missing value from an empty
    text.
    """
    return "" if value is ABSENT else encode(value).decode("utf-8", "replace")


def _add(digest: hashlib.blake2b, found: tuple[object, ...]) -> None:
    """Add the secrets behind masks, if any: two secrets may have equal masks."""
    if found:
        digest.update(repr(found).encode("utf-8", "backslashreplace"))


def is_place_alone(difference: Difference) -> bool:
    """Tell whether only the places of the recordings differ: test, host, folder."""
    counted = [section for section in difference.sections if not section.is_quiet]
    values = [one for section in counted for item in section.items if isinstance(item, Values) for one in item.values]
    return all(section.kind is SectionKind.DETAILS for section in counted) and all(map(wording.is_place, values))


def find(
    changes: Sequence[Change], lines: Lines, marks: Sequence[object] = ()
) -> tuple[dict[int, int], tuple[Alike, ...]]:
    """Return the group number by index of a change, and the groups by number.

    lines: of the modified files. marks: the findings on each change; different ones are not grouped. First, files all
    of whose lines differ by one rename are grouped; then changes with equal masks; changes with equal meaning by what
    differs.
    """
    apart = [(change.churn, marks[place] if marks else None) for place, change in enumerate(changes)]
    numbers: dict[int, int] = {}
    told: list[Alike] = []
    for label, places in (*_renamed(changes, lines, apart), *_masked(changes, apart)):
        free = [place for place in places if place not in numbers]
        if len(free) >= LEAST:
            numbers.update(dict.fromkeys(free, len(told)))
            told.append(Alike(len(told), label, len(free)))
    return numbers, tuple(told)


def _masked(changes: Sequence[Change], apart: Sequence[object]) -> list[tuple[str, list[int]]]:
    by_mask: dict[object, list[int]] = {}
    for place, change in enumerate(changes):
        if change.is_quiet:
            by_mask.setdefault((apart[place], wording.without_counts(change.summary)), []).append(place)
        elif change.mask:
            by_mask.setdefault((apart[place], change.mask), []).append(place)
    made = []
    for places in by_mask.values():
        first = changes[places[0]]
        made.append((wording.without_counts(first.summary) if first.is_quiet else first.summary, places))
    return made


def _renamed(changes: Sequence[Change], lines: Lines, apart: Sequence[object]) -> list[tuple[str, list[int]]]:
    """Group changes that consist of one rename; separately for each class, and without calls whose arguments differ."""
    places = {change.new.raw: place for place, change in enumerate(changes) if change.new}
    made = []
    for rename, paths in renames.find({raw: pairs for raw, pairs in lines.items() if raw in places and pairs}):
        by_class: dict[object, list[bytes]] = {}
        for raw in paths:
            if _may_be_renamed(changes[places[raw]]) and not _has_other_secrets(changes[places[raw]]):
                by_class.setdefault(apart[places[raw]], []).append(raw)
        for mine in by_class.values():
            spelled = renames.spellings(rename, [pair for raw in mine for pair in lines[raw]])
            made.append((renames.label(spelled), [places[raw] for raw in mine]))
    return made


def _has_other_secrets(change: Change) -> bool:
    """Tell whether the masked secrets differ between the sides: a label would show the renamed text as recorded."""
    sides = [side.exchange.secrets if side else () for side in (change.old, change.new)]
    before, now = [{one.proof for one in some if "masked " in one.told} for some in sides]
    return before != now


def _may_be_renamed(change: Change) -> bool:
    """Tell whether a change may be one of many by a rename: a function may be renamed, with equal arguments.

    People rename what they ask. If only the response has another word (`positive` → `negative`, `create_user` →
    `delete_user`), the model said so, in answer to each question separately; also if later requests of a conversation
    repeat it. Changed details other than places are grouped only by their paths and old and new values.
    """
    if change.churn is Churn.DETAILS:
        return change.is_move
    if not change.is_quiet and not _is_asked_anew(change):
        return False
    if change.churn is not Churn.TOOL_CALL:
        return True
    calls = change.difference().section(SectionKind.CALLS)
    values = [one for item in calls.items if isinstance(item, Values) for one in item.values] if calls else []
    return bool(values) and all(one.keys == ("name",) for one in values)


def _is_asked_anew(change: Change) -> bool:
    """Tell whether the requests differ in more than earlier answers of the model and their repetitions.

    A tool result counts only if the answer to it is unchanged, since it may repeat the model's arguments.
    """
    sides = [side.exchange for side in (change.old, change.new) if side is not None]
    before, after = sides[0], sides[-1]
    if not change.unread and any(items for _, items in sections(before, after)):  # its parameters, and its tools
        return True
    is_answer_same = change.churn is Churn.REQUEST
    return _written(before, is_answer_same) != _written(after, is_answer_same)


def _written(exchange: Exchange, with_results: bool) -> list[Json]:
    """Return the messages of a request that a model did not send, with or without tool results."""
    ids = Ids()
    return [
        [message.role, said_of_part(part, ids)]
        for message in exchange.request.messages
        if message.role not in SENT
        for part in message.parts
        if with_results or not isinstance(part, ToolResult)
    ]
