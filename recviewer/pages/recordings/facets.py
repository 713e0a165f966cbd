"""The counts beside the list, rendered, and the recordings that a list's query string selects."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from urllib.parse import quote_plus

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from recviewer.bounded.cache import Recent
from recviewer.catalog import facets
from recviewer.catalog.facets import Columns, Counts
from recviewer.catalog.filters import FILTERS, Recordings
from recviewer.catalog.prepared import prepared
from recviewer.catalog.state import stable_state
from recviewer.catalog.usage_words import WORDS as USED_WORDS
from recviewer.catalog.value_words import KIND_WORDS, OUTCOME_WORDS, REPLAY_WORDS, SMELL_WORDS, VERDICT_WORDS
from recviewer.language.tree import Term
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.templatetags.words import bare, brief
from recviewer.review import filters as said
from recviewer.review import narrowing, standing
from recviewer.review.models import Note
from recviewer.review.said import condition
from recviewer.review.said import people as people_of
from recviewer.smells import rules

FACET_SHOWN = 6
LISTED = 40
"""Values of a facet that are listed, besides selected ones; the search box accepts all others."""
_printed = Recent[Hashable, SafeString](200, weigh=len, limit=2_000_000)
"""The key contains everything that the markup of a facet depends on."""


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its first values, rendered, and a fold with the rest.

    left: size of the fold; none: values with zero recordings.
    """

    label: str
    values: tuple[SafeString, ...]
    more: tuple[SafeString, ...]
    left: int = 0
    none: int = 0


def narrowed(state: ListState, terms: Iterable[Term] | None = None, stable: str | None = None) -> Recordings:
    """Return the recordings that match a state, or other terms with its words.

    stable: the result of `catalog.state.stable_state`, if the caller has it.
    """
    if stable is None:
        stable = stable_state() if state.words else ""
    return narrowing.narrowed(state.terms if terms is None else terms, state.words, state=stable)


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
} | {key: dict(zip(facets.SPANS[key], words, strict=True)) for key, words in _SPAN_WORDS.items()}
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
_YES = {"streamed": Term("is", "streamed"), "note": Term("has", "note")}


_whole = Recent[str, Counts](2)
_left = Recent[tuple[object, ...], Counts](64, state_of=itemgetter(0))


def whole_counts(columns: Columns, stable: str) -> Counts:
    """Return the counts of the whole tree."""

    def make() -> Counts:
        return facets.counts(columns, columns.all, ())

    return _whole.made(stable, make) if stable else make()


def counts_of(
    state: ListState, stable: str, *, is_faulty: bool, known: tuple[Columns, int] | None = None
) -> tuple[Counts, Counts]:
    """Return the counts of the whole tree and of what matches a state; an invalid state matches nothing.

    known: the result of `columns_left`, if the caller has it.
    """
    columns = known[0] if known else facets.columns(stable)
    whole = whole_counts(columns, stable)
    if not state.terms and not state.words:
        return whole, whole

    def left() -> Counts:
        base = 0 if is_faulty else known[1] if known else _base(columns, state, stable)
        return facets.counts(columns, base, state.terms)

    if not stable or narrowing.holds_said(state.terms, state.words):
        return whole, left()
    return whole, _left.made((stable, state.terms, state.words), left)


def _base(columns: Columns, state: ListState, stable: str) -> int:
    """Return the recordings that match the words and the filters that columns do not answer."""
    beyond = facets.beyond(state.terms)
    if not beyond and not state.words:
        return columns.all
    is_kept = stable and not narrowing.holds_said(beyond, state.words)
    key = (stable, state.words, tuple(beyond)) if is_kept else None
    return facets.mask_of(columns, lambda: narrowed(state, beyond, stable), key=key)


def page_of(state: ListState, stable: str, order: tuple[str, ...], span: slice) -> list[int] | None:
    """Return the ids of the recordings of a page, in order; None if only the database can tell.

    order: columns of the database. span: the slice of the results. This avoids sorting the hits of a search anew for
    each page, and fetching what is not shown.
    """
    if not stable or narrowing.holds_said(state.terms, state.words):
        return None
    columns, left = columns_left(state, stable)
    return facets.page_of(columns, left, state.terms, order, span, state=stable)


def columns_left(state: ListState, stable: str) -> tuple[Columns, int]:
    """Return the columns, and the recordings that match the words and the filters that columns do not answer."""
    columns = facets.columns(stable)
    return columns, _base(columns, state, stable)


