"""The filters of the recordings list, as they appear in URLs, in the search box, and as chips.

A filter is a small object in a table: its key, the values it takes, its effect on a query, and its label. Different
keys narrow the result, and `!` before a value (`-` before the key) excludes it. If a key is given twice, values of
which a recording has only one are alternatives (`kind:chat kind:genai`: either); values of which it can have several
must all match (`has:tool has:stream`, `size:>100k size:<120k`, `path:a path:b`: both). See `Filter.narrows`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from recviewer.catalog import engines, tree_findings, usage_words
from recviewer.catalog.amounts import amount, days, span
from recviewer.catalog.by_name import by_hash
from recviewer.catalog.models import Commit, Recording
from recviewer.catalog.own_findings import NONE, SMELLS
from recviewer.catalog.value_words import HAS_WORDS, IS_WORDS, KIND_WORDS, OUTCOME_WORDS, REPLAY_WORDS, SMELL_WORDS
from recviewer.exchange.model import Kind
from recviewer.exchange.text import Outcome
from recviewer.language.pasted import hash_in
from recviewer.language.tree import Term
from recviewer.replay.names import ReplayState

Recordings: TypeAlias = QuerySet[Recording]


def _never(value: str) -> bool:
    return False


def _always(value: str) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Filter:
    """condition: the effect of a value on a query, None if the value is invalid.

    example, meaning: for the help page. takes: the valid values, as the rest of the sentence "model takes …". words:
    for a closed set, each value with its label on pages. narrows: whether several values must all match; otherwise they
    are alternatives. holds: whether a value is one that a recording has.
    """

    key: str
    label: str
    condition: Callable[[str], Q | None]
    example: str
    takes: str
    words: Mapping[str, str] = field(default_factory=dict)
    narrows: Callable[[str], bool] = _never
    meaning: str = ""
    holds: Callable[[str, str], bool] = str.__eq__


def either(values: Iterable[str]) -> str:
    """Join alternatives: `a, b or c`."""
    *most, last = values
    return f"{', '.join(most)} or {last}" if most else last


def _equals(column: str) -> Callable[[str], Q]:
    return lambda value: Q(**{column: value})


def _one_of(column: str, words: Mapping[str, str]) -> Callable[[str], Q | None]:
    return lambda value: Q(**{column: value}) if value in words else None


def _contains(column: str) -> Callable[[str], Q | None]:
    return lambda value: Q(**{f"{column}__icontains": value}) if value else None


def _amount_of(column: str) -> Callable[[str], Q | None]:
    def condition(value: str) -> Q | None:
        found, ends = amount(value), span(value)
        if ends is not None:
            return Q(**{f"{column}__gte": ends[0], f"{column}__lte": ends[1]})
        return None if found is None else Q(**{f"{column}__{found[0]}": found[1]})

    return condition


def _is_comparison(value: str) -> bool:
    return (amount(value) or ("exact",))[0] != "exact"


_LABEL = re.compile(r"[\w-]+")


def _of_host(value: str) -> Q:
    """Match a host in full; a single word also matches hosts that contain it between dots."""
    if not _LABEL.fullmatch(value):
        return Q(host=value)
    between = Q(host__istartswith=f"{value}.") | Q(host__iendswith=f".{value}") | Q(host__icontains=f".{value}.")
    return Q(host=value) | between


def _is_of_host(value: str, host: str) -> bool:
    return value == host or (
        _LABEL.fullmatch(value) is not None and value.lower() in host.lower().split(".")[: None if "." in host else 0]
    )


def _with_smell(value: str) -> Q | None:
    """Findings that follow from the row itself are queried on the row; others are those of the last whole-tree check."""
    if not value:
        return NONE & ~Q(pk__in=_Listed(tree_findings.names_by_id(SMELLS)))
    if value in SMELLS:
        return SMELLS[value]
    ids = tree_findings.recordings_with(value)
    return None if ids is None else Q(pk__in=_Listed(ids))


class _Listed(RawSQL):
    """Recordings by their ids, however many: the ids are a single parameter of the query."""

    def __init__(self, ids: Iterable[int]) -> None:
        super().__init__("", (json.dumps(sorted(ids)),))

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL for this database engine."""
        sql, params = engines.of(connection.vendor).listed(*self.params)
        return f"({sql})", tuple(params)


