"""Runs of the suite for commands: from files, or from the data folder; and what they tell about tests."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from recviewer.commands.exported import found_below
from recviewer.configuration import places
from recviewer.git import repository as repositories
from recviewer.git.repository import Repository
from recviewer.store.paths import key_of
from recviewer.used import stored_runs
from recviewer.used.by_test import ByTest, by_test
from recviewer.used.model import UsedRun

Warn = Callable[[str], object]


def runs_for(named: Sequence[str] | None, folder: Path, repository: Repository, warn: Warn) -> tuple[UsedRun, ...]:
    """Return the named runs, from files or folders; None for those stored in the data folder.

    folder: the one in which the repository was looked for. warn: prints a line. Raises CommandError for a file that is
    not a run.
    """
    if named is not None:
        found = stored_runs.named(Path(one) for one in named if one)
        if found.bad:
            name, why = found.bad[0]
            raise CommandError(f"{name} is not a usable run: {why}", returncode=2)
        return found.runs
    for data in _folders(folder, repository):
        found = stored_runs.kept_in(data)
        for name, why in found.bad:
            warn(f"the run {name} was left out: {why}")
        if found.runs:
            return found.runs
    return ()


def _folders(folder: Path, repository: Repository) -> list[Path]:
    """Return the data folders that may have runs, chosen as in `verdicts`."""
    if not settings.PLACES.is_demo or "RECVIEWER_DATA" in os.environ:
        return [settings.PLACES.data]
    return [places.find(root).data for root in (folder, repository.work_tree)]


def by_test_below(root: Path, data: Path, *, limit_bytes: int) -> ByTest:
    """Return what the runs in a data folder tell about tests and the recordings below a root. Raises Refusal."""
    recorded: dict[str, list[str]] = {}
    for one in found_below(root, limit_bytes=limit_bytes):
        recorded.setdefault(one.file, []).append(one.part.reading.exchange.test_id or "")
    found = repositories.find(root)
    start = key_of(repositories.way_to(found, root)) if found else ""
    return by_test(stored_runs.kept_in(data).runs, recorded, start)
