"""Find the recording that a hash or a request leads to, and what changed the hash if there is none."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recviewer.bounded.files import data_from
from recviewer.exchange.amounts import counted

if TYPE_CHECKING:
    from recviewer.pages.recordings.sought import SoughtRequest

SHOWN = 10


class Command(BaseCommand):
    help = (
        "Find the recording that a hash names, or that would answer a request: where replay looks, the nearest "
        "recordings, and the fields that change the hash. FILE is a recording, its request, or the body as JSON; - is "
        "standard input. Example: recviewer find-hash 18a3af849a4b --recordings tests/integration"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", metavar="HASH|FILE", help="a hash, or a file; - is standard input")
        parser.add_argument(
            "--test", default="", metavar="ID", help="the test that makes the request; part of the hash"
        )
        parser.add_argument(
            "--url",
            default="",
            metavar="URL",
            help="the URL of the request, if FILE is only its body; part of the hash",
        )
        parser.add_argument("--recordings", metavar="DIR", help="the recordings root")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.catalog import indexer, run_lock
        from recviewer.commands.start import prepare
        from recviewer.pages.recordings.sought import NoRequest, by_body, by_digits, document_of
        from recviewer.store.refusals import Refusal

        what = options["what"]
        prepare(static=False)
        try:
            indexer.refresh()
        except run_lock.Busy as busy:
            self.stderr.write(f"{busy}; searching what is indexed so far.")
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        try:
            if what != "-" and not Path(what).is_file():
                self._tell(by_digits(what, test_id=options["test"]))
                return
            data = data_from(sys.stdin.buffer, "standard input") if what == "-" else Path(what).read_bytes()
            if len(data) > settings.FILE_LIMIT_BYTES:
                raise CommandError(f"{what} is too large", returncode=2)
            self._tell(by_body(document_of(data), test_id=options["test"], url=options["url"]))
        except NoRequest as refused:
            raise CommandError(f"{refused}.", returncode=2) from None

    def _tell(self, found: SoughtRequest) -> None:
        from recviewer.commands.terminal import safe

        def say(line: str) -> None:
            self.stdout.write(safe(line))

        say(f"hash    {found.digits}")
        say(f"test    {found.test_id or '(none)'}")
        for one in found.named:
            say(f"named   {one.path}")
        for one in found.holders:
            say(f"holds   {one.path}  this very request, under an older name")
        for place in found.places:
            say(f"{'there' if place.is_there else 'absent':7} {place.path}  {place.says}")
        if not found.is_known:
            say("The request is not known: no recording gives this hash. Give its body: recviewer find-hash FILE")
            return
        for near in found.near[:SHOWN]:
            paths = ", ".join(dict.fromkeys(field.change.path for field in near.moving[:4]))
            more = f" and {len(near.moving) - 4} more" if len(near.moving) > 4 else ""
            fields = counted(len(near.moving), "field differs", "fields differ")
            differs = f"{fields}: {paths}{more}" if near.moving else "the same request"
            say(f"near    {near.recording.path}  {'found' if near.is_found else 'not found'} by replay  {differs}")
        best = found.nearest_found
        for field in best.moving[:SHOWN] if best else ():
            say(f"moved   {field.change.path}")
            say(f"        recorded {_short(field.hashed[0])}")
            say(f"        asked    {_short(field.hashed[1])}")


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 300 else f"{text[:150]} … {text[-150:]}"
