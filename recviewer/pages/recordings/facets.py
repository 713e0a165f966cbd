"""The counts beside the list, printed, and the recordings that a list's address leaves."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from recviewer.catalog.facets import Counts
from recviewer.catalog.filters import FACETS, FILTERS, Recordings
from recviewer.catalog.freshness import settled
from recviewer.catalog.value_words import KIND_WORDS, OUTCOME_WORDS, REPLAY_WORDS, VERDICT_WORDS
from recviewer.language.tree import Term
from recviewer.pages.recordings.listing import ListState
from recviewer.pages.templatetags.words import bare, brief
from recviewer.recent import Recent
from recviewer.review import filters as said
from recviewer.review import narrowing, standing

FACET_SHOWN = 6
LISTED = 60
"""Values of a facet that are listed, and those that are chosen; the search box takes all others."""
_printed = Recent[Hashable, SafeString](200)
"""The key names everything that the markup of a facet depends on."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet. url: toggles it, "" for one that is too long for a filter. is_on: chosen; is_out: left out."""

    label: str
    title: str
    count: str
    url: str
    is_on: bool
    is_out: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its first values, and the rest behind a fold. left: how many are behind that."""

    label: str
    values: tuple[Value, ...]
    more: tuple[Value, ...]
    left: int = 0


def narrowed(state: ListState, terms: Iterable[Term] | None = None, kept_for: str | None = None) -> Recordings:
    """Return the recordings that a state, or other terms with its words, leave.

    kept_for: what `freshness.settled` says, for who knows it already.
    """
    if kept_for is None:
        kept_for = settled() if state.words else ""
    return narrowing.narrowed(state.terms if terms is None else terms, state.words, state=kept_for)


FACET_WORDS = {"replay": REPLAY_WORDS, "kind": KIND_WORDS, "outcome": OUTCOME_WORDS}
NO_VALUE = {"model": "no model", "host": "no host", "suite": "no suite"}
_VERDICTS = ("undecided", "approved", "rejected", "delete")


def _verdicts(counts: Mapping[str, int]) -> tuple[str, ...]:
    return (*_VERDICTS, said.OLDER_RULE) if said.OLDER_RULE in counts else _VERDICTS


_counts = Recent[Hashable, tuple[tuple[object, ...], dict[str, int]]](64)
"""By catalog, filters and words: what was decided when they were counted, and the counts."""


def verdict_counts(state: ListState, total: int, kept_for: str) -> dict[str, int]:
    """Return how many recordings are in each state, whatever state is asked for, and how many wait under an older rule.

    They are counted once for as long as nothing is indexed; what is decided meanwhile is added. total: how many the
    filters leave.
    """
    without_state = [term for term in state.terms if term.key != "state"]
    plain = narrowed(state, without_state, kept_for)
    whole = total if len(without_state) == len(state.terms) else None
    if not kept_for or narrowing.holds_said(without_state, state.words):
        return said.verdict_counts(plain, total=whole) | {said.OLDER_RULE: said.count_older(plain)}
    key, now = (kept_for, tuple(without_state), state.words), standing.state()
    then, known = _counts.get(key) or ((), None)
    if known is not None and then == now:
        return known
    found = said.counts_since(plain, known, then, now) if known is not None else None
    if found is None:
        found = said.verdict_counts(plain, total=whole)
    found = found | {said.OLDER_RULE: said.count_older(plain)}
    if standing.state() == now:  # else they may hold a later verdict, which would be added to them once more
        _counts.put(key, (now, found))
    return found


def printed_facets(state: ListState, counted: Counts, kept_for: str) -> SafeString:
    """Return the counts beside the list, printed. kept_for: as in `narrowed`."""
    verdicts = dict(verdict_counts(state, counted.total, kept_for))  # those that are kept stay as they are
    is_asked = any(term.key == "state" and term.value == said.OLDER_RULE for term in state.terms)
    if not verdicts[said.OLDER_RULE] and not is_asked:
        del verdicts[said.OLDER_RULE]
    tags = [(label.name, count) for label, count in said.tag_counts(narrowed(state, None, kept_for))]
    whole = replace(state, page=1)
    key = (whole, tuple(verdicts.items()), tuple(tags), repr(counted))

    def make() -> SafeString:
        made = [_facet(whole, "state", "Verdict", [(value, verdicts.get(value, 0)) for value in _verdicts(verdicts)])]
        made += [_facet(whole, key, FILTERS[key].label, counted.by_facet[key]) for key in FACETS]
        made += [_facet(whole, "tag", "Tag", tags)] if tags else []
        shown = [facet for facet in made if len(facet.values) > 1 or any(value.is_on for value in facet.values)]
        return render_to_string("recordings/_facets.html", {"facets": shown, "on": len(state.terms)})

    return _printed.made(key, make)


def _facet(state: ListState, key: str, label: str, counts: Sequence[tuple[str, int]]) -> Facet:
    words = VERDICT_WORDS if key == "state" else FACET_WORDS.get(key, {})
    values = []
    chosen = {term.value for term in state.terms if term.key == key}
    listed = [one for at, one in enumerate(counts) if at < LISTED or one[0] in chosen]
    for value, count in listed:
        term, out = Term(key, value), Term(key, value, is_negative=True)
        is_out = out in state.terms
        fits = narrowing.written(value) <= narrowing.VALUES_LIMIT
        url = state.without(out).address() if is_out else state.toggled(term).address() if fits else ""
        name = words.get(value) or value or NO_VALUE.get(key, "none")
        is_on = term in state.terms
        said_count = f"{count:,}" if count else ""
        values.append(Value(brief(name), bare(name), said_count, url, is_on, is_out))
    shown = max(FACET_SHOWN, max((n + 1 for n, value in enumerate(values) if value.is_on), default=0))
    if len(values) == shown + 1:
        shown += 1
    return Facet(label, tuple(values[:shown]), tuple(values[shown:]), len(counts) - len(listed))
