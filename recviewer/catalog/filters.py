"""The filters of the recordings list: what can be said in an address, in the search box, and as a chip.

A filter is a small object in a table: its key, which values it takes, what a value does to a query, how it is said.
Different keys narrow, and `!` before a value (`-` before the key) leaves it out. Of one key given twice, values of which a
recording has but one are alternatives (`kind:chat kind:genai`: either); what can hold of a recording together must do
so (`has:tool has:stream`, `size:>100k size:<120k`, `path:a path:b`: both). See `Filter.narrows`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from django.db.models import Q, QuerySet

from recviewer.catalog.models import Recording
from recviewer.catalog.named import by_hash
from recviewer.catalog.pasted import hash_in, ids_in
from recviewer.catalog.value_words import KIND_WORDS, OUTCOME_WORDS, REPLAY_WORDS
from recviewer.exchange.model import Kind
from recviewer.exchange.text import Outcome
from recviewer.replay.names import ReplayState

Recordings: TypeAlias = QuerySet[Recording]


@dataclass(frozen=True, slots=True)
class Term:
    """One filter with its value. value: as in the address, without the `!`."""

    key: str
    value: str
    is_negative: bool = False

    @property
    def parameter(self) -> str:
        """The value as it stands in the address."""
        return f"!{self.value}" if self.is_negative else self.value

    @property
    def said(self) -> str:
        """The filter as it is typed: `-model:gpt-4o`."""
        value = f'"{self.value}"' if re.search(r'[\s"]', self.value) or not self.value else self.value
        return f"{'-' if self.is_negative else ''}{self.key}:{value}"


def _never(value: str) -> bool:
    return False


def _always(value: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Filter:
    """condition: what a value means in a query, None where the value makes no sense. example: for the help.

    takes: which values make sense, the rest of the sentence "model takes …". words: of a closed set, each value with what
    pages call it. narrows: whether a value must hold together with the key's others; else it is an alternative to them.
    is_facet: whether the filter stands beside the list with counts, as a column of the facet index.
    """

    key: str
    label: str
    condition: Callable[[str], Q | None]
    example: str
    takes: str
    words: Mapping[str, str] = field(default_factory=dict)
    narrows: Callable[[str], bool] = _never
    is_facet: bool = False


def either(values: Iterable[str]) -> str:
    """Name alternatives: `a, b or c`."""
    *most, last = values
    return f"{', '.join(most)} or {last}" if most else last


def _equals(column: str) -> Callable[[str], Q]:
    return lambda value: Q(**{column: value})


def _one_of(column: str, words: Mapping[str, str]) -> Callable[[str], Q | None]:
    return lambda value: Q(**{column: value}) if value in words else None


def _contains(column: str) -> Callable[[str], Q | None]:
    return lambda value: Q(**{f"{column}__icontains": value}) if value else None


_UNITS = {"": 1, "k": 1000, "m": 1_000_000, "g": 1_000_000_000}


def amount(value: str) -> tuple[str, int] | None:
    """Read `>100k`, `<=5`, `12`. Returns (lookup, number), None where it is neither."""
    found = re.fullmatch(r"(>=|<=|>|<|)\s*(\d+(?:\.\d+)?)\s*([kmg]?)b?", value.strip().lower())
    if found is None:
        return None
    lookup = {"": "exact", ">": "gt", "<": "lt", ">=": "gte", "<=": "lte"}[found[1]]
    return lookup, int(min(float(found[2]) * _UNITS[found[3]], 2**62))


def _amount_of(column: str) -> Callable[[str], Q | None]:
    def condition(value: str) -> Q | None:
        found = amount(value)
        return None if found is None else Q(**{f"{column}__{found[0]}": found[1]})

    return condition


def _is_comparison(value: str) -> bool:
    return (amount(value) or ("exact",))[0] != "exact"


HAS: dict[str, Q] = {
    "tool": Q(calls__gt=0),
    "error": Q(outcome="error"),
    "stream": Q(streaming=True),
    "reasoning": Q(reasoning=True),
    "problem": ~Q(problems=[]),
    "test": Q(test_id__isnull=False),
}


def _of_hash(value: str) -> Q | None:
    digits = hash_in(value)
    return by_hash(digits) if digits else None


_KINDS = {kind.value: KIND_WORDS.get(kind.value, kind.value) for kind in Kind}
_OUTCOMES = {outcome.value: OUTCOME_WORDS.get(outcome.value, outcome.value) for outcome in Outcome}
_REPLAYS = {state.value: REPLAY_WORDS.get(state.value, state.value) for state in ReplayState}
_AMOUNT = (
    "a number or a comparison: {0}:>100k, {0}:<=2M, {0}:512 (k, M and G are thousands, millions and billions; two "
)
_AMOUNT += "make a span: {0}:>100k {0}:<120k)"

FILTERS: dict[str, Filter] = {
    one.key: one
    for one in (
        Filter(
            "replay", "Replay", _one_of("replay", _REPLAYS), "replay:older", either(_REPLAYS), _REPLAYS, is_facet=True
        ),
        Filter("suite", "Suite", _equals("suite"), "suite:responses", "the name of a suite, in full", is_facet=True),
        Filter("kind", "Kind", _one_of("kind", _KINDS), "kind:embeddings", either(_KINDS), _KINDS, is_facet=True),
        Filter("model", "Model", _equals("model"), "model:gpt-4o", "the name of a model, in full", is_facet=True),
        Filter(
            "outcome",
            "Outcome",
            _one_of("outcome", _OUTCOMES),
            "outcome:truncated",
            either(_OUTCOMES),
            _OUTCOMES,
            is_facet=True,
        ),
        Filter("host", "Host", _equals("host"), "host:api.openai.com", "the name of a host, in full", is_facet=True),
        Filter("test", "Test", _contains("test_id"), "test:guardrails", "a part of a test id", narrows=_always),
        Filter("path", "Path", _contains("path"), "path:vision", "a part of a path", narrows=_always),
        Filter(
            "hash",
            "Hash",
            _of_hash,
            "hash:7470b4176f92",
            "7 or more hexadecimal digits: of a request's hash, of a file's name or of a blob",
            narrows=_always,
        ),
        Filter("size", "Size", _amount_of("size"), "size:>100k", _AMOUNT.format("size"), narrows=_is_comparison),
        Filter(
            "chunks", "Chunks", _amount_of("chunks"), "chunks:>200", _AMOUNT.format("chunks"), narrows=_is_comparison
        ),
        Filter("has", "Has", HAS.get, "has:tool", either(HAS), dict.fromkeys(HAS, ""), narrows=_always),
    )
}

FACETS = tuple(key for key, one in FILTERS.items() if one.is_facet)


def canonical(words: Mapping[str, str], value: str) -> str:
    """Return the value that somebody means who types it in capitals, or as pages call it; else what was typed."""
    if value in words:
        return value
    typed = value.casefold()
    return next((known for known, word in words.items() if typed in (known, word.casefold())), value)


_TOKEN = re.compile(r'(?<!\S)(?:-?"[^"]*"?|(-?)(\w+):(?:"([^"]*)"|(\S+)))')


def parse_typed(text: str, keys: Iterable[str]) -> tuple[list[Term], str]:
    """Take the filters out of what was typed. Returns (terms, the words that are left).

    keys: those understood; `word:other` with another key stays a word, and so does all that stands in quotes or in the
    parameters of a test id.
    """
    known, ids = set(keys), ids_in(text)
    terms = []

    def take(found: re.Match[str]) -> str:
        sign, key, phrase, word = found.groups()
        if key not in known or any(start < found.start() < end for start, end in ids):
            return found[0]
        value = phrase if phrase is not None else word
        terms.append(Term(key, canonical(FILTERS[key].words, value) if key in FILTERS else value, bool(sign)))
        return " "

    rest = _TOKEN.sub(take, text)
    return terms, " ".join(rest.split())


def fault(term: Term) -> str:
    """Return a sentence on a term whose value makes no sense, "" for any other. The key is one of FILTERS."""
    one = FILTERS[term.key]
    if one.condition(term.value) is not None:
        return ""
    return f"{term.said} cannot be used: {one.key} takes {one.takes}."


def apply(recordings: Recordings, terms: Sequence[Term]) -> Recordings:
    """Narrow a query by terms whose keys are in FILTERS; others are passed over.

    A value that makes no sense (see `fault`) matches nothing, also where it is to be left out.
    """
    for key in dict.fromkeys(term.key for term in terms):
        if key not in FILTERS:
            continue
        one, alternatives = FILTERS[key], Q()
        for term in terms:
            if term.key != key:
                continue
            condition = one.condition(term.value)
            if condition is None:
                recordings = recordings.none()
            elif term.is_negative:
                recordings = recordings.exclude(condition)
            elif one.narrows(term.value):
                recordings = recordings.filter(condition)
            else:
                alternatives |= condition
        recordings = recordings.filter(alternatives)
    return recordings
