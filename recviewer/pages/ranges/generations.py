"""The older generations of a call, that went with it: listed, and let go together after a question that shows each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_http_methods

from recviewer.changes.items import has_older_below
from recviewer.changes.model import Change
from recviewer.changes.overview import Overview
from recviewer.exchange.model import Output
from recviewer.memory.ranges import watching
from recviewer.pages.ranges import acts
from recviewer.pages.ranges.filter import RangeFilter
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.site.forms import item_of, seen_in
from recviewer.pages.text.classes import Look, look_of_state
from recviewer.review import ranges
from recviewer.review.actors import actor_of
from recviewer.review.models import Verdict
from recviewer.review.refusals import Invalid
from recviewer.review.subjects import GENERATIONS

LONGEST = 20_000
"""Characters of an answer that the question shows; all of it is on the page of its change."""
ROOM = 300_000
"""Characters of all answers together. What is not shown whole is not ticked before its reader ticks it."""


@dataclass(frozen=True, slots=True)
class Older:
    """One older generation. item: for the `item` field, "" where it is decided on. answers: each choice in words."""

    change: Change
    url: str
    state: Look
    item: str
    answers: tuple[str, ...]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class OlderPage:
    """The question before the older generations of a call are let go together. count: how many of them are undecided."""

    spec: str
    rule: str
    call: Change
    older: tuple[Older, ...]
    count: int
    back: str


def older_of(report_changes: Sequence[Change], call: Change) -> list[Change]:
    """Return the older generations that are told with a change, nothing for a change that is one itself."""
    if not has_older_below(call):
        return []
    return [one for one in report_changes if one.is_older and one.group == call.group]


def question_url(place: ShownRange, call: Change) -> str:
    """Return the address of the question."""
    return f"{reverse('changes:older')}?{place.named()}&{RangeFilter().query(('change', call.side.path))[1:]}"


@require_http_methods(["GET", "POST"])
def older(request: HttpRequest) -> HttpResponse:
    """Show all older generations of a call and ask of them (GET); let go what the form names, and nothing else (POST)."""
    return acts.asked_or_done(request, _ask, _let_go)


def _ask(request: HttpRequest, place: ShownRange) -> HttpResponse:
    wanted = request.GET.get("change", "")
    changes = place.report.found.changes
    call = next((one for one in changes if one.side.path == wanted), None)
    mine = older_of(changes, call) if call else []
    if call is None or not mine:
        raise Http404(wanted)
    told = _told(place, mine)
    page = OlderPage(
        spec=place.spec,
        rule=GENERATIONS,
        call=call,
        older=told,
        count=sum(bool(one.item) for one in told),
        back=place.change_url(RangeFilter(), call),
    )
    return render(request, "changes/older.html", {"page": page})


def _told(place: ShownRange, changes: Sequence[Change]) -> tuple[Older, ...]:
    room = ROOM
    told = []
    for change in changes:
        said = [text for output in change.side.exchange.outputs for text in _words(output)]
        shown, is_cut = _shown(said or [change.side.meaning.line.answered], room)
        is_cut = is_cut or any(output.parts or output.reasoning for output in change.side.exchange.outputs)
        room -= sum(map(len, shown))
        side = change.side
        is_open = ranges.is_older(change) and not change.verdict
        item = item_of(side.path, side.blob, change.own_subject) if is_open else ""
        url, state = place.change_url(RangeFilter(), change), look_of_state(change.verdict, is_gone=True)
        told.append(Older(change, url, state, item, shown, is_cut))
    return tuple(told)


def _shown(said: Sequence[str], room: int) -> tuple[tuple[str, ...], bool]:
    """Return as much of some answers as there is room for, and whether anything is left out."""
    shown = []
    for text in said:
        part = text[: min(LONGEST, room)]
        if text and not part:
            break
        shown.append(part)
        room -= len(part)
    return tuple(shown), tuple(shown) != tuple(said)


def _words(output: Output) -> Iterator[str]:
    """Yield what a choice says: its answer, its refusal, and each call."""
    yield from filter(None, (output.content, output.refusal))
    yield from (f"{call.name} {call.arguments}" for call in output.tool_calls)


def _let_go(request: HttpRequest, spec: str) -> HttpResponse:
    """Let go what was ticked: only older generations of one call pass, whatever the form names."""
    seen, look = seen_in(request.POST), watching(spec)

    def find() -> Overview:
        found = look().found
        groups = {change.side.path: change.group for change in found.changes if ranges.is_older(change)}
        if (
            any(item.path not in groups or not item.change for item in seen)
            or len({groups[item.path] for item in seen}) > 1
        ):
            raise Invalid("Some of what was selected is no older generation of that call. Open the page again.")
        return found

    done = ranges.say(find, seen, actor=actor_of(request), verdict=Verdict.APPROVE, rule=GENERATIONS)
    return acts.on(request, done, spec)


app_name = "changes"
urlpatterns = [path("do/older", older, name="older")]
