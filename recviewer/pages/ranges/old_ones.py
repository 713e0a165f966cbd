"""Recordings that were made again although the request is the same: shown on the landing page, old ones restored after
a question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from recviewer.changes.model import ORDER, Change
from recviewer.changes.overview import Overview
from recviewer.exchange.amounts import counted
from recviewer.memory.ranges import watching
from recviewer.pages.ranges import acts
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.site.forms import item_of, seen_in
from recviewer.pages.text.classes import CLASSES, Look
from recviewer.review import ranges
from recviewer.review.actors import actor_of
from recviewer.review.models import Verdict
from recviewer.review.refusals import Invalid


@dataclass(frozen=True, slots=True)
class MadeAgain:
    """Recordings made again unasked. classes: number of changes of each.

    reasons: why old ones are not offered for restoring, with numbers; kept: how many those are. count: of all; wanted:
    how many are to be restored already. offered: how many are undecided and can be restored; ask_url: of the question.
    list_url: of all of them.
    """

    count: int
    classes: tuple[tuple[Look, int], ...]
    reasons: tuple[tuple[str, int], ...]
    kept: int
    wanted: int
    offered: int
    ask_url: str
    list_url: str


@dataclass(frozen=True, slots=True)
class OldOne:
    """One change whose old recording can be restored. item: for the `item` field. old: its path, if it differs."""

    change: Change
    look: Look
    item: str
    url: str
    old: str


@dataclass(frozen=True, slots=True)
class OldOnesPage:
    """The question before old recordings are restored. left: how many are not offered, by reason."""

    spec: str
    rule: str
    ones: tuple[OldOne, ...]
    left: tuple[tuple[str, int], ...]
    back: str


def made_again(place: ShownRange) -> MadeAgain | None:
    """Return the summary for the landing page; None if everything that was re-recorded was asked for."""
    mine = [change for change in place.report.found.changes if change.unasked]
    if not mine:
        return None
    of_class = Counter(change.churn for change in mine)
    return MadeAgain(
        count=len(mine),
        classes=tuple([(CLASSES[churn], of_class[churn]) for churn in ORDER if of_class[churn]]),
        reasons=_reasons(mine),
        kept=sum(bool(change.why_not_back) for change in mine),
        wanted=sum(change.verdict == "revert" for change in mine),
        offered=len(_offered(mine)),
        ask_url=f"{reverse('changes:old_ones')}?{place.named()}",
        list_url=place.url + RangeFilter(unasked=True).query(),
    )


def _offered(changes: Sequence[Change]) -> list[Change]:
    return [change for change in changes if change.can_go_back and not change.verdict]


def _reasons(changes: Sequence[Change]) -> tuple[tuple[str, int], ...]:
    return tuple(Counter(change.why_not_back for change in changes if change.why_not_back).most_common())


@require_http_methods(["GET", "POST"])
def old_ones(request: HttpRequest) -> HttpResponse:
    """List the old recordings that can be restored and ask (GET); restore those that the form names (POST)."""
    return acts.asked_or_done(request, _ask, _take_back)


def _ask(request: HttpRequest, place: ShownRange) -> HttpResponse:
    changes = place.report.found.changes
    page = OldOnesPage(
        spec=place.spec,
        rule=ranges.BACK,
        ones=tuple([_one(place, change) for change in _offered(changes)]),
        left=_reasons(changes),
        back=place.url,
    )
    return render(request, "changes/old_ones.html", {"page": page})


def _one(place: ShownRange, change: Change) -> OldOne:
    assert change.old is not None
    side = change.side
    old = change.old.path if change.old.path != side.path else ""
    item = item_of(side.path, side.blob, change.own_subject)
    return OldOne(change, CLASSES[change.churn], item, place.change_url(RangeFilter(), change), old)


def _take_back(request: HttpRequest, spec: str) -> HttpResponse:
    """Restore what was ticked; only what was listed is accepted, and unchanged, whatever the form names."""
    seen, look = seen_in(request.POST), watching(spec)

    def find() -> Overview:
        found = look().found
        there = {change.side.path: change for change in found.changes}
        for one in seen:
            change = there.get(one.path)
            if change is not None and (
                not one.change or not change.can_go_back or change.verdict not in ("", "revert")
            ):
                said = "was decided on" if change.can_go_back else "cannot be taken back"
                raise Invalid(f"{counted(1, 'recording')} that was selected {said} by now. Open the page again.")
        return found

    done = ranges.say(find, seen, actor=actor_of(request), verdict=Verdict.REVERT, rule=ranges.BACK)
    return acts.on(request, done, spec)


app_name = "changes"
urlpatterns = [path("do/old", old_ones, name="old_ones")]
