"""Tell what a range of commits did to the recordings."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from recviewer.changes.report import Ask, Report


class Command(BaseCommand):
    help = (
        "Tell what a range of commits did to the recordings: a comment for a pull request, JSON for scripts, or one HTML "
        "file. Nothing is changed. Exit code 0: everything was decided on; 1: something was not; 2: could not run. "
        "Example: recviewer report origin/main...HEAD --format md"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "range",
            metavar="BASE...HEAD",
            help="with three dots the head is compared with where it left the base, with two dots with the base itself; "
            "BASE alone is compared with the files on disk",
        )
        parser.add_argument(
            "--repo", metavar="DIR", default=".", help="the repository or a mirror of it; default: here"
        )
        parser.add_argument(
            "--format",
            choices=("md", "json", "html", "status"),
            default="md",
            help="md for a comment; json; html: one file without a server; status: one line of 140 characters at most",
        )
        parser.add_argument("--output", metavar="FILE", help="write to a file instead")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.changes import report as reports
        from recviewer.git.ranges import opened
        from recviewer.git.repository import GitFailed
        from recviewer.store.refusals import Refusal

        try:
            made = reports.make(opened(Path(options["repo"])), options["range"], ask=_ask())
            _put(_pieces(made, options["format"]), options["output"])
        except (GitFailed, Refusal, OSError) as failed:
            raise CommandError(f"{str(failed).rstrip('.')}.", returncode=2) from None
        for problem in made.found.source.problems:
            self.stderr.write(f"not looked at: {problem}")
        if not made.is_clean:
            sys.stdout.flush()
            sys.exit(1)


def _ask() -> Ask | None:
    """Return who knows what reviewers said; without anybody nothing was decided on."""
    return None


def _pieces(report: Report, form: str) -> Iterator[str]:
    from recviewer.changes import markdown, sentence, static
    from recviewer.changes import report as reports

    match form:
        case "json":
            yield json.dumps(reports.as_json(report), indent=2, ensure_ascii=False) + "\n"
        case "html":
            yield from static.page(report)
        case "status":
            yield sentence.status(report.found, report.findings) + "\n"
        case _:
            yield markdown.comment(report)


def _put(pieces: Iterable[str], output: str | None) -> None:
    if output is None or output == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece.encode("utf-8", "backslashreplace"))
        sys.stdout.buffer.flush()
        return
    Path(output).write_bytes("".join(pieces).encode("utf-8", "backslashreplace"))
