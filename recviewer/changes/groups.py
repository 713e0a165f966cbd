"""Many recordings with the same change: one thing to look at, with a representative.

Only what is truly the same change is one: the same class and findings, and in every place that differs the same path, the
same old and the same new value. A number, a date, a negation, an argument or a name that is another one in one of the
recordings keeps that one apart. What has no old side is the same where it says the same.
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
"""Fewer changes than this are no group."""

Lines = Mapping[bytes, Sequence[tuple[bytes, bytes]]]
"""By path, the lines of a modified file that differ."""

_TURN = re.compile(r"^(messages|tools|input|contents)\[\d+\]")
"""A place in a list whose number says only how much came before: the same turn of a longer conversation is the same."""

_SPOKEN = frozenset({SectionKind.ANSWER, SectionKind.REASONING, SectionKind.REFUSAL, SectionKind.CALLS})
"""What is an answer to a question: the same change of two answers is the same only where the question is."""

_UNTOLD = frozenset({SectionKind.VECTORS, SectionKind.REPLY})
"""What items tell of only in part: these are the same where what came back is the same as a whole."""


@dataclass(frozen=True, slots=True)
class Alike:
    """Changes that are the same change. label: which, as a clause. count: how many they are."""

    number: int
    label: str
    count: int


def mask(difference: Difference, old: Side, new: Side) -> bytes:
    """Return what a difference comes to: equal for equal changes, and only for those.

    Where a recording stands (test, host, folder) counts with its old and new value if nothing else differs. If something
    else does, only which of these places moved counts: pages show the values with each member of a group.
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
    """Return a value so that no other one is written alike: the text "1" is not the number, nor nothing an empty text."""
    return "" if value is ABSENT else encode(value).decode("utf-8", "replace")


def _add(digest: hashlib.blake2b, found: tuple[object, ...]) -> None:
    """Add what masks stand for, where there are any: two secrets may have one."""
    if found:
        digest.update(repr(found).encode("utf-8", "backslashreplace"))


def is_place_alone(difference: Difference) -> bool:
    """Tell whether nothing differs but where the recordings stand: test, host, folder."""
    counted = [section for section in difference.sections if not section.is_quiet]
    values = [one for section in counted for item in section.items if isinstance(item, Values) for one in item.values]
    return all(section.kind is SectionKind.DETAILS for section in counted) and all(map(wording.is_place, values))


def find(
    changes: Sequence[Change], lines: Lines, marks: Sequence[object] = ()
) -> tuple[dict[int, int], tuple[Alike, ...]]:
    """Return, by place of a change, the number of its group, and what each number stands for.

    lines: of the modified files. marks: of each change what was found on it, which keeps it apart from others. Those whose
    every line differs by one rename alone are one group; then those with the same mask; what means the same is grouped by
    what it differs in.
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
    """Group what differs by one rename alone; each class for itself, and no calls whose arguments differ."""
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
    """Tell whether other secrets are masked before and now: a label names what was renamed, as it was recorded."""
    sides = [side.exchange.secrets if side else () for side in (change.old, change.new)]
    before, now = [{one.proof for one in some if "masked " in one.told} for some in sides]
    return before != now


def _may_be_renamed(change: Change) -> bool:
    """Tell whether a change may be one of many by a rename: a function may have another name, but the same arguments.

    People rename what they ask. Where only what came back says another word (`positive` → `negative`, `create_user` →
    `delete_user`), the model said so, to each question anew; also where later requests of a conversation repeat it. Other
    details than where it stands are grouped by which they are, with their old and new values, and by nothing else.
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
    """Tell whether what was asked differs in more than what a model said before and requests repeat.

    What a tool gave back counts only where the answer to it is still the same: it may repeat what a model called it with.
    """
    sides = [side.exchange for side in (change.old, change.new) if side is not None]
    before, after = sides[0], sides[-1]
    if not change.unread and any(items for _, items in sections(before, after)):  # its parameters, and its tools
        return True
    is_answer_same = change.churn is Churn.REQUEST
    return _written(before, is_answer_same) != _written(after, is_answer_same)


def _written(exchange: Exchange, with_results: bool) -> list[Json]:
    """Return the messages of a request that no model sent, with or without what tools gave back."""
    ids = Ids()
    return [
        [message.role, said_of_part(part, ids)]
        for message in exchange.request.messages
        if message.role not in SENT
        for part in message.parts
        if with_results or not isinstance(part, ToolResult)
    ]
