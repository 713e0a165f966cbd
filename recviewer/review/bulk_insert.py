"""Adding many rows in plain SQL, a few at a time: an act on very many is one transaction, for which everybody else waits.

Django makes an object of each row, and SQL of each batch, which takes several times as long as the database takes to
store them. SQLite and PostgreSQL both understand the statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models

from recviewer.review.subjects import chunked

BATCH = 500
"""Rows that are written at once."""
ANYWAY = "ON CONFLICT DO NOTHING"
"""How rows are added that may be there already, and stay as they are then."""


def add(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    clash: str = "",
    batch: int = BATCH,
) -> None:
    """Add rows to the table of a model. Call it inside a transaction.

    names: the attributes that the members of each row are for (`event_id`, not `event`): all but a key that counts up.
    clash: what to do where a row is there already: `ANYWAY`, or `instead`. batch: rows that are in memory at once.
    """
    fields = {field.attname: field for field in model._meta.concrete_fields}
    prepared = [(place, _prepared(fields[name])) for place, name in enumerate(names) if not _is_plain(fields[name])]
    into = ", ".join(connection.ops.quote_name(str(fields[name].column)) for name in names)
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"INSERT INTO {table} ({into}) VALUES ({', '.join(['%s'] * len(names))}) {clash}"  # noqa: S608 - names of ours
    with connection.cursor() as cursor:
        for some in chunked(rows, batch):
            cursor.executemany(sql, _ready(some, prepared))


def instead(model: type[models.Model], names: Sequence[str]) -> str:
    """Return what has a row take the place of one with the same key. names: attributes that are set anew."""
    quoted = connection.ops.quote_name
    fields = {field.attname: quoted(str(field.column)) for field in model._meta.concrete_fields}
    key = fields[model._meta.pk.attname]
    return f"ON CONFLICT ({key}) DO UPDATE SET " + ", ".join(f"{fields[one]} = excluded.{fields[one]}" for one in names)


def _is_plain(field: models.Field[Any, Any]) -> bool:
    """Tell whether values of a field are stored as they are."""
    return isinstance(field, (models.CharField, models.TextField, models.IntegerField, models.ForeignKey))


def _prepared(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(value, connection)


def _ready(rows: Iterable[Sequence[Any]], prepared: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[list[Any]]:
    """Return rows with their moments, bytes and parts of payloads as the database takes them."""
    ready = list(map(list, rows))
    for place, prepare in prepared:
        given = made = None
        for row in ready:
            if made is None or row[place] is not given:  # an act gives all of its rows one moment
                given = row[place]
                made = prepare(given)
            row[place] = made
    return ready
