"""Activity: who did what and when, newest first, each action with its Undo."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, islice
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST

from recviewer.catalog.models import Recording
from recviewer.exchange.plain import dumps
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.site import roles
from recviewer.pages.site.htmx import answer
from recviewer.pages.site.json import Json
from recviewer.pages.site.numbers import is_whole
from recviewer.review import audit
from recviewer.review.actors import actor_of
from recviewer.review.audit import OF_MAINTAINERS, PERSONAL, UNDOABLE, Action, with_fate
from recviewer.review.models import AuditEvent, EventItem
from recviewer.review.refusals import Invalid
from recviewer.review.reviews_file import beside
from recviewer.review.subjects import chunked

PER_PAGE = 50
EXPORTED = 200
"""Events, or members of one, that the export reads at once."""
KEYS = ("actor", "action", "path")
NAMED = 20
"""Paths in the JSON of the log for each event; the event's own JSON has all."""

GLYPHS = {
    Action.APPROVE: ("ok", "good"),
    Action.REJECT: ("redo", "bad"),
    Action.MARK: ("cross", "warn"),
    Action.CLEAR: ("undecided", "quiet"),
    Action.TRASH: ("trash", "warn"),
    Action.DISCARD: ("trash", "bad"),
    Action.NOTE: ("note", "note"),
    Action.NOTE_EDIT: ("note", "note"),
    Action.NOTE_CLOSE: ("ok", "quiet"),
    Action.NOTE_OPEN: ("undecided", "quiet"),
    Action.NOTE_DROP: ("cross", "quiet"),
    Action.REVEAL: ("warn", "warn"),
    Action.PUSH: ("right", "warn"),
    Action.RECORD: ("redo", "warn"),
    Action.IMPORT: ("down", "quiet"),
    Action.CARRY: ("right", "quiet"),
    Action.RESTORE: ("return", "good"),
    Action.UNDO: ("left", "quiet"),
    Action.REDO: ("right", "quiet"),
}


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event. who: the actor, or "You". path, url: of the recording if there was one; url "" if it is gone.

    details_url: of the event's own page. can_undo, can_redo: whether the act can be taken back or done again by who
    looks. is_undone: it was taken back.
    """

    event: int
    at: datetime
    who: str
    summary: str
    icon: str
    tone: str
    count: int
    path: str
    url: str
    details_url: str
    can_undo: bool
    can_redo: bool
    is_undone: bool


@dataclass(frozen=True, slots=True)
class Day:
    """The events of one day, in UTC. title: Today, Yesterday, or the date."""

    title: str
    lines: tuple[EventLine, ...]


@dataclass(frozen=True, slots=True)
class FilterValue:
    """One value of a filter. url: the log with it, or without it if it is active."""

    label: str
    count: int
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class FilterChip:
    """An active filter. url: the log without it."""

    key: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Activity:
    """The log. here: its address, to come back to after an Undo. next_url: of older events, "" at the end.

    export_url: of the log as lines of JSON, with the same filters. reviews_file: name of the file that reviews are
    written to, "" where none is set.
    """

    days: tuple[Day, ...]
    actors: tuple[FilterValue, ...]
    actions: tuple[FilterValue, ...]
    chips: tuple[FilterChip, ...]
    here: str
    next_url: str
    is_first: bool
    export_url: str
    reviews_file: str


@dataclass(frozen=True, slots=True)
class EventPage:
    """One event with all that it touched. shown: path and address ("" for gone); more: how many are not shown."""

    line: EventLine
    shown: tuple[tuple[str, str], ...]
    more: int
    here: str


def _filters(request: HttpRequest) -> dict[str, str]:
    return {key: value for key in KEYS if (value := request.GET.get(key, ""))}


def _events(filters: dict[str, str]) -> QuerySet[AuditEvent, Any]:
    events = with_fate()
    if "actor" in filters:
        events = events.filter(actor=filters["actor"])
    if "action" in filters:
        events = events.filter(action=filters["action"])
    if "path" in filters:
        events = events.filter(pk__in=EventItem.objects.filter(path=filters["path"]).values("event"))
    return events.order_by("-pk")


def _window(request: HttpRequest, filters: dict[str, str]) -> tuple[list[Any], str]:
    """Return one page of events, and the query of the next page, "" at the end."""
    events = _events(filters)
    before = request.GET.get("before", "")
    if is_whole(before):
        events = events.filter(pk__lt=int(before))
    found = list(events[: PER_PAGE + 1])
    more = urlencode({**filters, "before": found[PER_PAGE - 1].pk}) if len(found) > PER_PAGE else ""
    return found[:PER_PAGE], more


def _may_maintain(request: HttpRequest) -> bool:
    return roles.may(request, roles.Role.MAINTAINER)


def _lines(events: Iterable[Any], actor: str, *, may_maintain: bool) -> list[EventLine]:
    events = list(events)
    single = [event.pk for event in events if event.count == 1]
    paths = dict(EventItem.objects.filter(event__in=single).values_list("event", "path"))
    there = _there(paths.values())
    return [_line(event, paths.get(event.pk, ""), there, actor, may_maintain=may_maintain) for event in events]


def _there(paths: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in chunked(paths):
        found.update(Recording.objects.filter(path__in=some).values_list("path", flat=True))
    return found


def _line(event: Any, path: str, there: set[str], actor: str, *, may_maintain: bool) -> EventLine:
    action = Action(event.action)
    is_undone = event.fate == Action.UNDO
    may = action in UNDOABLE and (action not in PERSONAL or event.actor == actor)
    may = may and (may_maintain or action not in OF_MAINTAINERS)
    icon, tone = GLYPHS.get(action, ("", ""))
    return EventLine(
        event=event.pk,
        at=event.at,
        who="You" if event.actor == actor else event.actor,
        summary=event.summary,
        icon=icon,
        tone=tone,
        count=event.count,
        path=path,
        url=url_of(path) if path in there else "",
        details_url=reverse("activity:show", args=[event.pk]),
        can_undo=may and not is_undone,
        can_redo=may and is_undone,
        is_undone=is_undone,
    )


def _days(lines: Iterable[EventLine]) -> tuple[Day, ...]:
    today = timezone.now().date()
    return tuple(Day(_title(day, today), tuple(some)) for day, some in groupby(lines, lambda line: line.at.date()))


def _title(day: date, today: date) -> str:
    ago = (today - day).days
    return {0: "Today", 1: "Yesterday"}.get(ago, f"{day.day} {day:%B %Y}")


def _choices(key: str, values: Iterable[tuple[str, str, int]], filters: dict[str, str]) -> tuple[FilterValue, ...]:
    """Return links for (value, label, count); the active one removes the filter."""
    rest = {name: value for name, value in filters.items() if name != key}
    return tuple(
        FilterValue(
            label=label,
            count=count,
            url=_url(rest if filters.get(key) == value else {**rest, key: value}),
            is_on=filters.get(key) == value,
        )
        for value, label, count in values
    )


def _url(filters: dict[str, str], name: str = "activity:listing") -> str:
    query = urlencode({key: filters[key] for key in KEYS if key in filters})
    return reverse(name) + (f"?{query}" if query else "")


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """Show the log."""
    filters = _filters(request)
    events, more = _window(request, filters)
    actor = actor_of(request)
    by_actor = AuditEvent.objects.values_list("actor").annotate(count=Count("pk")).order_by("-count", "actor")
    by_action = dict(AuditEvent.objects.values_list("action").annotate(count=Count("pk")))
    page = Activity(
        days=_days(_lines(events, actor, may_maintain=_may_maintain(request))),
        actors=_choices("actor", ((name, name, count) for name, count in by_actor[:20]), filters),
        actions=_choices(
            "action",
            ((one.value, one.label, by_action[one.value]) for one in Action if one.value in by_action),
            filters,
        ),
        chips=tuple(
            FilterChip(key, value, _url({name: other for name, other in filters.items() if name != key}))
            for key, value in filters.items()
        ),
        here=request.get_full_path(),
        next_url=f"{reverse('activity:listing')}?{more}" if more else "",
        is_first="before" not in request.GET,
        export_url=_url(filters, "activity:export"),
        reviews_file=file.name if (file := beside.reviews_file()) else "",
    )
    return answer(request, "activity/page.html", "activity/_list.html", page)


@require_GET
def show(request: HttpRequest, event: int) -> HttpResponse:
    """Show one event with every recording that it touched."""
    found = _event(event)
    paths = list(EventItem.objects.filter(event=found).order_by("path").values_list("path", flat=True)[:1001])
    there = _there(paths[:1000])
    page = EventPage(
        line=_lines([found], actor_of(request), may_maintain=_may_maintain(request))[0],
        shown=tuple((path, url_of(path) if path in there else "") for path in paths[:1000]),
        more=max(0, found.count - 1000),
        here=request.get_full_path(),
    )
    return answer(request, "activity/event.html", "activity/_event.html", page)


@require_GET
def as_json(request: HttpRequest) -> HttpResponse:
    """Return the log to scripts."""
    filters = _filters(request)
    events, more = _window(request, filters)
    paths: dict[int, list[str]] = {}
    for pk, path_ in EventItem.objects.filter(
        event__in=[event.pk for event in events], event__count__lte=NAMED
    ).values_list("event", "path"):
        paths.setdefault(pk, []).append(path_)
    return Json(
        {
            "events": [_told(event) | {"paths": paths.get(event.pk)} for event in events],
            "next": f"{reverse('activity:json')}?{more}" if more else None,
        }
    )


@require_GET
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Return the whole log, or the filtered part of it, as JSON lines, oldest first."""
    headers = {"Content-Disposition": 'attachment; filename="activity.jsonl"', "Cache-Control": "no-store"}
    lines = _lines_of_json(_events(_filters(request)).order_by("pk"))
    return StreamingHttpResponse(lines, content_type="application/jsonl; charset=utf-8", headers=headers)