def flags_of(state: ListState, stable: str) -> tuple[Columns, bytes]:
    """Return the columns, and the recordings that match a state, as one byte for each index."""
    columns, left = columns_left(state, stable)
    return columns, facets.flags_of(columns, left, state.terms)


_VERDICTS = ("undecided", "approved", "rejected", "delete")


def _verdicts(counts: Mapping[str, int]) -> tuple[str, ...]:
    return (*_VERDICTS, said.OLDER_RULE) if said.OLDER_RULE in counts else _VERDICTS


_counts = Recent[Hashable, tuple[tuple[object, ...], dict[str, int]]](64)
"""By catalog, filters and words: the state of decisions when they were counted, and the counts."""


def verdict_counts(state: ListState, total: int, stable: str) -> dict[str, int]:
    """Return how many recordings have each verdict, whatever verdict is filtered for, and how many wait under an older
    rule.

    They are counted once while nothing is indexed; later decisions are added. total: how many recordings match the
    filters.
    """
    without_state = [term for term in state.terms if term.key != "state"]
    whole = total if len(without_state) == len(state.terms) else None
    if not stable or narrowing.holds_said(without_state, state.words):
        plain = narrowed(state, without_state, stable)
        return said.verdict_counts(plain, total=whole) | {said.OLDER_RULE: said.count_older(plain)}
    key, now = (stable, tuple(without_state), state.words), standing.state()
    then, known = _counts.get(key) or ((), None)
    if known is not None and then == now:
        return known
    plain = narrowed(state, without_state, stable)
    found = said.counts_since(plain, known, then, now) if known is not None else None
    if found is None:
        found = said.verdict_counts(plain, total=whole)
    found = found | {said.OLDER_RULE: said.count_older(plain)}
    if standing.state() == now:  # otherwise they may include a later verdict, which would be added a second time
        _counts.put(key, (now, found))
    return found


def printed_facets(state: ListState, counted: Counts, stable: str) -> SafeString:
    """Return the counts beside the list, rendered. stable: as in `narrowed`."""
    verdicts = dict(verdict_counts(state, counted.total, stable))  # cached counts must not be changed
    is_asked = any(term.key == "state" and term.value == said.OLDER_RULE for term in state.terms)
    if not verdicts[said.OLDER_RULE] and not is_asked:
        del verdicts[said.OLDER_RULE]
    shown = [(value, verdicts.get(value, 0)) for value in _verdicts(verdicts)]
    said_of = {"state": shown} | _said_counts(state, stable)
    whole = replace(state, page=1)
    key = (whole, repr(said_of), repr(counted))

    def make() -> SafeString:
        groups = {"state": said_of["state"]} | counted.by_facet | {key: said_of[key] for key in ("by", "tag", "note")}
        if not counted.total:  # a column of zeros helps nobody; the active filters are in the box
            groups = {key: counts for key, counts in groups.items() if any(count for _, count in counts)}
        made = [_facet(whole, key, counts) for key, counts in groups.items()]
        return render_to_string("recordings/_facets.html", {"facets": list(filter(None, made)), "on": len(state.terms)})

    return _printed.made(key, make)


_said = Recent[Hashable, dict[str, list[tuple[str, int]]]](64)
"""By catalog, state of what people said, filters and words: the counts of tags, reviewers and notes."""


def _said_counts(state: ListState, stable: str) -> dict[str, list[tuple[str, int]]]:
    """Return how many recordings have each tag, reviewer and note, cached while nothing is said or indexed."""

    def count() -> dict[str, list[tuple[str, int]]]:
        tags = [(label.name, count) for label, count in said.tag_counts(_without(state, stable, "tag"))]
        return {"tag": tags, "by": _reviewers(state, stable), "note": _notes(state, stable)}

    if not stable or narrowing.holds_said(state.terms, state.words):
        return count()
    return _said.made((stable, standing.state(), state.terms, state.words), count)


def _without(state: ListState, stable: str, key: str) -> Recordings:
    """Return the recordings without the filter of one facet on what people said."""
    own = _YES.get(key, Term(key, ""))
    kept = [term for term in state.terms if (term.key, term.value) != (own.key, own.value or term.value)]
    return narrowed(state, kept, stable)


