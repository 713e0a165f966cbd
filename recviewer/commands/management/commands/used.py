"""Run a test suite and note which recordings it really reads."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from recviewer.used.watching_run import Asking


class Command(BaseCommand):
    help = (
        "Run COMMAND, a test suite, unchanged, and note which recording files below DIR it opens, whatever program opens "
        "them: its output, its signals and its exit code are passed on. What was noted is kept as used-NAME.jsonl. "
        "`recviewer used import FILE…` takes such files of other machines, `recviewer used list` tells what is there. "
        "Example: recviewer used tests --as openai -- pytest tests/integration"
    )
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Run. argv: with the program and the command; what stands behind the first `--` is to be run."""
        self._words: tuple[str, ...] = ()
        if "--" in argv:
            place = argv.index("--")
            argv, self._words = argv[:place], tuple(argv[place + 1 :])
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.usage = "recviewer used [DIR] [--as NAME] [--output FILE] -- COMMAND…  |  import FILE…  |  list"
        parser.add_argument("words", nargs="*", metavar="DIR", help="the recordings root; or import FILE…; or list")
        parser.add_argument(
            "--as", dest="name", metavar="NAME", help="what the run is called (default: the program's name)"
        )
        parser.add_argument("--output", metavar="FILE", help="keep the run there (a file, or a folder that is there)")
        parser.add_argument(
            "--tests", action="store_true", help="hand the plugin to pytest, to note which test reads which file"
        )
        parser.add_argument("--quiet", action="store_true", help="say nothing about the run itself")
        parser.add_argument("--recordings", metavar="DIR", help="the recordings root, for import and list")

    def handle(self, *args: Any, **options: Any) -> None:
        command = getattr(self, "_words", ()) or tuple(options.get("command", ()))
        words = options["words"]
        if not command and words[:1] == ["import"]:
            self._import(words[1:])
        elif not command and words == ["list"]:
            self._list()
        elif not command or len(words) > 1:
            raise CommandError("say what is to be run: recviewer used [DIR] -- COMMAND…", returncode=2)
        else:
            self._run(self._asking(command, options), quiet=options["quiet"])

    def _asking(self, command: tuple[str, ...], options: dict[str, Any]) -> Asking:
        """Return what is to be run. Raises CommandError."""
        from recviewer.used.kept import folder_of
        from recviewer.used.model import NAME_RULE, is_name
        from recviewer.used.run_file import file_name
        from recviewer.used.watching_run import Asking

        name = (options["name"] or Path(command[0]).name).lower()
        if not is_name(name):
            hint = "" if options["name"] else " Name it by --as."
            raise CommandError(f"{name!r} cannot be the name of a run, which has {NAME_RULE}.{hint}", returncode=2)
        if options["output"]:
            keep = Path(options["output"]).absolute()
            keep = keep / file_name(name) if keep.is_dir() else keep
        else:
            self._prepare()
            keep = folder_of(settings.DATA_DIR) / file_name(name)
        return Asking(settings.RECORDINGS_ROOT, name, command, keep, with_tests=options["tests"])

    def _prepare(self) -> None:
        from recviewer.places import OtherRoot
        from recviewer.store.refusals import why
        from recviewer.used.kept import folder_of

        try:
            settings.PLACES.prepare()
            folder_of(settings.DATA_DIR).mkdir(exist_ok=True)
        except OtherRoot as other:
            raise CommandError(str(other), returncode=2) from None
        except OSError as error:
            raise CommandError(f"The data folder cannot be used: {why(error)}.", returncode=2) from None

    def _run(self, asking: Asking, *, quiet: bool) -> None:
        from recviewer.recorders.registry import claims
        from recviewer.store.paths import open_root
        from recviewer.store.refusals import Refusal
        from recviewer.used.running import CannotRun, end_as
        from recviewer.used.telling import sentences
        from recviewer.used.watching_run import watch_run

        try:
            import os

            os.close(open_root(asking.root))
            done = watch_run(asking, claims(), skip=[settings.DATA_DIR])
        except CannotRun as cannot:
            raise CommandError(str(cannot), returncode=cannot.exit) from None
        except Refusal as refusal:
            raise CommandError(str(refusal), returncode=2) from None
        except OSError as error:
            raise CommandError(f"The run cannot be noted: {error}", returncode=2) from None
        if done.place is None:
            self.stderr.write(done.why)
        elif not quiet:
            for sentence in sentences(done.run):
                self.stderr.write(f"recviewer used: {sentence}")
            self.stderr.write(f"recviewer used: kept in {done.place}")
        end_as(done.code)

    def _import(self, files: list[str]) -> None:
        from recviewer.used.kept import bring_in
        from recviewer.used.run_file import BadRun
        from recviewer.used.telling import in_list

        if not files:
            raise CommandError("name the files to import", returncode=2)
        self._prepare()
        failed = 0
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
        if failed:
            sys.stdout.flush()
            sys.exit(2)

    def _list(self) -> None:
        from recviewer.used.kept import kept_in
        from recviewer.used.telling import in_list

        found = kept_in(settings.DATA_DIR)
        for run in found.runs:
            self.stdout.write(in_list(run))
        for name, why in found.bad:
            self.stderr.write(f"{name} cannot be used: {why}")
        if not found.runs:
            self.stderr.write("No run is kept here yet: recviewer used [DIR] -- COMMAND…")