def _lines_of_json(events: QuerySet[AuditEvent, Any]) -> Iterator[bytes]:
    """Yield the lines piece by piece, one for each event, with its payload and all that it touched.

    No cursor stays open.
    """
    last = 0
    while some := list(events.filter(pk__gt=last)[:EXPORTED]):
        last = some[-1].pk
        for event in some:
            yield from _line_of_json(event)


def _line_of_json(event: Any) -> Iterator[bytes]:
    """Yield one event's line, with only a few rows of a large event in memory at once."""
    parts = audit.parts_of(event)
    head = {key: value for key, value in event.payload.items() if key not in parts}
    yield _json(_told(event))[:-1] + b', "payload": ' + _json(head)[:-1]
    for place, part in enumerate(parts):
        yield (b", " if head or place else b"") + _json(part) + b": ["
        yield from _joined(told for _, told in audit.members_of(event, part))
        yield b"]"
    yield b'}, "items": ['
    yield from _joined(audit.items_of(event))
    yield b"]}\n"


def _joined(values: Iterable[Any]) -> Iterator[bytes]:
    """Yield the members of a JSON array, in batches."""
    left, separator = iter(values), b""
    while some := list(islice(left, EXPORTED)):
        yield separator + _json(some)[1:-1]
        separator = b", "


