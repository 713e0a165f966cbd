"""What moving recordings to the trash does to a file: it is removed, or rewritten without some of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Count

from recviewer.catalog import heavy
from recviewer.catalog.content import is_heavy
from recviewer.catalog.models import File, Recording
from recviewer.recorders.reading import bytes_of_each, read_file, without
from recviewer.recorders.registry import read_as
from recviewer.review.choosing import Chosen
from recviewer.review.subjects import chunked
from recviewer.store import files
from recviewer.store.refusals import Refusal
from recviewer.store.trash import Cut

UNCUT = "shares its file with other recordings, and cannot be cut out of it"
TOO_MUCH = "is in a file that takes too much to be read"


@dataclass(frozen=True, slots=True)
class Move:
    """One file that an action is about. key, raw, blob: of the file. recordings: those to remove, one or more.

    cut: the file without them, None if the whole file is removed. stay: how many recordings stay.
    """

    key: str
    raw: bytes
    blob: str
    recordings: tuple[Recording, ...]
    cut: Cut | None = None
    stay: int = 0


def moves_of(recordings: Sequence[Recording], chosen: Chosen) -> list[Move]:
    """Return the files of some recordings, in order; recordings that cannot be cut out of their file are skipped.

    Raises what `Chosen.leave` raises if nothing else is left.
    """
    by_file: dict[str, list[Recording]] = {}
    for one in recordings:
        by_file.setdefault(one.file_path, []).append(one)
    shared = [key for key, some in by_file.items() if some[0].part]
    held = dict(_held(shared))
    made = []
    for key, some in by_file.items():
        first = some[0]
        if not first.part:
            made.append(Move(key, first.raw, first.blob, (first,)))
            continue
        blob, count = held.get(key, ("", 0))
        if count == len(some):
            made.append(Move(key, first.raw, blob, tuple(some)))
            continue
        try:
            cut = cut_of(first.raw, blob, tuple(one.part for one in some))
        except Refusal as refusal:
            for one in some:
                chosen.leave_for(one.path, refusal)
            continue
        if cut is None:
            for one in some:
                chosen.leave(one.path, UNCUT)
            continue
        made.append(Move(key, first.raw, blob, tuple(some), cut, count - len(some)))
    return made


def _held(keys: Sequence[str]) -> Iterator[tuple[str, tuple[str, int]]]:
    """Yield the blob of files and the number of recordings in each, by key."""
    for some in chunked(keys):
        rows = File.objects.filter(path__in=some).annotate(count=Count("recording"))
        for path, blob, count in rows.values_list("path", "blob", "count"):
            yield path, (blob, count)


def cut_of(raw: bytes, blob: str, parts: tuple[str, ...]) -> Cut | None:
    """Compute a file without some of its parts; None if its recorder cannot do that.

    raw, blob: of the file. The result has to hold the other parts byte for byte. Raises the store's refusals: Changed
    if the file has changed.
    """
    data = files.read(settings.RECORDINGS_ROOT, raw, limit_bytes=settings.FILE_LIMIT_BYTES).data
    files.expect(data, blob, raw)
    name = read_as(raw.decode("utf-8", "backslashreplace"))
    rest = left_of(data, name, parts)
    return None if rest is None else Cut(parts, rest)


def left_of(data: bytes, name: str, parts: Sequence[str]) -> bytes | None:
    """Return the bytes of a file without some of its exchanges, read back and compared; None if that cannot be done.

    name: as for `recorders.reading.read_file`. A very large file is read in a separate process; None if that takes too
    much.
    """
    if not is_heavy(data):
        return left_in(data, name, parts)
    try:
        return heavy.ask((bytes,), (data,), [files.blob_id(data)], left_in, name, parts)
    except heavy.TakesTooMuch:
        return None


def left_in(data: bytes, name: str, parts: Sequence[str]) -> bytes | None:
    """Do `left_of` in this process."""
    rest = without(data, name, parts)
    if rest is None:
        return None
    kept = list(bytes_of_each(data, [one for one in read_file(data, name) if one.part not in parts]))
    return rest if kept == list(bytes_of_each(rest, read_file(rest, name))) else None


def blobs_of(data: bytes, name: str) -> dict[str, str] | None:
    """Return the blob of each exchange of a file, by its name; None if reading the file takes too much."""
    if not is_heavy(data):
        return blobs_in(data, name)
    try:
        return heavy.ask((bytes,), (data,), [files.blob_id(data)], blobs_in, name)
    except heavy.TakesTooMuch:
        return None


def blobs_in(data: bytes, name: str) -> dict[str, str]:
    """Do `blobs_of` in this process."""
    found = read_file(data, name)
    return {one.part: files.blob_id(own) for one, own in zip(found, bytes_of_each(data, found), strict=True)}
