"""`/searching/`: every word of the query language, with its meaning and the results of an example."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import get_script_prefix, path, reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from recviewer.catalog.filters import FILTERS, HAS, IS, SAID
from recviewer.catalog.value_words import HAS_WORDS, IS_WORDS
from recviewer.pages.recordings.facets import narrowed
from recviewer.pages.recordings.list_state import ListState
from recviewer.review.narrowing import read


@dataclass(frozen=True, slots=True)
class HelpEntry:
    """One word. example: as it is typed; url: of its search, "" for what is only pasted. count: None if not counted."""

    example: str
    meaning: str
    url: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True)
class HelpSection:
    """Words that belong together."""

    title: str
    entries: tuple[HelpEntry, ...]


_WORDS = (
    ("weather", "this word, or one that begins so, sent or answered"),
    ('"boiling point"', "these words, next to each other"),
    ("weath*", "words that begin so"),
    ("weather paris", "both words, anywhere"),
    ("weather OR paris", "one of them"),
    ("(weather OR paris) kind:chat", "what is in brackets is worked out first"),
    ("-weather", "not this one; works before every filter and bracket"),
)
_WHERE = ("suite", "test", "file", "path", "provider", "recorder")
_ASKED = ("model", "host", "kind")
_BACK = ("outcome", "finish", "chunks", "size")
_CHECKS = ("replay", "smell", "used", "hash")
_WHEN = ("before", "after", "month", "author")
_SAID = (
    ("state:undecided", "what was decided: undecided, approved, rejected, delete or older"),
    ("by:Ana", "whose verdict decides it"),
    ("tag:flaky", "carries this tag"),
    ("for:Ana", "waits for Ana: tagged @Ana, or an open note says @Ana"),
)
_PASTED = (
    ("7470b4176f92", "a hash, from 7 characters on, or rec-7470b4176f92"),
    ("tests/a/test_sky.py::test_colour[x]", "a test, a path, a line that begins with FAILED"),
    ("Recording not found for request hash: …", "the error of a replay"),
)


def sections() -> tuple[HelpSection, ...]:
    """Return all words of the language, without counts."""
    return _sections(get_script_prefix())


@lru_cache(2)
def _sections(prefix: str) -> tuple[HelpSection, ...]:
    """Return them with URLs below the prefix."""
    return (
        HelpSection("Words", tuple(_entry(*one) for one in _WORDS)),
        HelpSection("Where it stands", tuple(_of(_WHERE))),
        HelpSection("What was called", tuple(_of(_ASKED))),
        HelpSection("What came back", tuple(_of(_BACK))),
        HelpSection("What is in it", tuple(_entry(f"has:{one}", HAS_WORDS[one]) for one in (*HAS, *SAID["has"]))),
        HelpSection("What happened", tuple(_entry(f"is:{one}", IS_WORDS[one]) for one in (*IS, *SAID["is"]))),
        HelpSection("When, and what was decided", (*_of(_WHEN), *(_entry(*one) for one in _SAID))),
        HelpSection("What the checks say", tuple(_of(_CHECKS))),
        HelpSection("May be pasted whole", tuple(HelpEntry(example, meaning) for example, meaning in _PASTED)),
    )


def printed_help() -> SafeString:
    """Return the rendered language, without counts, for every list."""
    return _printed_help(get_script_prefix())


@lru_cache(2)
def _printed_help(prefix: str) -> SafeString:
    return render_to_string("recordings/_language.html", {"help": sections()})


def _of(keys: tuple[str, ...]) -> Iterator[HelpEntry]:
    for key in keys:
        one = FILTERS[key]
        values = f": {', '.join(list(one.words)[:4])}, …" if one.words else ""
        yield _entry(one.example, one.meaning + values)


def _state(example: str) -> ListState:
    return ListState().with_asked(read(example))


def _entry(example: str, meaning: str) -> HelpEntry:
    return HelpEntry(example, meaning, reverse("recordings:listing") + _state(example).address())


@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """Show the whole language, with counts."""
    counted = tuple(replace(section, entries=tuple(map(_counted, section.entries))) for section in sections())
    return render(request, "recordings/searching.html", {"help": counted})


def _counted(entry: HelpEntry) -> HelpEntry:
    return replace(entry, count=narrowed(_state(entry.example)).count()) if entry.url else entry


app_name = "searching"
urlpatterns = [path("searching/", show, name="show")]
