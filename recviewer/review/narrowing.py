"""Queries of recordings: the list, `recviewer search` and `recviewer export --query` all read a query here.

The language is that of `language.reading`. Filters at the top level of the query are moved out of it, so that a URL
names each (`?model=gpt-4o&q=weather`); the rest (words, and everything in brackets or beside an `OR`) stays a query of
the same language. Filters on a recording itself are the catalog's; those on what people said are added here (see
`said`).
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from operator import or_
from urllib.parse import quote_plus

from django.db.models import Q

from recviewer.catalog import filters, search
from recviewer.catalog.by_name import named
from recviewer.catalog.filters import FILTERS, Recordings, canonical, either
from recviewer.catalog.models import Recording
from recviewer.catalog.naming import clean
from recviewer.catalog.value_words import FORMER_REPLAY_WORDS, VERDICT_WORDS
from recviewer.language.pasted import hash_in, is_path, understood
from recviewer.language.printing import printed
from recviewer.language.reading import Language, ReadLine, Remark, Slip, parse
from recviewer.language.tree import All, Either, Term, Tree, Word, first, leaves, together, wanted_words
from recviewer.review import mentions, said
from recviewer.review.filters import tag_counts, with_none_of, with_tags, with_verdict

KEYS = ("state", *FILTERS, "tag", "by", "for")

MAY_LACK = frozenset(
    {"smell", "model", "suite", "host", "provider", "file", "finish", "recorder", "month", "author", "used"}
)
"""Filters whose empty value finds recordings without one."""

TERM_LIMIT = 20
"""Maximum number of filters in a query."""

VALUES_LIMIT = 3_000
"""Maximum length of all their values, and of the words, as encoded in a URL, because every link contains them."""

PASTE_LIMIT = 10_000
"""Maximum length of what was typed or pasted."""


def narrows(key: str, value: str) -> bool:
    """Tell whether several values of a filter must all match; otherwise they are alternatives."""
    return FILTERS[key].narrows(value) if key in FILTERS else key in ("tag", "for")


def _meant(key: str, value: str) -> str:
    words = FILTERS[key].words if key in FILTERS else VERDICT_WORDS if key == "state" else {}
    if key == "replay":
        value = FORMER_REPLAY_WORDS.get(value.casefold(), value)
    return canonical(words, value.lower() if key == "used" else value)


LANGUAGE = Language(KEYS, narrows, _meant)


@dataclass(frozen=True, slots=True)
class Asked:
    """A parsed query. words: the rest of the query without `terms`, see above.

    left_out: number of filters that were dropped because there are too many. cut: sentences on words that are not used.
    remarks: mistakes that were tolerated; line: the query that their offsets refer to.
    """

    terms: tuple[Term, ...]
    words: str
    left_out: int = 0
    cut: tuple[str, ...] = ()
    remarks: tuple[Remark, ...] = ()
    line: str = ""

    @property
    def hints(self) -> tuple[str, ...]:
        """Sentences on what is not used, or not as it was typed."""
        return (*on_filters(self.left_out), *self.cut, *on_remarks(self.remarks))

    @property
    def every_term(self) -> tuple[Term, ...]:
        """All filters, including those in brackets or beside an OR."""
        return (*self.terms, *terms_in(self.words))

    @property
    def faults(self) -> tuple[str, ...]:
        """Sentences on invalid values."""
        return tuple(dict.fromkeys(filter(None, map(fault, self.every_term))))


def read(text: str) -> Asked:
    """Parse what a person typed or pasted: filters, words, or a line that pytest printed."""
    line = understood(clean(text[:PASTE_LIMIT]))
    typed = parse(line, LANGUAGE)
    found, rest = _moved(typed.tree)
    terms, left_out = bounded(dict.fromkeys(found))
    left_out += max(0, len({leaf for leaf in leaves(rest) if isinstance(leaf, Term)}) - TERM_LIMIT)
    words = printed(_limited(rest), LANGUAGE)
    return Asked(terms, fitting(words), left_out, on_words(rest, words), typed.remarks, line)


def _moved(tree: Tree | None) -> tuple[list[Term], Tree | None]:
    """Split a tree into filters that can go into the URL, and the rest."""
    parts = tree.of if isinstance(tree, All) else () if tree is None else (tree,)
    often = Counter(_alternatives(part) for part in parts)
    terms, rest = list[Term](), list[Tree]()
    for part in parts:
        key = _alternatives(part)
        if isinstance(part, Term) and not key:
            terms.append(part)
        elif key and often[key] == 1:
            terms += [one for one in leaves(part) if isinstance(one, Term)]
        else:
            rest.append(part)
    return terms, together(rest)


def _alternatives(part: Tree) -> str:
    """Return the filter of a part that is one value, or several alternative values, of it; "" for any other part."""
    some = part.of if isinstance(part, Either) else (part,)
    keys = {
        one.key if isinstance(one, Term) and not one.is_negative and not narrows(one.key, one.value) else ""
        for one in some
    }
    return keys.pop() if len(keys) == 1 else ""


def _limited(tree: Tree | None) -> Tree | None:
    return first(first(tree, search.WORD_LIMIT, Word), TERM_LIMIT, Term)


@lru_cache(64)
def parsed(words: str) -> ReadLine:
    """Return the rest of a query, parsed: see `Asked.words`."""
    found = parse(words[: search.TEXT_LIMIT], LANGUAGE)
    return ReadLine(_limited(found.tree), found.remarks)


def rest_of(words: str) -> Tree | None:
    """Return the tree of the rest of a query."""
    return parsed(words).tree


def terms_in(words: str) -> Iterator[Term]:
    """Yield the filters in the rest of a query."""
    return (leaf for leaf in leaves(parsed(words).tree) if isinstance(leaf, Term))


def wanted_in(words: str) -> list[Word]:
    """Return the words of the rest of a query by which recordings may be found."""
    return list(wanted_words(parsed(words).tree))


def written(text: str) -> int:
    """Return the length of a text in a URL."""
    return len(quote_plus(text, errors="replace"))


def fitting(words: str) -> str:
    """Return the beginning of what was typed that is searched for."""
    fits = words[: search.TEXT_LIMIT]
    while (length := written(fits)) > VALUES_LIMIT:
        fits = fits[: len(fits) * VALUES_LIMIT // length]
    return fits


def bounded(terms: Iterable[Term]) -> tuple[tuple[Term, ...], int]:
    """Return as many filters as a query may have, and how many were dropped."""
    every, used, length = tuple(terms), list[Term](), 0
    for term in every:
        length += written(term.value)
        if len(used) < TERM_LIMIT and length <= VALUES_LIMIT:
            used.append(term)
    return tuple(used), len(every) - len(used)


def on_filters(left_out: int) -> tuple[str, ...]:
    """Return a sentence on dropped filters, () if there are none."""
    if not left_out:
        return ()
    were = "filter was" if left_out == 1 else "filters were"
    return (
        f"{left_out:,} {were} left out: a query holds {TERM_LIMIT} at most, of {VALUES_LIMIT:,} characters together.",
    )


def on_words(tree: Tree | None, words: str) -> tuple[str, ...]:
    """Return a sentence on words that are not searched for, () if all are. words: those of the tree that are kept."""
    if first(tree, search.WORD_LIMIT, Word) != tree:
        return (f"Only the first {search.WORD_LIMIT} words were searched for.",)
    fits = fitting(words)
    if len(fits) < len(words):
        return (f"Only the first {len(fits):,} characters were searched for.",)
    return ()


def on_line(line: str) -> tuple[str, ...]:
    """Return `on_words` for a query that was not parsed yet."""
    return on_words(parse(line[:PASTE_LIMIT], LANGUAGE).tree, line)


_SLIPS = {
    Slip.BRACKET: "A bracket is not closed: read as if it were closed at the end.",
    Slip.QUOTE: "A quote is not closed: read as if it were closed at the end.",
    Slip.OR: "OR stands between two things: this one was passed over.",
    Slip.DEEP: "Brackets too deep in others were passed over.",
    Slip.AND: "{} was looked for as a word: what stands side by side must hold together anyway, and - leaves out.",
}


def on_remarks(remarks: Iterable[Remark]) -> tuple[str, ...]:
    """Return sentences on tolerated mistakes."""
    found = [_SLIPS[note.slip].format(note.piece) for note in remarks if note.slip in _SLIPS]
    found += [f"{name}: is not a filter, so {note.piece} was looked for as a word; close to it: {near}:."
              for note, name, near in misnamed(remarks)]  # fmt: skip
    return tuple(dict.fromkeys(found))


def misnamed(remarks: Iterable[Remark]) -> Iterator[tuple[Remark, str, str]]:
    """Yield what looks like a filter with a misspelt name: that name, and the nearest known one."""
    for note in remarks:
        name = note.piece.lstrip("-").partition(":")[0]
        close = difflib.get_close_matches(name.casefold(), KEYS, 1, 0.7) if note.slip is Slip.NAME else []
        if close:
            yield note, name, close[0]


def no_filters(line: str) -> Iterator[tuple[str, str]]:
    """Yield what looks like a filter whose name is close to none: the piece and that name. Said where nothing was found."""
    remarks = parse(line[:PASTE_LIMIT], LANGUAGE).remarks
    known = {remark.piece for remark, _, _ in misnamed(remarks)}
    for piece in dict.fromkeys(note.piece for note in remarks if note.slip is Slip.NAME and note.piece not in known):
        yield piece, piece.lstrip("-").partition(":")[0]


def fault(term: Term) -> str:
    """Return an error message for a term with an invalid value, "" if it is valid. The key is one of KEYS."""
    if said.is_said(term) and term.key in FILTERS:
        return ""
    if term.key in FILTERS:
        return filters.fault(term)
    if term.key == "state":
        takes = "" if term.value in VERDICT_WORDS else either(VERDICT_WORDS)
    else:
        takes = "" if term.value.strip() else "the name of a tag" if term.key == "tag" else "the name of a person"
    return f"{term.said} cannot be used: {term.key} takes {takes}." if takes else ""


def unknown_values(terms: Iterable[Term], words: str = "") -> tuple[str, ...]:
    """Return sentences on values that no recording has, with the nearest ones, and on unknown hashes and tests."""
    found = [_nobody(word.text) for word in wanted_in(words) if search.names_of(word) is not None]
    names: dict[str, set[str]] = {}
    for term in (*terms, *terms_in(words)):
        if is_unknown(term):
            near = close(term.value, names.setdefault(term.key, known_values(term.key)))
            also = f"; close to it: {', '.join(near)}" if near else ""
            found.append(f"No recording here has {term.said}{also}.")
    return tuple(dict.fromkeys(filter(None, found)))


def is_unknown(term: Term) -> bool:
    """Tell whether a filter wants a name that no recording has."""
    if term.is_negative or not term.value or fault(term) or term.key not in (*NAMES, "tag", "by", "for", "test"):
        return False
    return not Recording.objects.filter(_one(term)).exists()


def _nobody(word: str) -> str:
    """Return a sentence on a name that nothing here has, "" if something has it."""
    condition = named(word)
    if condition is None or Recording.objects.filter(condition).exists():
        return ""
    if hash_in(word):
        return f"No file and no blob here is named by {word}, nor does replay look for it in place of another."
    return f"No recording lies at {word}." if is_path(word) else f"No recording is of a test named {word}."


NAMES = {
    "model": "model",
    "suite": "suite",
    "host": "host",
    "provider": "provider",
    "finish": "finish",
    "file": "test_file",
    "recorder": "recorder",
    "author": "commit__author",
}
"""Filters that take a name in full, each with its column."""


def known_values(key: str) -> set[str]:
    """Return the existing names for a filter that takes one."""
    if key == "tag":
        return {label.name for label, _ in tag_counts(Recording.objects.all())}
    if key == "by":
        return set(said.people())
    if key == "for":
        return set(mentions.people())
    column = NAMES.get(key, "")
    return set(Recording.objects.order_by().values_list(column, flat=True).distinct()) - {"", None} if column else set()


def close(value: str, known: set[str]) -> list[str]:
    """Return the names that are similar to a value, contain it, or are contained in it; the nearest first."""
    by_sound = {re.sub(r"[\W_]", "", name.casefold()): name for name in sorted(known)}
    sound = re.sub(r"[\W_]", "", value.casefold())
    near = [name for key, name in by_sound.items() if sound and (sound in key or key in sound)]
    near += [by_sound[key] for key in difflib.get_close_matches(sound, by_sound, 3, 0.6)]
    return sorted(dict.fromkeys(near), key=lambda name: abs(len(name) - len(value)))[:4]


def narrowed(
    terms: Iterable[Term], words: str = "", recordings: Recordings | None = None, *, state: str | None = None
) -> Recordings:
    """Return the recordings that match terms and the rest of a query, out of all or of some.

    An invalid value leaves none. state: if given, the search runs at once and its result is cached: see `search.known`.
    """
    used = tuple(terms)
    found = Recording.objects.all() if recordings is None else recordings
    rest = parsed(words).tree if words else None
    inner = list(terms_in(words)) if words else []
    if any(map(fault, (*used, *inner))) or (words and rest is None):
        return found.none()
    found = filters.apply(found, [term for term in used if not said.is_said(term)])
    if rest is not None and state is not None and not any(map(said.is_said, inner)):
        found = found.filter(search.known(words, state, lambda: search.condition(rest, _one)))
    elif rest is not None:
        found = found.filter(search.condition(rest, _one))
    return _said(found, used)


def _one(term: Term) -> Q:
    """Return the condition for a valid filter, ignoring its sign."""
    if said.is_said(term):
        return said.condition(term)
    return FILTERS[term.key].condition(term.value) or Q(pk__in=())


def is_verdict(term: Term) -> bool:
    """Tell whether a filter is about verdicts."""
    return term.key == "state" or (term.key == "is" and said.is_said(term))


def holds_said(terms: Iterable[Term], words: str = "") -> bool:
    """Tell whether a query depends on what people said."""
    return any(map(said.is_said, (*terms, *terms_in(words))))


def parts(terms: Sequence[Term]) -> list[tuple[Term, ...]]:
    """Return the groups of terms: filters that narrow are alone, alternatives are together."""
    made: dict[object, list[Term]] = {}
    for place, term in enumerate(terms):
        is_alone = term.is_negative or narrows(term.key, term.value)
        made.setdefault(place if is_alone else term.key, []).append(term)
    return [tuple(some) for some in made.values()]


def _said(recordings: Recordings, terms: Sequence[Term]) -> Recordings:
    """Narrow by what people said. A recording has one verdict by one person, so several are alternatives."""
    verdicts = [term for term in terms if term.key == "state" and not term.is_negative]
    if len(verdicts) == 1:
        recordings = with_verdict(recordings, verdicts[0].value)
    elif verdicts:
        either_of = Q()
        for term in verdicts:
            either_of |= said.condition(term)
        recordings = recordings.filter(either_of)
    people = [term for term in terms if term.key == "by" and not term.is_negative]
    if people:
        recordings = recordings.filter(reduce(or_, map(said.condition, people)))
    for term in terms:
        if said.is_said(term) and (term.is_negative or term.key not in ("state", "by")) and term.key != "tag":
            condition = said.condition(term)
            recordings = recordings.exclude(condition) if term.is_negative else recordings.filter(condition)
    tags = [term.value for term in terms if term.key == "tag" and not term.is_negative]
    unwanted = [term.value for term in terms if term.key == "tag" and term.is_negative]
    if tags:
        recordings = with_tags(recordings, tags)
    return with_none_of(recordings, unwanted) if unwanted else recordings