def _reviewers(state: ListState, stable: str) -> list[tuple[str, int]]:
    people = sorted(set(people_of()))
    if len(people) < 2:
        return []
    plain = _without(state, stable, "by")
    counts = [(name, plain.filter(condition(Term("by", name))).count()) for name in people[:LISTED]]
    return sorted(counts, key=lambda one: (-one[1], one[0]))


@prepared
def _any_note() -> QuerySet[Note, int]:
    return Note.objects.filter(withdrawn_at=None).values_list("pk", flat=True)[:1]


def _notes(state: ListState, stable: str) -> list[tuple[str, int]]:
    if not _any_note():
        return []
    plain = _without(state, stable, "note")
    noted = plain.filter(condition(_YES["note"])).count()
    return [("yes", noted), ("no", plain.count() - noted)]


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
        if opposite in self.state.terms or self.facet in _YES:
            return self.state.without(opposite).toggled(term).address()
        return (self.minus if is_out else self.plus).replace(_PLACE, quote_plus(term.value))


def _facet(state: ListState, key: str, counts: Sequence[tuple[str, int]]) -> Facet | None:
    """Return a facet with its values, None if there is nothing to choose."""
    terms = {value: _term(key, value) for value, _ in counts}
    on = {value for value, term in terms.items() if term in state.terms}
    out = set() if key in _YES else {value for value, term in terms.items() if _opposite(term) in state.terms}
    some = [one for one in counts if one[1] or one[0] in on | out]
    if len(some) < 2 and not on | out and key != "state":
        return None
    zeros = [one for one in counts if not one[1] and one[0] not in on | out]
    filled = [*some, *zeros[: max(0, FACET_SHOWN - len(some))]]
    listed = [one for at, one in enumerate(filled) if at < LISTED or one[0] in on | out]
    links = _Links.of(state, key, terms[counts[0][0]].key)
    values = [_value(links, key, value, count, terms[value], value in on, value in out) for value, count in listed]
    shown = max(FACET_SHOWN, max((at + 1 for at, (value, _) in enumerate(listed) if value in on | out), default=0))
    shown += len(values) == shown + 1
    label = _LABELS.get(key) or FILTERS[key].label
    return Facet(
        label, tuple(values[:shown]), tuple(values[shown:]), len(filled) - len(listed), len(counts) - len(filled)
    )


def _term(key: str, value: str) -> Term:
    if key in _YES:
        return replace(_YES[key], is_negative=value == "no")
    return Term(key, value)


def _opposite(term: Term) -> Term:
    return replace(term, is_negative=not term.is_negative)


def _value(links: _Links, key: str, value: str, count: int, term: Term, is_on: bool, is_out: bool) -> SafeString:
    """Render one value: a link that selects or deselects it, and one that excludes it.

    Called often, so without a template.
    """
    name = (
        FACET_WORDS.get(key, {}).get(value) or (_file(value) if key == "file" else value) or NO_VALUE.get(key, "none")
    )
    label, title = brief(name), bare(value or name)
    if narrowing.written(value) > narrowing.VALUES_LIMIT or (not count and not is_on and not is_out):
        return format_html(_NO_LINK, title, label, f"{count:,}")
    opposite = _opposite(term)
    url = links.to(opposite, term, is_out=True) if is_out else links.to(term, opposite, is_out=False)
    if is_out:
        return format_html(_OUT, url, title, label, f"{count:,}")
    if is_on or key in _YES:
        return format_html(_ON if is_on else _LINK, url, title, label, f"{count:,}")
    return format_html(_LINK + _MINUS, url, title, label, f"{count:,}", links.to(opposite, term, is_out=True), title)


_INSIDE = '<span class="facet-label">{}</span><span class="facet-count">{}</span>'
_NO_LINK = f'<span class="facet facet-none" title="{{}}">{_INSIDE}</span>'
_LINK = f'<a class="facet" href="{{}}" title="{{}}">{_INSIDE}</a>'
_ON = f'<a class="facet" href="{{}}" aria-current="true" title="{{}}">{_INSIDE}</a>'
_OUT = (
    '<a class="facet" href="{}" data-out title="{}"><span class="facet-label">not {}</span>'
    '<span class="facet-count">−{}</span></a>'
)
_MINUS = '<a class="facet-minus" href="{}" aria-label="leave out {}" title="leave out">−</a>'


def _file(path: str) -> str:
    return path.rpartition("/")[2].removeprefix("test_").removesuffix(".py")
