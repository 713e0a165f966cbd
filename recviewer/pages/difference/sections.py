"""The changes, section by section, for templates/difference/: texts as pieces, values as words of values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from recviewer.difference.asked import THOUGHT
from recviewer.difference.model import (
    Item,
    ItemKind,
    Names,
    Section,
    SectionKind,
    Values,
    VectorChange,
    Words,
    shown,
)
from recviewer.difference.spelling import SPELLED
from recviewer.difference.values import ABSENT, ValueChange
from recviewer.difference.words import Count, Grain, Op, words
from recviewer.exchange.model import Json
from recviewer.pages.difference.alike_values import runs_of
from recviewer.pages.difference.text import REST, LaidOut, Room, laid_out
from recviewer.pages.templatetags.words import NAME, counted
from recviewer.pages.text.folds import WINDOWED, Fold, Folds, Window, weight_of

FIRST_ITEMS = 40
"""Changed things of one section in the page; the rest is folded."""

FIRST_NAMES = 20
"""Names of a set in the page; the rest is folded."""

FIRST_CHANGES = 40
"""Changed values of one thing in the page; the rest is folded."""

FIRST_SPELLED = 8
"""Short changes that are spelled out under a text; the others are only marked in it."""

VALUE_CONTEXT = 28
"""Characters of a long value beside the change in it."""

WHOLE_VALUE = 200
"""Maximum length of a one-line value that is shown completely: a test id, a URL or a path, which nobody reads in parts.
"""

TEST = "test_id"
"""In a range the test is shown above its page, so that its own words are enough there."""


LEAST_OLD = 24
"""Number of words from which an old text is folded: a shorter one can be read at a glance."""
LEAST_ANSWER = 200
"""The same for an answer, which is read beside the new one, whatever was kept of it."""
LEAST_GONE = 60
"""The same for a removed text without a replacement; its first words are shown."""
FIRST_WORDS = 160
"""Characters of it that are shown."""


@dataclass(frozen=True, slots=True)
class ValueShown:
    """A value that changed, by its path."""

    path: str
    text: LaidOut


@dataclass(frozen=True, slots=True)
class NamesShown:
    """Names of a set, with the fold of further ones. op: gone or new."""

    op: str
    names: tuple[str, ...]
    count: int
    rest: Fold | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One changed thing. kind: of `difference.model.ItemKind`; only the fields of that kind are filled.

    notes: facts about the comparison, as clauses. spelled: short changes in words. rest: a fold of further changed
    values. before: the old text, if it is folded.
    """

    kind: ItemKind
    label: str
    text: LaidOut | None = None
    before: Fold | None = None
    notes: tuple[str, ...] = ()
    spelled: tuple[str, ...] = ()
    changes: tuple[ValueShown, ...] = ()
    rest: Fold | None = None
    names: tuple[NamesShown, ...] = ()
    kept: int = 0

    @property
    def is_whole(self) -> bool:
        """Tell whether no change is folded, except old texts that are mentioned with their size."""
        texts = [self.text, *(change.text for change in self.changes)]
        is_cut = any(text is not None and text.rest is not None for text in texts)
        return self.rest is None and not is_cut and all(some.rest is None for some in self.names)


@dataclass(frozen=True, slots=True)
class Part:
    """A section of the page. id: its anchor. subs: the lines under its title. tone: of the rule at its left.

    is_second: set a little smaller, like reasoning. folds: more about it, folded.
    """

    title: str
    id: str
    items: tuple[Shown, ...]
    subs: tuple[str, ...] = ()
    tone: str = "plain"
    is_second: bool = False
    folds: tuple[Fold, ...] = field(default=())

    @property
    def is_whole(self) -> bool:
        """Tell whether all changes are in the page: folds contain only what both sides share, and old texts with their
        size.
        """
        return not self.folds and all(item.is_whole for item in self.items)


_ANSWERS = frozenset({SectionKind.ANSWER, SectionKind.REFUSAL})
_TONES = {
    SectionKind.ANSWER: "assistant",
    SectionKind.CALLS: "assistant",
    SectionKind.PARTS: "assistant",
    SectionKind.ERROR: "error",
    SectionKind.REFUSAL: "assistant",
}


def part_of(section: Section, folds: Folds, room: Room, prefix: str = "") -> Part:
    """Return a section for rendering. prefix: of the names of its folds, if a page has several differences."""
    name = section.kind.value.replace(" ", "-")
    found = [
        _whole_call(item) if section.kind is SectionKind.CALLS or _is_call(item) else item for item in section.items
    ]
    is_second = section.kind is SectionKind.REASONING
    least = LEAST_ANSWER if section.kind in _ANSWERS else LEAST_OLD
    items, rest = items_of(found, folds, prefix + name, room, is_thought=is_second, least=least)
    return Part(
        title=section.kind.value,
        id=name,
        items=items,
        subs=_subs(section),
        tone=_TONES.get(section.kind, "user"),
        is_second=is_second,
        folds=rest,
    )


