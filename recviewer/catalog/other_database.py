"""Queries on another database than the settings name: one file of SQLite, for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend

from recviewer.configuration.databases import SQLITE


@contextmanager
def on_file(file: Path, *, is_read_only: bool = False) -> Iterator[None]:
    """Let all queries of this thread go to a file. is_read_only: it is opened so that nothing can be written.

    Django's models and its commands ask for the connection `default`, so that one is exchanged, and put back at the end.
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
