"""Bring the catalog up to date with the recordings on disk."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from recviewer.commands.progress import progress_for
from recviewer.configuration.places import MOVED, RECORDER


class Command(BaseCommand):
    help = (
        "Bring the index up to date with the recordings below DIR (default: as for `recviewer serve`). "
        "Example: recviewer index tests/integration"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recorder", metavar="NAME", help=RECORDER)
        parser.add_argument("dir", nargs="?", metavar="DIR", help="the recordings root")
        parser.add_argument("--moved", action="store_true", help=MOVED)
        parser.add_argument("--full", action="store_true", help="read every file again, even if it is unchanged")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.catalog import indexer, run_lock
        from recviewer.commands.start import prepare, sentence_of, unusable
        from recviewer.store.refusals import Refusal

        prepare(static=False, moved=options["moved"])
        try:
            with progress_for(sys.__stderr__ or sys.stderr) as progress:
                report = indexer.refresh(full=options["full"], progress=progress)
        except (run_lock.Busy, Refusal) as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        except (OSError, DatabaseError) as error:
            raise unusable(error) from error
        for problem in report.problems:
            self.stderr.write(f"not looked at: {problem}")
        self.stdout.write(sentence_of(report))
