"""All changes of a test's recordings, or of the calls of one file, on one page: a stop of the queue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_POST

from recviewer.catalog.git_paths import root_prefix
from recviewer.changes.items import Item
from recviewer.changes.model import Change
from recviewer.changes.overview import Overview
from recviewer.changes.shown_once import question_of, shown_once
from recviewer.difference.model import Section, Words
from recviewer.exchange.amounts import counted
from recviewer.memory.ranges import watching
from recviewer.pages.deciding import double_clicks
from recviewer.pages.deciding.verdict_bar import Bar, bar_of
from recviewer.pages.ranges import acts, entries, generations
from recviewer.pages.ranges.agreeing import with_agreement
from recviewer.pages.ranges.already_there import KnownElsewhere, known_elsewhere
from recviewer.pages.ranges.entries import Entries
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.findings import FindingHere, found_on
from recviewer.pages.ranges.pushed import Pushed, Watch, elsewhere, pushed_of, watch_of
from recviewer.pages.ranges.queue import ShownRange, queue_of
from recviewer.pages.ranges.read_calls import ReadCall, calls_of, fields_of, models_of, numbers_of
from recviewer.pages.ranges.turn_map import TurnMap, turn_maps_of
from recviewer.pages.site.forms import seen_in
from recviewer.pages.site.htmx import wants_fragment
from recviewer.pages.site.presence import OpenPage, open_page
from recviewer.pages.text.classes import STATES, Look, look_of_state
from recviewer.pages.text.folds import Folds
from recviewer.pages.text.test_ids import DecodedTest, decoded
from recviewer.pages.text.walk import Queue
from recviewer.review import ranges
from recviewer.review.actors import actor_of
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import WHOLE_TEST
from recviewer.smells import Severity


@dataclass(frozen=True, slots=True)
class OneTestPage:
    """What changed in a test or in a file of many calls, or equally in several of these."""

    place: ShownRange
    path: str
    """The path of the weightiest change."""
    filter: str
    """The filter of the queue, as a query string."""
    asked: str
    """The question that they share, "" if there is none."""
    test: DecodedTest | None
    """None if no test is known."""
    file: str
    folder: str
    """The path of the file if no test is known, else "", and of its folder."""
    others: int
    """How many further tests or files it is about."""
    is_alike: bool
    """Each of several has the same changes; otherwise each has calls of its own."""
    is_asked_alike: bool
    """The calls of all of them answer the same first message."""
    questions: int
    """How many different first messages there are."""
    calls: tuple[ReadCall, ...]
    classes: tuple[tuple[Look, int], ...]
    """The classes of its changes, as looks, each with how many."""
    findings: tuple[FindingHere, ...]
    words: int
    """Words added and removed, each counted once."""
    words_by_call: int
    """The same as counted on the pages of its calls."""
    older: tuple[tuple[int, str], ...]
    """(how many older generations a call has, the address where they are read)."""
    known: tuple[tuple[int, KnownElsewhere], ...]
    """Recordings that say the same as a call and are not touched, with the call's number."""
    turns: tuple[TurnMap, ...]
    """Before and now, of its only test or file; of several, each has its own with its calls."""
    beside: Entries
    """The left column."""
    bar: Bar
    pushed: Pushed | None
    watch: Watch | None
    presence: OpenPage | None

    @property
    def count(self) -> int:
        """Number of changes that its calls represent."""
        return sum(number for _, number in self.classes)

    @property
    def pairs(self) -> tuple[tuple[str, str, tuple[ReadCall, ...]], ...]:
        """Why old and new recordings were paired, how certain that is, and for which calls; not for pairs that git
        made.
        """
        told: dict[tuple[str, str], list[ReadCall]] = {}
        for call in self.calls:
            pair = call.change.pair
            if pair is not None and call.pair_url:
                told.setdefault((pair.why, pair.sure.value), []).append(call)
        return tuple([(*key, tuple(calls)) for key, calls in told.items()])


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Decide on exactly what the form names of a test; not immediately after another page was left."""
    too_soon = double_clicks.refused(request)
    return too_soon if too_soon is not None else acts.asked_or_done(request, _nothing, _decide)


def _nothing(request: HttpRequest, place: ShownRange) -> HttpResponse:
    raise Http404(request.path)


def show(request: HttpRequest, place: ShownRange, path_: str) -> HttpResponse:
    """Show the stop of the queue that contains a change. A change of an earlier head redirects to its successor."""
    asked = _walked(request.GET)
    change = next((one for one in place.report.found.changes if one.side.path == path_), None)
    if change is None:
        return elsewhere(request, place, asked, path_, "read")
    every = asked.items(place.report)
    here = entries.place_of(every, change)
    if here < 0 or not every[here].is_many:
        return HttpResponseRedirect(place.change_url(asked, change))
    item, queue = every[here], queue_of(place, asked, every, here)
    names = request.GET.getlist("open")
    kept = request.GET.copy()
    kept.pop("open", None)
    folds = Folds.asked_by(names, kept.urlencode(), is_part=wants_fragment(request))
    calls = calls_of(place, asked, item, folds)
    if wants_fragment(request) and names:
        fold = folds.wanted(names[-1])
        return render(request, fold.template, {"fold": fold})
    alone = _left(calls, place.actor)
    if alone is not None and not any(one.item for one in calls):
        return HttpResponseRedirect(place.change_url(asked, alone))
    page = _page(request, place, asked, item, calls, queue, entries.around(place, asked, every, here))
    return render(request, "changes/one_test.html", {"page": page})


def _walked(query: QueryDict) -> RangeFilter:
    return replace(RangeFilter.of(query).without_verdict(), by_call=False)


def _left(calls: Sequence[ReadCall], actor: str) -> Change | None:
    """Return the first change that the user can only decide on its own page, None if all can be decided here."""
    alone = (one for call in calls if not call.item for one in call.changes if one.is_open_to(actor))
    return next(alone, None)


def _page(
    request: HttpRequest,
    place: ShownRange,
    asked: RangeFilter,
    item: Item,
    calls: Sequence[ReadCall],
    queue: Queue,
    beside: Entries,
) -> OneTestPage:
    test = item.first.about.test_id
    others = len(item.places) - 1
    looks = [call.look for call in calls for _ in call.changes]
    heads = [call.change for call in calls]
    question = question_of(heads) if item.is_asked_alike else ""
    return OneTestPage(
        place=place,
        path=item.first.side.path,
        filter=asked.query()[1:],
        asked=question,
        test=decoded(test, models_of(item.changes)) if test else None,
        file="" if test else item.first.about.file_path,
        folder=item.first.about.folder,
        others=others,
        is_alike=not any(call.begins for call in calls),
        is_asked_alike=item.is_asked_alike,
        questions=item.questions,
        calls=tuple(calls),
        classes=tuple([(look, looks.count(look)) for look in dict.fromkeys(looks)]),
        findings=tuple(found_on(place, item.changes)),
        words=sum(_words(part) for one in shown_once(heads, question) for part in one.sections),
        words_by_call=sum(_words(part) for head in heads for one in shown_once([head]) for part in one.sections),
        older=tuple(_older(place, heads)),
        known=tuple(_known(place, calls)),
        turns=() if others else turn_maps_of(item.changes, numbers_of(calls)),
        beside=beside,
        bar=_bar(request, place, item, calls, queue, asked, _left(calls, place.actor)),
        pushed=pushed_of(request, place),
        watch=watch_of(place),
        presence=open_page(request, *place.item_words(item.first)),
    )


def _known(place: ShownRange, calls: Sequence[ReadCall]) -> Iterator[tuple[int, KnownElsewhere]]:
    found = known_elsewhere(place, [call.change for call in calls])
    yield from ((call.number, found[call.change.key]) for call in calls if call.change.key in found)


def _words(section: Section) -> int:
    return sum(item.words.removed.words + item.words.added.words for item in section.items if isinstance(item, Words))


def _older(place: ShownRange, heads: Sequence[Change]) -> Iterator[tuple[int, str]]:
    for change in heads:
        older = generations.older_of(place.report.found.changes, change)
        if older:
            yield len(older), generations.question_url(place, change)


def _bar(
    request: HttpRequest,
    place: ShownRange,
    item: Item,
    calls: Sequence[ReadCall],
    queue: Queue,
    asked: RangeFilter,
    alone: Change | None,
) -> Bar:
    """Return the bar of what can be decided here or, if all is decided, of the decisions.

    alone: a change that is read alone.
    """
    open_ = [one for call in calls if call.item for one in call.changes if one.is_open_to(place.actor)]
    mine = open_ or [one for call in calls if not call.why_not for one in call.changes] or list(item.changes)
    start = root_prefix()
    bar = bar_of(
        actor_of(request),
        [ranges.target_of(one, start) for one in mine],
        fields=(
            ("range", place.spec),
            ("read", item.first.side.path),
            ("filter", asked.query()[1:]),
            ("item", fields_of(mine)),
        ),
        act_url=reverse("changes:one_test"),
        url=place.item_url(asked, item),
        after=place.change_url(asked, alone) if alone else queue.after_url,
        queue=queue,
        is_gone=all(one.new is None for one in mine),
        asks=any(one.asks for one in mine),
    )
    bar = with_agreement(replace(bar, mine="", can_delete=not any(one.new is None for one in mine)), mine)
    if open_:
        is_begun = any(not one.is_open_to(place.actor) for one in item.changes)
        lead = "Decided in part." if is_begun else "Undecided."
        return _said_of_many(bar, "undecided", lead, _what(open_, len(item.changes)))
    if item.verdict == "mixed":
        bar = _said_of_many(bar, "mixed", "Decided, not all alike:", _verdicts(item))
    closed = ALONE if item.verdict != "undecided" else AGREED_ALONE
    return replace(bar, closed=closed if all(call.why_not for call in calls) else "")


def _said_of_many(bar: Bar, state: str, lead: str, rest: str) -> Bar:
    """Return the bar with a sentence about all changes, because that about the first does not hold for the others."""
    look = STATES[state]
    made = replace(bar, state=state, icon=look.glyph, tone=look.tone, lead=lead, rest=rest)
    return replace(made, is_carried=False, note="", at=None, chosen="", my_note="", since_url="")


def _verdicts(item: Item) -> str:
    every = [look_of_state(one.verdict, is_gone=one.new is None).title for one in item.changes]
    return f"{', '.join(f'{every.count(title):,} {title}' for title in dict.fromkeys(every))}."


def _what(open_: Sequence[Change], total: int) -> str:
    """Say what a verdict here applies to."""
    gone = sum(one.new is None for one in open_)
    red = sum(one.severity is Severity.RED for one in open_)
    said = [counted(len(open_) - gone, "answer")] if len(open_) > gone else []
    said += [counted(gone, "deletion")] if gone else []
    rest = f" of {total:,} changes" if len(open_) < total else ""
    return f"{' and '.join(said)}{rest}{f', {red:,} with a red finding' if red else ''}; logged as “{WHOLE_TEST}”."


ALONE = "All of it is decided, each change on its own page."
AGREED_ALONE = "You have agreed to all of it, each change on its own page; others still have to."


def _decide(request: HttpRequest, spec: str) -> HttpResponse:
    """Decide on changes of one item exactly as they were shown, whatever the form names."""
    seen, look = seen_in(request.POST), watching(spec)
    path_, asked = request.POST.get("read", ""), _walked(QueryDict(request.POST.get("filter", "")))

    def find() -> Overview:
        report = look()
        place = ShownRange(spec, report)
        every = asked.items(report)
        item = next((one for one in every if any(path_ == change.side.path for change in one.changes)), None)
        calls = calls_of(place, asked, item, Folds()) if item is not None and item.is_many else []
        shown = {one.side.path for call in calls if not call.why_not for one in call.changes}
        if any(one.path not in shown or not one.change for one in seen):
            raise Invalid("Some of what was selected is not shown on the page of this test any more. Open it again.")
        return report.found

    done = ranges.say(
        find,
        seen,
        actor=actor_of(request),
        verdict=request.POST.get("verdict", ""),
        note=request.POST.get("note", ""),
        rule=WHOLE_TEST,
    )
    return acts.on(request, done, spec, is_said=True)


app_name = "changes"
urlpatterns = [path("do/test", decide, name="one_test")]
