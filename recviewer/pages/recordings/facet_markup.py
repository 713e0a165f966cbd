"""The facets beside the list, rendered: every value is a link that adds its filter or removes it.

A page has three hundred values: a template would take several times as long.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import quote_plus

from django.utils.safestring import SafeString

from recviewer.catalog import columns
from recviewer.catalog.filters import FILTERS
from recviewer.catalog.usage_words import WORDS as USED_WORDS
from recviewer.catalog.value_words import KIND_WORDS, OUTCOME_WORDS, REPLAY_WORDS, SMELL_WORDS, VERDICT_WORDS
from recviewer.language.tree import Term
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.templatetags.words import bare, brief
from recviewer.pages.text.markup import filled, joined
from recviewer.review import narrowing
from recviewer.smells import rules

FACET_SHOWN = 6
LISTED = 40
"""Values of a facet that are listed, besides selected ones; the search box accepts all others."""

_SPAN_WORDS = {
    "size": ("under 1 kB", "1 to 10 kB", "10 to 100 kB", "100 kB and more"),
    "chunks": ("none", "1 to 10", "11 to 50", "51 to 200", "over 200"),
}
FACET_WORDS = {
    "replay": REPLAY_WORDS,
    "smell": {rule.name: rule.each for rule in rules()} | SMELL_WORDS,
    "used": USED_WORDS,
    "kind": KIND_WORDS,
    "outcome": OUTCOME_WORDS,
    "state": VERDICT_WORDS,
    "streamed": {"yes": "streamed", "no": "not streamed"},
    "note": {"yes": "with a note", "no": "without"},
} | {key: dict(zip(columns.SPANS[key], words, strict=True)) for key, words in _SPAN_WORDS.items()}
NO_VALUE = {
    "model": "no model",
    "host": "no host",
    "suite": "no suite",
    "provider": "no provider",
    "file": "no test",
    "finish": "no finish",
    "month": "no commit",
    "author": "no commit",
    "recorder": "not told",
    "smell": "nothing found",
    "used": "no run says",
}
_LABELS = {"streamed": "Streamed", "state": "Verdict", "tag": "Tag", "by": "Reviewer", "note": "Note"}
YES = {"streamed": Term("is", "streamed"), "note": Term("has", "note")}
"""Facets that are a yes or a no, and the filter for yes."""

_FACETS = """<details class="facets-fold" data-facets-fold open>
  <summary>Filters{on}</summary>
{facets}</details>
"""
_FACET = """  <section class="facet-group">
    <h2 class="side-head">{label}</h2>
    <ul data-follows="facet {label}">{values}</ul>
{none}{more}  </section>
"""
_NONE = '    <p class="facet-rest">{} other{}: none</p>\n'
_MORE = """    <details class="facet-more">
      <summary>{} more</summary>
      <ul>{}</ul>
      {}
    </details>
