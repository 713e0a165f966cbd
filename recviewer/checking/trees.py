"""The recordings of a directory, of some files, or of a commit, file by file."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from recviewer.pairing.sides import FileMeaning, Library, Side, SideReader, sides_of, unread_file
from recviewer.recorders.registry import claims, read_as
from recviewer.store import files
from recviewer.store.paths import key_of
from recviewer.store.refusals import Refusal, Vanished


class ReadFile(NamedTuple):
    """A file that was read. data: its bytes, b"" if not available. sides: its recordings."""

    raw: bytes
    data: bytes
    sides: list[Side]


def below(root: Path, limit_bytes: int, problems: list[str]) -> Iterator[ReadFile]:
    """Yield every file of recordings below a directory. problems: what could not be examined is appended. Raises NoRoot."""
    from recviewer.store.scan import scan

    found = scan(root, claims())
    problems += [f"{problem.key or '.'}: {problem.what}" for problem in found.problems]
    obstacles = {stamp.raw: stamp.obstacle for stamp in found.stamps if stamp.obstacle}
    yield from named(root, [stamp.raw for stamp in found.stamps], limit_bytes, obstacles)


def named(
    root: Path, raws: Iterable[bytes], limit_bytes: int, obstacles: dict[bytes, str] | None = None
) -> Iterator[ReadFile]:
    """Yield files by paths relative to a root, without those that do not exist any more."""
    with files.Reader(root, limit_bytes=limit_bytes) as reader:
        for raw in raws:
            why = (obstacles or {}).get(raw)
            if why:
                yield ReadFile(raw, b"", sides_of(raw, "", unread_file(why)))
                continue
            try:
                data = reader.read(raw).data
            except Vanished:
                continue
            except Refusal as refusal:
                reason = str(getattr(refusal, "reason", "") or refusal).rstrip(".")
                yield ReadFile(raw, b"", sides_of(raw, "", unread_file(reason)))
                continue
            yield read(raw, data)


def read(raw: bytes, data: bytes) -> ReadFile:
    """Read the bytes of a file. One that is too large by itself is not read."""
    blob = files.blob_id(data)
    return ReadFile(raw, data, sides_of(raw, blob, _meaning(raw, data, blob)))


def _meaning(raw: bytes, data: bytes, blob: str) -> FileMeaning:
    name = read_as(raw.decode("utf-8", "backslashreplace"))
    return SideReader(Library(limit_bytes=0)).read(data, name, blob)


def claimed(top: Path, given: Collection[str]) -> tuple[list[bytes], list[str]]:
    """Return the files that recorders claim, by paths relative to the top, and the others as they were named.

    given: as on a command line, relative to the current directory.
    """
    mine, others = [], []
    base = os.path.realpath(os.fsencode(top))
    for name in dict.fromkeys(given):
        folder, last = os.path.split(os.path.abspath(os.fsencode(name)))
        raw = os.path.relpath(os.path.join(os.path.realpath(folder), last), base)
        if not raw.startswith(b"../") and claims().holds(raw):
            mine.append(raw)
        else:
            others.append(key_of(os.fsencode(name)))
    return sorted(mine), others
