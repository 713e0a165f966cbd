"""Collects the notes of rules about many recordings: the main cost of checking a range, so several processes share it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from recviewer.checking import trees
from recviewer.git.history import contents
from recviewer.git.repository import Repository
from recviewer.pairing.sides import Side
from recviewer.processes import forks
from recviewer.recorders.reading import without_collector
from recviewer.smells import Looking, Rule, rules
from recviewer.smells.model import Noted
from recviewer.smells.scanning import noted, notes_on

FILES = 64
"""Files per batch."""

SHARED_FROM = 400
"""Fewest files for which a second process pays."""

PROCESSES = 4
"""Most processes."""

Notes = list[tuple[str, Noted]]


class HeldFile(NamedTuple):
    """A file of a state. raw: its path from the top. blob: its id in git, "" on disk. obstacle: as in a scan."""

    raw: bytes
    blob: str = ""
    obstacle: str = ""


def note_all(looking: Looking, repository: Repository, files: Sequence[HeldFile], limit_bytes: int) -> None:
    """Collect the notes of rules on some files, by several processes if there are many."""
    batches = [files[start : start + FILES] for start in range(0, len(files), FILES)]
    spread: Iterator[Notes]
    if len(files) >= SHARED_FROM and forks.can_fork():
        names = tuple([rule.name for rule in looking.asked])
        work = partial(_notes_by_names, repository, limit_bytes, names)
        spread = forks.spread(work, batches, min(PROCESSES, os.cpu_count() or 1))
    else:
        spread = map(partial(_notes_of_files, repository, limit_bytes, looking.asked), batches)
    with without_collector():
        for notes in spread:
            for name, one in notes:
                looking.noted[name].append(one)


def notes_of(side: Side, asked: Sequence[Rule]) -> Notes:
    """Return the notes of rules on a recording, each with the rule's name."""
    return [(name, noted(side, note)) for name, note in notes_on(side, asked).items()]


def _notes_by_names(repository: Repository, limit_bytes: int, names: Sequence[str], files: Sequence[HeldFile]) -> Notes:
    """Do it in another process, which gets the rules by name, since functions cannot be pickled."""
    return _notes_of_files(repository, limit_bytes, [rule for rule in rules() if rule.name in names], files)


def _notes_of_files(
    repository: Repository, limit_bytes: int, asked: Sequence[Rule], files: Sequence[HeldFile]
) -> Notes:
    return [
        one for file in _read(repository, limit_bytes, files) for side in file.sides for one in notes_of(side, asked)
    ]


def _read(repository: Repository, limit_bytes: int, files: Sequence[HeldFile]) -> Iterator[trees.ReadFile]:
    on_disk = {one.raw: one.obstacle for one in files if not one.blob}
    yield from trees.named(Path(repository.work_tree), on_disk, limit_bytes, on_disk) if on_disk else ()
    paths: dict[str, list[bytes]] = {}
    for one in files:
        if one.blob:
            paths.setdefault(one.blob, []).append(one.raw)
    for blob, data in contents(repository, list(paths)):
        for raw in paths[blob]:
            yield trees.read(raw, data)
