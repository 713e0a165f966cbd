"""Actions on the changes of a range: verdicts, the approval of churn by a rule, and manual pairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from urllib.parse import unquote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from recviewer.changes import wording
from recviewer.changes.items import Item, items
from recviewer.changes.model import Change
from recviewer.changes.moves import QUIET
from recviewer.changes.numbers import count
from recviewer.changes.overview import Overview
from recviewer.changes.partners import Partner, partners
from recviewer.git.repository import GitFailed
from recviewer.memory.ranges import report_of, told, watching
from recviewer.pages.deciding import double_clicks
from recviewer.pages.deciding.decisions import RefusedPage
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.site.errors import ErrorPage, page_of
from recviewer.pages.site.forms import item_of, items_of, next_of, seen_in
from recviewer.pages.text.classes import CLASSES, Look
from recviewer.pairing.sides import Side
from recviewer.review import pairs, ranges
from recviewer.review.actors import actor_of
from recviewer.review.audit import Done
from recviewer.review.models import Verdict
from recviewer.review.refusals import ChangedRecordings, Invalid, Refused
from recviewer.review.subjects import Seen

SHOWN = 60
"""Groups of churn with their own checkbox; the rest share one."""

REST_SHOWN = 1_000
"""Changes under that shared checkbox that are listed, each with its link; the list of the range has the others."""


@require_POST
def decide(request: HttpRequest) -> HttpResponse:
    """Record a verdict on the changes that the form names, and continue."""
    too_soon = double_clicks.refused(request)
    if too_soon is not None:
        return too_soon
    spec = request.POST.get("range", "")
    look = watching(spec)
    try:
        seen = seen_in(request.POST)
        done = ranges.say(
            lambda: _as_one_item(look().found, seen),
            seen,
            actor=actor_of(request),
            verdict=request.POST.get("verdict", ""),
            note=request.POST.get("note", ""),
        )
    except (Refused, GitFailed) as refusal:
        return _refused(request, spec, refusal)
    return on(request, done, spec, is_said=True)


def _as_one_item(found: Overview, seen: Sequence[Seen]) -> Overview:
    """Return the range.

    Raises Invalid if what was seen is not one item any more, because only its first was on the screen. Recordings whose
    bytes are not available are ignored here; the action skips and names them.
    """
    wanted = {item.path for item in seen}
    mine = [change for change in found.changes if change.side.path in wanted and change.subject]
    if len(mine) > 1 and (mine[0].alike is None or len({change.alike for change in mine}) > 1):
        raise Invalid(
            "These are not the same change any more, so each is to be looked at by itself. Open the page again."
        )
    return found


def on(request: HttpRequest, done: Done, spec: str, *, is_said: bool = False) -> HttpResponse:
    """Redirect to the target of the form.

    is_said: the bar there describes the action; the end of a queue and a range do not.
    """
    target = next_of(request, request.POST) if "next" in request.POST else reverse("changes:show", args=[spec])
    if not is_said or not {"change", "read"} & QueryDict(target.partition("?")[2].partition("#")[0]).keys():
        messages.success(request, done.sentence, extra_tags=f"undo-{done.event}" if done.event else "")
    return HttpResponseRedirect(target, status=303)


def _refused(request: HttpRequest, spec: str, refusal: Exception) -> HttpResponse:
    """Say on a page why nothing was done. What has changed meanwhile can be compared with what was seen."""
    page = page_of(refusal) or ErrorPage("That was not done", told(refusal), 409)
    url = difference = ""
    if isinstance(refusal, ChangedRecordings) and len(refusal.paths) == 1:
        path_ = refusal.paths[0]
        url = f"{reverse('changes:show', args=[spec])}?{urlencode({'change': path_})}"
        difference = _since_seen(request, spec, path_)
    shown = RefusedPage(page.title, page.reason, url, next_of(request, request.POST), difference)
    return render(request, "bar/refused.html", {"page": shown}, status=page.status)


def _since_seen(request: HttpRequest, spec: str, path_: str) -> str:
    """Return the URL of the difference between what a form saw at a path and what the range has there now."""
    with suppress(GitFailed, Invalid):
        seen = next((item.blob for item in seen_in(request.POST) if item.path == path_), "")
        now = next((one.side.blob for one in report_of(spec).found.changes if one.side.path == path_), "")
        if seen and now:
            told = {"old": f"blob:{seen}", "new": f"blob:{now}"}
            return f"{reverse('difference:two')}?{urlencode(told)}"
    return ""


@dataclass(frozen=True, slots=True)
class ChurnGroup:
    """Churn with the same differences.

    what: the differences. items: for the `item` field. url: of one of them. members: each change with its URL.
    """

    look: Look
    what: str
    count: int
    size: int
    items: str
    url: str
    members: tuple[tuple[Change, str], ...]


@dataclass(frozen=True, slots=True)
class ChurnPage:
    """The question before churn is approved by the rule.

    words: which list it is asked of, "" for the whole range. rest: changes behind the groups; with those that are listed,
    how many are not, and where they all stand. red: how many are churn with a finding.
    """

    spec: str
    words: str
    rule: str
    count: int
    tests: int
    size: int
    groups: tuple[ChurnGroup, ...]
    rest: int
    rest_items: str
    rest_members: tuple[tuple[Change, str], ...]
    rest_left: int
    rest_url: str
    rejected: int
    red: int
    back: str


@require_http_methods(["GET", "POST"])
def churn(request: HttpRequest) -> HttpResponse:
    """Ask before all churn of a range is approved (GET), and approve what the form names by the rule (POST)."""
    return asked_or_done(request, _ask_for_churn, _approve_churn)


def asked_or_done(
    request: HttpRequest,
    ask: Callable[[HttpRequest, ShownRange], HttpResponse],
    act: Callable[[HttpRequest, str], HttpResponse],
) -> HttpResponse:
    """Show a question on a range (GET) or do what was answered (POST); errors are shown on a page."""
    sent = request.GET if request.method == "GET" else request.POST
    spec = sent.get("range", "")
    try:
        return act(request, spec) if request.method == "POST" else ask(request, ShownRange(spec, report_of(spec)))
    except (Refused, GitFailed) as refusal:
        return _refused(request, spec, refusal)


def _ask_for_churn(request: HttpRequest, place: ShownRange) -> HttpResponse:
    return render(request, "changes/churn.html", {"page": _churn_page(place, RangeFilter.of(request.GET))})


def _approve_churn(request: HttpRequest, spec: str) -> HttpResponse:
    """Approve what was ticked; only churn is accepted, whatever the form names."""
    seen, look = seen_in(request.POST), watching(spec)

    def find() -> Overview:
        report = look()
        covered = {change.side.path for change in ranges.covered(report)}
        if any(item.path not in covered for item in seen):
            raise Invalid("Some of the selected changes are more than churn. Open the page again.")
        return report.found

    done = ranges.say(find, seen, actor=actor_of(request), verdict=Verdict.APPROVE, rule=ranges.CHURN)
    return on(request, done, spec)


def _churn_page(place: ShownRange, asked: RangeFilter) -> ChurnPage:
    """Ask about the churn of one list of the range; what is not in the list is not touched."""
    here = asked.changes(place.report)
    keys = {change.key for change in here}
    covered = [change for change in ranges.covered(place.report) if change.key in keys]
    mine = [change for change in covered if not change.verdict]
    numbers = count(mine)
    every = sorted(items(mine), key=lambda item: -len(item.changes))
    rest = [change for item in every[SHOWN:] for change in item.changes]
    return ChurnPage(
        spec=place.spec,
        rule=ranges.CHURN,
        words=asked.words(place.report),
        count=numbers.changes,
        tests=numbers.tests,
        size=numbers.size,
        groups=tuple([_group(place, item) for item in every[:SHOWN]]),
        rest=len(rest),
        rest_items=_items(rest),
        rest_members=tuple(
            [(one, place.change_url(RangeFilter(classes=(one.churn,)), one)) for one in rest[:REST_SHOWN]]
        ),
        rest_left=max(0, len(rest) - REST_SHOWN),
        rest_url=place.url + replace(asked, classes=tuple(QUIET)).query(("by", "change")),
        rejected=sum(change.verdict in ("rejected", "delete") for change in covered),
        red=sum(change.is_quiet and change.severity is not None for change in here),
        back=place.url + asked.query(),
    )


def _group(place: ShownRange, item: Item) -> ChurnGroup:
    change, asked = item.first, RangeFilter(classes=(item.first.churn,))
    return ChurnGroup(
        CLASSES[change.churn],
        change.summary if len(item.changes) == 1 else wording.without_counts(change.summary),
        len(item.changes),
        sum(one.size for one in item.changes),
        _items(item.changes),
        place.item_url(asked, item),
        tuple([(one, place.change_url(asked, one)) for one in item.changes]),
    )


def _items(changes: list[Change] | tuple[Change, ...]) -> str:
    return items_of(item_of(change.side.path, change.side.blob, change.own_subject) for change in changes)


@dataclass(frozen=True, slots=True)
class PairPage:
    """The choice of a partner. is_new: the change's own side is new, so the candidates are old ones."""

    spec: str
    change: Change
    side: Side
    is_new: bool
    found: tuple[Partner, ...]
    back: str


