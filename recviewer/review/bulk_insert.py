"""Inserting many rows in plain SQL, in batches: an action on very many is one transaction, for which all other writers
wait.

Django creates an object for each row and compiles SQL for each batch, which takes several times as long as the database
takes to store them. SQLite and PostgreSQL both understand the statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connection, models

from recviewer.review.subjects import chunked

BATCH = 500
"""Rows that are written at once."""
ANYWAY = "ON CONFLICT DO NOTHING"
"""Conflict clause that keeps an existing row."""


def add(
    model: type[models.Model],
    names: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    clash: str = "",
    batch: int = BATCH,
) -> None:
    """Insert rows into the table of a model. Call it inside a transaction.

    names: the attributes for the members of each row (`event_id`, not `event`): all except an auto-increment key.
    clash: what to do if a row exists: `ANYWAY`, or `instead`. batch: rows that are in memory at once.
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
    """Return the conflict clause that replaces a row with the same key. names: attributes to update."""
    quoted = connection.ops.quote_name
    fields = {field.attname: quoted(str(field.column)) for field in model._meta.concrete_fields}
    key = fields[model._meta.pk.attname]
    return f"ON CONFLICT ({key}) DO UPDATE SET " + ", ".join(f"{fields[one]} = excluded.{fields[one]}" for one in names)


def _is_plain(field: models.Field[Any, Any]) -> bool:
    """Tell whether values of a field are stored without conversion."""
    return isinstance(field, (models.CharField, models.TextField, models.IntegerField, models.ForeignKey))


def _prepared(field: models.Field[Any, Any]) -> Callable[[Any], Any]:
    return lambda value: field.get_db_prep_save(value, connection)


def _ready(rows: Iterable[Sequence[Any]], prepared: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[list[Any]]:
    """Return rows with their times, bytes and JSON converted for the database."""
    ready = list(map(list, rows))
    for place, prepare in prepared:
        given = made = None
        for row in ready:
            if made is None or row[place] is not given:  # all rows of an action have the same time
                given = row[place]
                made = prepare(given)
            row[place] = made
    return ready
