"""What happened to the recordings in a range of commits, and each change of it in words.

Verdicts are given here where the new recordings lie in the tree; changes that are the same change get them together.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from recviewer.catalog.models import Recording
from recviewer.changes import report as reports
from recviewer.changes import sentence
from recviewer.changes.findings import Finding
from recviewer.changes.model import Change
from recviewer.changes.overview import Tally
from recviewer.changes.report import Report
from recviewer.changes.sides import Side
from recviewer.difference.model import Churn
from recviewer.git.history import contents
from recviewer.git.repository import GitFailed
from recviewer.pages.difference import CHURN_WORDS, fragment_of, page_of
from recviewer.pages.difference import Side as Shown
from recviewer.pages.forms import item_of
from recviewer.pages.ranges import not_there
from recviewer.pages.reports import report_of
from recviewer.store import files
from recviewer.store.refusals import Refusal

SHOWN = 200
"""Changes that a page lists; the rest is a number and further pages."""


@dataclass(frozen=True, slots=True)
class Card:
    """A class of changes. url: of the list of them; glyph, tone and words: as everywhere."""

    churn: Churn
    words: str
    glyph: str
    tone: str
    tally: Tally
    url: str
    is_on: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One change. alike: how many others are the same change and stand behind this one."""

    change: Change
    asked: str
    test: str
    glyph: str
    tone: str
    words: str
    url: str
    alike: int


@dataclass(frozen=True, slots=True)
class Told:
    """A finding with the address of the changes it is about."""

    finding: Finding
    url: str
    count: int


@dataclass(frozen=True, slots=True)
class Landing:
    """The page of a range. opening, clauses, ending: its sentence, whose numbers are links."""

    spec: str
    base: str
    head: str
    opening: str
    clauses: tuple[tuple[str, str, str], ...]
    need_you: int
    cards: tuple[Card, ...]
    findings: tuple[Told, ...]
    rows: tuple[Row, ...]
    listed: int
    files: int
    raw_lines: int
    problems: tuple[str, ...]
    filter_words: str
    all_url: str
    next_url: str


@require_safe
def show(request: HttpRequest, spec: str) -> HttpResponse:
    """Show what a range did to recordings, or one change of it (`?change=<path>`)."""
    wants_json = spec.endswith(".json")
    try:
        report = report_of(spec.removesuffix(".json"))
    except GitFailed as failed:
        return not_there(request, spec, failed)
    if wants_json:
        return JsonResponse(reports.as_json(report))
    chosen = request.GET.get("change")
    if chosen is not None:
        return _change(request, report, spec, chosen)
    return render(request, "changes/landing.html", {"page": _landing(request, report, spec)})


def _landing(request: HttpRequest, report: Report, spec: str) -> Landing:
    found = report.found
    here = reverse("changes:show", args=[spec])
    changes, words = _filtered(request, report)
    rows = _rows(changes, here)
    start = _number(request.GET.get("from", ""))
    tallies = found.classes()
    cards = [
        Card(churn, CHURN_WORDS[churn][2], *CHURN_WORDS[churn][:2], tallies[churn], f"{here}?class={churn.value}",
             request.GET.get("class") == churn.value)
        for churn in tallies
        if tallies[churn].changes
    ]  # fmt: skip
    clauses = tuple(
        (f"{one.count:,}", one.words, f"{here}?{urlencode([('class', churn.value) for churn in one.classes])}")
        for one in sentence.clauses(found)
    )
    query = request.GET.copy()
    query["from"] = str(start + SHOWN)
    return Landing(
        spec=spec,
        base=found.source.range.base[:9],
        head=found.source.range.head[:9] or "the files on disk",
        opening=sentence.opening(found),
        clauses=clauses,
        need_you=found.need_you,
        cards=tuple(cards),
        findings=tuple(
            Told(one, f"{here}?rule={one.rule}&n={place}", len(one.changes))
            for place, one in enumerate(report.findings)
        ),
        rows=tuple(rows[start : start + SHOWN]),
        listed=len(rows),
        files=found.source.files,
        raw_lines=found.source.raw_lines,
        problems=found.source.problems,
        filter_words=words,
        all_url=here,
        next_url=f"?{query.urlencode()}" if start + SHOWN < len(rows) else "",
    )


