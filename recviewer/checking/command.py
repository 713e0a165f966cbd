"""The command `recviewer check`."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from recviewer.bounded.files import data_of
from recviewer.checking import baseline, forms, running
from recviewer.checking.model import Checked, HowCounted, Located
from recviewer.checking.running import Given
from recviewer.configuration import env, places
from recviewer.exchange.amounts import counted
from recviewer.exchange.plain import put
from recviewer.smells import Rule, Severity, rules
from recviewer.smells.suppressing import BadReviews, Reach, Suppressions, in_reviews
from recviewer.store.refusals import Refusal

if TYPE_CHECKING:
    from recviewer.used.model import UsedRun

NOTHING, FOUND, CANNOT = 0, 1, 2
"""Exit codes."""

HELP = """\
Report what is odd about recordings: errors that were recorded, answers that broke off, names that replay cannot find, and
what else the rules know (docs/smells.md). Needs no index and no server.

  recviewer check                      all recordings below this directory
  recviewer check tests/integration    of another one
  recviewer check a.json b.json        these files by themselves, as pre-commit names them
  recviewer check --changed            the files that differ from the commit that is checked out
  recviewer check --base main          only what is new on disk since this branch left main
  recviewer check main...HEAD          only what is new in a range of commits

Exit code 0: nothing; 1: findings; 2: could not run.

Example:
  recviewer check --base origin/main --format sarif
"""


class _Problem(Exception):
    """Why nothing was checked, as a sentence."""


def parser() -> ArgumentParser:
    """Return the argument parser."""
    made = ArgumentParser("recviewer check", description=HELP, formatter_class=RawDescriptionHelpFormatter)
    made.add_argument("what", nargs="*", metavar="DIR|RANGE|FILE", help="what to look at; default: this directory")
    made.add_argument(
        "--base", metavar="REV", help="only what is new since REV; problems that existed before do not count"
    )
    made.add_argument(
        "--changed", action="store_true", help="only files that changed, each checked separately, which is fast"
    )
    made.add_argument("--repo", metavar="DIR", default=".", help="the repository of a range; default: here")
    made.add_argument("--format", choices=forms.FORMS, default="text", help="default: text")
    made.add_argument("--output", metavar="FILE", help="write to a file instead")
    made.add_argument(
        "--fail-on",
        choices=[*(level.value for level in Severity), "none"],
        default=Severity.AMBER.value,
        help="the mildest level with exit code 1; default: amber",
    )
    made.add_argument("--rules", metavar="NAMES", help="run only these rules, separated by commas")
    made.add_argument("--without", metavar="NAMES", help="skip these rules")
    made.add_argument(
        "--reviews",
        metavar="FILE",
        help="findings that this file of reviews suppresses do not count: as `recviewer reviews export` writes it, "
        "on disk or REVISION:PATH; default: $RECVIEWER_REVIEWS_FILE, if it is there",
    )
    made.add_argument("--baseline", metavar="FILE", help="findings in this file are known and do not count")
    made.add_argument("--write-baseline", metavar="FILE", help="write all that is found now to this file; exit code 0")
    made.add_argument(
        "--collected",
        metavar="FILE",
        help="the output of `pytest --collect-only -q`, to find recordings of removed parameters",
    )
    made.add_argument(
        "--runs",
        metavar="FILE",
        action="append",
        help="a run of the suite, as `recviewer used` keeps it, or a folder with such; may be given more than once, and "
        "an empty one for none; default: those that are kept in the data folder of what is looked at",
    )
    return made


def run(arguments: Sequence[str]) -> int:
    """Run a check, print the result, and return the exit code. arguments: without the command's name."""
    from recviewer.git.repository import GitFailed

    options = parser().parse_args(list(arguments))
    try:
        checked = _checked(options)
        if options.write_baseline:
            Path(options.write_baseline).write_text(baseline.text_of(checked.found), encoding="utf-8")
            written = counted(len(checked.found), "finding is", "findings are")
            sys.stderr.write(f"{written} written to {options.write_baseline}\n")
            return NOTHING
        _put(forms.render(checked, options.format), options.output)
    except (_Problem, GitFailed, Refusal, OSError) as failed:
        if isinstance(failed, BrokenPipeError):
            raise
        sys.stderr.write(f"recviewer check: {str(failed).rstrip('.')}.\n")
        return CANNOT
    least = None if options.fail_on == "none" else Severity(options.fail_on)
    return FOUND if checked.fails(least) else NOTHING


def _checked(options: Namespace) -> Checked:
    given = Given(
        env.number("RECVIEWER_FILE_LIMIT_MB", 64, least=1) * 1024 * 1024,
        _chosen(options.rules, options.without),
        _collected(options.collected),
        _runs(options),
    )
    let_be = _let_be(options)
    checked = _looked(options, given)
    if let_be:
        checked = replace(checked, found=tuple([_marked(one, let_be) for one in checked.found]))
    if options.baseline:
        text = _data(options.baseline, "--baseline").decode("utf-8", "replace")
        try:
            known = baseline.read(text)
        except baseline.BadBaseline as bad:
            raise _Problem(f"{options.baseline} is not a baseline: {bad}") from None
        checked = replace(checked, found=tuple(known.marked(checked.found)))
    return checked


def _marked(one: Located, let_be: Suppressions) -> Located:
    over = let_be.over(one.noticed)
    return one if over is None else replace(one, standing=HowCounted.SUPPRESSED, reason=over.reason)


