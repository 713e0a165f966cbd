"""The filters of the recordings list: what can be said in an address, in the search box, and as a chip.

A filter is a small object in a table: its key, how its value is read, what it does to a query, how it is said. Filters
on the same key widen (`kind=chat&kind=genai`), different keys narrow, and `!` before a value leaves it out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from django.db.models import Q, QuerySet

from recviewer.catalog.models import Recording

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
        value = f'"{self.value}"' if re.search(r'[\s"]', self.value) else self.value
        return f"{'-' if self.is_negative else ''}{self.key}:{value}"


@dataclass(frozen=True, slots=True)
class Filter:
    """condition: what a value means in a query, None where the value makes no sense. example: for the help.

    is_facet: whether the filter stands beside the list with counts, as a column of the facet index.
    """

    key: str
    label: str
    condition: Callable[[str], Q | None]
    example: str
    is_facet: bool = False


def _equals(column: str) -> Callable[[str], Q]:
    return lambda value: Q(**{column: value})


def _contains(column: str) -> Callable[[str], Q]:
    return lambda value: Q(**{f"{column}__contains": value})


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


HAS: dict[str, Q] = {
    "tool": Q(calls__gt=0),
    "error": Q(outcome="error"),
    "stream": Q(streaming=True),
    "reasoning": Q(runs__contains="r"),
    "problem": ~Q(problems=[]),
    "test": Q(test_id__isnull=False),
}

FILTERS: dict[str, Filter] = {
    one.key: one
    for one in (
        Filter("replay", "Replay", _equals("replay"), "replay:older", is_facet=True),
        Filter("suite", "Suite", _equals("suite"), "suite:responses", is_facet=True),
        Filter("kind", "Kind", _equals("kind"), "kind:embeddings", is_facet=True),
        Filter("model", "Model", _equals("model"), "model:gpt-4o", is_facet=True),
        Filter("outcome", "Outcome", _equals("outcome"), "outcome:truncated", is_facet=True),
        Filter("host", "Host", _equals("host"), "host:api.openai.com", is_facet=True),
        Filter("test", "Test", _contains("test_id"), "test:guardrails"),
        Filter("path", "Path", _contains("path"), "path:vision"),
        Filter("size", "Size", _amount_of("size"), "size:>100k"),
        Filter("chunks", "Chunks", _amount_of("chunks"), "chunks:>200"),
        Filter("has", "Has", HAS.get, "has:tool"),
    )
}

FACETS = tuple(key for key, one in FILTERS.items() if one.is_facet)

_TOKEN = re.compile(r'(?<!\S)(-?)(\w+):(?:"([^"]*)"|(\S+))')


def parse_typed(text: str, keys: Iterable[str]) -> tuple[list[Term], str]:
    """Take the filters out of what was typed. Returns (terms, the words that are left).

    keys: those understood; `word:other` with another key stays a word.
    """
    known = set(keys)
    terms = []

    def take(found: re.Match[str]) -> str:
        sign, key, phrase, word = found.groups()
        if key not in known:
            return found[0]
        terms.append(Term(key, phrase if phrase is not None else word, bool(sign)))
        return " "

    rest = _TOKEN.sub(take, text)
    return terms, " ".join(rest.split())


def apply(recordings: Recordings, terms: Sequence[Term]) -> Recordings:
    """Narrow a query by terms whose keys are in FILTERS; others are passed over. A value without sense matches nothing."""
    for key in dict.fromkeys(term.key for term in terms):
        if key not in FILTERS:
            continue
        wanted, has_wanted = Q(), False
        for term in terms:
            if term.key != key:
                continue
            condition = FILTERS[key].condition(term.value)
            if term.is_negative:
                recordings = recordings if condition is None else recordings.exclude(condition)
            else:
                has_wanted = True
                wanted |= condition if condition is not None else Q(pk__in=[])
        if has_wanted:
            recordings = recordings.filter(wanted)
    return recordings
