"""All that changed in one test on one page, each thing once, and what was read there approved together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from recviewer.changes.model import Change
from recviewer.changes.once import Repeated, ToldCall, in_order_of_calls, told_once
from recviewer.changes.overview import Overview
from recviewer.difference.model import Churn, Section, Words
from recviewer.exchange.model import Kind
from recviewer.memory.ranges import watching
from recviewer.pages.deciding import hurry
from recviewer.pages.difference.expected import ShownExpected, expected_of
from recviewer.pages.difference.sections import Part, part_of
from recviewer.pages.difference.text import Room
from recviewer.pages.ranges import acts
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.site.forms import item_of, seen_in
from recviewer.pages.site.htmx import wants_fragment
from recviewer.pages.text.classes import CLASSES, SEVERITIES, Look, look_of_state
from recviewer.pages.text.folds import Folds
from recviewer.pages.text.test_ids import TestId, asked_for, parse, stand_in
from recviewer.review import ranges
from recviewer.review.actors import actor_of
from recviewer.review.models import Verdict
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import WHOLE_TEST
from recviewer.smells import Severity

ROOM = 200_000
"""Characters of markup that all that changed may take; a call that does not fit is left to its own page."""
LONGEST = 20_000
"""Characters that changed in one call, up to which it is shown here."""
MOST_CALLS = 60
"""Calls that are shown here; those behind them are left to their own pages."""


@dataclass(frozen=True, slots=True)
class ReadCall:
    """One pair of the test. parts: what it tells. repeated: what an earlier call told. item: for the `item` field, "" for
    one that is decided on, or that this page may not decide on. why_not: why it is left to its own page, "" where not.
    findings: (glyph, tone, words) of what was found on it.
    """

    number: int
    change: Change
    look: Look
    state: Look
    url: str
    parts: tuple[Part, ...]
    repeated: tuple[Repeated, ...]
    expected: ShownExpected | None
    findings: tuple[tuple[str, str, str], ...]
    item: str
    why_not: str


@dataclass(frozen=True, slots=True)
class ReadApart:
    """A change of the test that is read on its own page: it came or went, or nobody has to read it."""

    change: Change
    look: Look
    state: Look
    url: str


@dataclass(frozen=True, slots=True)
class OneTestPage:
    """What changed in a test. words: came and went, each counted once; words_by_call: as the pages of its calls show them.

    count: how many may be approved here; left: how many are undecided besides. next_url: the next test of the range with
    something undecided, "" for none. here: of this page. shown: when it was shown, see `hurry`.
    """

    spec: str
    test: TestId
    test_name: str
    rule: str
    calls: tuple[ReadCall, ...]
    apart: tuple[ReadApart, ...]
    churn: int
    words: int
    words_by_call: int
    count: int
    left: int
    by_call_url: str
    here: str
    back: str
    next_url: str
    shown: int


def url_of(place: ShownRange, test: str) -> str:
    """Return the address of the page of a test."""
    return f"{place.url}?{urlencode({'read': stand_in(test)})}"


@require_POST
def approve(request: HttpRequest) -> HttpResponse:
    """Approve what the form names of a test, and nothing else; not what comes in the moment after another page was left."""
    too_soon = hurry.refused(request)
    return too_soon if too_soon is not None else acts.asked_or_done(request, show, _approve)


def _mine(found: Overview, test: str) -> list[Change]:
    return in_order_of_calls(one for one in found.changes if one.about.test_id and stand_in(one.about.test_id) == test)


def show(request: HttpRequest, place: ShownRange) -> HttpResponse:
    """Show all that changed in the test that the address names (`read`)."""
    test = asked_for(request.GET.get("read", ""))
    mine = _mine(place.report.found, test)
    if not mine:
        raise Http404(test)
    names = request.GET.getlist("open")
    kept = request.GET.copy()
    kept.pop("open", None)
    folds = Folds.asked_by(names, kept.urlencode(), is_part=wants_fragment(request))
    page = _page(place, mine, folds)
    if wants_fragment(request) and names:
        fold = folds.found.get(names[-1])
        if fold is None:
            raise Http404(names[-1])
        return render(request, fold.template, {"fold": fold, "page": page})
    return render(request, "changes/one_test.html", {"page": page})


def _page(place: ShownRange, mine: Sequence[Change], folds: Folds) -> OneTestPage:
    pairs = [one for one in mine if one.pair is not None and not one.is_quiet and one.subject]
    told = told_once(pairs)
    calls = _calls(place, told, folds)
    apart = [one for one in mine if one not in pairs and not one.is_churn]
    test = mine[0].about.test_id
    return OneTestPage(
        spec=place.spec,
        test=parse(test),
        test_name=stand_in(test),
        rule=WHOLE_TEST,
        calls=calls,
        apart=tuple(_apart(place, one) for one in apart),
        churn=sum(one.is_churn for one in mine),
        words=sum(_words(section) for one in told for section in one.sections),
        words_by_call=sum(_words(section) for one in pairs for section in one.difference().sections),
        count=sum(bool(one.item) for one in calls),
        left=sum(not one.change.verdict and not one.item for one in calls) + sum(not one.verdict for one in apart),
        by_call_url=place.change_url(RangeFilter(test=stand_in(test)), pairs[0] if pairs else mine[0]),
        here=url_of(place, test),
        back=place.url,
        next_url=_next(place, test),
        shown=hurry.now(),
    )


def _words(section: Section) -> int:
    return sum(item.words.removed.words + item.words.added.words for item in section.items if isinstance(item, Words))


TOO_MUCH = "too much of it changed to be shown here"
NOTHING = "nothing of it can be shown here"


def _calls(place: ShownRange, told: Sequence[ToldCall], folds: Folds) -> tuple[ReadCall, ...]:
    room, hidden, made = Room(ROOM), set[int](), []
    for one in told:
        call = _call(place, one, folds, room, hidden)
        if call.why_not in (TOO_MUCH, NOTHING):
            hidden.add(one.number)
        made.append(call)
    return tuple(made)


def _call(place: ShownRange, told: ToldCall, folds: Folds, room: Room, hidden: Collection[int]) -> ReadCall:
    """hidden: numbers of calls of which not all is shown, so that what they tell for others is not shown either."""
    change = told.change
    why_not = _why_not(told, room)
    parts = () if why_not in (TOO_MUCH, NOTHING) else tuple(_parts(told, folds, room))
    if not all(part.is_whole for part in parts) or any(one.call in hidden for one in told.repeated):
        why_not = TOO_MUCH
    side, is_open = change.side, not change.verdict
    return ReadCall(
        told.number,
        change,
        CLASSES[change.churn],
        look_of_state(change.verdict or "undecided", is_gone=False),
        place.change_url(RangeFilter(test=stand_in(change.about.test_id)), change),
        parts,
        told.repeated,
        expected_of(change.expected) if change.expected.met else None,
        tuple(
            (*SEVERITIES[finding.severity], finding.each)
            for finding in place.report.findings
            if any(one.key == change.key for one in finding.on)
        ),
        item_of(side.path, side.blob, change.own_subject) if is_open and not why_not else "",
        why_not,
    )


def _why_not(told: ToldCall, room: Room) -> str:
    """Return why a call is left to its own page, "" where it is not."""
    sides = (told.change.old, told.change.new)
    is_read = all(side is None or side.exchange.kind is not Kind.UNREADABLE for side in sides)
    if told.change.churn is Churn.UNREAD or not is_read or not (told.sections or told.repeated):
        return NOTHING
    changed = sum(
        len(item.words.old) + len(item.words.new)
        for section in told.sections
        for item in section.items
        if isinstance(item, Words)
    )
    if changed > LONGEST or room.left <= 0 or told.number > MOST_CALLS:
        return TOO_MUCH
    return "what was found on it is red" if told.change.severity is Severity.RED else ""


def _parts(told: ToldCall, folds: Folds, room: Room) -> list[Part]:
    """Return the sections of a call, printed, with names that no other call of the page has."""
    made = []
    for section in told.sections:
        part = part_of(section, folds, room, prefix=f"call-{told.number}-")
        made.append(replace(part, id=f"call-{told.number}-{part.id}"))
    return made


def _apart(place: ShownRange, change: Change) -> ReadApart:
    look = look_of_state(change.verdict or "undecided", is_gone=change.new is None)
    url = place.change_url(RangeFilter(test=stand_in(change.about.test_id)), change)
    return ReadApart(change, CLASSES[change.churn], look, url)


def _next(place: ShownRange, test: str) -> str:
    """Return the address of the next test with something that needs a person."""
    tests = list(dict.fromkeys(one.about.test_id for one in place.report.found.changes if one.needs_you))
    others = [one for one in tests if one and one != test]
    return url_of(place, others[0]) if others else ""


def _approve(request: HttpRequest, spec: str) -> HttpResponse:
    """Approve what was ticked: pairs of one test that were shown as they are, whatever the form names."""
    seen, look = seen_in(request.POST), watching(spec)
    test = asked_for(request.POST.get("test", ""))

    def find() -> Overview:
        report = look()
        calls = _page(ShownRange(spec, report), _mine(report.found, test), Folds()).calls if test else ()
        shown = {one.change.side.path for one in calls if not one.why_not}
        if any(item.path not in shown or not item.change for item in seen):
            raise Invalid("Some of what was chosen is not shown on the page of this test any more. Open it again.")
        return report.found

    done = ranges.say(find, seen, actor=actor_of(request), verdict=Verdict.APPROVE, rule=WHOLE_TEST)
    return acts.on(request, done, spec)


app_name = "changes"
urlpatterns = [path("do/test", approve, name="one_test")]