def _of_commits(**which: object) -> Q:
    """Recordings of some commits.

    A join instead would drop those without a commit if combined with a negation and an OR.
    """
    return Q(commit__in=Commit.objects.filter(**which).values("pk"))


def _before(value: str) -> Q | None:
    found = days(value)
    return None if found is None else _of_commits(at__lt=found[0])


def _after(value: str) -> Q | None:
    found = days(value)
    return None if found is None else _of_commits(at__gte=found[0])


def _by_author(value: str) -> Q:
    return _of_commits(author=value) if value else Q(commit=None)


def _in_time(value: str) -> Q | None:
    if not value:
        return Q(commit=None)
    found = days(value)
    return None if found is None else _of_commits(at__gte=found[0], at__lt=found[1])


HAS: dict[str, Q] = {
    "tool": Q(calls__gt=0),
    "error": Q(outcome="error"),
    "stream": Q(streaming=True),
    "reasoning": Q(reasoning=True),
    "image": Q(picture=True),
    "problem": ~Q(problems=[]),
    "test": Q(test_id__isnull=False),
}
"""What a recording can contain. What people attached to it is in `review.said`: see `SAID`."""

IS: dict[str, Q] = {
    "answered": Q(outcome="answer"),
    "error": Q(outcome="error"),
    "cut": Q(outcome="truncated"),
    "empty": Q(outcome="empty"),
    "refused": Q(outcome="refused"),
    "filtered": Q(outcome="filtered"),
    "unfinished": Q(outcome="unfinished"),
    "unreadable": Q(outcome="unreadable"),
    "streamed": Q(streaming=True),
    "lost": Q(replay__in=("older", "edited", "unknown")),
}
"""How a recording ended. What was decided on it is in `review.said`: see `SAID`."""

SAID = {"has": ("note", "tag"), "is": ("pending", "approved", "rerecord", "deleted", "older")}
"""Values of these filters that depend on what people said."""

AT_COMMIT = frozenset({"before", "after", "month", "author"})
"""Filters on the commit that last changed a file, which the files alone do not tell."""


def _of_hash(value: str) -> Q | None:
    digits = hash_in(value)
    return by_hash(digits) if digits else None


_KINDS = {kind.value: KIND_WORDS.get(kind.value, kind.value) for kind in Kind}
_OUTCOMES = {outcome.value: OUTCOME_WORDS.get(outcome.value, outcome.value) for outcome in Outcome}
_REPLAYS = {state.value: REPLAY_WORDS.get(state.value, state.value) for state in ReplayState}
_AMOUNT = (
    "a number or a comparison: {0}:>100k, {0}:<=2M, {0}:512 (k, M and G are thousands, millions and billions; two "
)
_AMOUNT += "make a span: {0}:>100k {0}:<120k, or {0}:100k..120k)"

_DAYS = "a day, a month or a year: {0}:2026-04-22, {0}:2026-04, {0}:2026"


def _closed(key: str, label: str, example: str, words: Mapping[str, str], meaning: str) -> Filter:
    return Filter(key, label, _one_of(key, words), example, either(words), words, meaning=meaning)


def _name(key: str, label: str, example: str, meaning: str, takes: str = "") -> Filter:
    column, takes = {"file": "test_file"}.get(key, key), takes or f"the name of a {key}, in full"
    return Filter(key, label, _equals(column), example, takes, meaning=meaning)


def _several(
    key: str, label: str, example: str, conditions: Mapping[str, Q], words: Mapping[str, str], meaning: str
) -> Filter:
    takes = either((*conditions, *SAID[key]))
    return Filter(key, label, conditions.get, example, takes, words, narrows=_always, meaning=meaning)


def _part(key: str, label: str, example: str, takes: str, meaning: str) -> Filter:
    column = {"test": "test_id"}.get(key, key)
    return Filter(key, label, _contains(column), example, takes, narrows=_always, meaning=meaning)


def _figure(key: str, label: str, example: str, meaning: str) -> Filter:
    takes = _AMOUNT.format(key)
    return Filter(key, label, _amount_of(key), example, takes, narrows=_is_comparison, meaning=meaning)


