"""One reading of what people ask for: the page, `recviewer search` and `recviewer export --query` read a query here.

Filters on what a recording is are the catalog's; those on what people said of it (`state:`, `tag:`) are added here.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import quote_plus

from django.db.models import Q

from recviewer.catalog import filters, search
from recviewer.catalog.filters import FILTERS, Recordings, Term, canonical, either
from recviewer.catalog.models import Recording
from recviewer.catalog.named import named
from recviewer.catalog.pasted import hash_in, is_path, understood
from recviewer.catalog.value_words import VERDICT_WORDS
from recviewer.review.filters import with_none_of, with_tags, with_verdict

REVIEW_KEYS = ("state", "tag")
"""Filters on what people said."""

KEYS = ("state", *FILTERS, "tag")

TERM_LIMIT = 20
"""Filters of a query that are used."""

VALUES_LIMIT = 3_000
"""Characters that their values may have together, and as many the words, as an address writes them: each link has them."""

PASTE_LIMIT = 10_000
"""Characters that are read of what was typed or pasted."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for. words: for the full-text search, as `catalog.search` takes them apart.

    left_out: filters that are not used, since there are too many. cut: sentences on words that are not.
    """

    terms: tuple[Term, ...]
    words: str
    left_out: int = 0
    cut: tuple[str, ...] = ()

    @property
    def hints(self) -> tuple[str, ...]:
        """Sentences on what was asked for and is not used."""
        return (*on_filters(self.left_out), *self.cut)

    @property
    def faults(self) -> tuple[str, ...]:
        """Sentences on the terms whose values make no sense."""
        return tuple(dict.fromkeys(filter(None, map(fault, self.terms))))


def read(text: str) -> Asked:
    """Read what a person typed or pasted: filters, words, or a line that pytest printed."""
    found, words = filters.parse_typed(understood(text[:PASTE_LIMIT]), KEYS)
    terms, left_out = bounded(dict.fromkeys(map(_meant, found)))
    return Asked(terms, fitting(words), left_out, on_words(words))


def written(text: str) -> int:
    """Return how many characters a text has in an address."""
    return len(quote_plus(text, errors="replace"))


def fitting(words: str) -> str:
    """Return the beginning of what was typed that is searched for."""
    fits = words[: search.TEXT_LIMIT]
    while (length := written(fits)) > VALUES_LIMIT:
        fits = fits[: len(fits) * VALUES_LIMIT // length]
    return fits


def bounded(terms: Iterable[Term]) -> tuple[tuple[Term, ...], int]:
    """Return the first of some filters, as many as a query may hold, and how many were left out."""
    every, used, length = tuple(terms), list[Term](), 0
    for term in every:
        length += written(term.value)
        if len(used) < TERM_LIMIT and length <= VALUES_LIMIT:
            used.append(term)
    return tuple(used), len(every) - len(used)


def on_filters(left_out: int) -> tuple[str, ...]:
    """Return a sentence on filters that are not used, () where none is left out."""
    if not left_out:
        return ()
    were = "filter was" if left_out == 1 else "filters were"
    return (
        f"{left_out:,} {were} left out: a query holds {TERM_LIMIT} at most, of {VALUES_LIMIT:,} characters together.",
    )


def on_words(words: str) -> tuple[str, ...]:
    """Return a sentence on words that are not searched for, () where all are. words: as they were typed."""
    if search.has_more(words):
        return (f"Only the first {search.WORD_LIMIT} words were searched for.",)
    fits = fitting(words)
    if len(fits) < len(words):
        return (f"Only the first {len(fits):,} characters were searched for.",)
    return ()


def _meant(term: Term) -> Term:
    if term.key != "state":
        return term
    return Term(term.key, canonical(VERDICT_WORDS, term.value), term.is_negative)


def fault(term: Term) -> str:
    """Return a sentence on a term whose value makes no sense, "" for any other. The key is one of KEYS."""
    if term.key in FILTERS:
        return filters.fault(term)
    if term.key == "state":
        takes = "" if term.value in VERDICT_WORDS else either(VERDICT_WORDS)
    else:
        takes = "" if term.value.strip() else "the name of a tag"
    return f"{term.said} cannot be used: {term.key} takes {takes}." if takes else ""


def strangers(terms: Iterable[Term], words: str = "") -> tuple[str, ...]:
    """Return sentences on what no recording has: wanted values, with those that are close to them, hashes and tests."""
    said = [_nobody(token.text) for token in search.tokens(words) if not token.is_unwanted and token.names is not None]
    names: dict[str, set[str]] = {}
    for term in terms:
        if term.key in _NAMES and not term.is_negative and not fault(term):
            if term.key not in names:
                names[term.key] = set(Recording.objects.order_by().values_list(term.key, flat=True).distinct()) - {""}
            known = names[term.key]
            if term.value and term.value not in known:
                said.append(f"No recording here has {term.said}{_close(term.value, known)}.")
    return tuple(dict.fromkeys(filter(None, said)))


def _nobody(word: str) -> str:
    """Return a sentence on a name that nothing here has, "" where something has it."""
    condition = named(word)
    if condition is None or Recording.objects.filter(condition).exists():
        return ""
    if hash_in(word):
        return f"No file and no blob here is named by {word}, nor does replay look for it in place of another."
    return f"No recording lies at {word}." if is_path(word) else f"No recording is of a test named {word}."


_NAMES = frozenset({"model", "suite", "host"})
"""Filters that take a name in full."""


def _close(value: str, known: set[str]) -> str:
    by_sound = {re.sub(r"[\W_]", "", name.casefold()): name for name in sorted(known)}
    sound = re.sub(r"[\W_]", "", value.casefold())
    near = [name for key, name in by_sound.items() if sound and (sound in key or key in sound)]
    near += [by_sound[key] for key in difflib.get_close_matches(sound, by_sound, 3, 0.6)]
    some = sorted(dict.fromkeys(near), key=lambda name: abs(len(name) - len(value)))[:4]
    return f"; close to it: {', '.join(some)}" if some else ""


def narrowed(
    terms: Iterable[Term], words: str = "", recordings: Recordings | None = None, *, state: str | None = None
) -> Recordings:
    """Return the recordings that terms and words leave, of all or of some. A fault leaves none.

    state: where given, the words are searched for at once and only once: see `search.known`.
    """
    used = tuple(terms)
    found = Recording.objects.all() if recordings is None else recordings
    if any(map(fault, used)):
        return found.none()
    found = filters.apply(found, used)
    if words and state is not None:
        found = found.filter(search.known(words, state))
    elif words:
        found = search.matching(found, words)
    return _said(found, used)


def parts(terms: Sequence[Term]) -> list[tuple[Term, ...]]:
    """Return the filters that narrow on their own, each alone, and alternatives to each other together."""
    made: dict[object, list[Term]] = {}
    for place, term in enumerate(terms):
        narrows = FILTERS[term.key].narrows(term.value) if term.key in FILTERS else term.key == "tag"
        made.setdefault(place if term.is_negative or narrows else term.key, []).append(term)
    return [tuple(some) for some in made.values()]


def _said(recordings: Recordings, terms: Sequence[Term]) -> Recordings:
    """Narrow by what people said. A recording has one verdict, so several are alternatives; it may carry several tags."""
    verdicts = [term.value for term in terms if term.key == "state" and not term.is_negative]
    if len(verdicts) == 1:
        recordings = with_verdict(recordings, verdicts[0])
    elif verdicts:
        either_of = Q()
        for value in verdicts:
            either_of |= _those(with_verdict, value)
        recordings = recordings.filter(either_of)
    for term in terms:
        if term.key == "state" and term.is_negative:
            recordings = recordings.exclude(_those(with_verdict, term.value))
    tags = [term.value for term in terms if term.key == "tag" and not term.is_negative]
    unwanted = [term.value for term in terms if term.key == "tag" and term.is_negative]
    if tags:
        recordings = with_tags(recordings, tags)
    return with_none_of(recordings, unwanted) if unwanted else recordings


def _those(narrow: Callable[[Recordings, str], Recordings], value: str) -> Q:
    return Q(pk__in=narrow(Recording.objects.all(), value).values("pk"))
