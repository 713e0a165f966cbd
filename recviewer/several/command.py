"""The command `recviewer several`."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from argparse import REMAINDER, ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from recviewer.exchange.plain import safe
from recviewer.git import remotes
from recviewer.several import plan as plans
from recviewer.several import proxies
from recviewer.several.checked import troubles
from recviewer.several.plan import BadPlan, NamedInstance, SeveralFile
from recviewer.several.running import Keeper, OtherRun, ProcessJob, answers, only_run, running
from recviewer.several.surroundings import account_of, make_places, mirror_of, variables_of

DONE, TROUBLE, CANNOT = 0, 1, 2
"""Exit codes."""

STOP_SECONDS = 90

HELP = """\
Several repositories on one machine, each an instance of its own, named in one file (/etc/recviewer/several.toml).

  recviewer several check                     what cannot work, or does not
  recviewer several prepare                   folders, keys, mirrors, tables and index of each
  recviewer several run                       all of them, and the page that lists them, until SIGTERM
  recviewer several stop                      end that
  recviewer several backup DIR                a back-up of each, in a folder of its own
  recviewer several each invite ana           any command, in one after the other
  recviewer several proxy nginx               what the proxy in front takes (or caddy)

--only NAME… does it to some. Exit code 0: done; 1: something is wrong with one; 2: could not run.
"""


def parser() -> ArgumentParser:
    """Return the parser of the arguments."""
    made = ArgumentParser(
        "recviewer several", description=HELP, formatter_class=RawDescriptionHelpFormatter, allow_abbrev=False
    )
    made.add_argument("--file", metavar="FILE", default=str(plans.PLACE), help="the file that names the repositories")
    made.add_argument("--only", metavar="NAME", action="append", default=[], help="only this instance; may be repeated")
    acts = made.add_subparsers(dest="act", required=True, metavar="check|prepare|run|stop|backup|each|proxy")
    acts.add_parser("check", help="report what cannot work, or does not")
    acts.add_parser("prepare", help="create what each needs, and index")
    acts.add_parser("run", help="run all, and the page that lists them")
    acts.add_parser("stop", help="stop the processes of `run`")
    acts.add_parser("backup", help="back each up").add_argument(
        "dir", metavar="DIR", help="where to write a folder for each"
    )
    acts.add_parser("proxy", help="print lines for the proxy in front").add_argument("kind", choices=proxies.KINDS)
    each = acts.add_parser("each", help="run a command in each")
    each.add_argument("words", metavar="COMMAND", nargs=REMAINDER, help="without the leading `recviewer`")
    return made


def run(arguments: Sequence[str]) -> int:
    """Run the command line. arguments: without `several`. Returns the exit code."""
    options = parser().parse_args(list(arguments))
    try:
        plan = plans.read(Path(options.file))
        return _ACTS[options.act](plan, plan.named(options.only), options)
    except BadPlan as bad:
        _warn(f"recviewer: {safe(str(bad))}.")
    except OtherRun as other:
        _warn(f"recviewer: they run already, in process {other}.")
    except OSError as error:
        _warn(f"recviewer: {safe(str(error))}")
    return CANNOT


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _warn(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def _check(plan: SeveralFile, some: Sequence[NamedInstance], options: Namespace) -> int:
    is_wrong = False
    for one in some:
        found = troubles(plan, one)
        is_wrong = is_wrong or bool(found)
        _print(f"{one.name}: {'fine' if not found else ''}".rstrip())
        for sentence in found:
            _print(f"  {safe(sentence)}")
    return TROUBLE if is_wrong else DONE


def _prepare(plan: SeveralFile, some: Sequence[NamedInstance], options: Namespace) -> int:
    codes = []
    for one in some:
        _print(f"== {one.name}")
        make_places(plan, one)
        codes.append(_clone(plan, one) or _do(plan, one, "serve", "--prepare-only"))
    return TROUBLE if any(codes) else DONE


def _clone(plan: SeveralFile, one: NamedInstance) -> int:
    """Clone the mirror of an instance that has neither a repository nor recordings. Returns an exit code."""
    variables, place = variables_of(plan, one), mirror_of(plan, one.name)
    source = variables.get("RECVIEWER_FETCH_FROM", "")
    if variables.get("RECVIEWER_REPO") != str(place) or place.exists():
        return DONE
    if not source:
        _warn("It names neither RECVIEWER_FETCH_FROM, RECVIEWER_REPO nor RECVIEWER_RECORDINGS.")
        return CANNOT
    try:
        remote = remotes.checked(source)
    except ValueError as bad:
        _warn(f"RECVIEWER_FETCH_FROM cannot be used: {bad}.")
        return CANNOT
    half = place.with_name("project.git.new")
    return (
        _call(plan, one, "rm", "-rf", "--", str(half))
        or _call(plan, one, *remotes.mirror_words(remote, str(half)))
        or _call(plan, one, "mv", "--", str(half), str(place))
    )


def _run(plan: SeveralFile, some: Sequence[NamedInstance], options: Namespace) -> int:
    if options.only:
        raise BadPlan("run keeps all that the file names")
    with only_run(plan):
        for port in [plan.port, *(one.port for one in plan.instances)]:
            if answers(port):
                raise BadPlan(f"somebody listens on port {port} already")
        keeper = Keeper(plan, lambda: plans.read(Path(options.file)), _warn)
        keeper.run()
    return DONE


def _stop(plan: SeveralFile, some: Sequence[NamedInstance], options: Namespace) -> int:
    number = running(plan)
    if not number:
        _print("They do not run.")
        return DONE
    with contextlib.suppress(ProcessLookupError):
        os.kill(number, signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    while running(plan) and time.monotonic() < until:
        time.sleep(0.2)
    if running(plan):
        _warn("recviewer: they have not ended yet.")
        return TROUBLE
    _print("Ended.")
    return DONE


def _backup(plan: SeveralFile, some: Sequence[NamedInstance], options: Namespace) -> int:
    top = Path(options.dir).absolute()
    top.mkdir(mode=0o711, parents=True, exist_ok=True)
    now = datetime.now(UTC).strftime("%Y-%m-%d-%H%M%S")
    codes = []
    for one in some:
        _print(f"== {one.name}")
        account, folder = account_of(plan, one.account), top / one.name
        if not folder.exists():
            folder.mkdir(mode=0o700)
            if account.user != os.geteuid():
                os.chown(folder, account.user, account.group)
        codes.append(_do(plan, one, "backup", str(folder / f"{one.name}-{now}.tar.gz")))
    return TROUBLE if any(codes) else DONE


def _each(plan: SeveralFile, some: Sequence[NamedInstance], options: Namespace) -> int:
    words = options.words[1:] if options.words[:1] == ["--"] else options.words
    if not words or not re.fullmatch(r"[a-z][a-z-]*", words[0]):
        raise BadPlan("each takes a command, such as `each invite ana --role viewer`")
    codes = []
    for one in some:
        _print(f"== {one.name}")
        codes.append(_do(plan, one, *words))
    return max(codes)


def _proxy(plan: SeveralFile, some: Sequence[NamedInstance], options: Namespace) -> int:
    sys.stdout.write(proxies.lines(plan, options.kind))
    return DONE


def _do(plan: SeveralFile, one: NamedInstance, *words: str) -> int:
    """Run a recviewer command in an instance. Returns its exit code."""
    return _call(plan, one, sys.executable, "-m", "recviewer", *words)


def _call(plan: SeveralFile, one: NamedInstance, *words: str) -> int:
    """Run a program with the variables of an instance, in its folder and under its account. Returns its exit code."""
    job = ProcessJob(one.name, words, variables_of(plan, one), plan.home(one.name), account_of(plan, one.account))
    done = subprocess.run(  # noqa: S603 - what the operator asks for
        job.words, cwd=job.folder, env=dict(job.variables), umask=0o077, check=False, **job.account.popen
    )
    return done.returncode if done.returncode >= 0 else 128 - done.returncode


_ACTS = {
    "check": _check,
    "prepare": _prepare,
    "run": _run,
    "stop": _stop,
    "backup": _backup,
    "each": _each,
    "proxy": _proxy,
}
