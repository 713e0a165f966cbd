"""What runs of the test suite say of a recording, for its page."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.http import urlencode

from recviewer.catalog.models import Recording, SuiteRun
from recviewer.catalog.prepared import prepared
from recviewer.exchange.amounts import counted
from recviewer.used.evidence import INCOMPLETE, WHY

NAMED = 6
"""Runs that the sentence names; all are listed below it."""


@dataclass(frozen=True, slots=True)
class RunFact:
    """What one run says. says: as a clause. at: when it was, or when it read the file last.

    url: of the recordings that it read. icon, tone: of the glyph.
    """

    name: str
    says: str
    at: datetime | None
    icon: str
    tone: str
    url: str


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What all runs say. sentence: of them together. runs: each of them."""

    sentence: str
    runs: tuple[RunFact, ...]


@prepared
def _runs() -> QuerySet[SuiteRun, tuple[str, datetime, str]]:
    return SuiteRun.objects.order_by("name").values_list("name", "began", "why")


def run_facts(recording: Recording) -> RunFacts | None:
    """Return what runs say about a recording, None if none is stored."""
    try:
        uses = json.loads(recording.uses or "{}")
    except ValueError:
        return None
    if not uses:
        return None
    known = {name: (began, why) for name, began, why in _runs()}
    is_read = any(isinstance(told, list) for told in uses.values())
    runs = tuple(_fact(name, uses[name], *known.get(name, (None, "")), is_read=is_read) for name in sorted(uses))
    return RunFacts(_sentence(runs, uses), runs)


def _fact(name: str, told: object, began: datetime | None, why: str, *, is_read: bool) -> RunFact:
    """Return what a run says. is_read: another one read the file, so that it is needed whatever this one says."""
    url = f"{reverse('recordings:listing')}?{urlencode({'used': name})}"
    if isinstance(told, list):
        last = datetime.fromtimestamp(told[1], UTC) if told[1] else began
        return RunFact(name, f"read it {counted(told[0], 'time')}", last, "ok", "good", url)
    if told == 0:
        icon, tone = ("undecided", "quiet") if is_read else ("warn", "warn")
        return RunFact(name, "did not read it", began, icon, tone, url)
    reason = why if told == INCOMPLETE and why else WHY.get(str(told), "")
    return RunFact(name, f"says nothing: {reason}", began, "undecided", "quiet", url)


def _sentence(runs: tuple[RunFact, ...], uses: dict[str, object]) -> str:
    return "; ".join(_clauses(runs, uses)) + "."


def _clauses(runs: tuple[RunFact, ...], uses: dict[str, object]) -> Iterator[str]:
    read = [run for run in runs if isinstance(uses[run.name], list)]
    unread = [run for run in runs if uses[run.name] == 0]
    speaking = len(read) + len(unread)
    if read:
        last = max(run.at for run in read if run.at)
        yield f"Read by {len(read):,} of {counted(speaking, 'run')}, last {last:%Y-%m-%d}"
        if unread:
            yield f"never by {_names(unread)}"
    elif unread:
        yield f"Never read, {'says' if len(unread) == 1 else 'say'} {counted(len(unread), 'run')}: {_names(unread)}"
    else:
        yield "No run says whether it is read"
    if silent := len(runs) - speaking:
        yield f"{counted(silent, 'run')} {'says' if silent == 1 else 'say'} nothing"


def _names(runs: list[RunFact]) -> str:
    named = ", ".join(run.name for run in runs[:NAMED])
    return f"{named} and {len(runs) - NAMED:,} more" if len(runs) > NAMED else named