def _time(key: str, label: str, condition: Callable[[str], Q | None], example: str, meaning: str) -> Filter:
    narrows = _never if key == "month" else _always
    return Filter(key, label, condition, example, _DAYS.format(key), narrows=narrows, meaning=meaning)


FILTERS: dict[str, Filter] = {
    one.key: one
    for one in (
        _closed("replay", "Replay", "replay:older", _REPLAYS, "whether replay finds it by its name"),
        _name("suite", "Suite", "suite:responses", "folder of tests"),
        _closed("kind", "Kind", "kind:embeddings", _KINDS, "kind of call"),
        _name("model", "Model", "model:gpt-4o", "the model that was asked"),
        _closed("outcome", "Outcome", "outcome:truncated", _OUTCOMES, "how the call turned out"),
        Filter(
            "host",
            "Host",
            _of_host,
            "host:api.openai.com",
            "the name of a host, or one word between its dots: host:azure",
            meaning="the server it was sent to",
            holds=_is_of_host,
        ),
        _part("test", "Test", "test:guardrails", "a part of a test id", "part of the test's name"),
        _part("path", "Path", "path:vision", "a part of a path", "part of the file's path"),
        Filter(
            "hash",
            "Hash",
            _of_hash,
            "hash:7470b4176f92",
            "7 or more hexadecimal digits: of a request's hash, of a file's name or of a blob",
            narrows=_always,
            meaning="of a request, a file's name or its bytes",
        ),
        _figure("size", "Size", "size:>100k", "size of the file; k is 1,000 bytes"),
        _figure("chunks", "Chunks", "chunks:>200", "pieces of the stream"),
        _several("has", "Has", "has:tool", HAS, HAS_WORDS, "what is in it"),
        _several("is", "Is", "is:error", IS, IS_WORDS, "what happened, what was decided"),
        Filter(
            "smell",
            "Finding",
            _with_smell,
            "smell:leaked-reasoning",
            "the name of a rule, as the page of smells has it",
            SMELL_WORDS,
            narrows=_always,
            meaning="what a rule found on it",
            holds=lambda value, found: value in found.split() if value else not found,
        ),
        _name(
            "finish",
            "Finish",
            "finish:length",
            "why it ended, as the provider says it",
            "the reason that a provider gave",
        ),
        _name(
            "provider",
            "Provider",
            "provider:azure",
            "whose models the test asked for",
            "the name before the model in a test id",
        ),
        _name("file", "Test file", "file:tests/test_sky.py", "file of the test", "the path of a test file, in full"),
        _name(
            "recorder",
            "Recorder",
            "recorder:ogx",
            "the recorder that wrote the file",
            "the name of a recorder, in full",
        ),
        Filter(
            "used",
            "Read by runs",
            lambda value: usage_words.condition(value) or _amount_of("reads")(value),
            "used:never",
            "never, any, the name of a run, or how often it was read: used:>10",
            usage_words.WORDS,
            narrows=_always,
            meaning="whether runs of the suite read it",
            holds=lambda value, found: value in found.split() if value else not found,
        ),
        Filter(
            "author",
            "Recorded by",
            _by_author,
            "author:Ana",
            "the name of an author of commits, in full",
            meaning="who made the commit that last changed it",
        ),
        _time("before", "Before", _before, "before:2026-04-22", "the commit that last changed it came earlier"),
        _time("after", "After", _after, "after:2026-04-22", "that day or later"),
        _time("month", "Month", _in_time, "month:2026-04", "when the commit that last changed it was made"),
    )
}


def canonical(words: Mapping[str, str], value: str) -> str:
    """Return the canonical form of a value that was typed in capitals or as pages call it; otherwise the value as
    typed.
    """
    if value in words:
        return value
    typed = value.casefold()
    return next((known for known, word in words.items() if typed in (known, word.casefold())), value)


def fault(term: Term) -> str:
    """Return an error message for a term with an invalid value, "" if it is valid. The key is one of FILTERS."""
    one = FILTERS[term.key]
    if one.condition(term.value) is not None:
        return ""
    return f"{term.said} cannot be used: {one.key} takes {one.takes}."


def apply(recordings: Recordings, terms: Sequence[Term]) -> Recordings:
    """Narrow a query by terms whose keys are in FILTERS; others are ignored.

    An invalid value (see `fault`) matches nothing, even if it is negated.
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
