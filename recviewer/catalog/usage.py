"""What runs of the suite say of each recording, as columns of the catalog, updated when runs or recordings change.

`reads`: how often all runs together opened its file, None if no run says anything about it. `used_by`: the names of the
runs that read it, each surrounded by spaces; "" if some run says that it was not read and none that it was, None if no
run says anything. `uses`: what each run says, as JSON: [how often, when last], 0, or a letter of `used.evidence.WHY`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import transaction

from recviewer.catalog import rows
from recviewer.catalog.git_paths import root_prefix
from recviewer.catalog.models import Recording, SuiteRun
from recviewer.catalog.state import newest_writing_run, rename_state
from recviewer.store.paths import key_of
from recviewer.used import stored_runs
from recviewer.used.evidence import OfRecording, RunSays, Speaker, written
from recviewer.used.model import UsedRun

_Row = tuple[int, int | None, str | None, str | None]


def refresh(*, catalog_changed: bool) -> int:
    """Update what runs say. Returns for how many recordings that changed.

    catalog_changed: whether rows were just written.
    """
    data = Path(settings.DATA_DIR)
    keep, known = data / "used.state", ""
    with suppress(OSError):
        known = keep.read_text()
    runs = stored_runs.state(data)
    if not runs and not known:
        return 0
    state = f"{json.dumps(runs)} {newest_writing_run()}"
    if state == known and not catalog_changed:
        return 0
    count = _store(stored_runs.kept_in(data).runs)
    if count:
        rename_state()
    keep.write_text(state)
    return count


def subjects() -> tuple[list[OfRecording], list[_Row]]:
    """Return what runs are asked about, and for each recording its id and what is stored so far."""
    asked, known = [], []
    columns = ("file__path", "file__blob", "test_id", "test_file", "suite", "pk", *rows.USAGE)
    for path, blob, test, test_file, suite, *row in Recording.objects.order_by("pk").values_list(*columns):
        asked.append(OfRecording(path, blob, test or "", test_file, suite))
        known.append((row[0], row[1], row[2], row[3]))
    return asked, known


def said_by(runs: Iterable[UsedRun], asked: list[OfRecording], start: str) -> list[list[RunSays]]:
    """Return for each recording what runs say. start: the path prefix from the top of the repository, ending in `/`."""
    said: list[list[RunSays]] = [[] for _ in asked]
    for run in runs:
        speaker = Speaker(run, start, asked)
        for one, words in zip(asked, said, strict=True):
            words.append(speaker.says(one))
    return said


def summed(said: Iterable[RunSays]) -> tuple[int | None, str | None, str | None]:
    """Return the values of the columns: see above."""
    every = list(said)
    speaking = [one for one in every if not one.why]
    told = json.dumps(written(every), separators=(",", ":")) if every else None
    if not speaking:
        return None, None, told
    names = [one.run for one in speaking if one.opens]
    return sum(one.opens for one in speaking), f" {' '.join(names)} " if names else "", told


def _store(runs: tuple[UsedRun, ...]) -> int:
    asked, known = subjects()
    changed = []
    for (id, *before), said in zip(known, said_by(runs, asked, key_of(root_prefix())), strict=True):
        now = summed(said)
        if tuple(before) != now:
            changed.append((*now, id))
    with transaction.atomic():
        rows.set_usage(changed)
        SuiteRun.objects.all().delete()
        SuiteRun.objects.bulk_create([_row(run) for run in runs])
    return len(changed)


def _row(run: UsedRun) -> SuiteRun:
    return SuiteRun(
        name=run.name,
        began=run.began,
        ended=run.ended,
        exit=run.exit,
        commit=run.commit,
        is_clean=run.clean,
        files=run.total,
        read=run.read,
        tests=dict(Counter(test.outcome or "unknown" for test in run.tests)),
        left_out=run.left_out,
        why=run.why_incomplete,
    )
