"""Report what a range of commits did to the recordings."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recviewer.report.forms import FORMS, pieces


class Command(BaseCommand):
    help = (
        "Report what a range of commits did to the recordings: a comment for a pull request, a job summary, JSON for "
        "scripts, one HTML file, or a commit status. Changes nothing. Exit code 0: everything was decided on, and "
        "nothing is to be re-recorded; 1: something is undecided or to be re-recorded (see --fail-on); 2: could "
        "not run. Example: recviewer report origin/main...HEAD --format md"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "range",
            metavar="BASE...HEAD",
            help="with three dots the head is compared with the commit where it left the base, with two dots with the "
            "base itself; BASE alone is compared with the files on disk",
        )
        parser.add_argument(
            "--repo", metavar="DIR", default=".", help="the repository or a mirror of it; default: here"
        )
        parser.add_argument(
            "--recordings",
            metavar="DIR",
            help="the recordings root, whose verdicts count; default: that of the repository",
        )
        parser.add_argument(
            "--reviews",
            metavar="FILE",
            action="append",
            default=[],
            help="count the verdicts that `recviewer reviews export` wrote: a file on disk, or REVISION:PATH for one "
            "in a commit; may be given more than once; default: $RECVIEWER_REVIEWS_FILE, if it exists",
        )
        parser.add_argument(
            "--runs",
            metavar="FILE",
            action="append",
            help="a run of the suite from `recviewer used`, or a folder of runs; may be repeated; "
            "an empty value means none; default: those of the data folder",
        )
        parser.add_argument(
            "--format",
            choices=FORMS,
            default="md",
            help="md: a comment; summary: a job summary; json; html: one file without a server; status: one "
            "line of 140 characters at most; status-json: that line and the state of a commit status",
        )
        parser.add_argument(
            "--fail-on",
            choices=("undecided", "red", "none"),
            default="undecided",
            help="what gives exit code 1: something is undecided or to be re-recorded; only what is to be "
            "re-recorded, and red findings that nobody decided on; nothing",
        )
        parser.add_argument("--output", metavar="FILE", help="write to a file instead")

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.suite_runs import runs_for
        from recviewer.commands.terminal import safe
        from recviewer.commands.verdicts import hear
        from recviewer.git.ranges import opened
        from recviewer.git.repository import GitFailed
        from recviewer.report import checks
        from recviewer.report import report as reports
        from recviewer.store.refusals import Refusal

        folder = Path(options["repo"])
        try:
            repository = opened(folder)
            heard = hear(repository, folder, options["reviews"], self.stderr.write)
            runs = runs_for(options["runs"], folder, repository, self.stderr.write)
            spec, choices = options["range"], heard.choices()
            made = reports.make(repository, spec, ask=heard.ask, who=heard.who, choices=choices, runs=runs)
            _put(pieces(made, options["format"], public=settings.PUBLIC_URL), options["output"])
        except (GitFailed, Refusal, OSError) as failed:
            raise CommandError(f"{str(failed).rstrip('.')}.", returncode=2) from None
        if made.found.source.range.note:
            self.stderr.write(safe(made.found.source.range.note))
        for bad in made.found.bad_rules:
            self.stderr.write(safe(bad))
        for problem in made.found.source.problems:
            self.stderr.write(f"not looked at: {problem}")
        if checks.fails(made, checks.FailOn(options["fail_on"])):
            sys.stdout.flush()
            sys.exit(1)


def _put(told: Iterable[str], output: str | None) -> None:
    from recviewer.exchange.plain import put

    if output is None or output == "-":
        for piece in told:
            put(sys.stdout, piece.encode("utf-8", "backslashreplace"))
        return
    Path(output).write_bytes("".join(told).encode("utf-8", "backslashreplace"))
