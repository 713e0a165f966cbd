"""`recviewer used [DIR] -- COMMAND…`, without Django, so that it starts fast for every run of a suite."""

from __future__ import annotations

import contextlib
import os
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from recviewer.configuration.places import OtherRoot, Places
from recviewer.processes import temporary
from recviewer.recorders.registry import claims
from recviewer.store.paths import open_root
from recviewer.store.refusals import Refusal, why
from recviewer.used.model import NAME_RULE, is_name
from recviewer.used.run_file import file_name
from recviewer.used.running import CannotRun, end_as
from recviewer.used.sentences import sentences
from recviewer.used.stored_runs import folder_of
from recviewer.used.watching_run import Asking, watch_run

Say = Callable[[str], object]


class CannotStart(Exception):
    """Nothing was run. The message is a sentence. code: the exit code."""

    def __init__(self, sentence: str, code: int = 2) -> None:
        super().__init__(sentence)
        self.code = code


@dataclass(frozen=True, slots=True)
class WantedRun:
    """The parsed options, see `add_arguments`."""

    name: str | None
    output: str | None
    tests: bool
    quiet: bool


def add_arguments(parser: ArgumentParser) -> None:
    """Add the options of `used` before `--` to a parser."""
    parser.usage = "recviewer used [DIR] [--as NAME] [--output FILE] -- COMMAND…  |  import FILE…  |  list  |  by-test"
    parser.add_argument(
        "words", nargs="*", metavar="DIR", help="the recordings root; or import FILE…; or list, by-test"
    )
    parser.add_argument("--as", dest="name", metavar="NAME", help="the name of the run (default: the program's name)")
    parser.add_argument("--output", metavar="FILE", help="where to store the run (a file, or an existing folder)")
    parser.add_argument(
        "--tests", action="store_true", help="load the pytest plugin, to note which test reads which file"
    )
    parser.add_argument("--quiet", action="store_true", help="say nothing about the run itself")
    parser.add_argument("--recordings", metavar="DIR", help="the recordings root, for import, list and by-test")


def prepare(where: Places) -> None:
    """Create the data folder, and the folder of runs in it. Raises CannotStart."""
    try:
        where.prepare()
        folder_of(where.data).mkdir(exist_ok=True)
    except OtherRoot as other:
        raise CannotStart(str(other)) from None
    except OSError as error:
        raise CannotStart(f"The data folder {where.data} cannot be used: {why(error)}.") from None


def run(words: Sequence[str], wanted: WantedRun, where: Places, say: Say) -> NoReturn:
    """Run a command, and exit as it does. words: the command. say: prints a line to standard error. Raises CannotStart."""
    asking = _asking(tuple(words), wanted, where)
    with contextlib.suppress(OSError):
        temporary.sweep_folders()  # left by killed runs
    try:
        os.close(open_root(where.root))
        done = watch_run(asking, claims(), skip=[where.data])
    except CannotRun as cannot:
        raise CannotStart(str(cannot), cannot.exit) from None
    except Refusal as refusal:
        raise CannotStart(str(refusal)) from None
    except OSError as error:
        raise CannotStart(f"The run cannot be noted: {error}") from None
    if done.place is None:
        say(done.why)
    elif not wanted.quiet:
        for sentence in sentences(done.run):
            say(f"recviewer used: {sentence}")
        say(f"recviewer used: kept in {done.place}")
    end_as(done.code)


def _asking(words: tuple[str, ...], wanted: WantedRun, where: Places) -> Asking:
    name = (wanted.name or Path(words[0]).name).lower()
    if not is_name(name):
        hint = "" if wanted.name else " Name it by --as."
        raise CannotStart(f"{name!r} cannot be the name of a run, which has {NAME_RULE}.{hint}")
    if wanted.output:
        keep = Path(wanted.output).absolute()
        keep = keep / file_name(name) if keep.is_dir() else keep
    else:
        prepare(where)
        keep = folder_of(where.data) / file_name(name)
    return Asking(where.root, name, words, keep, with_tests=wanted.tests)


def main(arguments: Sequence[str]) -> NoReturn:
    """Run the command line. arguments: after `used`, including a `--`."""
    from recviewer.configuration import places

    place = list(arguments).index("--")
    parser = ArgumentParser("recviewer used")
    add_arguments(parser)
    given = parser.parse_args(arguments[:place])
    wanted = WantedRun(given.name, given.output, given.tests, given.quiet)
    try:
        if len(given.words) > 1 or not arguments[place + 1 :]:
            raise CannotStart("say what is to be run: recviewer used [DIR] -- COMMAND…")
        run(arguments[place + 1 :], wanted, places.find(), lambda line: sys.stderr.write(f"{line}\n"))
    except CannotStart as cannot:
        sys.stderr.write(f"CommandError: {cannot}\n")
        sys.exit(cannot.code)
