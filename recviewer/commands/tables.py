"""The tables of the database: migrated after a copy was made, refused if a newer recviewer made them.

A database on a server is not copied: its operator does that, with pg_dump.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DatabaseError, connection, router, transaction
from filelock import FileLock, Timeout

from recviewer import __version__
from recviewer.catalog import database, engines
from recviewer.configuration import databases
from recviewer.store import refusals as store

KEPT = 3
"""Copies that are kept; older ones go when a new one was made."""


def migrate() -> None:
    """Bring the tables up to date, all of it or nothing, after a copy of the database was made.

    Asks the database first: the question takes a tenth of the time of the command.
    Raises CommandError (a newer recviewer made them, no copy can be made), DatabaseError, OSError.
    """
    if not _is_behind():
        return
    with _alone():
        if _is_behind():  # another process may have been faster
            copy = None if databases.is_server(settings.DATABASES["default"]) else back_up()
            try:
                _apply()
            except DatabaseError as error:
                kept = f" A copy of how it was is {copy}." if copy else ""
                raise CommandError(
                    f"The database {_named()} could not be brought up to date: {error}. It is as it was.{kept}",
                    returncode=2,
                ) from error


def _is_behind() -> bool:
    """Tell whether tables are to be made or changed. Raises CommandError where a newer recviewer did so."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    newer = database.newer(executor.loader)
    if newer:
        raise CommandError(
            f"The database {_named()} was made by a newer recviewer than this one ({__version__}): it has "
            f"{', '.join(newer[:3])}. Nothing was changed. Use the newer one, or put back a copy that was made before"
            f"{_of_copies()}.",
            returncode=2,
        )
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time change the tables. Raises CommandError, OSError."""
    lock = FileLock(settings.DATA_DIR / "migrate.lock", timeout=300)
    try:
        lock.acquire()
    except Timeout:
        raise CommandError("another process has been changing the tables for 5 minutes", returncode=2) from None
    try:
        yield
    finally:
        lock.release()


def _apply() -> None:
    """Apply what is missing in one transaction, so that a process which is killed in between leaves all as it was.

    SQLite cannot change tables while it checks foreign keys, and cannot stop checking within a transaction. On a server
    processes of other hosts wait, and find nothing left to do.
    """
    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            engines.of(connection.vendor).only_writer("tables")
            if connection.vendor == "sqlite" and not connection.introspection.table_names():
                _make()
            else:
                call_command("migrate", interactive=False, verbosity=0)
            connection.check_constraints()
    finally:
        connection.enable_constraint_checking()


def _make() -> None:
    """Create the tables of a new database directly from the models, which takes a tenth of the time of all migrations.

    Contents and names are the same; only the order of columns may differ.
    """
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    emit_pre_migrate_signal(0, interactive=False, db=connection.alias, plan=plan)
    with connection.schema_editor() as editor:
        for model in apps.get_models():
            if router.allow_migrate_model(connection.alias, model):
                editor.create_model(model)
        for statement in engines.of(connection.vendor).create():
            editor.execute(statement)
    executor.recorder.ensure_schema()
    executor.recorder.migration_qs.bulk_create(
        [executor.recorder.Migration(app=migration.app_label, name=migration.name) for migration, _ in plan]
    )
    emit_post_migrate_signal(0, interactive=False, db=connection.alias, plan=plan)


def _named() -> str:
    return databases.display_name(settings.DATABASES["default"])


def _of_copies() -> str:
    return " with pg_dump" if databases.is_server(settings.DATABASES["default"]) else f", from {backups()}"


def backups() -> Path:
    """Return the folder with copies of the database."""
    return Path(settings.DATA_DIR) / "backups"


def back_up() -> Path | None:
    """Copy the database with SQLite's own backup, and verify the copy; None if the database is still empty.

    Raises CommandError if there is no space, DatabaseError if it is damaged.
    """
    if not connection.introspection.table_names():
        return None
    place = backups() / f"recviewer-{datetime.now(UTC):%Y%m%dT%H%M%S}.sqlite3"
    fresh = place.with_suffix(".new")
    try:
        backups().mkdir(mode=0o700, exist_ok=True)
        for left in backups().glob("recviewer-*.new"):
            left.unlink()
        os.close(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(fresh)) as copy:
            connection.ensure_connection()
            connection.connection.backup(copy)
            _expect_whole(copy)
        with fresh.open("rb") as copied:
            os.fsync(copied.fileno())
        fresh.rename(place)
        _drop_old()
    except (OSError, sqlite3.OperationalError) as error:
        with suppress(OSError):
            fresh.unlink()
        reason = store.why(error) if isinstance(error, OSError) else str(error)
        raise CommandError(
            f"no copy of the database could be made in {backups()} before its tables are changed: {reason}. "
            "Nothing was changed.",
            returncode=2,
        ) from error
    except DatabaseError:
        with suppress(OSError):
            fresh.unlink()
        raise
    return place


def _expect_whole(copy: sqlite3.Connection) -> None:
    try:
        told = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError:
        told = "damaged"
    if told != "ok":
        raise DatabaseError("database disk image is malformed")


def _drop_old() -> None:
    for old in sorted(backups().glob("recviewer-*.sqlite3"))[:-KEPT]:
        old.unlink()
