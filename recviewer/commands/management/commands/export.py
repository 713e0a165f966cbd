"""Print one JSON line for each recording."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Print one JSON line for each recording below DIR, reading the files themselves, no index. "
        "Example: recviewer export tests/integration --query 'kind:chat weather' > recordings.jsonl"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("dir", nargs="?", metavar="DIR", help="default: $RECVIEWER_RECORDINGS, else the demo")
        parser.add_argument(
            "--query", metavar="Q", help="only recordings with these words, or kind:, model:, suite:, …"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.exported import contract_of, line_of, recordings_below
        from recviewer.commands.query import matcher
        from recviewer.store.refusals import Refusal

        if options["dir"] is None:
            settings.PLACES.prepare()
        root = Path(options["dir"]) if options["dir"] else settings.RECORDINGS_ROOT
        wanted = matcher(options["query"] or "")
        out = sys.stdout.buffer
        try:
            for path, reading, blob in recordings_below(root, limit_bytes=settings.FILE_LIMIT_BYTES):
                if wanted(path, reading.exchange):
                    out.write(line_of(contract_of(reading, path, blob)) + b"\n")
            out.flush()
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from None
