"""Write everything that cannot be rebuilt to one file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError


class Command(BaseCommand):
    help = (
        "Write verdicts, tags, notes, the activity log, accounts and the trash to FILE, while pages are served; `recviewer "
        "restore` restores them, to SQLite or PostgreSQL. The recordings are not included, nor the index, which is rebuilt "
        "from them. Example: recviewer backup /backups/recviewer-2026-11-29.tar.gz"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="the back-up; an existing file is not overwritten")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.backups import back_up
        from recviewer.commands.start import prepare, unusable
        from recviewer.exchange.amounts import counted, size

        place = Path(options["file"])
        if not place.absolute().parent.is_dir():
            raise CommandError(f"{place} cannot be written: there is no folder {place.parent}.", returncode=2)
        prepare(static=False)
        try:
            kept = back_up(place)
        except (OSError, DatabaseError) as error:
            raise unusable(error) from error
        told = f"{counted(kept.rows, 'row')} and {counted(kept.files, 'file')}, {size(kept.size)}"
        self.stdout.write(f"Backed up {told}, to {options['file']}, read again and whole.")
