"""The changes of one test, call by call, each thing that changed told once.

Each request of a test repeats what was said before it, so a change in one answer comes back in every later request. What an
earlier call of the test has told already is not told again: it is named, with the call that told it. Two things are told
as one only if old and new text, or old and new value and its place, are equal to the letter. A text that differs is not
told either where its old words were told as old ones, and its new words as new ones: by which calls is said of each.
A recording that came or went has no other side: of it all is told that it says, but for texts that an earlier call has
told on that side. Where one went and one came that answer the same turn of the test, the two are told beside each other, in
the new one. A tool's call that is gone from one answer and stands in another one says so.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from recviewer.changes.beside import stood_there, with_moves
from recviewer.changes.model import Change, Key
from recviewer.changes.moves import differ
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
    """Things that changed in a call just as in an earlier one. labels: what they are called here. call: the number there, 0
    for the question that stands above all of them.
    """

    call: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldCall:
    """One change of a test. number: from 1. sections: what it alone tells; what says nothing of the meaning is left out.

    is_told: False for a recording without another side that holds what cannot be told in words, see `is_plain`. beside: the
    number of the call that it is told beside, 0 for none: the new one tells both, the deleted one behind it nothing.
    """

    number: int
    change: Change
    sections: tuple[Section, ...]
    repeated: tuple[Repeated, ...]
    is_told: bool = True
    beside: int = 0

    @property
    def has_sides(self) -> bool:
        """Tell whether what it tells is the difference of two recordings."""
        return self.change.pair is not None or (self.beside > 0 and self.change.new is not None)


def in_order_of_calls(changes: Iterable[Change]) -> list[Change]:
    """Return the changes of a test: calls that share a file as they stand in it, others by the messages before them."""
    return sorted(changes, key=_order)


def _order(change: Change) -> tuple[str, int, bool, str]:
    side = change.side
    if side.part:
        return side.file_path, side.index, change.is_older, side.path
    return "", len(side.exchange.request.messages), change.is_older, side.path


def question_of(changes: Sequence[Change]) -> str:
    """Return what was asked first in a conversation or, where none of the changes is of one, in the first call."""
    asking = next((one for one in changes if is_talk(one.about.exchange)), changes[0])
    return asking.about.meaning.line.asked


def told_once(changes: Sequence[Change], question: str = "") -> list[ToldCall]:
    """Return changes of one test, in the order that is given, with what each tells.

    question: stands above them; a message of a recording without another side that is equal to it is not told again. What
    is told beside a new recording stands behind it, whatever the order is.
    """
    told: dict[Hashable, int] = {}
    made = []
    before = _beside(changes)
    ordered = _behind(changes, before)
    every = with_moves(ordered, [list(_sections(change, before.get(change.key))) for change in ordered])
    for number, change in enumerate(ordered, 1):
        stood = before.get(change.key)
        if number > 1 and before.get(ordered[number - 2].key) is change:
            made.append(ToldCall(number, change, (), (), beside=number - 1))
            continue
        if change.pair is None and stood is None and not is_plain(change.side.exchange):
            made.append(ToldCall(number, change, (), (), is_told=False))
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
        made.append(ToldCall(number, change, tuple(sections), again, beside=0 if stood is None else number + 1))
    return made


def _beside(changes: Sequence[Change]) -> dict[Key, Change]:
    """Return by the key of a new recording the deleted one that is told beside it, as an old one is beside its new one."""
    mine = {change.key: change for change in changes}
    return {
        key: gone
        for key, gone in stood_there(changes).items()
        if not (gone.unread or mine[key].unread)
        and any(_says_something(item) for section in _sections(mine[key], gone) for item in section.items)
    }


def _behind(changes: Sequence[Change], before: Mapping[Key, Change]) -> list[Change]:
    """Return changes in their order, but each that is told beside a new one behind that."""
    moved = {change.key for change in before.values()}
    every = [(one, before.get(one.key)) for one in changes if one.key not in moved]
    return [change for pair in every for change in pair if change is not None]


_BY_VALUE = frozenset({SectionKind.PARAMETERS, SectionKind.DETAILS})
"""Where values say what they are by their path, so that each is told once, whatever stands beside it."""


def _known_values(
    told: Mapping[Hashable, int], kind: SectionKind, item: Item, change: Change, stood: Change | None
) -> Iterator[tuple[int, str]]:
    """Yield by which call and under which path values were told before."""
    yield from ((told[key], path) for path, key in _value_keys(kind, item, change, stood).items() if key in told)


def _without_known(
    told: Mapping[Hashable, int], kind: SectionKind, item: Item, change: Change, stood: Change | None
) -> list[Item]:
    """Return a thing without the values that an earlier call told, nothing where that was all."""
    keys = _value_keys(kind, item, change, stood)
    if not keys or not isinstance(item, Values):
        return [item]
    rest = tuple([one for one in item.values if keys[one.path] not in told])
    return [replace(item, values=rest)] if rest else []


def _value_keys(kind: SectionKind, item: Item, change: Change, stood: Change | None) -> dict[str, Hashable]:
    """Return by its path what tells a value from all others; nothing where values are told together, or two share a path."""
    if kind not in _BY_VALUE or not isinstance(item, Values):
        return {}
    found = {one.path: _keys(kind, replace(item, values=(one,)), change, stood)[0] for one in item.values}
    return {path: ("one value", key) for path, key in found.items()} if len(found) == len(item.values) else {}


def _asks(kind: SectionKind, item: Item, change: Change, question: str) -> bool:
    """Tell whether a thing is a message that says the question, all of it, and masks no secret, which may be another."""
    if change.pair is not None or kind is not SectionKind.MESSAGES or not isinstance(item, Words) or item.values:
        return False
    return question in (item.words.old, item.words.new) and not behind(question, change.side.exchange)


_QUIET = frozenset({SectionKind.USAGE})
_OF_THE_WIRE = frozenset({SectionKind.USAGE, SectionKind.DETAILS})
"""What the page of a recording does not tell either, but for its raw lines."""


def _sections(change: Change, stood: Change | None) -> Iterator[Section]:
    """Yield what a change tells. stood: the deleted one that it is told beside."""
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
    """Tell whether an exchange is talk of which words, calls and values are all that there is to show: no picture, no file,
    no failure, no message or answer without words and calls, nothing that was not understood; or texts with their
    embeddings and nothing else.
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
"""Where one text may stand first as an answer or its reasoning, then as a message or that of one."""


