"""The runs of the suite according to which recordings are never read, for those who decide on them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from recviewer.catalog.models import Recording, SuiteRun
from recviewer.catalog.usage_words import NEVER
from recviewer.exchange.amounts import counted

LEFT_OUT = ("skipped", "failed", "error")
"""Outcomes of tests that are named, because it is unknown what they would have read."""


@dataclass(frozen=True, slots=True)
class SuiteRunLine:
    """A run. read: how many of the files that it knew were read, in words.

    left_out: its tests that tell nothing, "" if all do. why: why it says nothing about files that it did not read, ""
    if it does.
    """

    name: str
    began: datetime
    read: str
    left_out: str
    why: str
    url: str


@dataclass(frozen=True, slots=True)
class NeverRead:
    """The recordings that no run reads. count: of recordings; left: how many would be left without them.

    url: where all are decided on.
    """

    count: int
    left: int
    url: str
    runs: tuple[SuiteRunLine, ...]


def never_read() -> NeverRead | None:
    """Return what no run reads, None if no run is stored."""
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
