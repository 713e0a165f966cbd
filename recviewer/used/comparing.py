"""Compares two runs of one suite."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from recviewer.exchange.amounts import counted
from recviewer.used.model import UsedRun

NAMED = 10
"""Most tests and files of one kind that are named."""


@dataclass(frozen=True, slots=True)
class Compared:
    """The result of comparing two runs. differs: sentences, each about a difference. unproved: why equality is not
    proved although nothing differs, as sentences. same: what is equal, as sentences.
    """

    same: tuple[str, ...]
    differs: tuple[str, ...]
    unproved: tuple[str, ...]

    @property
    def is_proved(self) -> bool:
        """Tell whether nothing differs, with certainty."""
        return not self.differs and not self.unproved


def compare(before: UsedRun, after: UsedRun, *, deleted: Collection[str], brought: Collection[str] = ()) -> Compared:
    """Compare a run with one after a change. deleted: files that the change removed; brought: files it added or modified."""
    same: list[str] = []
    differs: list[str] = []
    for sentences, is_same in (_tests(before, after), _exits(before, after), _files(before, after, deleted, brought)):
        (same if is_same else differs).extend(sentences)
    return Compared(tuple(same), tuple(differs), tuple(_unproved(before, after)))


def _tests(before: UsedRun, after: UsedRun) -> tuple[list[str], bool]:
    first, then = ({one.test: one.outcome for one in run.tests} for run in (before, after))
    if first == then:
        return [f"The same {_outcomes(first.values())} before and after." if first else "No test was told apart."], True
    other = [f"{test}: {first.get(test, 'not run')} → {then.get(test, 'not run')}"
             for test in sorted({*first, *then}) if first.get(test) != then.get(test)]  # fmt: skip
    return [f"{counted(len(other), 'test')} came to something else: {_named(other)}."], False


def _outcomes(outcomes: Iterable[str]) -> str:
    counts = Counter(outcomes)
    return ", ".join(f"{counts[one]:,} {one or 'unknown'}" for one in sorted(counts, key=_rank))


def _rank(outcome: str) -> tuple[bool, str]:
    return outcome != "passed", outcome


def _exits(before: UsedRun, after: UsedRun) -> tuple[list[str], bool]:
    if before.exit == after.exit:
        return [f"The same exit code, {after.exit}."], True
    return [f"The exit code was {before.exit} before and is {after.exit} after."], False


def _files(
    before: UsedRun, after: UsedRun, deleted: Collection[str], brought: Collection[str]
) -> tuple[list[str], bool]:
    first, then = (_used(run) for run in (before, after))
    sentences = []
    if lost := sorted(first & set(deleted)):
        files = counted(len(lost), "file")
        sentences.append(f"{files} that would go {'was' if len(lost) == 1 else 'were'} read before: {_named(lost)}.")
    if less := sorted(first - then - set(deleted)):
        sentences.append(f"{counted(len(less), 'file')} read before and not after: {_named(less)}.")
    if more := sorted(then - first - set(brought)):
        sentences.append(f"{counted(len(more), 'file')} read after and not before: {_named(more)}.")
    missing = {path for one in after.tests for path in one.missing} - {
        path for one in before.tests for path in one.missing
    }
    if missing:
        sentences.append(f"{counted(len(missing), 'file')} asked for in vain after: {_named(sorted(missing))}.")
    return sentences or [f"The same {counted(len(then), 'file')} read."], not sentences


def _used(run: UsedRun) -> set[str]:
    return {path for path, one in run.files.items() if one.is_used}


def _named(names: list[str]) -> str:
    more = f" and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def _unproved(before: UsedRun, after: UsedRun) -> Iterator[str]:
    if before.exit and before.exit == after.exit and not before.tests and not after.tests:
        yield f"The command ended with {before.exit} both times, and whether the same tests failed is not known."
    for when, run in (("before", before), ("after", after)):
        if run.limits:
            yield f"What was read {when} is not known: {run.limits[0]}."
        elif not run.read:
            yield f"No recording of the copy was read {when}: the command may look elsewhere."
        elif run.sweeps:
            yield f"Something read everything {when}, so what the command read is not known."
