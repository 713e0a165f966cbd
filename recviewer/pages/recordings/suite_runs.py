"""On which runs of the suite it rests that recordings are never read, for those who decide on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from recviewer.catalog.models import Recording, SuiteRun
from recviewer.catalog.usage_words import NEVER
from recviewer.exchange.amounts import counted

LEFT_OUT = ("skipped", "failed", "error")
"""Outcomes of tests that are named: what they would have read nobody knows."""


@dataclass(frozen=True, slots=True)
class SuiteRunLine:
    """A run. read: how many files of those it knew, in words. left_out: what of its tests tells nothing, "" where all do.

    why: why it says nothing of what it did not read, "" where it does.
    """

    name: str
    began: datetime
    read: str
    left_out: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class NeverRead:
    """What no run reads. count: recordings; left: those that would be left without them. url: where all are decided on."""

    count: int
    left: int
    url: str
    runs: tuple[SuiteRunLine, ...]


def never_read() -> NeverRead | None:
    """Return what no run reads, None where no run is kept."""
    runs = tuple(map(_line, SuiteRun.objects.order_by("name")))
    if not runs:
        return None
    count = Recording.objects.filter(used_by="").count()
    return NeverRead(count, Recording.objects.count() - count, f"{reverse('bulk:show')}?used={NEVER}", runs)


def _line(run: SuiteRun) -> SuiteRunLine:
    tests = [f"{run.tests[one]:,} {one}" for one in LEFT_OUT if run.tests.get(one)]
    tests += [f"{run.left_out:,} not chosen"] if run.left_out else []
    total = sum(run.tests.values())
    return SuiteRunLine(
        name=run.name,
        began=run.began,
        read=f"read {run.read:,} of {counted(run.files, 'file')}{f' by {total:,} tests' if total else ''}",
        left_out=f"{', '.join(tests)}" if tests else "",
        why=run.why,
        url=f"{reverse('recordings:listing')}?used={run.name}",
    )
