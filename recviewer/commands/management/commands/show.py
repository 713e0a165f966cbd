"""Show recordings, reassembled, on the terminal."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from recviewer.commands.exported import ReadExchange


class Command(BaseCommand):
    help = (
        "Show recordings as conversations, with streamed deltas joined. Takes files, or paths, blob ids and file name "
        "hashes (or the first 7 digits or more of one) of the indexed tree. "
        "Example: recviewer show tests/integration/inference/recordings/33b71fb85bfb.json --json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="+", metavar="PATH|BLOB|HASH", help="a file, a path in the index, or digits")
        parser.add_argument("--json", action="store_true", help="print the public JSON form, one line each")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.exported import contract_of, line_of
        from recviewer.commands.terminal import conversation
        from recviewer.recorders.reading import key_of_part

        failed = False
        for name in options["names"]:
            try:
                found = self._find(name)
            except LookupError as missing:
                self.stderr.write(str(missing.args[0]))
                failed = True
                continue
            for one in found:
                if options["json"]:
                    sys.stdout.buffer.write(line_of(contract_of(one)) + b"\n")
                    sys.stdout.buffer.flush()
                else:
                    path = key_of_part(one.file, one.part.part)
                    self.stdout.write(conversation(one.part.reading.exchange, path), ending="\n")
        if failed:
            raise CommandError("not everything was found", returncode=2)

    def _find(self, name: str) -> list[ReadExchange]:
        """Return the exchanges of a file, or a recording by path, blob or hash. Raises LookupError with a sentence."""
        from recviewer.commands.exported import in_file
        from recviewer.store.refusals import Refusal

        try:
            if os.path.lexists(name):
                return in_file(Path(name), limit_bytes=settings.FILE_LIMIT_BYTES)
            return self._indexed(name)
        except Refusal as refusal:
            raise LookupError(str(refusal)) from None

    def _indexed(self, name: str) -> list[ReadExchange]:
        from django.db import DatabaseError
        from django.db.models import Q

        from recviewer.catalog.by_name import by_name_or_blob
        from recviewer.catalog.content import EXACT_LIMIT_BYTES
        from recviewer.catalog.models import Recording
        from recviewer.commands.exported import found_in
        from recviewer.commands.terminal import safe
        from recviewer.language.pasted import hash_in
        from recviewer.store import files
        from recviewer.store.paths import key_of

        if settings.PLACES.conflict:
            raise LookupError(settings.PLACES.conflict)
        key, digits = key_of(os.fsencode(name)), hash_in(name)
        wanted = Q(path=key) | Q(file__path=key)
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
        one, blobs = found[0], {recording.blob for recording in found}
        if len(blobs) > 1 and one.file_path != key:
            several = ", ".join(recording.path for recording in found)
            raise LookupError(f"{name} could be several recordings; say more of the name: {several}")
        data = files.read(settings.RECORDINGS_ROOT, one.raw, limit_bytes=settings.FILE_LIMIT_BYTES).data
        every = found_in(data, one.file_path, exact=len(data) <= EXACT_LIMIT_BYTES)
        return [each for each in every if one.file_path == key or each.part.part == one.part]