def _json(value: Any) -> bytes:
    return dumps(value).encode("utf-8", "backslashreplace")


@require_POST
def write_reviews(request: HttpRequest) -> HttpResponse:
    """Write all reviews to the configured file."""
    actor_of(request)
    try:
        messages.success(request, beside.write_file().sentence)
    except OSError as error:
        raise Invalid(f"The file of reviews cannot be written: {error.strerror or error}.") from error
    return HttpResponseRedirect(reverse("activity:listing"), status=303)


@require_GET
def show_json(request: HttpRequest, event: int) -> HttpResponse:
    """Return one event to scripts, with every recording that it touched."""
    found = _event(event)
    items = EventItem.objects.filter(event=found).order_by("path").values("path", "fingerprint", "blob")
    return Json(_told(found) | {"items": list(items)})


def _event(pk: int) -> Any:
    found = with_fate().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _told(event: Any) -> dict[str, Any]:
    return {
        "id": event.pk,
        "at": event.at.isoformat(),
        "actor": event.actor,
        "action": event.action,
        "summary": event.summary,
        "count": event.count,
        "target": event.target_id,
        "undone": event.fate == Action.UNDO,
    }


app_name = "activity"
urlpatterns = [
    path("activity/", listing, name="listing"),
    path("activity/.json", as_json, name="json"),
    path("activity.jsonl", export, name="export"),
    path("activity/reviews", write_reviews, name="write_reviews"),
    path("activity/<int:event>", show, name="show"),
    path("activity/<int:event>.json", show_json, name="show_json"),
]
