"""The changes of one test, call by call, with each difference shown only once.

Each request of a test repeats the conversation so far, so a changed answer reappears in every later request. A
difference that an earlier call already showed is not shown again: it is named, with the number of that call. Two
differences are the same only if old and new text, or place, old value and new value, are literally equal. A changed
text is also omitted if its old text was shown as an old one and its new text as a new one, with the numbers of both
calls. A new or deleted recording has no other side: all of its content is shown, except texts that an earlier call
showed on that side. If a deleted and a new one answer the same turn, both are shown side by side, in the new one. A
tool call that moved from one answer to another is labelled as such.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from recviewer.changes.model import Change, Key
from recviewer.changes.moves import differ
from recviewer.changes.same_turn import replaced_on_same_turn, with_moves
from recviewer.difference.asked import THOUGHT
from recviewer.difference.behind_masks import behind, behind_item
from recviewer.difference.compare import compare
from recviewer.difference.model import Item, Names, Section, SectionKind, Values, VectorChange, Words
from recviewer.exchange.model import (
    Exchange,
    JsonPart,
    Kind,
    Message,
    Output,
    Part,
    Reasoning,
    RefusalPart,
    Text,
    ToolCall,
    ToolResult,
    Vector,
)
from recviewer.threads.threads import is_talk


@dataclass(frozen=True, slots=True)
class Repeated:
    """Differences equal to those of an earlier call. labels: their names here. call: the number of that call, 0 for the
    question above all of them.
    """

    call: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ShownCall:
    """One change of a test. number: from 1. sections: what is shown only here, without sections that do not affect the
    meaning.

    is_told: False for a recording without another side whose content is more than text, see `is_plain`. beside: the
    number of the call that it is shown beside, 0 for none: the new one shows both, the deleted one after it nothing.
    """

    number: int
    change: Change
    sections: tuple[Section, ...]
    repeated: tuple[Repeated, ...]
    is_told: bool = True
    beside: int = 0

    @property
    def has_sides(self) -> bool:
        """Tell whether it shows the difference of two recordings."""
        return self.change.pair is not None or (self.beside > 0 and self.change.new is not None)


def in_order_of_calls(changes: Iterable[Change]) -> list[Change]:
    """Return the changes of a test: calls of one file in file order, others by the number of messages before them."""
    return sorted(changes, key=_order)


def _order(change: Change) -> tuple[str, int, bool, str]:
    side = change.side
    if side.part:
        return side.file_path, side.index, change.is_older, side.path
    return "", len(side.exchange.request.messages), change.is_older, side.path


def question_of(changes: Sequence[Change]) -> str:
    """Return the first question of a conversation or, if none of the changes belongs to one, of the first call."""
    asking = next((one for one in changes if is_talk(one.about.exchange)), changes[0])
    return asking.about.meaning.line.asked


def shown_once(changes: Sequence[Change], question: str = "") -> list[ShownCall]:
    """Return changes of one test, in the given order, with what each shows.

    question: shown above them; an equal message of a recording without another side is not repeated. A deleted
    recording shown beside a new one comes after it, regardless of the order.
    """
    told: dict[Hashable, int] = {}
    made = []
    before = _beside(changes)
    ordered = _behind(changes, before)
    every = with_moves(ordered, [list(_sections(change, before.get(change.key))) for change in ordered])
    for number, change in enumerate(ordered, 1):
        stood = before.get(change.key)
        if number > 1 and before.get(ordered[number - 2].key) is change:
            made.append(ShownCall(number, change, (), (), beside=number - 1))
            continue
        if change.pair is None and stood is None and not is_plain(change.side.exchange):
            made.append(ShownCall(number, change, (), (), is_told=False))
            continue
        repeated: dict[int, list[str]] = {}
        sections = []
        mine: list[Hashable] = []
        for section in every[number - 1]:
            rest = []
            for item in section.items:
                if not _says_something(item):
                    continue
                if question and stood is None and _asks(section.kind, item, change, question):
                    repeated.setdefault(0, []).append(_label(section, item))
                    continue
                whole, sides = _keys(section.kind, item, change, stood)
                by = _told_by(told, whole, sides, has_sides=change.pair is not None or stood is not None)
                for call, how in by:
                    repeated.setdefault(call, []).append(f"{_label(section, item)}{how}")
                if by:
                    continue
                mine += (whole, *sides.values())
                for call, path in _known_values(told, section.kind, item, change, stood):
                    repeated.setdefault(call, []).append(path)
                mine += _value_keys(section.kind, item, change, stood).values()
                rest += _without_known(told, section.kind, item, change, stood)
            if rest:
                sections.append(replace(section, items=tuple(rest)))
        told |= {key: number for key in mine if key not in told}
        again = tuple(Repeated(call, tuple(labels)) for call, labels in sorted(repeated.items()))
        made.append(ShownCall(number, change, tuple(sections), again, beside=0 if stood is None else number + 1))
    return made


def _beside(changes: Sequence[Change]) -> dict[Key, Change]:
    """Return, by key of a new recording, the deleted one that is shown beside it."""
    mine = {change.key: change for change in changes}
    return {
        key: gone
        for key, gone in replaced_on_same_turn(changes).items()
        if not (gone.unread or mine[key].unread)
        and any(_says_something(item) for section in _sections(mine[key], gone) for item in section.items)
    }


def _behind(changes: Sequence[Change], before: Mapping[Key, Change]) -> list[Change]:
    """Return changes in order, but each one shown beside a new recording directly after it."""
    moved = {change.key for change in before.values()}
    every = [(one, before.get(one.key)) for one in changes if one.key not in moved]
    return [change for pair in every for change in pair if change is not None]


_BY_VALUE = frozenset({SectionKind.PARAMETERS, SectionKind.DETAILS})
"""Sections whose values are identified by their path, so that each value is shown once."""


def _known_values(
    told: Mapping[Hashable, int], kind: SectionKind, item: Item, change: Change, stood: Change | None
) -> Iterator[tuple[int, str]]:
    """Yield the calls, and paths, where values were shown before."""
    yield from ((told[key], path) for path, key in _value_keys(kind, item, change, stood).items() if key in told)


def _without_known(
    told: Mapping[Hashable, int], kind: SectionKind, item: Item, change: Change, stood: Change | None
) -> list[Item]:
    """Return an item without the values that an earlier call showed; nothing if none is left."""
    keys = _value_keys(kind, item, change, stood)
    if not keys or not isinstance(item, Values):
        return [item]
    rest = tuple([one for one in item.values if keys[one.path] not in told])
    return [replace(item, values=rest)] if rest else []


def _value_keys(kind: SectionKind, item: Item, change: Change, stood: Change | None) -> dict[str, Hashable]:
    """Return unique keys of values, by path; {} if the values are shown together, or two share a path."""
    if kind not in _BY_VALUE or not isinstance(item, Values):
        return {}
    found = {one.path: _keys(kind, replace(item, values=(one,)), change, stood)[0] for one in item.values}
    return {path: ("one value", key) for path, key in found.items()} if len(found) == len(item.values) else {}


def _asks(kind: SectionKind, item: Item, change: Change, question: str) -> bool:
    """Tell whether an item is a message that equals the question and contains no mask, which may hide another secret."""
    if change.pair is not None or kind is not SectionKind.MESSAGES or not isinstance(item, Words) or item.values:
        return False
    return question in (item.words.old, item.words.new) and not behind(question, change.side.exchange)


_QUIET = frozenset({SectionKind.USAGE})
_OF_THE_WIRE = frozenset({SectionKind.USAGE, SectionKind.DETAILS})
"""Also omitted on the page of a recording, except in its raw lines."""


def _sections(change: Change, stood: Change | None) -> Iterator[Section]:
    """Yield the sections that a change shows. stood: the deleted recording that is shown beside it."""
    if change.pair is not None or stood is not None:
        found = change.difference() if stood is None else differ(stood.old, change.new)
        yield from (one for one in found.sections if not one.is_quiet and one.kind not in _QUIET)
        return
    there = change.side.exchange
    nothing = Exchange(there.kind, there.read_as, streaming=there.streaming, status=there.status)
    sides = (nothing, there) if change.new is not None else (there, nothing)
    yield from (one for one in compare(*sides).sections if one.kind not in _OF_THE_WIRE)


_PLAIN = (Text, Reasoning, RefusalPart, ToolCall)


def is_plain(exchange: Exchange) -> bool:
    """Tell whether text, tool calls and values are all there is to show of an exchange: no image, no file, no failure,
    no message or answer without text and calls, nothing that was not understood; or texts with their embeddings and
    nothing else.
    """
    if exchange.unread is not None or exchange.left or exchange.problems or exchange.error is not None:
        return False
    if exchange.kind is Kind.EMBEDDINGS:
        is_all = bool(exchange.exhibits) and all(isinstance(one, Vector) for one in exchange.exhibits)
        if not is_all or exchange.outputs or not exchange.request.messages:
            return False
    elif not is_talk(exchange) or exchange.exhibits or not exchange.outputs or not all(map(_answers, exchange.outputs)):
        return False
    if not all(map(_speaks, exchange.request.messages)):
        return False
    said = [part for message in exchange.request.messages for part in message.parts]
    said += [part for output in exchange.outputs for part in output.parts]
    return all(map(_is_plain, said))


def _answers(output: Output) -> bool:
    return bool(output.content or output.reasoning or output.refusal or output.tool_calls or output.parts)


def _speaks(message: Message) -> bool:
    return any(not isinstance(part, (Text, Reasoning, RefusalPart)) or part.text for part in message.parts)


def _is_plain(part: Part) -> bool:
    if isinstance(part, ToolResult):
        return all(map(_is_plain, part.parts))
    return isinstance(part, _PLAIN) and not isinstance(part, JsonPart)


def _says_something(item: Item) -> bool:
    return not isinstance(item, Words) or bool(item.words.old or item.words.new or item.values)


_SAID = frozenset({SectionKind.ANSWER, SectionKind.REASONING, SectionKind.MESSAGES})
"""Sections where a text may appear first as an answer or reasoning, and later in a message."""


def _keys(kind: SectionKind, item: Item, change: Change, stood: Change | None) -> tuple[Hashable, dict[str, Hashable]]:
    """Return the keys of an item: of the whole and of each side, including the secrets behind masks."""
    nothing = Exchange(change.side.exchange.kind)
    before = change.old if stood is None else stood.old
    old, new = (side.exchange if side else nothing for side in (before, change.new))
    sides: dict[str, Hashable] = {
        side: (side, _where(kind, item), text, behind(text, old if side == "old" else new))
        for side, text in _sides(kind, item)
    }
    return (_key(kind, item), behind_item(item, old, new)), sides


def _key(kind: SectionKind, item: Item) -> Hashable:
    """Return a key that is equal only for literally equal differences."""
    where = _where(kind, item)
    match item:
        case Words():
            return where, "words", item.words.old, item.words.new, _values(item)
        case Values():
            call = _call_names(kind, item)
            if call is not None:
                return "call", "values", call, _values(item)
            names = ("", "") if kind in _SAID else (item.label, item.old_label)
            return where, "values", names, _values(item)
        case Names():
            return where, "names", item.gone, item.new, item.kept
        case VectorChange():
            return where, "vector", id(item)


_IN_REQUEST = re.compile(r"messages\[\d+\] \S+ (?!result\b)(.+)", re.DOTALL)


def _call_names(kind: SectionKind, item: Values) -> tuple[str, str] | None:
    """Return the names of a tool call now and before, equal in an answer and in requests that repeat it.

    ("", "") for one that is new or gone as a whole, which its values tell. None if it is not a call.
    """
    is_whole = not any(value.keys for value in item.values)
    if kind is SectionKind.CALLS:
        return ("", "") if is_whole else (item.label, item.old_label)
    now, before = (_IN_REQUEST.fullmatch(label) for label in (item.label, item.old_label))
    if kind is not SectionKind.MESSAGES or now is None or before is None:
        return None
    return ("", "") if is_whole else (now[1], before[1])


def _where(kind: SectionKind, item: Item) -> str:
    """Return what separates an item from equal ones: its section, except for what requests repeat."""
    if kind not in _SAID:
        return kind.value
    is_thought = kind is SectionKind.REASONING or (kind is SectionKind.MESSAGES and item.label.endswith(THOUGHT))
    return "thought" if is_thought else "said"


def _sides(kind: SectionKind, item: Item) -> Iterator[tuple[str, str]]:
    """Yield the sides of an item, old and new, by which an equal text shown elsewhere is recognized."""
    if kind in _SAID and isinstance(item, Words) and not item.values:
        yield from ((side, text) for side, text in (("old", item.words.old), ("new", item.words.new)) if text)


def _told_by(
    told: Mapping[Hashable, int], whole: Hashable, sides: Mapping[str, Hashable], *, has_sides: bool
) -> list[tuple[int, str]]:
    """Return the calls that showed an item, each with the suffix of its name; [] if not all of it was shown.

    whole, sides: as returned by `_keys`.
    """
    if whole in told:
        return [(told[whole], "")]
    if not sides or any(key not in told for key in sides.values()):
        return []
    words = _BOTH if len(sides) == 2 else _ALONE
    return [(told[key], words[side] if has_sides else "") for side, key in sides.items()]


_ALONE = {"old": " (gone)", "new": " (new)"}
_BOTH = {"old": " (before)", "new": " (now)"}


def _values(item: Words | Values) -> Hashable:
    return tuple([(repr(change.keys), _written(change.old), _written(change.new)) for change in item.values])


def _written(value: object) -> tuple[str, str]:
    return type(value).__name__, repr(value)


def _label(section: Section, item: Item) -> str:
    """Return the name of an item within its call."""
    kind, label = section.kind.value, getattr(item, "label", "")
    return label if label.startswith(kind) else f"{kind} {label}".strip()
