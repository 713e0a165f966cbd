"""The calls of a stop of the queue that holds several: what each tells on their one page, and why one is left to its own."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from recviewer.changes.items import Item, items, place_of
from recviewer.changes.model import Change
from recviewer.changes.run_words import clauses_on
from recviewer.changes.told_once import ToldCall, in_order_of_calls, question_of, told_once
from recviewer.difference.model import Churn, SectionKind, Words
from recviewer.difference.words import shared_start
from recviewer.exchange.model import Exhibit, Kind, Vector
from recviewer.pages.difference.difference import told_as_json
from recviewer.pages.difference.expected import ShownExpected, expected_of
from recviewer.pages.difference.sections import Part, part_of
from recviewer.pages.difference.text import Room
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.findings import FindingHere, found_on
from recviewer.pages.ranges.members import Member, members_of
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.ranges.turn_map import TurnMap, turn_maps_of
from recviewer.pages.recording.results import ROWS, VECTOR, VectorView, vector_view
from recviewer.pages.site.forms import item_of, items_of
from recviewer.pages.templatetags.words import short_name
from recviewer.pages.text.classes import CLASSES, Look, look_of_state
from recviewer.pages.text.folds import Folds
from recviewer.pages.text.test_ids import Parameter, decoded, parse

ROOM = 200_000
"""Characters of markup that all that changed may take; a call that does not fit is left to its own page."""
LONGEST = 20_000
"""Characters that changed in one call, up to which it is shown here."""
MOST_CALLS = 60
"""Calls that are shown here; those behind them are left to their own pages."""


@dataclass(frozen=True, slots=True)
class RepeatedHere:
    """What an earlier call told, in a line of words; call: as in `Repeated`."""

    call: int
    words: str


@dataclass(frozen=True, slots=True)
class ReadCall:
    """One call of the test."""

    number: int
    change: Change
    look: Look
    state: Look
    url: str
    parts: tuple[Part, ...]
    """What it tells."""
    repeated: tuple[RepeatedHere, ...]
    """What an earlier call told."""
    asked: str
    """Its question, "" where it is among what it tells."""
    expected: ShownExpected | None
    """Asserts that could not be read are counted in the first call of each test."""
    findings: tuple[FindingHere, ...]
    """What was found on it."""
    item: str
    """For the `item` field of a form about it alone, "" where it is decided on, or may not be decided on here."""
    why_not: str
    """Why it is left to its own page, "" where it is not."""
    others: tuple[Member, ...]
    """The same change in other recordings, decided on along with it."""
    vectors: tuple[VectorView, ...] = ()
    """Of a recording without another side, which are shown as on its own page."""
    begins: str = ""
    """Where several tests or files are told after each other, the one whose calls begin here; else ""."""
    with_parameters: tuple[Parameter, ...] = ()
    """Those that tell it from the others, where they do."""
    turns: tuple[TurnMap, ...] = ()
    """Of that one, before and now."""
    asked_in: int = 0
    """The number of an earlier call that was asked the same, 0 for none."""
    pair_url: str = ""
    """Where another partner is chosen, "" where git says what belongs together."""
    beside: int = 0
    """As of a `ToldCall`."""

    @property
    def was(self) -> str:
        """The name of the file before, "" where it is the same or there is none."""
        old, new = self.change.old, self.change.new
        return old.name if old is not None and new is not None and old.name != new.name else ""

    @property
    def changes(self) -> tuple[Change, ...]:
        """The change, and those that are the same."""
        return (self.change, *(one.change for one in self.others))

    @property
    def by_runs(self) -> tuple[str, ...]:
        """What runs of the suite say of them."""
        return clauses_on(self.changes)


def fields_of(some: Sequence[Change]) -> str:
    """Return some changes as they were seen, for the `item` field of a form."""
    return items_of(item_of(one.side.path, one.side.blob, one.own_subject) for one in some)


TOO_MUCH = "too much of it changed to be shown here"
NOTHING = "nothing of it can be shown here"


def calls_of(place: ShownRange, asked: RangeFilter, item: Item, folds: Folds) -> list[ReadCall]:
    """Return the calls of an item in order, test by test; of changes that are the same the first, with the others."""
    same = {}
    for some in items(item.changes):  # of several tests or files the calls of one are read, in their order
        head = next((one for one in some.changes if place_of(one) == item.places[0]), some.first)
        same[head.key] = (head, *[one for one in some.changes if one is not head])
    order = {name: at for at, name in enumerate(item.places)}
    heads = sorted(in_order_of_calls(some[0] for some in same.values()), key=lambda one: order[place_of(one)])
    is_of_many = len({place_of(head) for head in heads}) > 1
    room, hidden, made = Room(ROOM, folds_old=True), set[int](), []
    before, asked_in, names = "", dict[str, int](), _apart([place_of(head) for head in heads], heads)
    told, unread = _parameters(heads), set[str]()
    for one in told_once(heads, question_of(heads) if item.is_asked_alike else ""):
        call = _call(place, asked, one, same[one.change.key][1:], folds, room, hidden)
        if call.why_not:
            hidden.add(one.number)
        here = place_of(one.change) if is_of_many else ""
        question = one.change.about.meaning.line.asked
        begins, own = (names[here], told[here]) if here != before else ("", ())
        if place_of(one.change) in unread and call.expected is not None:
            call = replace(call, expected=replace(call.expected, unread=0))
        elif call.expected is not None:
            unread.add(place_of(one.change))
        made.append(replace(call, begins=begins, with_parameters=own, asked_in=asked_in.get(question, 0)))
        asked_in.setdefault(question, one.number)
        before = here
    return _with_turns(made, item) if is_of_many else made


def _with_turns(calls: Sequence[ReadCall], item: Item) -> list[ReadCall]:
    """Return calls with the maps of the tests or files that begin there."""
    numbers = numbers_of(calls)
    of_each: dict[str, list[Change]] = {}
    for change in item.changes:
        of_each.setdefault(place_of(change), []).append(change)
    return [
        replace(call, turns=turn_maps_of(of_each[place_of(call.change)], numbers)) if call.begins else call
        for call in calls
    ]


def numbers_of(calls: Iterable[ReadCall]) -> dict[str, int]:
    """Return the number of each call by the paths of its sides."""
    sides = [(call.number, side) for call in calls for one in call.changes for side in (one.old, one.new)]
    return {side.path: number for number, side in sides if side is not None}


def models_of(changes: Iterable[Change]) -> set[str]:
    """Return the models that some changes ask, by which the parameters of their tests are told apart."""
    return {side.exchange.model for one in changes for side in (one.old, one.new) if side is not None} - {""}


def _parameters(heads: Sequence[Change]) -> dict[str, tuple[Parameter, ...]]:
    """Return by place the parameters of its test that not all have; () for each where these do not tell all apart."""
    models = models_of(heads)
    every = {place_of(head): decoded(head.about.test_id, models).told for head in heads}
    common = set.intersection(*map(set, every.values())) if every else set()
    own = {place: tuple([one for one in some if one not in common]) for place, some in every.items()}
    return own if len(set(own.values())) == len(own) else dict.fromkeys(own, ())


def _apart(places: Sequence[str], heads: Sequence[Change]) -> dict[str, str]:
    """Return what to call each test or file of a page: what tells it from the others, begun and ended with whole words."""
    names = {place: _name(head) for place, head in zip(places, heads, strict=True)}
    every = list(dict.fromkeys(names.values()))
    begun = ""
    if len(every) > 1:
        first, last = min(every), max(every)  # all others begin with what these two begin with
        begun = first[: shared_start(first, last, len(first))]
        begun = begun[: max(begun.rfind(mark) for mark in "-:/ ") + 1]
    return {place: f"…{name[len(begun) :]}" if begun else name for place, name in names.items()}


def _name(change: Change) -> str:
    """Return what tells a test or file from others of its function or folder: the parameters, the name of the file."""
    test = change.about.test_id
    return (parse(test).parameters or test) if test else short_name(change.about.file_path.rpartition("/")[2])


def _call(
    place: ShownRange,
    asked: RangeFilter,
    told: ToldCall,
    others: Sequence[Change],
    folds: Folds,
    room: Room,
    hidden: Collection[int],
) -> ReadCall:
    """hidden: numbers of calls of which not all is shown, so that what they tell for others is not shown either."""
    change = told.change
    why_not = _why_not(told, room)
    parts = () if why_not else tuple(_parts(told, folds, room))
    vectors = () if why_not else _vectors(change)
    room.left -= VECTOR * len(vectors)
    is_elsewhere = told.beside in hidden or any(one.call in hidden for one in told.repeated)
    if is_elsewhere or not all(part.is_whole for part in parts):
        why_not = TOO_MUCH
    every = (change, *others)
    is_open = any(one.is_open_to(place.actor) for one in every) and all(one.subject for one in every)
    return ReadCall(
        told.number,
        change,
        CLASSES[change.churn],
        look_of_state(change.state, is_gone=change.new is None),
        place.change_url(asked, change),
        parts,
        tuple([RepeatedHere(one.call, _in_a_line(one.labels)) for one in told.repeated]),
        "" if (parts and _tells_question(told)) or _is_stub(told) else change.about.meaning.line.asked,
        expected_of(change.expected) if change.expected.met else None,
        tuple(found_on(place, every)),
        fields_of([one for one in every if one.is_open_to(place.actor)]) if is_open and not why_not else "",
        why_not,
        tuple(members_of(place, asked, others)),
        () if why_not else vectors,
        pair_url=place.pair_url(change),
        beside=told.beside,
    )


def _is_stub(told: ToldCall) -> bool:
    """Tell whether all of a call stands in another one, beside what came in its place."""
    return told.beside > 0 and not told.has_sides


_ONE_OF = re.compile(r"(messages|tools|tool calls)(?:\[(\d+)\].*?| (.*?))( reasoning)?( \((?:gone|new|before|now)\))?")
"""What is named by its section and its place or name; at the end, whether it was thought, and which side of it."""
NAMED = 12
"""Things that a line names; the others are counted."""


def _in_a_line(labels: Sequence[str]) -> str:
    """Return names of things in a line, those of one section together: `messages [0], [2], finish`."""
    made: list[str] = []
    section = ""
    for label in labels[:NAMED]:
        found = _ONE_OF.fullmatch(label)
        if found is None:
            section = ""
            made.append(label)
            continue
        name = f"{f'[{found[2]}]' if found[2] else found[3]}{found[4] or ''}{found[5] or ''}"
        made.append(name if found[1] == section else f"{found[1]} {name}")
        section = found[1]
    more = f" and {len(labels) - NAMED:,} more" if len(labels) > NAMED else ""
    return f"{', '.join(made)}{more}"


def _tells_question(told: ToldCall) -> bool:
    asked = told.change.about.meaning.line.asked
    texts = [
        text
        for section in told.sections
        if section.kind is SectionKind.MESSAGES
        for item in section.items
        if isinstance(item, Words)
        for text in (item.words.old, item.words.new)
    ]
    return any(text.startswith(asked) for text in texts)


def _vectors(change: Change) -> tuple[VectorView, ...]:
    return tuple([vector_view(one) for one in _exhibits(change) if isinstance(one, Vector)])


def _why_not(told: ToldCall, room: Room) -> str:
    """Return why a call is left to its own page, "" where it is not."""
    sides = (told.change.old, told.change.new)
    is_read = all(side is None or side.exchange.kind is not Kind.UNREADABLE for side in sides)
    is_told = told.is_told and (told.sections or told.repeated or told.beside)
    if told.change.churn is Churn.UNREAD or told.change.unread or not is_read or not is_told:
        return NOTHING
    changed = sum(
        len(item.words.old) + len(item.words.new)
        for section in told.sections
        for item in section.items
        if isinstance(item, Words)
    )
    is_long = changed > LONGEST or len(_exhibits(told.change)) > ROWS
    return TOO_MUCH if is_long or room.left <= 0 or told.number > MOST_CALLS else ""


def _exhibits(change: Change) -> tuple[Exhibit, ...]:
    """Return what is shown of a recording without another side besides its words."""
    return change.side.exchange.exhibits if change.pair is None else ()


def _parts(told: ToldCall, folds: Folds, room: Room) -> list[Part]:
    """Return the sections of a call, printed, with names that no other call of the page has; see `ReadCall.vectors`."""
    made = []
    sides = [side.exchange.kind for side in (told.change.old, told.change.new) if side is not None]
    twice = told_as_json(told.change.difference()) if sides == [Kind.TOOL, Kind.TOOL] else set()
    sections = told.sections
    if not told.has_sides:  # with nothing beside it, it is read as it was held: asked, then answered
        sections = tuple(sorted(sections, key=lambda one: one.kind is not SectionKind.MESSAGES))
    for section in sections:
        if section.kind in twice or (section.kind is SectionKind.VECTORS and not told.has_sides):
            continue
        part = part_of(section, folds, room, prefix=f"call-{told.number}-")
        items = [replace(item, label=_label(section.kind, item.label)) for item in part.items]
        if not told.has_sides:  # there is no other text that was empty, and its line says whether it came or went
            part, items = replace(part, subs=()), [replace(item, notes=()) for item in items]
        part = replace(part, items=tuple(items))
        made.append(replace(part, id=f"call-{told.number}-{part.id}"))
    return made


def _label(kind: SectionKind, label: str) -> str:
    """Return what a thing is called below the name of its section."""
    if kind is SectionKind.FINISH and label == "finish_reason":
        return ""
    return label.replace(f"{kind.value}[", "[") if kind is SectionKind.MESSAGES else label
