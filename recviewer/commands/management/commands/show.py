"""Show recordings, reassembled, on the terminal."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recviewer.formats.reading import Reading


class Command(BaseCommand):
    help = (
        "Show recordings as conversations, with streamed deltas joined. Takes files, or paths, blob ids and file name "
        "hashes (or the first 7 digits or more of one) of the indexed tree. "
        "Example: recviewer show tests/integration/inference/recordings/33b71fb85bfb.json --json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="+", metavar="PATH|BLOB|HASH")
        parser.add_argument("--json", action="store_true", help="print the public JSON form, one line each")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.exported import contract_of, line_of
        from recviewer.commands.terminal import conversation

        failed = False
        for name in options["names"]:
            try:
                path, reading, blob = self._find(name)
            except LookupError as missing:
                self.stderr.write(str(missing.args[0]))
                failed = True
                continue
            if options["json"]:
                sys.stdout.buffer.write(line_of(contract_of(reading, path, blob)) + b"\n")
                sys.stdout.buffer.flush()
            else:
                self.stdout.write(conversation(reading.exchange, path), ending="\n")
        if failed:
            raise CommandError("not everything was found", returncode=2)

    def _find(self, name: str) -> tuple[str, Reading, str]:
        """Return a recording by file, path, blob or hash. Raises LookupError with a sentence."""
        from recviewer.commands.exported import one_file
        from recviewer.store.refusals import Refusal

        try:
            if os.path.lexists(name):
                return one_file(Path(name), limit_bytes=settings.FILE_LIMIT_BYTES)
            return self._indexed(name)
        except Refusal as refusal:
            raise LookupError(str(refusal)) from None

    def _indexed(self, name: str) -> tuple[str, Reading, str]:
        from django.db import DatabaseError
        from django.db.models import Q

        from recviewer.catalog import content
        from recviewer.catalog.models import Recording
        from recviewer.catalog.named import by_name_or_blob
        from recviewer.catalog.pasted import hash_in
        from recviewer.commands.terminal import safe
        from recviewer.store.paths import key_of

        if settings.PLACES.conflict:
            raise LookupError(settings.PLACES.conflict)
        wanted, digits = Q(path=key_of(os.fsencode(name))), hash_in(name)
        if digits:
            wanted |= by_name_or_blob(digits)
        try:
            found = list(Recording.objects.filter(wanted).order_by("path")[:4])
        except DatabaseError:
            found = []
        if not found:
            raise LookupError(
                f"{safe(name)}: no such file, and nothing like it in the index of {settings.RECORDINGS_ROOT}."
            )
        blobs = {recording.blob for recording in found}
        if len(blobs) > 1:
            several = ", ".join(recording.path for recording in found)
            raise LookupError(f"{name} could be several recordings; say more of the name: {several}")
        loaded = content.load(found[0])
        return found[0].path, loaded.reading, loaded.blob
