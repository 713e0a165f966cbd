"""Run a test suite and note which recordings it reads. `cli` starts a run without Django: see `used.command`."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from recviewer.used import command as starting
from recviewer.used.command import CannotStart, WantedRun


class Command(BaseCommand):
    help = (
        "Run a test suite unchanged and note which recording files below DIR it opens, whatever program opens them. Output, "
        "signals and exit code are passed on. The result is stored as used-NAME.jsonl. "
        "`recviewer used import FILE…` imports such files from other machines, `recviewer used list` lists them, and "
        "`recviewer used by-test` lists tests that read the recordings of other tests, or none. "
        "Example: recviewer used tests --as openai -- pytest tests/integration"
    )
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Run. argv: with the program and the command; everything after the first `--` is the command to run."""
        self._words: tuple[str, ...] = ()
        if "--" in argv:
            place = argv.index("--")
            argv, self._words = argv[:place], tuple(argv[place + 1 :])
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        starting.add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        command = getattr(self, "_words", ()) or tuple(options.get("command", ()))
        words = options["words"]
        try:
            if not command and words[:1] == ["import"]:
                self._import(words[1:])
            elif not command and words == ["list"]:
                self._list()
            elif not command and words == ["by-test"]:
                self._by_test()
            elif not command or len(words) > 1:
                raise CannotStart("say what is to be run: recviewer used [DIR] -- COMMAND…")
            else:
                wanted = WantedRun(options["name"], options["output"], options["tests"], options["quiet"])
                starting.run(command, wanted, settings.PLACES, self.stderr.write)
        except CannotStart as cannot:
            raise CommandError(str(cannot), returncode=cannot.code) from None

    def _import(self, files: list[str]) -> None:
        from recviewer.used.run_file import BadRun
        from recviewer.used.sentences import in_list
        from recviewer.used.stored_runs import bring_in

        if not files:
            raise CommandError("name the files to import", returncode=2)
        starting.prepare(settings.PLACES)
        failed, bad = 0, 0
        for file in files:
            try:
                brought = bring_in(Path(file), settings.DATA_DIR)
            except (BadRun, OSError) as error:
                self.stderr.write(f"{file} was not imported: {error}")
                failed += 1
                continue
            for number, why in brought.bad:
                self.stderr.write(f"{file}, line {number:,} was left out: {why}")
            if brought.more_bad:
                self.stderr.write(f"{file}: {brought.more_bad:,} more lines were left out")
            self.stdout.write(in_list(brought.run))
            bad += len(brought.bad) + brought.more_bad
        if failed or bad:
            sys.stdout.flush()
            sys.exit(2 if failed else 1)

    def _list(self) -> None:
        from recviewer.used.sentences import in_list
        from recviewer.used.stored_runs import kept_in

        found = kept_in(settings.DATA_DIR)
        for run in found.runs:
            self.stdout.write(in_list(run))
        for name, why in found.bad:
            self.stderr.write(f"{name} cannot be used: {why}")
        if not found.runs:
            self.stderr.write("No run is kept here yet: recviewer used [DIR] -- COMMAND…")

    def _by_test(self) -> None:
        from recviewer.commands.suite_runs import by_test_below
        from recviewer.commands.terminal import safe
        from recviewer.store.refusals import Refusal
        from recviewer.used.by_test import report_lines

        try:
            found = by_test_below(settings.RECORDINGS_ROOT, settings.DATA_DIR, limit_bytes=settings.FILE_LIMIT_BYTES)
        except Refusal as refusal:
            raise CannotStart(str(refusal)) from None
        for line in report_lines(found):
            self.stdout.write(safe(line))
