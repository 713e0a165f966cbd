"""`/smells/`: what is odd in the tree, by rule; `/smells/<rule>`: the findings of one rule, and actions on all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.views.decorators.http import require_safe

from recviewer.pages.recordings.suite_runs import NeverRead, never_read
from recviewer.pages.site.following import follow, shows
from recviewer.pages.site.forms import item_of, items_of
from recviewer.pages.site.json import Json
from recviewer.pages.site.numbers import whole
from recviewer.pages.smells import let_be
from recviewer.pages.smells.acts import act
from recviewer.pages.smells.entries import FunctionFindings, grouped, in_order
from recviewer.pages.smells.found import (
    LEVELS,
    AllFindings,
    RuleFindings,
    ShownFinding,
    decided_on,
    standing,
    totals,
    worst_of,
)
from recviewer.pages.smells.levels import TITLES, LevelMark, LevelOfRules, levels_of, marks_of
from recviewer.pages.smells.trend import RuleTrend, trend_of, trend_told
from recviewer.review import history

PER_PAGE = 50
"""Findings on one page."""
WHATS = 12
"""Number of kinds of one rule's findings that can be filtered for."""


@dataclass(frozen=True, slots=True)
class FindingChoice:
    """A filter of the page."""

    title: str
    count: int
    url: str
    is_current: bool


_NEVER_READ = "never-read"
"""The rule whose findings depend on runs of the suite."""


@dataclass(frozen=True, slots=True)
class SmellsPage:
    """All findings by rule. is_looked_at: there is something to show. found_on: recordings with a finding that counts.

    trouble: why the last check failed, "" where it did not.
    """

    is_looked_at: bool
    is_looking: bool
    is_current: bool
    trouble: str
    recordings: int
    at: datetime | None
    found_on: int
    rules: int
    choices: tuple[FindingChoice, ...]
    levels: tuple[LevelOfRules, ...]
    quiet: tuple[str, ...]
    suppressed: int
    left: int
    problems: tuple[str, ...]
    never: NeverRead | None


@dataclass(frozen=True, slots=True)
class RulePage:
    """The findings of one rule.

    items: for the forms, the recordings of all shown findings that count, `count` of them. Grey findings are included
    only if there are no others: is_told. surplus: those of them that nothing asks for and nobody marked,
    `surplus_count` of them; marked: how many are marked.
    """

    name: str
    rule: RuleFindings
    is_looking: bool
    is_current: bool
    trouble: str
    marks: tuple[LevelMark, ...]
    choices: tuple[FindingChoice, ...]
    kinds: tuple[FindingChoice, ...]
    groups: tuple[FunctionFindings, ...]
    total: int
    first: int
    last: int
    previous: str
    next: str
    items: str
    count: int
    is_told: bool
    surplus: str
    surplus_count: int
    marked: int
    here: str
    list_url: str
    never: NeverRead | None
    trend: RuleTrend | None


