"""The `recviewer` command, the same as `python manage.py` except for `check`, which is Django's there.

Settings depend on the recordings root and the repository on the command line (each root has its own data folder), so
these are put into the environment before Django reads them. What needs no Django runs without it, and starts at once.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence
from functools import partial

from recviewer.cli import screen
from recviewer.cli.arguments import (
    HIDDEN,
    RECORDED,
    option,
    own_arguments,
    plan_repository,
    repository_option,
    root_argument,
    root_option,
    with_query,
)
from recviewer.configuration.env import BadEnvironment
from recviewer.exchange.plain import Printed
from recviewer.processes import ending

NAME = "recviewer"

RAISING = "--traceback"
"""Option of every command with which a refusal is raised to the caller instead of printed."""

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of the system for a file that cannot grow."""

DJANGO_CHECK = ("--deploy", "--tag", "-t", "--list-tags", "--database", "--fail-level")
"""Options with which `recviewer check` is Django's check of the settings."""


def managed() -> None:
    """Run a command for `manage.py`."""
    main(is_managed=True)


def main(arguments: Sequence[str] | None = None, *, is_managed: bool = False) -> None:
    """Run a command. arguments: without the program's name; default: those of the process, which then ends."""
    if arguments is not None:
        _run(list(arguments), is_managed=is_managed)
        return
    sys.stdout, sys.stderr = Printed(sys.stdout), Printed(sys.stderr)
    ending.hold_collector()
    code = 0
    try:
        _run(sys.argv[1:], is_managed=is_managed)
    except SystemExit as left:
        if not isinstance(left.code, int | None):
            raise
        code = left.code or 0
    ending.end(code)


def _run(given: list[str], *, is_managed: bool) -> None:
    told = screen.answer(given)
    if told is not None:
        sys.stdout.write(told)
        return
    sys.stderr.writelines(f"{sentence}\n" for sentence in screen.mistyped(os.environ))
    if _runs_without_django(given, is_managed=is_managed):
        return
    os.environ["DJANGO_COLORS"] = "nocolor"  # colours are written with the control characters that are filtered out
    _name_recorder(given)
    repository = _name_places(given)
    _run_watched(given)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "recviewer.settings")
    from django.core.management.base import BaseCommand
    from django.db import DatabaseError

    BaseCommand.suppressed_base_arguments = HIDDEN
    try:
        if not _is_command(given[0]):
            sys.stderr.write(f"{screen.unknown(given[0], [*screen.FIRST, *screen.MORE])}\n")
            sys.exit(2)
        _execute(given)
        sys.stdout.flush()
    except OSError as error:
        _end_printing(error)
    except BadEnvironment as bad:
        sys.stderr.write(f"{_without_variable(bad, repository)}\n")
        sys.exit(2)
    except DatabaseError as error:
        sys.stderr.write(f"{NAME}: {_without_database(error)}\n")
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)


def _name_places(given: Sequence[str]) -> str | None:
    """Put the root and the repository on the command line into the environment; return the repository."""
    root = root_argument(given) or root_option(own_arguments(given))
    repository = repository_option(given) or plan_repository(own_arguments(given))
    if root is None and not repository:
        root = _here(given)
    if root is not None:
        os.environ["RECVIEWER_RECORDINGS"] = os.path.abspath(root)
    if repository:
        os.environ["RECVIEWER_REPO"] = os.path.abspath(repository)
    return repository


def _execute(given: Sequence[str]) -> None:
    """Run a command of Django's or ours; a refusal is printed as a sentence that begins with the program's name."""
    from django.core.management import CommandError, ManagementUtility
    from django.core.management.base import BaseCommand, SystemCheckError

    from recviewer.cli.help_text import HelpText

    class Utility(ManagementUtility):
        def fetch_command(self, subcommand: str) -> BaseCommand:
            command = super().fetch_command(subcommand)
            command.create_parser = partial(  # type: ignore[method-assign]
                command.create_parser, formatter_class=HelpText
            )
            ending.let_collector()  # the modules of the command are imported by now
            return command

    name, *others = with_query(given)
    try:
        Utility([NAME, name, RAISING, *others]).execute()
    except CommandError as error:
        if RAISING in given:
            raise
        begin = "" if isinstance(error, SystemCheckError) else f"{NAME}: "  # whose text has a heading of its own
        sys.stderr.write(f"{begin}{error}\n")
        sys.exit(error.returncode)


def _without_variable(bad: BadEnvironment, repository: str | None) -> str:
    """Return the message for a bad variable.

    repository: if it came from the command line, the variable is not mentioned.
    """
    if repository and bad.name == "RECVIEWER_REPO":
        return f"recviewer: {os.path.abspath(repository)}: {bad.wanted}."
    return str(bad)


