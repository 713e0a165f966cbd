"""Restores exchanges into the file they were removed from: next to their old neighbours, all other bytes kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from recviewer.recorders.packing import BadPacking, packed_as, unpacked
from recviewer.recorders.reading import ReadPart, bytes_of_each, read_file


class NotPut(Exception):
    """Exchanges cannot be restored. The message is the end of a sentence, without a full stop."""


def with_parts(data: bytes, old: bytes, name: str, parts: Collection[str]) -> bytes:
    """Return a file with some exchanges of its older version, byte for byte, each after its old predecessor.

    data, old: current and older version. name: as for `recorders.reading.read_file`. The result is read again to verify
    that it contains the current exchanges and the restored ones. Raises NotPut.
    """
    there, before = read_file(data, name), read_file(old, name)
    held, wanted = list(bytes_of_each(data, there)), list(bytes_of_each(old, before))
    if len({one.part for one in before} & set(parts)) < len(set(parts)):
        raise NotPut("is not in the file of before")
    if any(one.rest for one in (*there, *before)):
        raise NotPut("is in a file that keeps answers apart from what was asked, which no exchange can be put into")
    try:
        plain, whole = unpacked(data), unpacked(old)
    except BadPacking as reason:
        raise NotPut(f"was in a file that is {reason}") from None
    places = _places(held, wanted)
    made, order, shift = plain, list(held), 0
    for place, one in enumerate(before):
        if one.part not in parts:
            continue
        if place in places:
            raise NotPut("stands in its file by now")
        at, number, piece = _where(place, places, (there, plain), (before, whole))
        made = made[: at + shift] + piece + made[at + shift :]
        order.insert(number + len(order) - len(held), wanted[place])
        shift += len(piece)
    result = packed_as(made, data)
    if list(bytes_of_each(result, read_file(result, name))) != order:
        raise NotPut("cannot be put back without other exchanges of its file being changed")
    return result


def _places(held: Sequence[bytes], wanted: Sequence[bytes]) -> dict[int, int]:
    """Return the current index of each older exchange that is still there, by its older index."""
    blocks = SequenceMatcher(None, wanted, held, autojunk=False).get_matching_blocks()
    return {old + step: new + step for old, new, size in blocks for step in range(size)}


def _where(
    place: int,
    places: dict[int, int],
    now: tuple[Sequence[ReadPart], bytes],
    then: tuple[Sequence[ReadPart], bytes],
) -> tuple[int, int, bytes]:
    """Return the offset at which to insert an exchange, how many current exchanges precede it, and the bytes to insert.

    now, then: the exchanges of the current and of the older file, and its bytes. JSON items are separated as they were
    before: of what stood before and behind the exchange, the neighbours have one between them.
    """
    (there, data), (before, old) = now, then
    piece = old[before[place].start : before[place].end]
    behind = next((places[one] for one in range(place - 1, -1, -1) if one in places), None)
    if behind is not None:
        ahead = places.get(place + 1)
        if ahead == behind + 1 and places.get(place - 1) == behind:
            gap = old[before[place - 1].end : before[place].start]
            if data[there[behind].end : there[ahead].start] == gap:
                return there[ahead].start, ahead, piece + old[before[place].end : before[place + 1].start]
        return there[behind].end, behind + 1, old[before[place - 1].end : before[place].start] + piece
    ahead = next((places[one] for one in range(place + 1, len(before)) if one in places), None)
    if ahead is None:
        raise NotPut("stood beside others of which none is in its file any more")
    return there[ahead].start, ahead, piece + old[before[place].end : before[place + 1].start]
