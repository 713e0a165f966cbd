"""Print what the decisions ask for: recordings to delete, tests to record again."""

from __future__ import annotations

import contextlib
import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Print what the decisions ask for: the recordings that are marked for deletion and the tests to record again. "
        "Nothing is changed. Example: recviewer plan --format patch | git apply --index"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--recordings", metavar="DIR", help="the recordings root")
        parser.add_argument(
            "--format",
            choices=("text", "patch", "git-rm", "tests", "json"),
            default="text",
            help="text for people; patch for `git apply`; git-rm for `git rm --pathspec-from-file=-`; tests: pytest ids, "
            "one a line; json",
        )
        parser.add_argument("--null", action="store_true", help="git-rm for --pathspec-file-nul: entries end in NUL")
        parser.add_argument("--output", metavar="FILE", help="write to a file instead")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.catalog import indexer
        from recviewer.commands.start import prepare
        from recviewer.review import plan as plans
        from recviewer.store.refusals import Refusal

        if options["null"] and options["format"] != "git-rm":
            raise CommandError("--null goes with --format git-rm", returncode=2)
        prepare(static=False)
        try:
            with contextlib.suppress(indexer.Busy):
                indexer.refresh()
            pieces = _pieces(plans.make(), options)
            _put(pieces, options["output"])
        except (Refusal, OSError) as refusal:
            raise CommandError(str(refusal), returncode=2) from None


def _pieces(plan: Any, options: dict[str, Any]) -> Iterator[bytes]:
    from recviewer.commands.planned import words
    from recviewer.review import plan as plans

    match options["format"]:
        case "patch":
            yield from plans.patch(plan)
        case "git-rm":
            yield plans.git_rm(plan, null=options["null"])
        case "tests":
            yield "".join(f"{again.test_id}\n" for again in plan.again).encode("utf-8", "surrogateescape")
        case "json":
            yield json.dumps(plans.as_json(plan), indent=2, ensure_ascii=False).encode("utf-8", "backslashreplace")
            yield b"\n"
        case _:
            yield words(plan, root=options["recordings"] or "").encode("utf-8", "backslashreplace")


def _put(pieces: Iterable[bytes], output: str | None) -> None:
    if output is None or output == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
        return
    Path(output).write_bytes(b"".join(pieces))