def _end_printing(error: OSError) -> None:
    """End if nothing more can be printed: not a failure if the reader has closed the pipe. Raises other errors."""
    is_enough = isinstance(error, BrokenPipeError)
    if not is_enough and error.errno not in NO_ROOM:
        raise error
    _print_no_more()
    if not is_enough:
        sys.stderr.write(f"{NAME}: {error}\n")
        sys.exit(2)


def _print_no_more() -> None:
    """Keep Python from writing buffered output at exit that could not be written."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _name_recorder(given: Sequence[str]) -> None:
    """Put the recorder on the command line, if any, into the environment of this and all child processes."""
    recorder = option("--recorder", given) if given[0] in RECORDED else None
    if recorder:
        os.environ["RECVIEWER_RECORDER"] = recorder


def _is_own_check(given: Sequence[str]) -> bool:
    """Tell whether our check is meant, and not Django's check of the settings, which options such as `--deploy` select."""
    if list(given) == ["help", "check"]:
        return True
    return given[0] == "check" and not any(one.split("=")[0] in DJANGO_CHECK for one in given)


def _runs_without_django(given: Sequence[str], *, is_managed: bool) -> bool:
    """Run commands that need neither Django nor a database, such as `--server` and our check; tell whether it was one."""
    if given[0] == "completion":
        from recviewer.cli import completion

        said, code = completion.answer(given[1:])
        (sys.stderr if code else sys.stdout).write(said)
        sys.exit(code)
    if given[0].partition("=")[0] in ("--server", "--token-file"):
        _run_without_django("recviewer.remote.command", given)
        return True
    if given[0] == "several":
        _run_without_django("recviewer.several.command", given[1:])
        return True
    if not is_managed and _is_own_check(given):
        _run_without_django("recviewer.checking.command", ["--help"] if given[0] == "help" else given[1:])
        return True
    return False


def _run_without_django(module: str, arguments: Sequence[str]) -> None:
    """Run a command that needs neither Django nor a database. module: its `run` returns the exit code."""
    try:
        command = importlib.import_module(module)
        ending.let_collector()
        code = command.run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return
    except BadEnvironment as bad:
        sys.stderr.write(f"{bad}\n")
        code = 2
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)


def _run_watched(arguments: Sequence[str]) -> None:
    """Run `used … -- COMMAND`, which ends the process, without Django, so that the suite starts at once."""
    if arguments[0] == "used" and own_arguments(arguments) is not arguments:
        from recviewer.used.command import main as run

        run(arguments[1:])


_READING = frozenset({"serve", "index", "search", "export", "find-hash", "plan", "reviews"})
"""Commands that take the current folder in a checkout, and so all the same one."""

_ELSEWHERE = ("RECVIEWER_RECORDINGS", "RECVIEWER_REPO")


def _here(arguments: Sequence[str]) -> str | None:
    """Return the current folder if a command that reads recordings names no other and it is a work tree with recordings,
    except our own sources. A data folder that belongs to other recordings goes first.
    """
    if not arguments or arguments[0] not in _READING or any(map(os.environ.get, _ELSEWHERE)):
        return None
    from pathlib import Path

    if data := os.environ.get("RECVIEWER_DATA"):
        from recviewer.configuration.places import owner_of

        if owner_of(Path(data)) is not None:
            return None
    folder = os.getcwd()
    above = [folder]
    while os.path.dirname(above[-1]) != above[-1]:
        above.append(os.path.dirname(above[-1]))
    top = next((one for one in above if os.path.exists(os.path.join(one, ".git"))), None)
    if top is None or os.path.exists(os.path.join(top, "recviewer", "settings.py")):
        return None
    from recviewer.recorders.registry import claims
    from recviewer.store.refusals import Refusal
    from recviewer.store.scan import scan

    try:
        found = scan(Path(folder), claims())
    except Refusal:
        return None
    return folder if found.stamps and not found.is_loose else None


def _is_command(name: str) -> bool:
    """Tell whether a word is a command, ours or Django's."""
    import django
    from django.core.management import get_commands

    if name in screen.FIRST or name in screen.MORE or name in ("help", "version") or name.startswith("-"):
        return True
    django.setup()
    return name in get_commands()


def _without_database(error: Exception) -> str:
    """Return the sentence for a database that cannot be used. Raises if the error is a bug of ours."""
    from django.db import DatabaseError

    from recviewer.catalog import database
    from recviewer.commands.start import unusable

    if not isinstance(error, DatabaseError) or not database.why(error):
        raise error
    return str(unusable(error))
