"""Recordings that share their file with others: what becomes of the file if some of them are deleted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from recviewer.plan.model import CutOut, FileToDo, LeftOut
from recviewer.recorders.registry import read_as
from recviewer.review.cutting import TOO_MUCH, UNCUT, blobs_of, left_of

OTHERWISE = "stands in its file with other bytes by now"


@dataclass(slots=True)
class Cuts:
    """Collects, for a plan, the exchanges to cut out of each file, by the key of the file."""

    by_file: dict[str, tuple[FileToDo, list[FileToDo]]] = field(default_factory=dict)

    def add(self, one: FileToDo, part: str, file_blob: str) -> None:
        """Add an exchange. one: with the path and blob of the exchange, and name and mode of its file."""
        path = one.path[: -len(part) - 1]
        file = replace(one, path=path, blob=file_blob, test_id="", asked="", note="")
        self.by_file.setdefault(path, (file, []))[1].append(replace(one, part=part))

    def settled(self, read: Callable[[FileToDo], bytes | None]) -> tuple[list[FileToDo], list[CutOut], list[LeftOut]]:
        """Return the exchanges to delete, the files that they are cut out of, and those that stay, with the reason.

        read: returns the bytes of a file, None if it has changed.
        """
        gone: list[FileToDo] = []
        cuts: list[CutOut] = []
        left: list[LeftOut] = []
        for path, (file, some) in sorted(self.by_file.items()):
            data = read(file)
            found = {} if data is None else blobs_of(data, read_as(path))
            if found is None:
                left += [LeftOut(one.path, one.blob, TOO_MUCH) for one in some]
                continue
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
