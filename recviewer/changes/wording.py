"""One-line descriptions of changes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import takewhile

from recviewer.difference.model import (
    Churn,
    Difference,
    Names,
    Section,
    SectionKind,
    Values,
    VectorChange,
    Words,
    shown,
)
from recviewer.difference.values import ABSENT, ValueChange
from recviewer.difference.words import Grain, WordDiff
from recviewer.exchange.amounts import counted
from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side

PLACES = frozenset({"test_id", "test file", "request.test_id", "host", "folder", "file name", "cassette"})
"""Details about the place of a recording."""


def is_place(change: ValueChange) -> bool:
    """Tell whether a detail is about the place of a recording."""
    return bool(change.keys) and (change.keys[0] in PLACES or str(change.keys[0]).startswith("provider_"))


SHOWN, BEFORE = 40, 12
"""Characters of a value in one line, and how many of them precede the difference."""

_NAME = re.compile(r"#\d+")

NAMED = 3
"""Most names of functions, parameters and messages in one line."""


def summarize(difference: Difference, old: Side, new: Side) -> str:
    """Return what changed in one line: `answer −1 +31 words, reasoning gone, get_weather call gone`."""
    if difference.churn is Churn.UNREAD:
        return ", ".join([new.meaning.unread or old.meaning.unread, *_places(difference)])
    is_beside = difference.churn is not Churn.DETAILS
    parts = [
        words
        for section in difference.sections
        if not section.is_quiet and (words := _beside(section) if is_beside else _section(section))
    ]
    if difference.churn is Churn.OUTCOME:
        parts.insert(0, f"{_outcome(old)} → {_outcome(new)}")
    return ", ".join(dict.fromkeys(parts)) or "ids refer to each other differently"


def quiet(old: Side, new: Side) -> str:
    """Return how two recordings with equal meaning differ."""
    before, after = old.exchange, new.exchange
    names = ("usage", "metadata")
    differing = [name.replace("_", " ") for name in names if getattr(before, name) != getattr(after, name)]
    if (before.chunks, before.runs) != (after.chunks, after.runs):
        differing.append(f"chunks {before.chunks:,} → {after.chunks:,}")
    return f"the same meaning; differs in {', '.join(differing)}" if differing else "the same meaning"


def without_counts(line: str) -> str:
    """Return such a line without the numbers of one recording, for use with several."""
    return re.sub(r"(\bchunks) [\d,]+ → [\d,]+", r"\1", line)


def alone(side: Side) -> str:
    """Return the content of a recording without a partner."""
    return " ".join(side.meaning.line.answered.split())[:120]


def _outcome(side: Side) -> str:
    error = side.exchange.error
    if error is None:
        return "unreadable" if side.exchange.kind is Kind.UNREADABLE else "answer"
    return f"error {error.status if error.status is not None else error.type}".rstrip()


def _section(section: Section) -> str:
    match section.kind:
        case SectionKind.ANSWER | SectionKind.REASONING | SectionKind.REFUSAL:
            return f"{section.kind.value} {_texts(section)}"
        case SectionKind.CALLS:
            return f"call of {_labels(section)}"
        case SectionKind.FINISH:
            return "finish " + " ".join(_arrow(item) for item in section.items if isinstance(item, Values))
        case SectionKind.VECTORS:
            return _vectors(section)
        case SectionKind.LISTING:
            return "list " + ", ".join(
                f"{_moved(len(item.gone), len(item.new))} names" if isinstance(item, Names) else "other facts"
                for item in section.items
            )
        case SectionKind.MESSAGES:
            places = {getattr(item, "label", "").partition(" ")[0] for item in section.items}
            return counted(len(places), "message")
        case SectionKind.PARAMETERS:
            paths = [change.path for item in section.items if isinstance(item, Values) for change in item.values]
            return f"{', '.join(paths[:NAMED])}{_more(len(paths))}"
        case SectionKind.DETAILS:
            return _details(section)
        case SectionKind.REFERENCES:
            return _told([change for change in _values(section) if not (_is_name(change.old) and _is_name(change.new))])
        case _:
            return section.kind.value


def _beside(section: Section) -> str:
    """Describe a section that is not the most important one: for details their number, without places in the tree."""
    if section.kind is not SectionKind.DETAILS:
        return _section(section)
    found = [change for item in section.items if isinstance(item, Values) for change in item.values]
    count = sum(not is_place(change) for change in found)
    return counted(count, "other detail") if count else ""


def _places(difference: Difference) -> Iterator[str]:
    """Yield the differing places of two recordings."""
    for section in difference.sections:
        for change in [change for item in section.items if isinstance(item, Values) for change in item.values]:
            if is_place(change):
                yield f"{change.path} {' → '.join(_two(change.old, change.new))}"


def _details(section: Section) -> str:
    """Return the details with their values: `model a → b, finish_details new`."""
    return _told(_values(section))


def _values(section: Section) -> list[ValueChange]:
    return [change for item in section.items if isinstance(item, Values) for change in item.values]


def _is_name(value: object) -> bool:
    """Tell whether a value is an id normalized by order of appearance."""
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _told(found: list[ValueChange]) -> str:
    told = [f"{change.path} {' → '.join(_two(change.old, change.new))}" for change in found]
    return f"{', '.join(told[:NAMED])}{_more(len(told))}"


def _texts(section: Section) -> str:
    diffs = [item.words for item in section.items if isinstance(item, Words)]
    if all(not diff.old for diff in diffs):
        return "new"
    if all(not diff.new for diff in diffs):
        return "gone"
    removed, added = sum(diff.removed.words for diff in diffs), sum(diff.added.words for diff in diffs)
    if removed or added:
        return f"{_moved(removed, added)} words{_grain(diffs)}"
    return next((told for diff in diffs for told in diff.spelled), "signs or white space")


def _moved(gone: int, new: int) -> str:
    """Return the numbers of removed and added items, without zeros."""
    return " ".join(f"{sign}{count:,}" for sign, count in (("−", gone), ("+", new)) if count) or "±0"


def _grain(diffs: list[WordDiff]) -> str:
    return " (line by line)" if any(diff.grain is Grain.LINES for diff in diffs) else ""


def _labels(section: Section) -> str:
    told = []
    for item in section.items:
        state = " changed"
        if isinstance(item, Values) and all(not change.keys for change in item.values):
            state = " gone" if item.is_gone else " new" if item.is_new else " changed"
        told.append(f"{getattr(item, 'label', '')}{state}")
    return f"{', '.join(told[:NAMED])}{_more(len(told))}"


def _more(count: int) -> str:
    return f" and {count - NAMED} more" if count > NAMED else ""


def _arrow(item: Values) -> str:
    return " ".join(f"{_value(change.old)} → {_value(change.new)}" for change in item.values)


def _two(old: object, new: object) -> tuple[str, str]:
    """Return two values, each cut to a line; of long texts the surroundings of the first difference."""
    if not isinstance(old, str) or not isinstance(new, str) or max(len(old), len(new)) <= SHOWN:
        return _value(old), _value(new)
    same = sum(1 for _ in takewhile(lambda two: two[0] == two[1], zip(old, new, strict=False)))
    start = max(0, same - BEFORE)
    return _cut(old, start), _cut(new, start)


def _cut(text: str, start: int) -> str:
    rest = text[start : start + SHOWN]
    return f"{'…' if start else ''}{rest}{'…' if len(text) > start + SHOWN else ''}"


def _value(value: object) -> str:
    return "none" if value is ABSENT else _cut(shown(value) if isinstance(value, dict) else str(value), 0)


def _vectors(section: Section) -> str:
    items = [item for item in section.items if isinstance(item, VectorChange)]
    cosines = [item.cosine for item in items if item.cosine is not None]
    least = f", cosine {min(cosines):.6f} at least" if cosines else ""
    return f"{counted(len(items), 'embedding')}{least}"
