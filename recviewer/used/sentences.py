"""The result of a run as sentences for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from recviewer.exchange.amounts import counted
from recviewer.used.model import UsedRun

NAMED = 5


def sentences(run: UsedRun) -> Iterator[str]:
    """Yield what matters about a run that just ended."""
    yield f"{run.name}: {counted(run.read, 'recording file')} of {run.total:,} read{_tests(run)}."
    for sweep in run.sweeps:
        yield (
            f"Something read all {sweep.files:,} files at {sweep.at.astimezone():%H:%M:%S} within {sweep.seconds:.1f} s, "
            "not counted: of those that nothing else read this run says nothing."
        )
    if run.ours:
        yield f"recviewer itself read {counted(run.ours, 'file')} meanwhile, not counted."
    if run.why_incomplete:
        yield f"It says nothing of what it did not read: {run.why_incomplete}."
    if run.left_out:
        yield f"{counted(run.left_out, 'test')} {'was' if run.left_out == 1 else 'were'} left out."
    for more in run.limits[1:NAMED]:
        yield f"Besides: {more}."


def _tests(run: UsedRun) -> str:
    if not run.tests:
        return ""
    outcomes = Counter(test.outcome or "unknown" for test in run.tests)
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in sorted(outcomes.items()))
    return f" by {counted(len(run.tests), 'test')} ({counts})"


def in_list(run: UsedRun) -> str:
    """Return one line about a run for a list."""
    state = "partial" if run.ended is None else f"exit {run.exit}"
    commit = (
        f" at {run.commit[:9]}{'' if run.clean else ' (changed)' if run.clean is False else ''}" if run.commit else ""
    )
    says = f"; says nothing of the others: {run.why_incomplete}" if run.why_incomplete else ""
    return (
        f"{run.name}  {run.began:%Y-%m-%d %H:%M} UTC{commit}, {state}: "
        f"{run.read:,} of {counted(run.total, 'file')} read{_tests(run)}{says}"
    )
