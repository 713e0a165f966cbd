"""Recordings that share their file with others: what becomes of the file where some of them go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from recviewer.catalog import heavy
from recviewer.catalog.content import is_heavy
from recviewer.plan.model import CutOut, FileToDo, LeftOut
from recviewer.recorders.reading import bytes_of_each, read_file
from recviewer.recorders.registry import read_as
from recviewer.review.cutting import UNCUT, left_of
from recviewer.store.files import blob_id

OTHERWISE = "stands in its file with other bytes by now"


@dataclass(slots=True)
class Cuts:
    """What is gathered for a plan: by the key of a file the file, and the exchanges to cut out of it."""

    by_file: dict[str, tuple[FileToDo, list[FileToDo]]] = field(default_factory=dict)

    def add(self, one: FileToDo, part: str, file_blob: str) -> None:
        """Add an exchange. one: with the path and blob of the exchange, and name and mode of its file."""
        path = one.path[: -len(part) - 1]
        file = replace(one, path=path, blob=file_blob, test_id="", asked="", note="")
        self.by_file.setdefault(path, (file, []))[1].append(replace(one, part=part))

    def settled(self, read: Callable[[FileToDo], bytes | None]) -> tuple[list[FileToDo], list[CutOut], list[LeftOut]]:
        """Return the exchanges that go, the files that they are cut out of, and those that stay, with the reason.

        read: gives the bytes of a file, None where they are others now.
        """
        gone: list[FileToDo] = []
        cuts: list[CutOut] = []
        left: list[LeftOut] = []
        for path, (file, some) in sorted(self.by_file.items()):
            data = read(file)
            found = {} if data is None else _blobs(data, path)
            here = [one for one in some if found.get(one.part) == one.blob]
            left += [LeftOut(one.path, one.blob, OTHERWISE) for one in some if one not in here]
            if data is None or not here:
                continue
            is_whole = len(here) == len(found)
            parts = tuple(one.part for one in here)
            if not is_whole and left_of(data, read_as(path), parts) is None:
                left += [LeftOut(one.path, one.blob, UNCUT) for one in here]
                continue
            gone += here
            cuts.append(CutOut(replace(file, size=len(data)), parts, is_whole))
        return gone, cuts, left


def _blobs(data: bytes, path: str) -> dict[str, str]:
    """Return the blob of each exchange of a file, by its name; nothing where reading the file takes too much."""
    if not is_heavy(data):
        return blobs_in(data, read_as(path))
    try:
        return heavy.ask((bytes,), (data,), [blob_id(data)], blobs_in, read_as(path))
    except heavy.TakesTooMuch:
        return {}


def blobs_in(data: bytes, name: str) -> dict[str, str]:
    """Return the blob of each exchange of a file, by its name."""
    found = read_file(data, name)
    return {one.part: blob_id(own) for one, own in zip(found, bytes_of_each(data, found), strict=True)}
