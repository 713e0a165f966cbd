"""`/complete`: completions for the search box, filters first, then their values with the number of results."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from recviewer.catalog.columns import FACETS
from recviewer.catalog.filters import FILTERS, HAS, IS, SAID, Recordings
from recviewer.catalog.groups import groups_of
from recviewer.catalog.state import stable_state
from recviewer.language.tree import Term, quoted
from recviewer.pages.recordings import parts_offered
from recviewer.pages.recordings.facet_markup import FACET_WORDS
from recviewer.pages.recordings.facets import counts_of, flags_of, narrowed, verdict_counts
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.site.numbers import whole
from recviewer.review import filters as said
from recviewer.review import mentions
from recviewer.review.narrowing import KEYS, PASTE_LIMIT, read
from recviewer.review.said import condition, people

SHOWN = 8
"""Maximum number of values offered."""

BAR = 100
"""Length of the bar of the most frequent value."""

_TYPED = re.compile(r'(?:^|(?<=[\s(]))(-?)(?:(\w+):)?("?)([^\s"()]*)$')
_PARTS = re.compile(r"[^\W_]+")
_SAID_MEANING = {
    "state": "what was decided",
    "tag": "tag of a reviewer",
    "by": "who decided",
    "for": "whom it waits for",
}
_SAID_EXAMPLE = {"state": "state:undecided", "tag": "tag:flaky", "by": "by:Ana", "for": "for:Ana"}


@dataclass(frozen=True, slots=True)
class Completion:
    """One completion. take: the text that replaces the word. head, hit, tail: its name in three pieces.

    goes_on: it is a filter's name, and its value comes next. count, bar: its results, None if not counted.
    """

    take: str
    head: str
    hit: str
    tail: str
    meaning: str = ""
    example: str = ""
    count: int | None = None
    bar: int = 0
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class CompletionSheet:
    """The completions. start, end: the range of the text that is replaced.

    key: of the filter whose values they are, "" for names.
    """

    key: str
    meaning: str
    total: int
    start: int
    end: int
    lines: tuple[Completion, ...]


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Offer completions at a position of the text; none if no word can be completed."""
    text = request.GET.get("q", "")[:PASTE_LIMIT]
    at = whole(request.GET.get("at", ""), -1)
    at = len(text) if at < 0 else min(at, len(text))
    found = _TYPED.search(text[:at])
    if found is None or text[: found.start()].count('"') % 2:
        return HttpResponse(status=204)
    sign, key, quote, letters = found.groups()
    state = ListState.of(request.GET)
    rest = replace(state, words="", page=1).with_asked(read(f"{text[: found.start()]} {text[at:]}"))
    if key is None and not quote:
        sheet = _names(sign, letters, found.start(), at, typed=text)
    elif key in KEYS:
        sheet = _values(rest, sign, key, letters, found.start(), at)
    else:
        return HttpResponse(status=204)
    return render(request, "recordings/_completion.html", {"sheet": sheet}) if sheet.lines else HttpResponse(status=204)


def _names(sign: str, letters: str, start: int, end: int, *, typed: str) -> CompletionSheet:
    """Offer filters whose names begin with the letters; all of them if the box is empty."""
    order = ("model", "has", "is", *(key for key in KEYS if key not in ("model", "has", "is")))
    some = [key for key in order if key.startswith(letters.casefold()) and (letters or not typed.strip() or sign)]
    lines = [
        Completion(f"{sign}{key}:", "", key[: len(letters)], f"{key[len(letters) :]}:", *_about(key), goes_on=True)
        for key in some
    ]
    return CompletionSheet("", "", 0, start, end, tuple(lines))


def _about(key: str) -> tuple[str, str]:
    if key in FILTERS:
        return FILTERS[key].meaning, FILTERS[key].example
    return _SAID_MEANING[key], _SAID_EXAMPLE[key]


