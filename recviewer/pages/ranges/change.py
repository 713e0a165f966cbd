"""One change of a range: its words in the middle, the queue at the left, facts on both sides at the right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from recviewer.catalog.git_paths import key_at, root_prefix
from recviewer.catalog.models import Recording
from recviewer.changes.items import Item, items
from recviewer.changes.model import Change
from recviewer.changes.recorded import recorded
from recviewer.changes.run_words import clauses_on
from recviewer.difference.model import Churn
from recviewer.git.repository import GitFailed
from recviewer.pages.deciding.verdict_bar import UNREAD, Bar, bar_of
from recviewer.pages.difference.difference import DifferencePage, PairFact, ShownSide, fragment_of, page_of, too_much
from recviewer.pages.difference.expected import expected_of
from recviewer.pages.ranges import entries, generations
from recviewer.pages.ranges.agreeing import with_agreement
from recviewer.pages.ranges.already_there import KnownElsewhere, known_elsewhere
from recviewer.pages.ranges.entries import Entries
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.findings import FindingHere, found_on
from recviewer.pages.ranges.members import Member, members_of
from recviewer.pages.ranges.pushed import Pushed, Watch, elsewhere, pushed_of, watch_of
from recviewer.pages.ranges.queue import ShownRange, queue_of
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site.forms import item_of, items_of
from recviewer.pages.site.presence import OpenPage, open_page
from recviewer.pages.text.classes import SEVERITIES
from recviewer.pages.text.walk import Queue
from recviewer.pairing.sides import Side, file_meaning_of
from recviewer.recorders.registry import read_as
from recviewer.review import pairs, ranges, standing
from recviewer.review.actors import actor_of
from recviewer.review.models import Decision


@dataclass(frozen=True, slots=True)
class SideFacts:
    """Facts on one side. url: of the recording's page, or of its content; history_url: of its past."""

    title: str
    side: Side
    url: str
    history_url: str
    verdicts: tuple[Decision, ...]


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One change. beside: the left column.

    verdicts: on the change itself. members: of its item where it has several, this one first; label: which change they all
    are. known: what says the same and is left alone. group: further recordings of the same call, with addresses; older:
    how many of these are older generations, older_open: how many of them undecided, older_url: where they are read and
    let go together. pair_url: where another partner is chosen, "" where git says what belongs together.
    """

    difference: DifferencePage
    change: Change
    place: ShownRange
    beside: Entries
    facts: tuple[SideFacts, ...]
    verdicts: tuple[Decision, ...]
    findings: tuple[FindingHere, ...]
    known: KnownElsewhere | None
    members: tuple[Member, ...]
    group: tuple[tuple[Change, str], ...]
    older: int
    older_open: int
    older_url: str
    label: str
    can_break: bool
    pair_url: str
    bar: Bar
    pushed: Pushed | None
    watch: Watch | None
    presence: OpenPage | None

    @property
    def is_wide(self) -> bool:
        """Tell whether the middle needs the whole width: two columns, or raw lines."""
        return self.difference.is_side_by_side or self.difference.raw is not None


def show(request: HttpRequest, place: ShownRange, path: str) -> HttpResponse:
    """Show one change. A change of an earlier head redirects to its successor."""
    asked = RangeFilter.of(request.GET).without_verdict()
    changes = place.report.found.changes
    change = next((one for one in changes if one.side.path == path), None)
    if change is None:
        return elsewhere(request, place, asked, path)
    every = asked.items(place.report)
    here = entries.place_of(every, change)
    item = _item_of(every[here], change) if here >= 0 else Item((change,))
    if change is not item.first:  # the requested change is shown; it represents the others
        item = Item((change, *[one for one in item.changes if one is not change]))
    page = _page(request, place, asked, item, every, here)
    return fragment_of(request, page.difference) or render(request, "changes/change.html", {"page": page})


def _item_of(item: Item, change: Change) -> Item:
    """Return what a change represents in a stop of the queue: among different changes those that are the same as it."""
    if any(change is one for one in item.older):
        return Item((change,))
    if not item.is_many:
        return item
    return next(one for one in items(item.changes) if any(change is other for other in one.changes))


def _page(
    request: HttpRequest, place: ShownRange, asked: RangeFilter, item: Item, every: Sequence[Item], at: int
) -> ChangePage:
    """every: the items of the queue. at: the place of this one, -1 where the filter does not hold it."""
    change = item.first
    queue = _with_parts(queue_of(place, asked, every, at), every[at] if at >= 0 else item, change, place.actor)
    rest = _rest_url(place, asked, every[at], item) if at >= 0 else ""
    bar = _bar(request, place, item, queue, here=place.change_url(asked, change), after=rest or queue.after_url)
    findings = tuple(found_on(place, item.changes))
    difference = _difference(request, place, change)
    facts = (*difference.facts, *_pair_facts(item, findings))
    changes = place.report.found.changes
    call = _call_of(changes, change)
    older = generations.older_of(changes, call) if call else []
    return ChangePage(
        difference=replace(difference, facts=facts, expected=expected_of(change.expected)),
        change=change,
        place=place,
        beside=entries.around(place, asked, every, at),
        facts=tuple(_facts(place, change)),
        verdicts=_on_itself(change),
        findings=findings,
        known=known_elsewhere(place, [change]).get(change.key),
        members=tuple(members_of(place, asked, item.changes)) if item.changes[1:] else (),
        group=tuple(
            (one, place.change_url(asked, one))
            for one in place.report.found.changes
            if change.group is not None and one.group == change.group and one is not change
        ),
        older=len(older),
        older_open=sum(not one.verdict for one in older),
        older_url=generations.question_url(place, call) if call else "",
        label=place.report.found.alike[change.alike].label if change.alike is not None and item.changes[1:] else "",
        can_break=pairs.can_break(change),
        pair_url=place.pair_url(change),
        bar=bar,
        pushed=pushed_of(request, place),
        watch=watch_of(place),
        presence=open_page(request, *place.item_words(change)),
    )


def _with_parts(queue: Queue, stop: Item, change: Change, actor: str) -> Queue:
    """Return the queue with the number of different changes of its stop, if a change is one of several."""
    if not stop.is_many or not any(change is one for one in stop.changes):
        return queue
    parts = items(stop.changes)
    left = sum(any(one.is_open_to(actor) for one in part.changes) for part in parts)
    return replace(queue, parts=len(parts), parts_left=left)


def _bar(request: HttpRequest, place: ShownRange, item: Item, queue: Queue, *, here: str, after: str) -> Bar:
    """Return the verdict bar of an item. here: its URL. after: where a verdict leads."""
    change = item.first
    below = root_prefix()
    targets = [ranges.target_of(one, below) for one in item.changes]
    bar = bar_of(
        actor_of(request),
        targets,
        fields=(
            ("range", place.spec),
            ("item", items_of(item_of(one.side.path, one.side.blob, one.own_subject) for one in item.changes)),
        ),
        act_url=reverse("changes:decide"),
        url=here,
        after=after,
        queue=queue,
        is_gone=change.churn is Churn.GONE,
        asks=bool(change.asks),
    )
    bar = with_agreement(bar, item.changes)
    closed = "" if any(target.subject for target in targets) else UNREAD
    can_go_back = all(one.can_go_back for one in item.changes)
    return replace(bar, alike=_alike(place, item), closed=closed, can_go_back=can_go_back)


def _pair_facts(item: Item, findings: Iterable[FindingHere]) -> Iterator[PairFact]:
    """Yield what is shown below the title besides the classes: findings, and what was found out beside both recordings."""
    change = item.first
    for one in findings:
        yield PairFact(*SEVERITIES[one.finding.severity], one.words)
    if change.unasked:
        yield PairFact("warn", "warn", "not caused by this change")
    for clause in clauses_on(item.changes):
        yield PairFact("warn", "warn", clause)
    if change.expected.loses:
        yield PairFact("warn", "warn", "lost what its test looks for")
    if change.is_older:
        yield PairFact("", "", "older generation of a call, all of it deleted")


def _rest_url(place: ShownRange, asked: RangeFilter, stop: Item, item: Item) -> str:
    """Return where the rest of a stop of the queue is decided on, once this is; "" if nothing else is undecided.

    For older generations that is the next of them, for different changes the page that shows them together.
    """
    if item.first.is_older:
        left = (one for one in stop.older if one.is_open_to(place.actor) and one is not item.first)
        older = next(left, None)
        return place.change_url(asked, older) if older is not None else ""
    mine = {one.key for one in item.changes}
    is_left = stop.is_many and any(one.is_open_to(place.actor) and one.key not in mine for one in stop.changes)
    return place.item_url(asked, stop) if is_left else ""


def _call_of(changes: Sequence[Change], change: Change) -> Change | None:
    """Return the change below which the older generations of a call are listed, None if there are none."""
    if change.group is None:
        return None
    return next((one for one in changes if one.group == change.group and generations.older_of(changes, one)), None)


def _alike(place: ShownRange, item: Item) -> int:
    """Count the changes outside of an item to which a verdict on it applies too, because they say the same."""
    mine = {change.key for change in item.changes}
    others = [one for one in place.report.found.changes if one.key not in mine and one.subject and not one.asks]
    return sum(one.subject == item.first.subject for one in others)


def _difference(request: HttpRequest, place: ShownRange, change: Change) -> DifferencePage:
    before, after = _bytes(place, change)
    is_left = bool(change.unread) and not too_much(before, after)
    shown = _read_here(change, before, after) if is_left else change
    page = page_of(
        request,
        shown.about.meaning.line.asked or (shown.side.name if change.unread else ""),
        _shown(change.old, "new here: there is no older one"),
        _shown(change.new, "deleted: there is no newer one"),
        shown.difference(),
        before=before,
        after=after,
        folds_old=True,
    )
    told = PairFact("warn", "warn", f"not read among the others of the range: {change.unread}")
    return replace(page, facts=(*page.facts, told)) if is_left else page


def _read_here(change: Change, before: bytes | None, after: bytes | None) -> Change:
    """Return a change with its unread sides read, if they can be: here they are read alone."""
    made = []
    for side, data in ((change.old, before), (change.new, after)):
        if side is not None and data is not None:
            parts = file_meaning_of(data, side.name, side.blob).parts
            if not parts or parts[-1].part:  # not a recording, or a file with many exchanges
                return change
            side = replace(side, meaning=parts[-1].meaning)
        made.append(side)
    return replace(change, old=made[0], new=made[1])


def _bytes(place: ShownRange, change: Change) -> tuple[bytes | None, bytes | None]:
    """Return the bytes of both sides; None for what is not there."""
    sides = [side for side in (change.old, change.new) if side is not None]
    found: dict[str, bytes] = {}
    with suppress(GitFailed):
        found.update((side.blob, data) for side, data in recorded(place.report.found.source.range, sides))
    old, new = change.old, change.new
    return (found.get(old.blob) if old else None), (found.get(new.blob) if new else None)


def _shown(side: Side | None, otherwise: str) -> ShownSide:
    if side is None:
        return ShownSide("", otherwise, "")
    return ShownSide(side.blob[:7], side.path, _page_of(side), read_as(side.file_path))


def _page_of(side: Side) -> str:
    """Return the URL of a recording's page if it is in the tree as it is here, else of its content."""
    key = key_at(side.raw, root_prefix())
    if Recording.objects.filter(path=key, blob=side.blob).exists():
        return url_of(key)
    if not side.blob or not side.held_by.isalnum():  # an unreadable file on disk has no content page
        return ""
    return f"{reverse('recording:blob', args=[side.held_by])}?{urlencode({'path': key})}"


def _facts(place: ShownRange, change: Change) -> Iterator[SideFacts]:
    sides = [(title, side) for title, side in (("Old", change.old), ("New", change.new)) if side is not None]
    said = standing.latest({side.subject for _, side in sides if side.subject})
    for title, side in sides:
        verdicts = tuple(said.get(side.subject, {}).values())
        yield SideFacts(title, side, _page_of(side), _history_of(place, side), verdicts)


def _on_itself(change: Change) -> tuple[Decision, ...]:
    """Return the verdicts on the change itself, and on whether a recording may be deleted."""
    subjects = {change.own_subject} | ({change.subject} if change.new is None else set())
    return tuple([one for by in standing.latest(subjects - {""}).values() for one in by.values()])


def _history_of(place: ShownRange, side: Side) -> str:
    """Return the URL of a recording's history, seen from its side of the range."""
    asked = place.report.found.source.range
    at = asked.head if any(change.new is side for change in place.report.found.changes) else asked.base
    told = {"at": at} if at else {}
    return f"{reverse('history:show', args=[key_at(side.raw, root_prefix())])}?{urlencode(told)}"
