"""Restore a back-up into an empty instance."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError


class Command(BaseCommand):
    help = (
        "Restore a back-up of `recviewer backup` into an empty database (SQLite, or PostgreSQL by DATABASE_URL) and an "
        "empty data folder. Nothing is overwritten. A back-up of an older recviewer is upgraded. "
        "Example: recviewer restore /backups/recviewer-2026-11-29.tar.gz"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the back-up")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.backups import restore
        from recviewer.commands.start import unusable
        from recviewer.configuration import places
        from recviewer.exchange.amounts import counted

        try:
            settings.PLACES.prepare()
            kept = restore(Path(options["file"]))
        except places.OtherRoot as other:
            raise CommandError(str(other), returncode=2) from None
        except (OSError, DatabaseError) as error:
            raise unusable(error) from error
        self.stdout.write(
            f"Restored {counted(kept.rows, 'row')} and {counted(kept.files, 'file')} of {kept.made_at}. "
            "The index is made anew at the next start."
        )
