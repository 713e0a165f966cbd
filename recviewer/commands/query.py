"""The filter language on files that are in no index: the words `export --query` understands."""

from __future__ import annotations

import re
from collections.abc import Callable

from recviewer.catalog.naming import suite_of
from recviewer.exchange.model import Exchange
from recviewer.exchange.text import outcome_of, searchable
from recviewer.formats.raw import host_of

_TOKEN = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"|(\S+))')

FIELDS: dict[str, Callable[[str, Exchange], str]] = {
    "kind": lambda path, exchange: exchange.kind.value,
    "model": lambda path, exchange: exchange.model,
    "suite": lambda path, exchange: suite_of(path),
    "host": lambda path, exchange: host_of(exchange.url),
    "outcome": lambda path, exchange: outcome_of(exchange).value,
    "test": lambda path, exchange: exchange.test_id or "",
    "path": lambda path, exchange: path,
}
CONTAINED = frozenset({"test", "path"})


def matcher(query: str) -> Callable[[str, Exchange], bool]:
    """Return a test for `(path, exchange)`: every `key:value` holds and every other word occurs; `-` turns it round."""
    conditions = [_condition(*found.groups()) for found in _TOKEN.finditer(query)]
    return lambda path, exchange: all(condition(path, exchange) for condition in conditions)


def _condition(sign: str, key: str | None, phrase: str | None, word: str | None) -> Callable[[str, Exchange], bool]:
    value = phrase if phrase is not None else word or ""
    if key is not None and key not in FIELDS:
        value, key = f"{key}:{value}", None
    positive = not sign

    def holds(path: str, exchange: Exchange) -> bool:
        if key is None:
            return (value.lower() in "\n".join(searchable(exchange)).lower()) is positive
        found = FIELDS[key](path, exchange)
        return (value in found if key in CONTAINED else value == found) is positive

    return holds
