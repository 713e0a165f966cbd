"""Print what the decisions ask for: recordings to delete or restore, tests to re-record."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from recviewer.git.repository import Repository
    from recviewer.plan.model import Plan


class Command(BaseCommand):
    help = (
        "Print what the decisions ask for: the recordings that are marked for deletion and the tests to re-record; for "
        "a range also the recordings that it removed and that somebody wants back. Changes nothing. Exit code 0: "
        "printed; 1: printed, but something in the range is undecided; 2: could not run. "
        "With --try the command after -- is run on a private copy of the work tree, before and after the plan: exit code 0 "
        "only if nothing differs. Example: recviewer plan --format patch | git apply --index"
    )
    requires_system_checks: list[str] = []

    def run_from_argv(self, argv: list[str]) -> None:
        """Run. argv: with the program and the command; the command after `--` is run to try the plan."""
        self._words: tuple[str, ...] = ()
        if "--try" in argv and "--" in argv:
            place = argv.index("--")
            argv, self._words = argv[:place], tuple(argv[place + 1 :])
        super().run_from_argv(argv)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "range",
            nargs="?",
            metavar="BASE...HEAD",
            help="the plan of a range of commits, as a patch against HEAD; BASE alone: against the files on disk. "
            "Without it: the plan of the recordings on disk",
        )
        parser.add_argument("--repo", metavar="DIR", help="the repository of the range, or a mirror of it")
        parser.add_argument("--recordings", metavar="DIR", help="the recordings root, whose verdicts count")
        parser.add_argument(
            "--format",
            choices=("text", "patch", "git-rm", "tests", "json"),
            default="text",
            help="text for people; patch for `git apply`; git-rm for `git rm --pathspec-from-file=-`; tests: pytest ids, "
            "one on each line; json",
        )
        parser.add_argument(
            "--null",
            action="store_true",
            help="with --format git-rm: end entries with NUL, for git's --pathspec-file-nul",
        )
        parser.add_argument("--output", metavar="FILE", help="write to a file instead")
        parser.add_argument(
            "--try",
            action="store_true",
            dest="is_tried",
            help="run the command after -- before and after the plan, on a copy, and report what differs",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        from recviewer.commands.start import prepare
        from recviewer.git.repository import GitFailed
        from recviewer.store.refusals import Refusal

        if options["null"] and options["format"] != "git-rm":
            raise CommandError("--null requires --format git-rm", returncode=2)
        if options["repo"] and not options["range"]:
            raise CommandError("--repo requires a range, BASE...HEAD", returncode=2)
        words = getattr(self, "_words", ()) or tuple(options.get("command", ()))
        if options["is_tried"] and not words:
            raise CommandError("--try requires a command: recviewer plan --try -- COMMAND…", returncode=2)
        prepare(static=False)
        try:
            repository = _repository(options) if options["range"] else None
            plan = _of_range(repository, options["range"], self.stderr.write) if repository else _of_tree()
            if options["is_tried"]:
                self._try(plan, words)
            _put(_told(plan, options, _again(options, repository)), options["output"])
            if options["format"] == "tests":
                self._say_what_is_unlisted(plan)
        except (GitFailed, Refusal, OSError) as failed:
            raise CommandError(str(failed), returncode=2) from None
        if plan.ground.spec and plan.is_empty:
            self.stderr.write(f"The verdicts are those in {settings.DATA_DIR}.")
        if plan.undecided:
            sys.stdout.flush()
            self.stderr.write(f"{plan.undecided:,} of the range's changes are undecided.")
            sys.exit(1)

    def _try(self, plan: Plan, words: tuple[str, ...]) -> NoReturn:
        """Try a plan, and exit."""
        from recviewer.commands.tried import tried
        from recviewer.used.running import CannotRun, end_as
        from recviewer.used.trial import CannotTry, EndedBySignal

        try:
            found = tried(plan, words, self.stderr.write)
        except EndedBySignal as ended:
            end_as(-ended.number)
        except (CannotTry, CannotRun) as cannot:
            raise CommandError(str(cannot), returncode=2) from None
        for sentence in (*found.differs, *found.unproved, *found.same):
            self.stdout.write(sentence)
        sys.stdout.flush()
        sys.exit(0 if found.is_proved else 1)

    def _say_what_is_unlisted(self, plan: Plan) -> None:
        """Name on standard error the tests that a list of lines cannot contain."""
        from recviewer.exchange.amounts import counted
        from recviewer.exchange.plain import safe
        from recviewer.plan.model import unlisted

        if left := unlisted(plan):
            sys.stdout.flush()
            named = ", ".join(safe(one)[:200] for one in left[:3])
            what = counted(len(left), "test to re-record was", "tests to re-record were")
            more = ", …" if left[3:] else ""
            self.stderr.write(f"{what} left out, with an id that is not a single line: {named}{more}")


def _of_tree() -> Plan:
    from recviewer.catalog import indexer, run_lock
    from recviewer.plan import tree

    with contextlib.suppress(run_lock.Busy):
        indexer.refresh()
    return tree.make()


def _repository(options: dict[str, Any]) -> Repository:
    from recviewer.git.ranges import opened
    from recviewer.memory import ranges

    return opened(Path(options["repo"])) if options["repo"] else ranges.repository()


def _of_range(repository: Repository, spec: str, warn: Callable[[str], object]) -> Plan:
    from recviewer.changes import sources
    from recviewer.commands.terminal import safe
    from recviewer.memory import ranges
    from recviewer.plan import range

    asked = sources.open_range(repository, sources.parse(spec))
    if asked.note:
        warn(safe(asked.note))
    return range.make(ranges.report_on(asked).found)


def _told(plan: Plan, options: dict[str, Any], command: str) -> bytes:
    """Return the whole plan in a format, because half a patch could be applied as well. command: prints this plan."""
    from recviewer.commands.planned import words
    from recviewer.exchange.plain import dumps
    from recviewer.plan import model as plans

    match options["format"]:
        case "patch":
            return b"".join(plans.patch(plan))
        case "git-rm":
            return plans.git_rm(plan, null=options["null"])
        case "tests":
            return plans.test_ids(plan)
        case "json":
            text = dumps(plans.as_json(plan), indent=2)
            return f"{text}\n".encode("utf-8", "backslashreplace")
        case _:
            return words(plan, command=command).encode("utf-8", "backslashreplace")


def _again(options: dict[str, Any], repository: Repository | None) -> str:
    """Return a command that prints this plan from any directory."""
    named = [options["range"], "--repo", str(repository.work_tree)] if repository else []
    named += ["--recordings", os.path.abspath(options["recordings"])] if options["recordings"] else []
    return shlex.join(["recviewer", "plan", *named])


def _put(told: bytes, output: str | None) -> None:
    from recviewer.exchange.plain import put

    if output is None or output == "-":
        put(sys.stdout, told)
        return
    Path(output).write_bytes(told)
