"""Files that exist on both sides of a range but can be read on only one of them.

Such a file was changed, not deleted: there are bytes at its path, and what they still contain is unknown. So each
exchange of the readable side is compared with an unreadable one on the other side.
"""

from __future__ import annotations

from dataclasses import replace

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import FileMeaning, Meaning, PartMeaning, without_bytes
from recviewer.recorders.reading import NOBODYS


def settled(old: FileMeaning, new: FileMeaning, blobs: tuple[str, str]) -> tuple[FileMeaning, FileMeaning]:
    """Return both sides of a file, an unreadable one with as many exchanges as the other has.

    blobs: of the file, old and new. If the old file was not a recording, there is nothing to compare: all exchanges are
    new.
    """
    if not old.parts:
        return old, new
    whole, is_known = _unreadable(new), bool(new.parts)
    if whole is not None or not is_known:
        return old, _as_parts(old, new, whole or without_bytes(NOBODYS), blobs[1])
    whole = _unreadable(old)
    return (old if whole is None else _as_parts(new, old, whole, blobs[0])), new


def _unreadable(said: FileMeaning) -> Meaning | None:
    """Return the meaning of a file that is unreadable as a whole, or was not read; None for any other file."""
    only = said.parts[0] if len(said.parts) == 1 else None
    is_whole = only is not None and not only.part and only.meaning.exchange.kind is Kind.UNREADABLE
    return only.meaning if only is not None and is_whole else None


def _as_parts(like: FileMeaning, said: FileMeaning, whole: Meaning, blob: str) -> FileMeaning:
    """Return an unreadable file as one whose exchanges are each unreadable. like: the other side, whose names they get.

    The file's bytes and lines count once. If its bytes are not available, neither are those of the exchanges.
    """
    parts = []
    blob = said.parts[0].blob if said.parts else blob
    for place, one in enumerate(like.parts):
        size, lines = (said.size or whole.size, said.lines) if place == 0 else (0, 0)
        exchange = replace(whole.exchange, test_id=one.meaning.exchange.test_id)
        meaning = replace(whole, exchange=exchange, size=size, lines=lines)
        parts.append(PartMeaning(one.part, one.index, blob, meaning))
    return said._replace(parts=tuple(parts))