def _values(state: ListState, sign: str, key: str, letters: str, start: int, end: int) -> CompletionSheet:
    """Offer values of a filter, each with the results of the whole query."""
    stable = stable_state()
    together = ("has", "is", "tag", "for", *parts_offered.KEYS)
    alone = replace(state, terms=tuple(term for term in state.terms if term.key != key or key in together))
    counts = counts_of(alone, stable, is_faulty=False)[1]
    if key in parts_offered.KEYS:
        offered = _parts(alone, key, letters, stable)
        most = max((count or 0 for count in offered.values()), default=0)
        parts = tuple(_line(sign, key, value, count, most, letters, {}) for value, count in offered.items())
        return CompletionSheet(key, _about(key)[0], counts.total, start, end, parts)
    words = FACET_WORDS.get(key) or (FILTERS[key].words if key in FILTERS else {})
    found = _counted(
        alone,
        key,
        dict(counts.by_facet.get("month" if key in ("before", "after") else key, ())),
        counts.total,
        stable,
    )
    ranked = sorted(
        found.items(), key=lambda one: (_rank(one[0], words.get(one[0], ""), letters), -(one[1] or 0), one[0])
    )
    fitting = [one for one in ranked if one[0] and _rank(one[0], words.get(one[0], ""), letters) < _NO]
    most = max((count or 0 for _, count in fitting[:SHOWN]), default=0)
    lines = [_line(sign, key, value, count, most, letters, words) for value, count in fitting[:SHOWN]]
    return CompletionSheet(key, _about(key)[0], counts.total, start, end, tuple(lines))


def _parts(state: ListState, key: str, letters: str, stable: str) -> Mapping[str, int | None]:
    if key != "test":
        return parts_offered.offered(key, narrowed(state, None, stable).order_by(), letters, SHOWN)
    columns, flags = flags_of(state, stable)
    return parts_offered.functions(groups_of(columns, stable).by_test(flags), letters, SHOWN)


def _counted(state: ListState, key: str, facet: Mapping[str, int], total: int, stable: str) -> Mapping[str, int | None]:
    """Return the possible values of a filter, each with its number of results; None if not counted."""
    if key in FACETS and facet:
        return facet
    if key in ("before", "after"):
        return dict.fromkeys(sorted((month for month in facet if month), reverse=True))
    if key == "state":
        return dict(verdict_counts(state, total, stable))
    left = narrowed(state, None, stable).order_by()
    if key == "tag":
        return {label.name: count for label, count in said.tag_counts(left)}
    if key == "by":
        return _aggregated(left, {name: condition(Term("by", name)) for name in sorted(set(people()))[:SHOWN]})
    if key == "for":
        return _aggregated(left, {name: condition(Term("for", name)) for name in mentions.people()[:SHOWN]})
    if key in ("has", "is"):
        known = HAS if key == "has" else IS
        return _aggregated(left, known) | dict.fromkeys(SAID[key])
    return {}


def _aggregated(left: Recordings, conditions: Mapping[str, Q]) -> dict[str, int | None]:
    names = list(conditions)
    row = left.aggregate(**{f"n{at}": Count("pk", filter=conditions[name]) for at, name in enumerate(names)})
    return {name: row[f"n{at}"] for at, name in enumerate(names)}


_NO = 3


def _rank(value: str, word: str, letters: str) -> int:
    """Rank a match: 0 prefix, 1 substring, 2 match of its label on pages, `_NO` no match."""
    typed, text = letters.casefold(), value.casefold()
    if text.startswith(typed):
        return 0
    if any(text.startswith(typed, part.start()) for part in _PARTS.finditer(text)):
        return 1
    return 2 if word.casefold().startswith(typed) else _NO


def _line(
    sign: str, key: str, value: str, count: int | None, most: int, letters: str, words: Mapping[str, str]
) -> Completion:
    at = value.casefold().find(letters.casefold()) if letters and len(value) == len(value.casefold()) else -1
    cut = (0, 0) if at < 0 else (at, at + len(letters))
    bar = max(1, round(BAR * count / most)) if count and most else 0
    meaning = words.get(value, "")
    return Completion(
        f"{sign}{key}:{quoted(value)} ",
        value[: cut[0]],
        value[cut[0] : cut[1]],
        value[cut[1] :],
        meaning if meaning != value else "",
        count=count,
        bar=bar,
    )


app_name = "completing"
urlpatterns = [path("complete", show, name="show")]
