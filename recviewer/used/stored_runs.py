"""The runs stored in a data folder: one file each, the newest of each name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from recviewer.store.refusals import why
from recviewer.used import run_file
from recviewer.used.model import UsedRun
from recviewer.used.run_file import BadRun, RunRead

AHEAD = timedelta(days=1)
"""Tolerated difference between clocks. A run from the future would be newer than every recording."""

MOST = 500
"""Most stored runs: a matrix has dozens."""


class KeptRuns(NamedTuple):
    """runs: by name. bad: unusable files, with the reason."""

    runs: tuple[UsedRun, ...]
    bad: tuple[tuple[str, str], ...]


def folder_of(data: Path) -> Path:
    """Return the folder of the runs in a data folder."""
    return data / "used"


def state(data: Path) -> tuple[tuple[str, int, int], ...]:
    """Return a value that changes with the stored runs: names, times and sizes of their files."""
    found = []
    for place in _places(data):
        try:
            seen = place.stat()
        except OSError:
            continue
        found.append((place.name, seen.st_mtime_ns, seen.st_size))
    return tuple(found)


def kept_in(data: Path) -> KeptRuns:
    """Read the stored runs. If a name has a complete run and a partial one, the complete one is used."""
    return _read(_places(data))


def named(places: Iterable[Path]) -> KeptRuns:
    """Read runs from files, and from folders with such files at any depth. Of one name the last complete one is used."""
    every: list[Path] = []
    for place in places:
        every += sorted(place.rglob("used-*.jsonl")) if place.is_dir() else [place]
    return _read(every)


def _read(places: Iterable[Path]) -> KeptRuns:
    runs: dict[str, UsedRun] = {}
    bad = []
    for place in places:
        try:
            run = run_file.read(place).run
            _refuse_future(run)
        except BadRun as error:
            bad.append((place.name, str(error)))
            continue
        except OSError as error:
            bad.append((place.name, f"{why(error)}."))
            continue
        known = runs.get(run.name)
        if known is None or _rank(run) > _rank(known):
            runs[run.name] = run
    return KeptRuns(tuple(runs[name] for name in sorted(runs)), tuple(bad))


def _rank(run: UsedRun) -> tuple[bool, datetime]:
    return run.ended is not None, run.began


def _refuse_future(run: UsedRun) -> None:
    """Raise BadRun for a run from the future, which would be newer than every recording."""
    if run.began > datetime.now(UTC) + AHEAD:
        raise BadRun(f"It began on {run.began:%Y-%m-%d}, which is yet to come.")


def _places(data: Path) -> list[Path]:
    return sorted(folder_of(data).glob("used-*.jsonl"))


def bring_in(file: Path, data: Path) -> RunRead:
    """Import a run's file into a data folder, after validating each line. It replaces one of the same name unless that
    is newer.

    Raises BadRun, OSError.
    """
    found = run_file.read(file)
    run = found.run
    _refuse_future(run)
    known = {one.name: one for one in kept_in(data).runs}
    if run.name not in known and len(known) >= MOST:
        raise BadRun(f"{MOST:,} runs are kept already, in {folder_of(data)}.")
    there = known.get(run.name)
    if there is not None and there.ended is not None and (there.began > run.began or run.ended is None):
        what = "newer" if there.began > run.began else "whole"
        raise BadRun(f"A {what} run called {run.name} is kept already, of {there.began:%Y-%m-%d %H:%M} UTC.")
    place = folder_of(data) / run_file.file_name(run.name)
    run_file.write(place, run_file.lines_of(run))
    return found
