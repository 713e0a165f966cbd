"""The state of the recordings list, which is entirely in its URL."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import QueryDict
from django.utils.http import urlencode

from recviewer.language.tree import Either, Term
from recviewer.pages.site.numbers import whole
from recviewer.review.narrowing import KEYS, MAY_LACK, Asked, bounded, fitting, on_filters, on_line, on_remarks, rest_of

PAGE_SIZES = (50, 200)


@dataclass(frozen=True, slots=True)
class Sort:
    """One way to order the list. columns: for the database, ending in one that is unique."""

    key: str
    label: str
    columns: tuple[str, ...]

    @property
    def is_by_test(self) -> bool:
        """Whether rows are grouped by function and question."""
        return self.key in BY_TEST


SORTS = {
    one.key: one
    for one in (
        Sort("test", "test", ("has_no_test", "test_id", "path")),
        Sort("each", "test, each recording in its row", ("has_no_test", "test_id", "path")),
        Sort("-size", "size, largest first", ("-size", "-pk")),
        Sort("size", "size, smallest first", ("size", "pk")),
        Sort("-chunks", "chunks, most first", ("-chunks", "-pk")),
        Sort("chunks", "chunks, fewest first", ("chunks", "pk")),
        Sort("model", "model", ("model", "pk")),
        Sort("-model", "model, backwards", ("-model", "-pk")),
        Sort("-changed", "changed last", ("-mtime_ns", "-pk")),
        Sort("path", "path", ("path",)),
        Sort("file", "file, call by call", ("file__path", "place", "pk")),
        Sort("best", "best match", ("has_no_test", "test_id", "path")),
    )
}
DEFAULT_SORT = "test"
EACH = "each"
BY_TEST = frozenset({DEFAULT_SORT, EACH})
"""Orders by question, with pages of questions or of recordings; for a search, the order of the database."""
BY_FILE = "file"
BEST = "best"
"""By quality of the match: see `best_match`. Without words it is the default order."""


@dataclass(frozen=True, slots=True)
class ListState:
    """words: for the full-text search. terms: in the order of the URL. page: from 1.

    left_out: number of filters that were dropped because there are too many. cut: sentences on words that are not used.
    remarked: sentences on tolerated mistakes.
    """

    words: str = ""
    terms: tuple[Term, ...] = ()
    sort: str = DEFAULT_SORT
    page: int = 1
    per_page: int = PAGE_SIZES[0]
    left_out: int = 0
    cut: tuple[str, ...] = ()
    remarked: tuple[str, ...] = ()

    @property
    def hints(self) -> tuple[str, ...]:
        """Sentences on what is not used, or not as it was typed."""
        return (*self.limits, *self.remarked)

    @property
    def limits(self) -> tuple[str, ...]:
        """Sentences on what exceeded a limit."""
        return (*on_filters(self.left_out), *self.cut)

    @property
    def line(self) -> str:
        """All of it as one query for the box."""
        words = f"({self.words})" if self.terms and isinstance(rest_of(self.words), Either) else self.words
        return " ".join((*(term.said for term in self.terms), *filter(None, (words,))))

    @classmethod
    def of(cls, query: QueryDict) -> ListState:
        """Parse a query string. Invalid values fall back to the default; unknown keys are ignored."""
        terms = []
        for key in KEYS:
            for value in query.getlist(key):
                negative = value.startswith("!")
                value = value[1:] if negative else value
                if value or key in MAY_LACK:
                    terms.append(Term(key, value, negative))
        words = " ".join(query.get("q", "").split())
        used, left_out = bounded(dict.fromkeys(terms))
        sort = query.get("sort", DEFAULT_SORT)
        if sort == BEST and not words:
            sort = DEFAULT_SORT
        page = whole(query.get("page", ""))
        size = whole(query.get("per", ""))
        return cls(
            words=fitting(words),
            terms=used,
            sort=sort if sort in SORTS else DEFAULT_SORT,
            page=page if 0 < page < 10**6 else 1,
            per_page=size if size in PAGE_SIZES else PAGE_SIZES[0],
            left_out=left_out,
            cut=on_line(words),
        )

    def address(self) -> str:
        """Return the query string, `?` included, in a stable order; "?" for the plain list."""
        pairs = [("q", self.words)] if self.words else []
        pairs += [(term.key, term.parameter) for term in sorted(self.terms, key=lambda term: KEYS.index(term.key))]
        if self.sort != DEFAULT_SORT:
            pairs.append(("sort", self.sort))
        if self.per_page != PAGE_SIZES[0]:
            pairs.append(("per", str(self.per_page)))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return "?" + urlencode(pairs)

    def toggled(self, term: Term) -> ListState:
        """Return the state with a term added, or removed if it is there; on its first page."""
        if term in self.terms:
            return self.without(term)
        return replace(self, terms=(*self.terms, term), page=1)

    def without(self, term: Term) -> ListState:
        """Return the state without a term, on its first page."""
        return replace(self, terms=tuple(kept for kept in self.terms if kept != term), page=1)

    def with_asked(self, asked: Asked) -> ListState:
        """Return the state with further filters and other words: on its first page, unless nothing has changed."""
        terms, left_out = bounded(dict.fromkeys((*self.terms, *asked.terms)))
        left_out += self.left_out + asked.left_out
        remarked = on_remarks(asked.remarks)
        page = self.page if (asked.words, terms) == (self.words, self.terms) else 1
        made = replace(self, words=asked.words, terms=terms, page=page)
        return replace(made, left_out=left_out, cut=asked.cut, remarked=remarked)