def _keys(kind: SectionKind, item: Item, change: Change, stood: Change | None) -> tuple[Hashable, dict[str, Hashable]]:
    """Return what tells a thing that changed: all of it, and its sides by themselves, each with what its masks stand for."""
    nothing = Exchange(change.side.exchange.kind)
    before = change.old if stood is None else stood.old
    old, new = (side.exchange if side else nothing for side in (before, change.new))
    sides: dict[str, Hashable] = {
        side: (side, _where(kind, item), text, behind(text, old if side == "old" else new))
        for side, text in _sides(kind, item)
    }
    return (_key(kind, item), behind_item(item, old, new)), sides


def _key(kind: SectionKind, item: Item) -> Hashable:
    """Return what is equal only for things that changed alike, to the letter."""
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
    """Return what a tool's call is of, now and before, the same where it was answered and where a request repeats it.

    Of one that came or went as a whole nothing: what came or went says it. None for what is no call.
    """
    is_whole = not any(value.keys for value in item.values)
    if kind is SectionKind.CALLS:
        return ("", "") if is_whole else (item.label, item.old_label)
    now, before = (_IN_REQUEST.fullmatch(label) for label in (item.label, item.old_label))
    if kind is not SectionKind.MESSAGES or now is None or before is None:
        return None
    return ("", "") if is_whole else (now[1], before[1])


def _where(kind: SectionKind, item: Item) -> str:
    """Return what keeps a thing apart from others that say the same: its section, but for what requests repeat."""
    if kind not in _SAID:
        return kind.value
    is_thought = kind is SectionKind.REASONING or (kind is SectionKind.MESSAGES and item.label.endswith(THOUGHT))
    return "thought" if is_thought else "said"


def _sides(kind: SectionKind, item: Item) -> Iterator[tuple[str, str]]:
    """Yield what tells a text that was shown by one of its sides alone: the old or the new one, whole."""
    if kind in _SAID and isinstance(item, Words) and not item.values:
        yield from ((side, text) for side, text in (("old", item.words.old), ("new", item.words.new)) if text)


def _told_by(
    told: Mapping[Hashable, int], whole: Hashable, sides: Mapping[str, Hashable], *, has_sides: bool
) -> list[tuple[int, str]]:
    """Return the calls that told a thing, each with what of it, as the end of its name; [] where not all of it was told.

    whole, sides: as `_keys` returns them.
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
    """Return what a thing is called in its call."""
    kind, label = section.kind.value, getattr(item, "label", "")
    return label if label.startswith(kind) else f"{kind} {label}".strip()
