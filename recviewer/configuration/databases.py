"""Which database holds the index and what people said: SQLite in the data folder, or PostgreSQL by DATABASE_URL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from recviewer.configuration.env import BadEnvironment

SQLITE = "django.db.backends.sqlite3"
WANTED = "it takes postgres://user:password@host:port/name, or nothing for SQLite in the data folder"


def named(url: str, file: Path) -> dict[str, Any]:
    """Return Django's settings for the database at a URL, "" for SQLite in a file.

    Error messages do not repeat the URL, because it may contain a password.
    """
    if not url:
        return sqlite(file)
    if not url.startswith(("postgres://", "postgresql://")):
        raise BadEnvironment("DATABASE_URL", "…", WANTED)
    try:
        import dj_database_url
        import psycopg  # noqa: F401 - asked for here, so that what lacks is said before Django looks for it
    except ImportError:
        raise BadEnvironment("DATABASE_URL", "…", "PostgreSQL needs `pip install 'recviewer[postgres]'`") from None
    try:
        found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=None, conn_health_checks=True))
    except (ValueError, KeyError):
        raise BadEnvironment("DATABASE_URL", "…", WANTED) from None
    if not found.get("NAME"):
        raise BadEnvironment("DATABASE_URL", "…", WANTED)
    return found


def is_server(database: dict[str, Any]) -> bool:
    """Tell whether Django's settings name a server, which has no file in the data folder."""
    return bool(database["ENGINE"] != SQLITE)


def display_name(database: dict[str, Any]) -> str:
    """Name a database for users: its file, or the server's host and database name, without a password."""
    if not is_server(database):
        return str(database["NAME"])
    return f"{database['NAME']} on {database.get('HOST') or 'this machine'}"


def sqlite(file: Path) -> dict[str, Any]:
    """Return Django's settings for an SQLite file."""
    return {
        "ENGINE": SQLITE,
        "NAME": file,
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL;PRAGMA synchronous=FULL;PRAGMA busy_timeout=20000;"
            "PRAGMA mmap_size=268435456;PRAGMA cache_size=-32768;PRAGMA temp_store=MEMORY;PRAGMA foreign_keys=ON;",
        },
    }
