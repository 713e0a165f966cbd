"""Write verdicts, tags and notes to a file, or merge such a file into yours."""

from __future__ import annotations

import sqlite3
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from recviewer.bounded.files import data_from, data_of
from recviewer.exchange.amounts import counted


class Command(BaseCommand):
    help = (
        "Write verdicts, tags and notes as JSON lines that git can merge (export), or merge such a file "
        "into yours (import; known lines change nothing, and one undo takes the import back). "
        "An import that leaves out invalid lines names them and exits with 1. "
        "Example: recviewer reviews export reviews.jsonl"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=("export", "import"), help="write FILE, or merge it into yours")
        parser.add_argument(
            "file", nargs="?", metavar="FILE", help="- is standard output or input; default: $RECVIEWER_REVIEWS_FILE"
        )
        parser.add_argument("--recordings", metavar="DIR", help="the recordings root")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.catalog.database import is_damaged
        from recviewer.commands.start import DamagedDatabase, prepare
        from recviewer.review.refusals import Refused

        file, is_export = options["file"], options["act"] == "export"
        if file is None and settings.REVIEWS_FILE is None:
            raise CommandError("name a file, or - , or set RECVIEWER_REVIEWS_FILE", returncode=2)
        try:
            prepare(static=False)
            self._export(file) if is_export else self._import(file)
        except DamagedDatabase as damaged:
            if not is_export or file is None:
                raise
            self._save(file, damaged)
        except DatabaseError as error:
            if not is_export or file is None or not is_damaged(error):
                raise
            self._save(file, error)
        except Refused as error:
            raise CommandError(str(error), returncode=2) from None
        except OSError as error:
            raise CommandError(
                f"{error.filename}: {error.strerror}" if error.strerror else str(error), returncode=2
            ) from None

    def _save(self, file: str, error: Exception) -> None:
        """Write what can be read of a damaged database. Exits with 2 if something was lost."""
        from recviewer.commands import salvage
        from recviewer.review.reviews_file import beside

        try:
            data, lost = salvage.export(settings.PLACES.database)
            if file == "-":
                sys.stdout.buffer.write(data)
                sys.stdout.buffer.flush()
            else:
                beside.put(Path(file), data)
        except (DatabaseError, sqlite3.DatabaseError):
            raise CommandError(f"Nothing can be read of the database any more. {error}", returncode=2) from None
        except OSError as failed:
            raise CommandError(str(failed), returncode=2) from None
        words = {"review_decision": "verdicts", "review_note": "notes", "review_tagon": "tags on recordings"}
        told = ", ".join(f"{count:,} {words.get(table, f'rows of {table}')}" for table, count in lost.items())
        rest = f"; at least {told} could not be read" if told else ""
        where = "" if file == "-" else f" to {file}"
        self.stderr.write(
            f"The database is damaged. What can be read was written{where}: {len(data.splitlines()) - 1:,} lines{rest}."
        )
        if lost:
            sys.exit(2)

    def _export(self, file: str | None) -> None:
        from recviewer.review.reviews_file import beside, merging

        if file == "-":
            sys.stdout.buffer.write(merging.export())
            sys.stdout.buffer.flush()
        elif file is None:
            self.stdout.write(beside.write_file().sentence)
        else:
            data = merging.export()
            beside.put(Path(file), data)
            self.stdout.write(f"Wrote {len(data.splitlines()) - 1:,} lines to {file}.")

    def _import(self, file: str | None) -> None:
        from recviewer.commands.start import carry_verdicts
        from recviewer.review.actors import local_actor
        from recviewer.review.reviews_file import merging

        place = Path(file or settings.REVIEWS_FILE or "-")
        data = data_from(sys.stdin.buffer, "standard input") if file == "-" else data_of(place)
        name = "" if file == "-" else place.name
        imported = merging.bring_in(data, actor=local_actor(settings.RECORDINGS_ROOT), name=name)
        self.stdout.write(imported.done.sentence)
        carry_verdicts(self.stdout.write, self.stderr.write)
        for number, why in imported.bad:
            self.stderr.write(f"line {number:,} was left out: {why}")
        if imported.bad:
            is_one = len(imported.bad) == 1
            raise CommandError(f"{counted(len(imported.bad), 'line')} {'was' if is_one else 'were'} not imported.")