@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Show all findings by rule, the worst first."""
    follow(request)
    every = standing()
    shows(request, f"{every.found.at if every.found else ''} {every.left} {every.is_looking} {every.trouble}")
    only = request.GET.get("level", "")
    only = only if only in LEVELS else ""
    if request.path.endswith(".json"):
        return Json(_all_told(every))
    found = every.found
    worst = Counter(worst_of(every.rules).values())
    levels = levels_of(every, worst, only)
    shown = SmellsPage(
        is_looked_at=found is not None,
        is_looking=every.is_looking,
        is_current=found is not None and found.is_current,
        trouble=every.trouble,
        recordings=found.recordings if found else 0,
        at=found.at if found else None,
        found_on=worst.total(),
        rules=len(every.rules),
        choices=(
            FindingChoice("any finding", worst.total(), "?", not only),
            *(FindingChoice(TITLES[level], worst[level], f"?level={level}", only == level) for level in LEVELS),
        ),
        levels=tuple(levels),
        quiet=tuple(one.name for one in every.quiet),
        suppressed=sum(one.suppressed for one in every.rules),
        left=every.left,
        problems=found.problems if found else (),
        never=never_read(),
    )
    return render(request, "smells/list.html", {"page": shown})


@require_safe
def rule(request: HttpRequest, name: str) -> HttpResponse:
    """Show the findings of one rule, or say that it has not been run yet."""
    every = standing()
    found = every.rule(name)
    if found is None and every.found is None:  # the rule exists, but its findings are not known yet
        return listing(request)
    if found is None:
        raise Http404
    if request.path.endswith(".json"):
        return Json(_rule_told(found) | {"findings": [_told(one) for one in found.findings]})
    only, what = request.GET.get("level", ""), request.GET.get("what", "")
    some = [
        one
        for one in in_order(found.findings)
        if (not only or (one.row.level == only if only in LEVELS else not one.counts))
        and (not what or one.row.what == what)
    ]
    page = min(max(1, whole(request.GET.get("page", ""), 1)), max(1, -(-len(some) // PER_PAGE)))
    start = (page - 1) * PER_PAGE
    shown_ones = some[start : start + PER_PAGE]
    every_one = [one for one in some if one.counts]
    wanting = [one for one in every_one if one.row.level != "grey"]
    counting = dict.fromkeys(item_of(one.row.path, one.row.blob) for one in wanting or every_one)
    can_go = [one for one in some if one.counts and one.row.is_surplus]
    marked = {(mark.path, mark.blob) for mark in history.marks()} if can_go else set()
    places = dict.fromkeys((one.row.path, one.row.blob) for one in can_go)
    surplus = [item_of(*place) for place in places if place not in marked]
    shown = RulePage(
        name=name,
        rule=found,
        is_looking=every.is_looking,
        is_current=every.found is not None and every.found.is_current,
        trouble=every.trouble,
        marks=marks_of(found.levels),
        choices=tuple(_choices(found, only, what)),
        kinds=tuple(_kinds(found, what)),
        groups=tuple(grouped(found, shown_ones, decided_on(shown_ones))),
        total=len(some),
        first=start + 1,
        last=start + len(shown_ones),
        previous=_address(only, what, page - 1) if page > 1 else "",
        next=_address(only, what, page + 1) if start + PER_PAGE < len(some) else "",
        items=items_of(counting),
        count=len(counting),
        is_told=not wanting,
        surplus=items_of(surplus),
        surplus_count=len(surplus),
        marked=len(places) - len(surplus),
        here=reverse("smells:rule", args=[name]) + _address(only, what, page),
        list_url=f"{reverse('recordings:listing')}?{urlencode({'smell': name})}",
        never=never_read() if name == _NEVER_READ else None,
        trend=trend_of(name),
    )
    return render(request, "smells/rule.html", {"page": shown})


def _address(level: str = "", what: str = "", page: int = 1) -> str:
    given = {"level": level, "what": what, "page": str(page) if page > 1 else ""}
    return f"?{urlencode({key: value for key, value in given.items() if value})}"


def _choices(found: RuleFindings, only: str, what: str) -> list[FindingChoice]:
    levels = found.levels
    if not found.findings:
        return []
    made = [FindingChoice("all", len(found.findings), _address(), not only and not what)]
    if found.suppressed or len(levels) > 1:
        made += [
            FindingChoice(TITLES[level], levels[level], _address(level), only == level)
            for level in LEVELS
            if levels[level]
        ]
    if found.suppressed:
        made.append(FindingChoice("suppressed", found.suppressed, _address("suppressed"), only == "suppressed"))
    return made


def _kinds(found: RuleFindings, what: str) -> list[FindingChoice]:
    kinds = Counter(one.row.what for one in found.findings if one.row.what)
    return [FindingChoice(kind, count, _address("", kind), what == kind) for kind, count in kinds.most_common(WHATS)]


def _all_told(every: AllFindings) -> dict[str, object]:
    found = every.found
    return {
        "is_looked_at": found is not None,
        "is_current": found is not None and found.is_current,
        "recordings": found.recordings if found else 0,
        "counts": totals(every.rules),
        "changed_since": every.left,
        "rules": [_rule_told(one) for one in (*every.rules, *every.quiet)],
        "problems": list(found.problems) if found else [],
        "suppressions": [
            {
                "rule": one.row.rule,
                "scope": one.row.scope,
                "subject": one.row.subject,
                "path": one.row.path,
                "reason": one.row.reason,
                "until": one.row.until.isoformat() if one.row.until else None,
                "by": one.row.author,
                "is_over": one.is_over,
                "findings": one.count,
            }
            for one in let_be.lines(every)
        ],
    }


def _rule_told(one: RuleFindings) -> dict[str, object]:
    counts = {level: one.levels[level] for level in LEVELS}
    url = reverse("smells:rule", args=[one.name])
    return {**one.told, "counts": counts, "suppressed": one.suppressed, "trend": trend_told(one.name), "url": url}


def _told(one: ShownFinding) -> dict[str, object]:
    row = one.row
    return {
        "rule": row.rule,
        "level": row.level,
        "standing": "counts" if one.counts else "suppressed",
        "reason": one.reason,
        "says": row.says,
        "what": row.what,
        "path": row.path,
        "line": row.line,
        "spots": [{"pointer": pointer, "evidence": evidence} for pointer, evidence in row.spots],
        "others": list(row.others),
        "surplus": row.is_surplus,
        "test": row.test_id,
        "blob": row.blob,
        "identity": row.identity,
    }


app_name = "smells"
urlpatterns = [
    path("smells/", listing, name="listing"),
    path("smells/.json", listing, name="json"),
    path("smells/act", act, name="act"),
    path("smells/let-be/", let_be.show, name="let_be"),
    path("smells/lift", let_be.lift, name="lift"),
    path("smells/<slug:name>", rule, name="rule"),
    path("smells/<slug:name>.json", rule, name="rule_json"),
]