"""
_LEFT = '<p class="quiet">and {} more: search for them by name</p>'
_ITEM = "<li>{}</li>"
_INSIDE = '<span class="facet-label">{}</span><span class="facet-count">{}</span>'
_NO_LINK = f'<span class="facet facet-none" title="{{}}">{_INSIDE}</span>'
_LINK = f'<a class="facet" href="{{}}" title="{{}}">{_INSIDE}</a>'
_ON = f'<a class="facet" href="{{}}" aria-current="true" title="{{}}">{_INSIDE}</a>'
_OUT = (
    '<a class="facet" href="{}" data-out title="{}"><span class="facet-label">not {}</span>'
    '<span class="facet-count">−{}</span></a>'
)
_MINUS = '<a class="facet-minus" href="{}" aria-label="leave out {}" title="leave out">−</a>'


def facets_html(state: ListState, groups: Mapping[str, Sequence[tuple[str, int]]]) -> SafeString:
    """Return the facets. groups: for each facet, (value, count) in order. state: of the list, on its first page."""
    made = joined(filter(None, (_facet(state, key, counts) for key, counts in groups.items())))
    on = len(state.terms)
    return filled(
        _FACETS,
        on=f" · {on} on" if on else "",
        facets=made or SafeString('  <p class="quiet">Every count is 0.</p>\n'),
    )


def _facet(state: ListState, key: str, counts: Sequence[tuple[str, int]]) -> SafeString | None:
    """Return a facet with its first values, and a fold with the others; None if there is nothing to choose."""
    terms = {value: term_of(key, value) for value, _ in counts}
    on = {value for value, term in terms.items() if term in state.terms}
    out = set() if key in YES else {value for value, term in terms.items() if _opposite(term) in state.terms}
    some = [one for one in counts if one[1] or one[0] in on | out]
    if len(some) < 2 and not on | out and key != "state":
        return None
    zeros = [one for one in counts if not one[1] and one[0] not in on | out]
    filled_up = [*some, *zeros[: max(0, FACET_SHOWN - len(some))]]
    listed = [one for at, one in enumerate(filled_up) if at < LISTED or one[0] in on | out]
    links = _Links.of(state, key, terms[counts[0][0]].key)
    values = [_value(links, key, value, count, terms[value], value in on, value in out) for value, count in listed]
    shown = max(FACET_SHOWN, max((at + 1 for at, (value, _) in enumerate(listed) if value in on | out), default=0))
    shown += len(values) == shown + 1
    none = len(counts) - len(filled_up)
    return filled(
        _FACET,
        label=_LABELS.get(key) or FILTERS[key].label,
        values=_items(values[:shown]),
        none=filled(_NONE, f"{none:,}", "" if none == 1 else "s") if none else "",
        more=_more(values[shown:], len(filled_up) - len(listed)),
    )


def _more(values: Sequence[SafeString], left: int) -> SafeString:
    """Return the fold with further values. left: how many more there are that are not listed."""
    if not values:
        return SafeString()
    return filled(_MORE, f"{len(values) + left:,}", _items(values), filled(_LEFT, f"{left:,}") if left else "")


def _items(values: Iterable[SafeString]) -> SafeString:
    return joined(filled(_ITEM, value) for value in values)


_PLACE = "zzPLACEzz"
"""Placeholder for the value of a filter in a URL: building a URL for each value takes ten times as long."""


@dataclass(frozen=True, slots=True)
class _Links:
    """The links of a facet's values."""

    state: ListState
    facet: str
    plus: str
    minus: str

    @classmethod
    def of(cls, state: ListState, facet: str, key: str) -> _Links:
        added = [replace(state, terms=(*state.terms, Term(key, _PLACE, out))).address() for out in (False, True)]
        return cls(state, facet, *added)

    def to(self, term: Term, opposite: Term, *, is_out: bool) -> str:
        """Return the URL with a term added, or removed if it is there."""
        if term in self.state.terms:
            return self.state.without(term).address()
        if opposite in self.state.terms or self.facet in YES:
            return self.state.without(opposite).toggled(term).address()
        return (self.minus if is_out else self.plus).replace(_PLACE, quote_plus(term.value))


def term_of(key: str, value: str) -> Term:
    """Return the filter for a value of a facet."""
    if key in YES:
        return replace(YES[key], is_negative=value == "no")
    return Term(key, value)


def _opposite(term: Term) -> Term:
    return Term(term.key, term.value, not term.is_negative)


def _value(links: _Links, key: str, value: str, count: int, term: Term, is_on: bool, is_out: bool) -> SafeString:
    """Return one value: a link that selects or deselects it, and one that excludes it."""
    title, label, is_long = _names(key, value)
    number = f"{count:,}"
    if is_long or (not count and not is_on and not is_out):
        return filled(_NO_LINK, title, label, number)
    opposite = _opposite(term)
    url = links.to(opposite, term, is_out=True) if is_out else links.to(term, opposite, is_out=False)
    if is_out:
        return filled(_OUT, url, title, label, number)
    if is_on or key in YES:
        return filled(_ON if is_on else _LINK, url, title, label, number)
    return filled(_LINK + _MINUS, url, title, label, number, links.to(opposite, term, is_out=True), title)


@lru_cache(2_000)
def _names(key: str, value: str) -> tuple[SafeString, SafeString, bool]:
    """Return the title and the label of a value as markup, and whether it is too long for a URL."""
    name = (
        FACET_WORDS.get(key, {}).get(value) or (_file(value) if key == "file" else value) or NO_VALUE.get(key, "none")
    )
    return filled("{}", bare(value or name)), brief(name), narrowing.written(value) > narrowing.VALUES_LIMIT


def _file(path: str) -> str:
    return path.rpartition("/")[2].removeprefix("test_").removesuffix(".py")
