"""What differs between the databases: full-text search, locks, and the text that they can store.

There is one module for each: `sqlite`, the default, and `postgresql`, chosen by DATABASE_URL. `of` selects one by
Django's vendor name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from django.db.backends.utils import CursorWrapper

TABLE = "catalog_words"
"""The table of words beside the recordings. Its key is a recording's id, and it belongs to no model."""

Sql = tuple[str, list[Any]]
"""A statement and its parameters."""


class Wanted(NamedTuple):
    """A word or phrase to find.

    is_whole: its last word must match in full; otherwise it also matches longer words with this prefix.
    """

    text: str
    is_whole: bool


class Engine(Protocol):
    """The functions that each database's module provides."""

    KEY: str
    """The column of `TABLE` that holds the recording's id."""

    def create(self) -> list[str]:
        """Return the statements that make `TABLE`."""

    def insert(self, cursor: CursorWrapper, words: Sequence[tuple[Any, ...]]) -> None:
        """Insert or replace words. words: (id, asked, answered, test, model)."""

    def delete(self, cursor: CursorWrapper, ids: Iterable[int]) -> None:
        """Delete the words of recordings."""

    def holding(self, wanted: tuple[Wanted, ...], unwanted: tuple[Wanted, ...]) -> Sql:
        """Return the query for ids of recordings that contain all of the first (at least one) and none of the others."""

    def scanned(self, text: str) -> Sql:
        """Return the query for ids of recordings that contain a text anywhere, ignoring case in ASCII."""

    def listed(self, ids: str) -> Sql:
        """Return the query for the ids in a JSON list."""

    def json(self, text: str) -> object:
        """Return JSON text as a parameter for a JSON column."""

    def only_writer(self, name: str) -> None:
        """Wait until no other transaction that called this with the same name is running.

        Call it inside a transaction.
        """

    def lean(self) -> AbstractContextManager[None]:
        """A context manager around a transaction, after which the connection frees the memory of the many rows that it
        wrote.
        """

    def only_one(self, name: str) -> AbstractContextManager[bool]:
        """Tell whether no other connection holds this name, and hold it until the end of the block.

        On SQLite the locks in the data folder do that.
        """

    def size(self) -> int | None:
        """Return the size of the database on its server in bytes, or None if it is a file in the data folder."""


def of(vendor: str) -> Engine:
    """Return the engine for a database, by Django's vendor name."""
    return cast(Engine, import_module(f"{__name__}.{vendor}"))
