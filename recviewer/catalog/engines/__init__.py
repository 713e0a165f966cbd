"""What each database does in its own way: full text, locks, and what text it can hold.

A module for each: `sqlite`, the default, and `postgresql`, by DATABASE_URL. `of` chooses between them by Django's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from django.db.backends.utils import CursorWrapper

TABLE = "catalog_words"
"""The table of words beside the recordings; its key is a recording's id, and it belongs to no model."""

Sql = tuple[str, list[Any]]
"""A statement and its parameters."""


class Wanted(NamedTuple):
    """A word or phrase to find. is_whole: its last word ends there; else it also matches words that begin with it."""

    text: str
    is_whole: bool


class Engine(Protocol):
    """What a database's module has."""

    KEY: str
    """The column of `TABLE` that holds the recording's id."""

    def create(self) -> list[str]:
        """Return the statements that make `TABLE`."""

    def insert(self, cursor: CursorWrapper, words: Sequence[tuple[Any, ...]]) -> None:
        """Store words, in place of those there may be. words: (id, asked, answered, test, model)."""

    def delete(self, cursor: CursorWrapper, ids: Iterable[int]) -> None:
        """Drop the words of recordings."""

    def holding(self, wanted: tuple[Wanted, ...], unwanted: tuple[Wanted, ...]) -> Sql:
        """Return the query for ids of recordings that hold all of the first, at least one, and none of the others."""

    def scanned(self, text: str) -> Sql:
        """Return the query for ids of those in which a text stands anywhere; upper and lower case are one in ASCII."""

    def listed(self, ids: str) -> Sql:
        """Return the query for the ids of a JSON list."""

    def json(self, text: str) -> object:
        """Return JSON text as a parameter for a column of JSON."""

    def only_writer(self, name: str) -> None:
        """Wait until no other transaction that asked by this name is under way. Call it inside a transaction."""

    def lean(self) -> AbstractContextManager[None]:
        """Go around a transaction, and have the connection keep no memory of the very many rows that it wrote."""

    def only_one(self, name: str) -> AbstractContextManager[bool]:
        """Tell whether no other connection holds this name; hold it meanwhile. On SQLite the data folder's locks do that."""

    def size(self) -> int | None:
        """Return the bytes that the database takes on its server; None where it is a file of the data folder."""


def of(vendor: str) -> Engine:
    """Return what is done in its own way by a database, by Django's name for it."""
    return cast(Engine, import_module(f"{__name__}.{vendor}"))
