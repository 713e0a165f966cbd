"""recviewer move-database: from SQLite to PostgreSQL."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from recviewer.commands.start import prepare, unusable
from recviewer.configuration import databases


class Command(BaseCommand):
    help = (
        "Copy verdicts, tags, notes, trash, the activity log and accounts from SQLite to the database of DATABASE_URL, "
        "which has to be empty. The file is not changed. Stop recviewer first; the index is rebuilt. "
        "Example: recviewer move-database ~/.local/share/recviewer/recviewer.sqlite3"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", nargs="?", help="the SQLite file; default: that of the data folder")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands import moving

        target = settings.DATABASES["default"]
        if not databases.is_server(target):
            raise CommandError("Set DATABASE_URL to the database to move to: postgres://user@host/name.", returncode=2)
        file = Path(options["file"] or settings.PLACES.database)
        prepare(static=False)
        try:
            counts = moving.move(file)
        except DatabaseError as error:
            raise unusable(error) from error
        for table, count in counts.items():
            self.stdout.write(f"{count:>9,} {table}")
        self.stdout.write(
            f"Moved {sum(counts.values()):,} rows from {file} to {databases.display_name(target)}, and compared them."
        )