@require_http_methods(["GET", "POST"])
def pair(request: HttpRequest) -> HttpResponse:
    """Offer partners for a recording of a range (GET); make a pair or break one up (POST)."""
    return asked_or_done(request, _offer_partners, _paired)


def _offer_partners(request: HttpRequest, place: ShownRange) -> HttpResponse:
    wanted = request.GET.get("change", "")
    change = next((one for one in place.report.found.changes if one.side.path == wanted), None)
    if change is None:
        raise Http404(wanted)
    back = place.change_url(RangeFilter(), change)
    is_new = change.new is not None
    found = tuple(partners(place.report.found, change.side, is_new=is_new))
    page = PairPage(place.spec, change, change.side, is_new, found, back)
    return render(request, "changes/pair.html", {"page": page})


def _paired(request: HttpRequest, spec: str) -> HttpResponse:
    sent = request.POST
    old, new = (Seen(unquote(sent.get(side, "")), sent.get(f"{side}_blob", "")) for side in ("old", "new"))
    is_pair = sent.get("is_pair") == "1"
    done = pairs.choose(report_of(spec).found, old, new, is_pair=is_pair, actor=actor_of(request))
    messages.success(request, done.sentence, extra_tags=f"undo-{done.event}" if done.event else "")
    target = f"{reverse('changes:show', args=[spec])}?{urlencode({'change': new.path})}"
    return HttpResponseRedirect(target, status=303)


app_name = "changes"
urlpatterns = [
    path("do/change", decide, name="decide"),
    path("do/churn", churn, name="churn"),
    path("do/pair", pair, name="pair"),
]
