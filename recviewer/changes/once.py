"""The changes of one test, call by call, each thing that changed told once.

Each request of a test repeats what was said before it, so a change in one answer comes back in every later request. What an
earlier call of the test has told already is not told again: it is named, with the call that told it. Two things are told
as one only if old and new text, or old and new value and its place, are equal to the letter.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

from recviewer.changes.model import Change
from recviewer.difference.model import Item, Names, Section, SectionKind, Values, VectorChange, Words


@dataclass(frozen=True, slots=True)
class Repeated:
    """Things that changed in a call just as in an earlier one. labels: what they are called here. call: the number there."""

    call: int
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ToldCall:
    """One change of a test. number: from 1. sections: what it alone tells; what says nothing of the meaning is left out."""

    number: int
    change: Change
    sections: tuple[Section, ...]
    repeated: tuple[Repeated, ...]


def in_order_of_calls(changes: Iterable[Change]) -> list[Change]:
    """Return the changes of a test, those with fewer messages before them first."""
    return sorted(changes, key=lambda one: (len(one.side.exchange.request.messages), one.is_older, one.side.path))


def told_once(changes: Sequence[Change]) -> list[ToldCall]:
    """Return pairs of one test, in the order that is given, with what each tells."""
    told: dict[Hashable, int] = {}
    made = []
    for number, change in enumerate(changes, 1):
        repeated: dict[int, list[str]] = {}
        sections = []
        mine: list[Hashable] = []
        for section in change.difference().sections:
            if section.is_quiet or section.kind is SectionKind.USAGE:
                continue
            rest = []
            for item in section.items:
                key = _key(section.kind, item)
                if key in told:
                    repeated.setdefault(told[key], []).append(_label(section, item))
                else:
                    rest.append(item)
                    mine.append(key)
            if rest:
                sections.append(replace(section, items=tuple(rest)))
        told |= dict.fromkeys(mine, number)
        again = tuple(Repeated(call, tuple(labels)) for call, labels in sorted(repeated.items()))
        made.append(ToldCall(number, change, tuple(sections), again))
    return made


_SAID = frozenset({SectionKind.ANSWER, SectionKind.MESSAGES})
"""Where one text may stand first as an answer, then as a message."""


def _key(kind: SectionKind, item: Item) -> Hashable:
    """Return what is equal only for things that changed alike, to the letter."""
    where = "said" if kind in _SAID else kind.value
    match item:
        case Words():
            return where, "words", item.words.old, item.words.new, _values(item)
        case Values():
            names = ("", "") if where == "said" else (item.label, item.old_label)
            return where, "values", names, _values(item)
        case Names():
            return where, "names", item.gone, item.new, item.kept
        case VectorChange():
            return where, "vector", id(item)


def _values(item: Words | Values) -> Hashable:
    return tuple([(repr(change.keys), _written(change.old), _written(change.new)) for change in item.values])


def _written(value: object) -> tuple[str, str]:
    return type(value).__name__, repr(value)


def _label(section: Section, item: Item) -> str:
    """Return what a thing is called in its call."""
    label = getattr(item, "label", "")
    return f"{section.kind.value} {label}".strip() if label != section.kind.value else label
