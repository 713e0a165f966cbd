"""The calls of a stop of the queue with several: what each shows on their common page, and why some are left to their
own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from recviewer.changes.items import Item, items, place_of
from recviewer.changes.model import Change
from recviewer.changes.run_words import clauses_on
from recviewer.changes.shown_once import ShownCall, in_order_of_calls, question_of, shown_once
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
"""Maximum markup in characters of all that changed; a call that does not fit is left to its own page."""
LONGEST = 20_000
"""Maximum number of changed characters in one call that is shown here."""
MOST_CALLS = 60
"""Maximum number of calls that are shown here; further ones are left to their own pages."""


@dataclass(frozen=True, slots=True)
class RepeatedHere:
    """What an earlier call already showed, in words; call: as in `Repeated`."""

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
    """What it shows."""
    repeated: tuple[RepeatedHere, ...]
    """What an earlier call already showed."""
    asked: str
    """Its question, "" if it is among its parts."""
    expected: ShownExpected | None
    """Assertions that could not be read are counted in the first call of each test."""
    findings: tuple[FindingHere, ...]
    """The findings on it."""
    item: str
    """For the `item` field of a form about it alone, "" if it is decided on, or may not be decided on here."""
    why_not: str
    """Why it is left to its own page, "" if it is not."""
    others: tuple[Member, ...]
    """The same change in other recordings, decided on along with it."""
    vectors: tuple[VectorView, ...] = ()
    """Vectors of a recording without another side, shown as on its own page."""
    begins: str = ""
    """The test or file that begins with this call, if there are several; else ""."""
    with_parameters: tuple[Parameter, ...] = ()
    """The parameters that distinguish it from the others, if they do."""
    turns: tuple[TurnMap, ...] = ()
    """Of that one, before and now."""
    asked_in: int = 0
    """The number of an earlier call with the same question, 0 for none."""
    pair_url: str = ""
    """Where another partner is chosen, "" if git made the pair."""
    beside: int = 0
    """As of a `ShownCall`."""

    @property
    def was(self) -> str:
        """The former name of the file, "" if it is the same or there is none."""
        old, new = self.change.old, self.change.new
        return old.name if old is not None and new is not None and old.name != new.name else ""

    @property
    def is_whole_file(self) -> bool:
        """Whether its own line names what begins here: a file of one recording, of which no test is known."""
        about = self.change.about
        return not about.test_id and about.file_path.rpartition("/")[2] == self.change.side.name

    @property
    def changes(self) -> tuple[Change, ...]:
        """The change, and those that are equal to it."""
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
    """Return the calls of an item in order, test by test; of equal changes the first, with the others."""
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
    for one in shown_once(heads, question_of(heads) if item.is_asked_alike else ""):
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
    """Return the models of some changes, by which the parameters of their tests are split."""
    return {side.exchange.model for one in changes for side in (one.old, one.new) if side is not None} - {""}


def _parameters(heads: Sequence[Change]) -> dict[str, tuple[Parameter, ...]]:
    """Return, by index, the parameters of its test that not all share; () for each if these do not distinguish all."""
    models = models_of(heads)
    every = {place_of(head): decoded(head.about.test_id, models).told for head in heads}
    common = set.intersection(*map(set, every.values())) if every else set()
    own = {place: tuple([one for one in some if one not in common]) for place, some in every.items()}
    return own if len(set(own.values())) == len(own) else dict.fromkeys(own, ())


def _apart(places: Sequence[str], heads: Sequence[Change]) -> dict[str, str]:
    """Return the label of each test or file of a page: what distinguishes it from the others, in whole words."""
    names = {place: _name(head) for place, head in zip(places, heads, strict=True)}
    every = list(dict.fromkeys(names.values()))
    begun = ""
    if len(every) > 1:
        first, last = min(every), max(every)  # the first and the last in order share only what all share
        begun = first[: shared_start(first, last, len(first))]
        begun = begun[: max(begun.rfind(mark) for mark in "-:/ ") + 1]
    return {place: f"…{name[len(begun) :]}" if begun else name for place, name in names.items()}


def _name(change: Change) -> str:
    """Return what distinguishes a test or file within its function or folder: the parameters, the name of the file."""
    test = change.about.test_id
    return (parse(test).parameters or test) if test else short_name(change.about.file_path.rpartition("/")[2])


def _call(
    place: ShownRange,
    asked: RangeFilter,
    told: ShownCall,
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


def _is_stub(told: ShownCall) -> bool:
    """Tell whether everything in a call is shown in another one, beside what replaced it."""
    return told.beside > 0 and not told.has_sides


_ONE_OF = re.compile(r"(messages|tools|tool calls)(?:\[(\d+)\].*?| (.*?))( reasoning)?( \((?:gone|new|before|now)\))?")
"""Things that are named by their section and their index or name; at the end, whether it is reasoning, and which side
it is on.
"""
NAMED = 12
"""Things that a line names; further ones are counted."""


def _in_a_line(labels: Sequence[str]) -> str:
    """Return names of things on one line, those of one section together: `messages [0], [2], finish`."""
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


def _tells_question(told: ShownCall) -> bool:
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


def _why_not(told: ShownCall, room: Room) -> str:
    """Return why a call is left to its own page, "" if it is not."""
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


def _parts(told: ShownCall, folds: Folds, room: Room) -> list[Part]:
    """Return the sections of a call, rendered, with names that are unique on the page; see `ReadCall.vectors`."""
    made = []
    sides = [side.exchange.kind for side in (told.change.old, told.change.new) if side is not None]
    twice = told_as_json(told.change.difference()) if sides == [Kind.TOOL, Kind.TOOL] else set()
    sections = told.sections
    if not told.has_sides:  # without another side it is shown in its own order: request, then answer
        sections = tuple(sorted(sections, key=lambda one: one.kind is not SectionKind.MESSAGES))
    for section in sections:
        if section.kind in twice or (section.kind is SectionKind.VECTORS and not told.has_sides):
            continue
        part = part_of(section, folds, room, prefix=f"call-{told.number}-")
        items = [replace(item, label=_label(section.kind, item.label)) for item in part.items]
        # there is no other text that was empty, and its line says whether it was added or deleted
        if not told.has_sides:
            part, items = replace(part, subs=()), [replace(item, notes=()) for item in items]
        part = replace(part, items=tuple(items))
        made.append(replace(part, id=f"call-{told.number}-{part.id}"))
    return made


def _label(kind: SectionKind, label: str) -> str:
    """Return the label of a thing below the name of its section."""
    if kind is SectionKind.FINISH and label == "finish_reason":
        return ""
    return label.replace(f"{kind.value}[", "[") if kind is SectionKind.MESSAGES else label
