"""Copying everything but the index from an SQLite file to the configured server, row by row."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import CommandError
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Model
from django.db.utils import load_backend

from recviewer.configuration import databases

SOURCE = "moved"
BATCH = 500
_MADE_BY_MIGRATE = ("auth.Permission", "contenttypes.ContentType")
"""Rows that every database has: those of the source replace them, because other rows refer to their keys."""


def move(file: Path) -> dict[str, int]:
    """Copy everything that people said and all accounts in one transaction, and compare. Returns rows by table.

    The index is not copied, but rebuilt. Raises CommandError if the source is missing or of another version, or if the
    target is not empty; DatabaseError. Nothing is changed then.
    """
    if not file.is_file():
        raise CommandError(f"There is no database {file}.", returncode=2)
    with _opened(file), transaction.atomic(using=SOURCE), transaction.atomic():
        if MigrationExecutor(connections[SOURCE]).migration_plan(_leaves()):
            raise CommandError(
                f"{file} was made by another version of recviewer. Run `recviewer index` with this one, "
                "without DATABASE_URL, and then again.",
                returncode=2,
            )
        models = [
            model for model in apps.get_models(include_auto_created=True) if model._meta.managed and _is_kept(model)
        ]
        _expect_empty(models)
        for model in models:
            if model._meta.label in _MADE_BY_MIGRATE:
                model._base_manager.all()._raw_delete("default")
        counts = {model._meta.db_table: _copy(model) for model in models}
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)
        connection.check_constraints()
        for model in models:
            _expect_equal(model)
    return {table: count for table, count in counts.items() if count}


def _leaves() -> list[tuple[str, str]]:
    return list(MigrationExecutor(connections[SOURCE]).loader.graph.leaf_nodes())


def _is_kept(model: type[Model]) -> bool:
    return model._meta.app_label != "catalog" and not model._meta.proxy


@contextmanager
def _opened(file: Path) -> Iterator[None]:
    """Open a read-only connection to a file."""
    place = connections.settings["default"] | databases.sqlite(file)
    place |= {"NAME": f"{file.absolute().as_uri()}?mode=ro", "OPTIONS": {"timeout": 20}}
    connections.settings[SOURCE] = place
    connections[SOURCE] = load_backend(databases.SQLITE).DatabaseWrapper(place, SOURCE)
    try:
        yield
    finally:
        connections[SOURCE].close()
        del connections[SOURCE], connections.settings[SOURCE]


def _expect_empty(models: list[type[Model]]) -> None:
    full = [
        model._meta.db_table
        for model in models
        if model._meta.label not in _MADE_BY_MIGRATE and model._base_manager.using("default").exists()
    ]
    if full:
        raise CommandError(
            f"{databases.display_name(connection.settings_dict)} holds something already, in {', '.join(full[:3])}. "
            "Nothing was changed. Move to an empty one.",
            returncode=2,
        )


def _rows(model: type[Model], using: str) -> Iterator[Any]:
    return iter(model._base_manager.using(using).order_by("pk").iterator(chunk_size=BATCH))


def _copy(model: type[Model]) -> int:
    count, some = 0, []
    for row in _rows(model, SOURCE):
        some.append(row)
        if len(some) == BATCH:
            count, some = count + _put(model, some), []
    return count + _put(model, some)


def _put(model: type[Model], rows: list[Any]) -> int:
    if rows:
        model._base_manager.using("default").bulk_create(rows)
    return len(rows)


def _expect_equal(model: type[Model]) -> None:
    """Raise CommandError if a table differs from the source; then everything is rolled back."""
    names = [field.attname for field in model._meta.concrete_fields]
    for one, other in zip_longest(_rows(model, SOURCE), _rows(model, "default")):
        if one is None or other is None or any(_told(one, name) != _told(other, name) for name in names):
            raise CommandError(f"{model._meta.db_table} differs after the copy. Nothing was moved.", returncode=2)


def _told(row: Model, name: str) -> object:
    value = getattr(row, name)
    return bytes(value) if isinstance(value, memoryview) else value
