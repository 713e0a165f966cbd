"""Writing rows in bulk.

Plain SQL through `executemany` is three times as fast as model instances, and that decides the speed of an indexing
run. SQLite and PostgreSQL both understand the statements; JSON is passed as the engine wants it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

from recviewer.catalog import engines, rows
from recviewer.catalog.jobs import JobResult
from recviewer.catalog.naming import suite_of
from recviewer.catalog.rows import FILES, TABLE, Known
from recviewer.catalog.summary import BEYOND, Summary
from recviewer.formats.reader_sources import version_for
from recviewer.recorders.reading import key_of_part
from recviewer.store.scan import FileStamp

PLACE = ("id", "file_id", "path", "raw_path", "folder", "suite", "size", "mtime_ns", "indexed_at", "run")
MEANING = Summary._fields[: -len(BEYOND)]
COLUMNS = (*PLACE, *MEANING)
_PROBLEMS = COLUMNS.index("problems")
FILE = ("id", "path", "raw_path", "size", "mtime_ns", "inode", "blob", "reader")

AT_ONCE = 4_000
"""Rows that are built before they are written."""


def _insert(table: str, columns: Sequence[str]) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"


def _upsert(table: str, columns: Sequence[str]) -> str:
    updated = ", ".join([f"{name} = excluded.{name}" for name in columns if name != "id"])
    return f"{_insert(table, columns)} ON CONFLICT (id) DO UPDATE SET {updated}"


INSERT, _INSERT_FILE = _insert(TABLE, COLUMNS), _insert(FILES, FILE)
_REPLACE, _REPLACE_FILE = _upsert(TABLE, COLUMNS), _upsert(FILES, FILE)


class Writer:
    """Writes rows and assigns the ids of new ones, because only one run writes at a time.

    known: the existing rows of files that will be written.
    """

    def __init__(self, known: dict[str, Known]) -> None:
        self._files = {key: row[0] for key, row in known.items()}
        self._next_file = rows.last_id(FILES) + 1
        self._next = rows.last_id() + 1

    def write(self, found: list[tuple[JobResult, FileStamp]], run: int) -> None:
        """Insert or replace the rows of each file that was read, with their words, in one transaction.

        run: the id of the `IndexRun`.
        """
        if not found:
            return
        now = datetime.now(UTC)
        before = rows.recordings_of([self._files[done.key] for done, _ in found if done.key in self._files])
        first_file, first = self._next_file, self._next
        of_files, placed = [], []
        for done, stamp in found:
            summed = done.summed
            assert summed is not None
            file = self._files.get(done.key)
            if file is None:
                file = self._files[done.key] = self._next_file
                self._next_file += 1
            reader = "" if summed.readers is None else version_for(summed.readers)
            of_files.append((file, done.key, _raw(done.key, stamp.raw), *stamp[2:5], summed.blob, reader))
            mine = before.get(file, {})
            for summary in summed.parts:
                id = mine.pop(key_of_part(done.key, summary.part), 0)
                if not id:
                    id = self._next
                    self._next += 1
                placed.append((id, file, done.key, stamp, now, run, summary))
        engine = engines.of(connection.vendor)
        with transaction.atomic(), connection.cursor() as cursor:
            rows.delete_recordings([id for left in before.values() for id in left.values()])
            _put(cursor, of_files, first_file, _INSERT_FILE, _REPLACE_FILE)
            for start in range(0, len(placed), AT_ONCE):  # a file may hold very many
                some = placed[start : start + AT_ONCE]
                values = [values_of(*one) for one in some]
                values = [(*row[:_PROBLEMS], engine.json(row[_PROBLEMS]), *row[_PROBLEMS + 1 :]) for row in values]
                _put(cursor, values, first, INSERT, _REPLACE)
                engine.insert(cursor, [words_of(one[0], one[-1]) for one in some])


def _put(cursor: Any, made: Sequence[tuple[Any, ...]], since: int, insert: str, replace: str) -> None:
    """Write rows.

    since: the first new id; rows from there on are inserted without replacing, which is a fifth cheaper.
    """
    cursor.executemany(replace, [row for row in made if row[0] < since])
    cursor.executemany(insert, [row for row in made if row[0] >= since])


def values_of(
    id: int, file: int, key: str, stamp: FileStamp, now: datetime | str, run: int, summary: Summary
) -> tuple[Any, ...]:
    """Return a row's values, in the order of `COLUMNS`. file, key, stamp: of the file that it belongs to."""
    folder, raw = key.rpartition("/")[0], _raw(key, stamp.raw)
    size = summary.part_size if summary.part else stamp.size
    place = (id, file, key_of_part(key, summary.part), raw, folder, suite_of(key), size, stamp.mtime_ns, now, run)
    return (*place, *summary[: -len(BEYOND)])


def words_of(id: int, summary: Summary) -> tuple[Any, ...]:
    """Return a row's words, in the form of an engine's `insert`."""
    return (id, summary.asked_words, summary.answered_words, summary.test_name, summary.model)


def _raw(key: str, raw: bytes) -> bytes | None:
    """Return the bytes of a path if they differ from its key."""
    return None if key.encode("utf-8", "surrogatepass") == raw else raw
