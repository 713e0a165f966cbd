"""Temporary queries on a database other than the configured one: a single SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend

from recviewer.configuration.databases import SQLITE


@contextmanager
def on_file(file: Path, *, is_read_only: bool = False) -> Iterator[None]:
    """Run all queries of this thread on a file. is_read_only: open it without write access.

    Django's models and commands use the connection `default`, so that one is replaced, and restored at the end.
    """
    usual = connections[DEFAULT_DB_ALIAS]
    places = connections.settings[DEFAULT_DB_ALIAS] | {
        "ENGINE": SQLITE,
        "NAME": f"{file.as_uri()}?mode=ro" if is_read_only else str(file),
        "OPTIONS": {"timeout": 20},
    }
    connections[DEFAULT_DB_ALIAS] = load_backend(SQLITE).DatabaseWrapper(places, DEFAULT_DB_ALIAS)
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS].close()
        connections[DEFAULT_DB_ALIAS] = usual
