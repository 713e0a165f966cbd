"""Files that are there on both sides of a range, and whose recordings can be read on one of them alone.

Such a file changed. Nothing of it was deleted, for bytes lie at its path, and nobody can say what of it these still hold. So
each exchange of the side that can be read stands against one of the other side that cannot.
"""

from __future__ import annotations

from dataclasses import replace

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import FileMeaning, Meaning, PartMeaning, without_bytes
from recviewer.recorders.reading import NOBODYS


def settled(old: FileMeaning, new: FileMeaning, blobs: tuple[str, str]) -> tuple[FileMeaning, FileMeaning]:
    """Return what both sides of a file say, with as many exchanges on one that cannot be read as the other one has.

    blobs: of the file, old and new. What was no recording before holds nothing that could be compared: all in it is new.
    """
    if not old.parts:
        return old, new
    whole, is_known = _unreadable(new), bool(new.parts)
    if whole is not None or not is_known:
        return old, _as_parts(old, new, whole or without_bytes(NOBODYS), blobs[1])
    whole = _unreadable(old)
    return (old if whole is None else _as_parts(new, old, whole, blobs[0])), new


def _unreadable(said: FileMeaning) -> Meaning | None:
    """Return the meaning of a file that cannot be read as a whole, or was not; None for any other one."""
    only = said.parts[0] if len(said.parts) == 1 else None
    is_whole = only is not None and not only.part and only.meaning.exchange.kind is Kind.UNREADABLE
    return only.meaning if only is not None and is_whole else None


def _as_parts(like: FileMeaning, said: FileMeaning, whole: Meaning, blob: str) -> FileMeaning:
    """Return a file that cannot be read as one of which no exchange can be. like: the other side, whose names they have.

    The bytes and lines of the file count once. Where its bytes cannot be had, neither can those of an exchange.
    """
    parts = []
    blob = said.parts[0].blob if said.parts else blob
    for place, one in enumerate(like.parts):
        size, lines = (said.size or whole.size, said.lines) if place == 0 else (0, 0)
        exchange = replace(whole.exchange, test_id=one.meaning.exchange.test_id)
        meaning = replace(whole, exchange=exchange, size=size, lines=lines)
        parts.append(PartMeaning(one.part, one.index, blob, meaning))
    return said._replace(parts=tuple(parts))