def _let_be(options: Namespace) -> Suppressions:
    """Return the suppressions in the file of reviews. Raises _Problem, OSError, GitFailed."""
    named = options.reviews or env.text("RECVIEWER_REVIEWS_FILE")
    if not named or (not options.reviews and not os.path.exists(named)):
        return Suppressions((), date.today())
    try:
        suppressed, invalid = in_reviews(_reviews(named, Path(options.repo)))
    except BadReviews as bad:
        raise _Problem(f"{named} is not a file of reviews: {bad}") from None
    if invalid:
        more = f" (and {counted(len(invalid) - 1, 'more line')})" if len(invalid) > 1 else ""
        sys.stderr.write(
            f"recviewer check: {named}, line {invalid[0]:,}{more}: not a valid suppression, so it suppresses nothing. "
            f"It needs a rule, a subject, a reason, a time in `changed`, a scope ({', '.join(Reach)}) and, "
            "if it ends, a date in `until`.\n"
        )
    return Suppressions(suppressed, date.today())


def _reviews(named: str, folder: Path) -> bytes:
    revision, colon, path = named.partition(":")
    if not colon or os.path.exists(named):
        return _data(named, "--reviews")
    from recviewer.git import blobs, refs
    from recviewer.git.history import contents
    from recviewer.git.ranges import opened

    repository = opened(folder)
    found = blobs.at(repository, refs.commit_of(repository, refs.valid(revision)), os.fsencode(path))
    data = dict(contents(repository, [found[0]])) if found else {}
    if not data:
        raise _Problem(f"{named} is not there")
    return next(iter(data.values()))


def _looked(options: Namespace, given: Given) -> Checked:
    what: list[str] = options.what
    if len(what) == 1 and ".." in what[0] and not os.path.lexists(what[0]):
        from recviewer.checking.ranges import compared

        if options.base:
            raise _Problem("a range names its base itself: leave out --base")
        return compared(Path(options.repo), what[0], given, is_quick=options.changed)
    folder = Path(what[0]) if len(what) == 1 and os.path.isdir(what[0]) else None
    if what and folder is None:
        if options.base or options.changed:
            raise _Problem("files are checked by themselves: leave out --base and --changed")
        lacking = [name for name in what if not os.path.lexists(name)]
        if lacking:
            raise _Problem(f"{lacking[0]} is not a file, directory or range")
        if directory := next(filter(os.path.isdir, what), None):
            raise _Problem(f"{directory} is a directory: name one directory alone, or files alone")
        return running.files(_top(Path(what[0]).parent), what, given)
    if options.base:
        from recviewer.checking.ranges import compared

        return compared(folder or Path(options.repo), options.base, given, is_quick=options.changed)
    if options.changed:
        return running.changed(folder or Path(options.repo), given)
    return running.directory(folder or Path("."), given)


def _top(folder: Path) -> Path:
    """Return the top of the work tree that contains a folder; without one, the current directory."""
    from recviewer.git.repository import find

    found = find(folder)
    return found.work_tree if found else Path(".")


def _chosen(only: str | None, without: str | None) -> tuple[Rule, ...]:
    known = {rule.name: rule for rule in rules()}
    wanted, left = (_names(text, known) for text in (only, without))
    return tuple([rule for name, rule in known.items() if (not wanted or name in wanted) and name not in left])


def _names(text: str | None, known: dict[str, Rule]) -> list[str]:
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    for name in names:
        if name not in known:
            raise _Problem(f"there is no rule {name}; there are {', '.join(known)}")
    return names


def _collected(file: str | None) -> frozenset[str] | None:
    """Return the test ids in pytest's output."""
    if file is None:
        return None
    lines = _data(file, "--collected").decode("utf-8", "replace").splitlines()
    found = frozenset(line.strip() for line in lines if "::" in line)
    if not found:
        raise _Problem(f"{file} lists no test: it should be what `pytest --collect-only -q` printed")
    return found


def _data(file: str, option: str) -> bytes:
    """Return the content of the file that an option names. Raises _Problem if it cannot be read."""
    try:
        return data_of(file)
    except OSError as failed:
        raise _Problem(f"the file of {option} cannot be read: {file}: {failed.strerror or failed}") from None


def _runs(options: Namespace) -> tuple[UsedRun, ...]:
    """Return the named runs of the suite, else those stored for the directory. Raises _Problem."""
    from recviewer.used import stored_runs

    if options.runs is None:
        if options.changed or (options.what and not os.path.isdir(options.what[0]) and ".." not in options.what[0]):
            return ()  # no rule for single files uses runs
        where = places.find(_folder(options))
        found = stored_runs.kept_in(where.data) if not where.conflict else stored_runs.KeptRuns((), ())
        for name, why in found.bad:
            sys.stderr.write(f"the run {name} was left out: {why}\n")
        return found.runs
    found = stored_runs.named(Path(one) for one in options.runs if one)
    if found.bad:
        name, why = found.bad[0]
        raise _Problem(f"{name} is not a run that can be used: {why}")
    return found.runs


def _folder(options: Namespace) -> Path:
    """Return the directory whose recordings are examined; for a range the repository."""
    what: list[str] = options.what
    return Path(what[0]) if len(what) == 1 and os.path.isdir(what[0]) else Path(options.repo)


def _put(text: str, output: str | None) -> None:
    data = text.encode("utf-8", "backslashreplace")
    if output is None or output == "-":
        put(sys.stdout, data)
    else:
        try:
            Path(output).write_bytes(data)
        except OSError as failed:
            raise _Problem(f"the file of --output cannot be written: {output}: {failed.strerror or failed}") from None
