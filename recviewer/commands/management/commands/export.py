"""Print one JSON line for each recording."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recviewer.configuration.places import RECORDER


class Command(BaseCommand):
    help = (
        "Print one JSON line for each recording below DIR, reading the files themselves, without an index. "
        "Example: recviewer export tests/integration --query 'kind:chat weather' > recordings.jsonl"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recorder", metavar="NAME", help=RECORDER)
        parser.add_argument(
            "dir", nargs="?", metavar="DIR", help="the recordings root; default: as for `recviewer serve`"
        )
        parser.add_argument(
            "--query",
            metavar="Q",
            help="only the recordings that match this query; filters on what people said and on "
            "commits are not available",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.exported import chosen, contract_of, found_below, line_of, refusal_of, usage_of
        from recviewer.configuration.places import OtherRoot
        from recviewer.review.narrowing import read
        from recviewer.store.refusals import Refusal

        asked = read(options["query"] or "")
        if asked.faults or refusal_of(asked):
            raise CommandError(" ".join(asked.faults) or refusal_of(asked), returncode=2)
        for hint in asked.hints:
            self.stderr.write(hint)
        if options["dir"] is None:
            try:
                settings.PLACES.prepare()
            except OtherRoot as other:
                raise CommandError(str(other), returncode=2) from None
        root = Path(options["dir"]) if options["dir"] else settings.RECORDINGS_ROOT
        out, limit = sys.stdout.buffer, settings.FILE_LIMIT_BYTES
        is_used = any(term.key == "used" for term in asked.every_term)
        try:
            used = usage_of(found_below(root, limit_bytes=limit), root) if is_used else None
            for one in chosen(found_below(root, limit_bytes=limit), asked, used):
                out.write(line_of(contract_of(one)) + b"\n")
            out.flush()
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from None
