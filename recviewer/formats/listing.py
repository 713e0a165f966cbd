"""Replies that are lists of objects with properties: models, processes, progress."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.exchange.model import Chunk, Json, Problem, Request, Table
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import request_of
from recviewer.formats.raw import Raw


def table(title: str, columns: Sequence[tuple[str, str]], rows: Iterator[Lookup]) -> Table:
    """Make a table. columns: (heading, key) pairs; a dotted key reads a nested object."""
    ways = [key.partition(".") for _, key in columns]
    return Table(
        title,
        tuple([heading for heading, _ in columns]),
        tuple([tuple([_cell(row.data, outer, inner) for outer, _, inner in ways]) for row in rows]),
    )


def _cell(row: dict[str, Json], outer: str, inner: str) -> object:
    value = row.get(outer)
    return (value.get(inner) if isinstance(value, dict) else None) if inner else value


def plain_request(raw: Raw, problems: list[Problem]) -> Request:
    """Return a request without messages: the whole body is parameters."""
    return request_of(raw, (), problems, taken=frozenset())


def no_chunks() -> Iterator[Chunk]:
    """Return the chunks of a reply that is never streamed: none."""
    return iter(())
