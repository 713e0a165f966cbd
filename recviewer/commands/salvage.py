"""What people said, read row by row from a damaged database, as a file of reviews.

The readable rows of each table are copied into a new database, which is then exported. The damaged file is only read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from django.core.management import call_command

from recviewer.catalog.other_database import on_file
from recviewer.processes import temporary
from recviewer.review import models
from recviewer.review.reviews_file import merging

_TABLES = tuple(
    model._meta.db_table
    for model in (
        models.AuditEvent,
        models.EventItem,
        models.Decision,
        models.Tag,
        models.TagOn,
        models.Note,
        models.SavedSearch,
        models.Suppression,
    )
)
_BATCH = 200
_PATIENCE = 20_000
"""Number of consecutive unreadable row numbers after which a table is considered to end."""


def export(file: Path) -> tuple[bytes, dict[str, int]]:
    """Return what can be read as a file of reviews, and by table how many rows were lost, as far as that is known.

    Raises DatabaseError, sqlite3.DatabaseError, OSError if nothing can be read or there is no space for the copy.
    """
    with temporary.folder_of_ours(temporary.FOR_SALVAGE) as folder:
        fresh = Path(folder) / "saved.sqlite3"
        with on_file(fresh):
            call_command("migrate", interactive=False, verbosity=0)
            lost = _copy(file, fresh)
            return merging.export(), lost


def _copy(file: Path, fresh: Path) -> dict[str, int]:
    lost: dict[str, int] = {}
    with (
        closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as source,
        closing(sqlite3.connect(fresh)) as target,
    ):
        source.text_factory = lambda raw: raw.decode("utf-8", "replace")
        source.execute("SELECT count(*) FROM sqlite_master")
        for table in _TABLES:
            lost[table] = _copy_table(source, target, table)
        target.commit()
    return {table: count for table, count in lost.items() if count}


def _copy_table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> int:
    """Copy the readable rows of a table. Returns how many were not readable."""
    known = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
    try:
        had = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}
    except sqlite3.DatabaseError:
        return 1
    columns = ", ".join(name for name in known if name in had)
    if not columns:
        return 0
    marks = ", ".join("?" for _ in columns.split(", "))
    lost = 0
    for row in _rows(source, table, columns):
        try:
            if row is None:
                raise sqlite3.DatabaseError
            target.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", row)  # noqa: S608 - names of ours
        except sqlite3.Error:
            lost += 1
    return lost


def _rows(source: sqlite3.Connection, table: str, columns: str) -> Iterator[tuple[object, ...] | None]:
    """Yield the rows of a table in order, None for a row that exists but cannot be read."""
    last, missing = 0, 0
    many = f"SELECT id, {columns} FROM {table} WHERE id > ? ORDER BY id LIMIT {_BATCH}"  # noqa: S608 - names of ours
    one = f"SELECT id, {columns} FROM {table} WHERE id = ?"  # noqa: S608 - names of ours
    while missing < _PATIENCE:
        try:
            some = source.execute(many, (last,)).fetchall()
            if not some:
                return
            last, missing = some[-1][0], 0
            yield from (row[1:] for row in some)
            continue
        except sqlite3.DatabaseError:
            pass
        for number in range(last + 1, last + 1 + _BATCH):
            try:
                row = source.execute(one, (number,)).fetchone()
            except sqlite3.DatabaseError:
                missing += 1
                yield None
                continue
            missing = 0 if row else missing + 1
            if row:
                yield row[1:]
        last += _BATCH
