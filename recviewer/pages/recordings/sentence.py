"""The filters as a sentence: `recordings of responses × that asked gpt-4o ×, not in tests named file_search ×`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from recviewer.catalog.amounts import MOST, amount, span
from recviewer.catalog.filters import FILTERS
from recviewer.catalog.usage_words import is_by_name
from recviewer.catalog.value_words import VERDICT_WORDS
from recviewer.exchange.amounts import counted
from recviewer.language.tree import Term
from recviewer.pages.recordings.facet_markup import NO_VALUE
from recviewer.pages.recordings.list_state import ListState
from recviewer.pages.templatetags.words import size

PHRASES = {
    "suite": "of",
    "kind": "of the kind",
    "provider": "of the provider",
    "model": "that asked",
    "host": "sent to",
    "has": "with",
    "is": "that are",
    "state": "that are",
    "outcome": "that came to",
    "finish": "that ended with",
    "replay": "where replay",
    "smell": "with the finding",
    "file": "of the tests in",
    "test": "in tests named",
    "path": "at paths with",
    "hash": "with the hash",
    "size": "of",
    "chunks": "in",
    "used": "as runs tell",
    "recorder": "written by",
    "author": "recorded by",
    "before": "last changed before",
    "after": "last changed from",
    "month": "last changed in",
    "tag": "tagged",
    "by": "decided by",
    "for": "waiting for",
}
"""The words before the value of each filter, in the order of the sentence."""

_COMPARED = {"gt": "over", "gte": "at least", "lt": "under", "lte": "at most", "exact": "exactly"}
_NAMES = {
    "replay": {"unverifiable": "cannot be checked by a name"},
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in the search box. lead: the words before it; key, value: as typed and as labelled.

    url: removes it.
    """

    lead: str
    key: str
    value: str
    is_negative: bool
    url: str


def chips_of(state: ListState) -> Iterator[Chip]:
    """Yield the filters of a list in the order of the sentence; excluded ones come last."""
    order = list(PHRASES)
    terms = sorted(state.terms, key=lambda term: (term.is_negative, order.index(term.key)))
    before: Term | None = None
    for term in terms:
        lead = PHRASES[term.key]
        if before and (before.key, before.is_negative) == (term.key, term.is_negative):
            is_either = not term.is_negative and not _narrows(term)
            lead = "or" if is_either else "and"
        yield Chip(lead, term.key, _value(term), term.is_negative, state.without(term).address())
        before = term


def _narrows(term: Term) -> bool:
    return FILTERS[term.key].narrows(term.value) if term.key in FILTERS else term.key == "tag"


def _value(term: Term) -> str:
    if term.key in ("size", "chunks"):
        return _amount(term)
    if term.key == "used" and term.value and term.value not in FILTERS["used"].words:
        return f"read by {term.value}" if is_by_name(term.value) else f"read {_amount(term)}"
    words = VERDICT_WORDS if term.key == "state" else FILTERS[term.key].words if term.key in FILTERS else {}
    return words.get(term.value) or term.value or NO_VALUE.get(term.key, "none")


def _amount(term: Term) -> str:
    one, ends = amount(term.value), span(term.value)
    if ends is not None:
        if ends[1] == MOST:
            return f"{_number(term.key, ends[0])} or more"
        return (
            f"{_number(term.key, ends[0])} to {_number(term.key, ends[1])}"
            if ends[0]
            else f"up to {_number(term.key, ends[1])}"
        )
    return f"{_COMPARED[one[0]]} {_number(term.key, one[1])}" if one else term.value


def _number(key: str, number: int) -> str:
    noun = "time" if key == "used" else "chunk"
    return size(number) if key == "size" else counted(number, noun)


def as_text(state: ListState) -> str:
    """Return the URL of the same list with all of it as text in the box."""
    return state.address() + ("&" if state.address() != "?" else "") + "text=1"


def without_all(state: ListState) -> str:
    """Return the URL of the list without filters and words."""
    return replace(state, terms=(), words="", page=1).address()