def _filtered(request: HttpRequest, report: Report) -> tuple[list[Change], str]:
    """Return the changes that the address asks for, and what it asks for in words ("" for all)."""
    changes = list(report.found.changes)
    classes = request.GET.getlist("class")
    if classes:
        words = " or ".join(CHURN_WORDS[Churn(one)][2] for one in classes if one in list(Churn))
        return [change for change in changes if change.churn.value in classes], words or "no class"
    place = _number(request.GET.get("n", ""))
    if "rule" in request.GET and place < len(report.findings):
        finding = report.findings[place]
        concerned = {(change.old, change.new) for change in finding.changes}
        return [change for change in changes if (change.old, change.new) in concerned], finding.title
    return changes, ""


def _rows(changes: list[Change], here: str) -> list[Row]:
    """Return a row for each change; of changes that are the same change only the first, with their number."""
    counts: dict[int, int] = {}
    for change in changes:
        if change.alike is not None:
            counts[change.alike] = counts.get(change.alike, 0) + 1
    rows, seen = [], set()
    for change in changes:
        if change.alike is not None:
            if change.alike in seen:
                continue
            seen.add(change.alike)
        glyph, tone, words = CHURN_WORDS[change.churn]
        alike = counts.get(change.alike, 1) - 1 if change.alike is not None else 0
        url = f"{here}?{urlencode({'change': change.side.path})}"
        line, test = change.side.meaning.line, change.side.test_id or ""
        rows.append(Row(change, line.asked, test, glyph, tone, words, url, alike))
    return rows


def _change(request: HttpRequest, report: Report, spec: str, chosen: str) -> HttpResponse:
    place, change = next(
        ((at, one) for at, one in enumerate(report.found.changes) if one.side.path == chosen), (0, None)
    )
    if change is None:
        raise Http404(chosen)
    page = page_of(
        request,
        change.side.meaning.line.asked,
        _shown(change.old, "new here: there is no older one"),
        _shown(change.new, "gone: there is no newer one"),
        change.difference(),
        before=_data(report, change.old),
        after=_data(report, change.new),
    )
    fragment = fragment_of(request, page)
    if fragment is not None:
        return fragment
    changes = report.found.changes
    same = [one for one in changes if change.alike is not None and one.alike == change.alike] or [change]
    items = _items(same)
    following = next((one for one in changes[place + 1 :] if one.alike is None or one.alike != change.alike), None)
    around = {
        "same": len(same),
        "items": " ".join(items),
        "here": len(items),
        "after": _url(spec, following) if following else reverse("changes:show", args=[spec]),
        "spec": spec,
        "back": reverse("changes:show", args=[spec]),
        "place": place + 1,
        "total": len(changes),
        "previous": _url(spec, changes[place - 1]) if place else "",
        "next": _url(spec, changes[place + 1]) if place + 1 < len(changes) else "",
        "pair": change.pair,
        "verdict": change.verdict,
        "unasked": change.unasked,
    }
    return render(request, "changes/change.html", {"page": page, "around": around})


def _data(report: Report, side: Side | None) -> bytes | None:
    """Return the bytes of a side: from git, else from the disk."""
    if side is None:
        return None
    repository = report.found.source.range.repository
    data = next((data for _, data in contents(repository, [side.blob])), None) if side.blob else None
    if data is None:
        with suppress(Refusal):
            data = files.read(repository.work_tree, side.raw, limit_bytes=settings.FILE_LIMIT_BYTES).data
    return data


def _items(changes: list[Change]) -> list[str]:
    """Return the `item` fields of those new recordings that lie in the tree as they are in the range."""
    wanted = {change.new.path: change.new.blob for change in changes if change.new is not None}
    found: list[str] = []
    names = list(wanted)
    for start in range(0, len(names), 500):
        rows = Recording.objects.filter(path__in=names[start : start + 500]).values_list("path", "blob")
        found += [item_of(path, blob) for path, blob in rows if wanted[path] == blob]
    return found


def _url(spec: str, change: Change) -> str:
    return f"{reverse('changes:show', args=[spec])}?{urlencode({'change': change.side.path})}"


def _shown(side: Side | None, otherwise: str) -> Shown:
    if side is None:
        return Shown("", otherwise, "")
    here = Recording.objects.filter(path=side.path, blob=side.blob).exists()
    return Shown(side.blob[:7], side.path, reverse("recording:show", args=[side.path]) if here else "")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0


urlpatterns = [
    path("changes/<path:spec>", show, name="show"),
]