def items_of(
    items: Sequence[Item], folds: Folds, name: str, room: Room, *, is_thought: bool = False, least: int = LEAST_OLD
) -> tuple[tuple[Shown, ...], tuple[Fold, ...]]:
    """Return changed things for rendering, the first of them at once, and a fold with the others, if any.

    is_thought: they are reasoning. least: number of words from which an old text with a replacement is folded.
    """
    first, more = folds.some(
        f"{name}-more",
        len(items),
        lambda at: item_of(
            items[at],
            folds,
            f"{name}-{at}",
            room if at < FIRST_ITEMS else Room(folds.room, room.twice),
            is_thought=is_thought,
            least=least,
        ),
        "change",
        template="difference/_items.html",
        first=FIRST_ITEMS,
    )
    return first, (more,) if more else ()


def _subs(section: Section) -> tuple[str, ...]:
    """Return the lines under the title that say how much changed."""
    texts = [item for item in section.items if isinstance(item, Words)]
    ways = {_way(item) for item in section.items}
    if ways in ({"gone"}, {"new"}):
        return tuple(ways)
    if len(texts) != len(section.items):
        return ()
    removed, added = (
        sum((item.words.removed for item in texts), Count()),
        sum((item.words.added for item in texts), Count()),
    )
    counts = [f"{sign}{count.words:,}" for sign, count in (("−", removed), ("+", added)) if count.words]
    if counts:
        return (f"{' '.join(counts)} words",)
    if all(span.text.isspace() for item in texts for span in item.words.spans if span.op.value != "same"):
        return ("white space",)
    return ("signs",)


def _way(item: Item) -> str:
    """Tell whether a whole thing was removed or is new, "" if only something in it changed."""
    if isinstance(item, Words):
        return "gone" if item.is_gone else "new" if item.is_new else ""
    if isinstance(item, Values) and all(not change.keys for change in item.values):
        return "gone" if item.is_gone else "new" if item.is_new else ""
    return ""


def item_of(
    item: Item, folds: Folds, name: str, room: Room, *, is_thought: bool = False, least: int = LEAST_OLD
) -> Shown:
    """Return a changed thing for rendering. name: unique in the page."""
    match item:
        case Words():
            return _without_old(item, folds, name, room, least, is_thought=is_thought) or _words(
                item, folds, name, room
            )
        case Values():
            return values_of(label_of(item), item.values, folds, name, room)
        case Names():
            return Shown(item.kind, item.label, names=tuple(_names(item, folds, name)), kept=item.kept)
        case VectorChange():
            return Shown(item.kind, f"vector {item.label}", notes=tuple(_vector(item)))


def label_of(item: Words | Values) -> str:
    """Return the label of an item, with both names if they differ."""
    return item.label if item.label == item.old_label or not item.old_label else f"{item.old_label} → {item.label}"


def _whole_call(item: Item) -> Item:
    """Return the arguments of a whole call that was removed or is new: its label has its name already."""
    if not isinstance(item, Values) or any(change.keys for change in item.values):
        return item
    values = [
        replace(change, keys=("arguments",), old=_arguments(change.old), new=_arguments(change.new))
        for change in item.values
    ]
    return replace(item, values=tuple(values))


def _is_call(item: Item) -> bool:
    """Tell whether a thing is a whole call that was added or removed, as a later request contains it: its name and
    arguments.
    """
    if not isinstance(item, Values) or any(change.keys for change in item.values):
        return False
    sides = [side for change in item.values for side in (change.old, change.new) if side is not ABSENT]
    names = [
        side.get("name") if isinstance(side, dict) and set(side) == {"name", "arguments"} else None for side in sides
    ]
    return all(isinstance(name, str) and item.label.endswith(f" {name}") for name in names)


def _arguments(call: Json) -> Json:
    return call.get("arguments", ABSENT) if isinstance(call, dict) else call


_NOTES = {
    Grain.LINES: "compared line by line, at least in part, for there is much of it",
}


def _without_old(item: Words, folds: Folds, name: str, room: Room, least: int, *, is_thought: bool) -> Shown | None:
    """Return a text with its old version folded; None if both sides have to be visible.

    That is the case if hardly a word of the old one was kept, for removed reasoning, and for long removed texts: all of
    it is the base's own text.
    """
    diff = item.words
    many = diff.removed.words
    is_thought = is_thought or item.label.endswith(THOUGHT)
    is_long = item.is_gone and not is_thought and many >= LEAST_GONE
    is_other = diff.grain is Grain.BLOCK or is_long or (is_thought and item.is_gone)
    least = LEAST_OLD if item.is_gone else least
    if not (room.folds_old and is_other) or item.values or room.twice or room.everything or many < least:
        return None
    gone, new = (tuple(span for span in diff.spans if span.op is op) for op in (Op.GONE, Op.NEW))
    before = folds.fold(
        f"{name}.before",
        counted(many, "word") if item.is_gone else f"before: {counted(many, 'other word')}",
        detail=gone[0].text[:FIRST_WORDS] if is_long or many >= LEAST_ANSWER else "",
        template=REST,
        make=lambda: laid_out(replace(diff, spans=gone), folds, f"{name}.old", Room(folds.room)),
        weight=sum(len(span.text) for span in gone),
    )
    text = laid_out(replace(diff, spans=new), folds, name, room) if new else None
    return Shown(item.kind, label_of(item), text, before)


def _words(item: Words, folds: Folds, name: str, room: Room) -> Shown:
    diff = item.words
    notes = [_NOTES[diff.grain]] if diff.grain in _NOTES else []
    if item.is_gone:
        notes.append("now empty")
    elif item.is_new:
        notes.append("was empty")
    told = tuple(dict.fromkeys(diff.spelled))
    if len(told) == 1 and all(
        len(span.text) == 1 for span in diff.spans if 0 < len(span.text) <= SPELLED and span.op is not Op.SAME
    ):
        told = (f"one character: {told[0]}",)
    more = len(told) - FIRST_SPELLED + diff.unspelled
    spelled = (*told[:FIRST_SPELLED], *([f"{more:,} more, marked in the text"] if more > 0 else []))
    text = laid_out(diff, folds, name, room)
    values = values_of("", item.values, folds, f"{name}-values", room) if item.values else None
    changes, rest = (values.changes, values.rest) if values else ((), None)
    return Shown(item.kind, label_of(item), text, None, tuple(notes), spelled, changes, rest)


def values_of(label: str, values: Sequence[ValueChange], folds: Folds, name: str, room: Room) -> Shown:
    """Return changed values for rendering, the first of them at once."""
    many = FIRST_CHANGES if room.left > 0 else 3
    runs = runs_of(values)
    first, rest = folds.some(
        f"{name}.more",
        len(runs),
        lambda at: value_of(
            runs[at][1], folds, f"{name}.{at}", room if at < many else Room(folds.room, room.twice), path=runs[at][0]
        ),
        "change",
        template="difference/_changes.html",
        first=many,
    )
    return Shown(ItemKind.VALUES, label, changes=first, rest=rest)


def value_of(change: ValueChange, folds: Folds, name: str, room: Room, *, path: str = "") -> ValueShown:
    """Return a changed value as its words. path: its label, else its path."""
    whole = 0 if room.folds_old and change.path == TEST else WHOLE_VALUE
    return ValueShown(path or change.path or "(all)", pair_of(change.old, change.new, folds, name, room, whole=whole))


def pair_of(old: Json, new: Json, folds: Folds, name: str, room: Room, *, whole: int = WHOLE_VALUE) -> LaidOut:
    """Return two values as pieces: changes inside long ones are marked; a missing value has no pieces.

    whole: maximum length of a one-line value that is shown completely.
    """
    before, after = _written(old, new), _written(new, old)
    one_column = Room(room.left, twice=False, everything=room.everything)
    is_whole = max(len(before), len(after)) <= whole and "\n" not in before + after
    context = WHOLE_VALUE if is_whole else VALUE_CONTEXT
    made = laid_out(words(before, after), folds, name, one_column, context=context)
    room.left = one_column.left
    return made


def _written(value: Json, other: Json) -> str:
    """Return a value as text; a string is quoted if its counterpart is not a string, or is empty."""
    if isinstance(value, str) and (not value or not (isinstance(other, str) or other is ABSENT)):
        return shown([value])[1:-1]
    return shown(value)


def _names(item: Names, folds: Folds, name: str) -> list[NamesShown]:
    made = []
    for op, names in (("gone", item.gone), ("new", item.new)):
        left = names[FIRST_NAMES:]
        if names:
            made.append(NamesShown(op, names[:FIRST_NAMES], len(names), _more_names(left, op, folds, name)))
    return made


def _more_names(names: tuple[str, ...], op: str, folds: Folds, name: str) -> Fold | None:
    if not names:
        return None

    def view(at: int) -> tuple[str, str]:
        folds.spend(weight_of(names[at][:NAME]))
        return op, names[at]

    def make() -> Window:
        shown, more = folds.some(f"{name}-{op}", len(names), view, "name", template="difference/_names.html")
        return Window("difference/_names.html", shown, more)

    return folds.fold(
        f"{name}-{op}",
        f"{len(names):,} more",
        template=WINDOWED,
        make=make,
        weight=sum(len(one) + 16 for one in names),
    )


def _vector(item: VectorChange) -> list[str]:
    if not item.old_size or not item.new_size:
        return [f"{item.new_size:,} numbers, new" if item.new_size else f"{item.old_size:,} numbers, gone"]
    if item.old_size != item.new_size:
        return [f"{item.old_size:,} → {item.new_size:,} numbers, which cannot be compared"]
    cosine = "no cosine, for one of them is zero" if item.cosine is None else f"cosine {item.cosine:.6f}"
    made = [f"{item.old_size:,} numbers", cosine]
    if item.largest is not None:
        made.append(f"largest difference {item.largest:.6g}")
    return made
