"""Differences that do not count, over all changes of a report: its footer lists them, so that nothing is hidden."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress

from recviewer.changes.model import Change
from recviewer.changes.overview import Overview
from recviewer.changes.recorded import recorded
from recviewer.difference import ignored
from recviewer.difference.model import Ignored
from recviewer.exchange.model import Kind
from recviewer.formats.raw import unwrap
from recviewer.formats.reading import Reading
from recviewer.git.repository import GitFailed
from recviewer.recorders.reading import read_file
from recviewer.recorders.registry import read_as

NAMED = 8
"""Most names in the line; the rest is a number."""

PAIRS = 1_000
"""Most pairs whose files are read again for ignored differences; if there are more, the line says so."""

LAYOUT = "layout of the file"


def uncounted(found: Overview) -> Counter[str]:
    """Return how many differing values do not count, by path: `outputs[].tool_calls[].id`."""
    pairs = [change for change in found.changes if _can_be_held_together(change)]
    counts: Counter[str] = Counter()
    readings = _readings(found, pairs[:PAIRS])
    for change in pairs:
        told = [*change.difference().ignored, *_of_replies(change, readings)]
        for one in told:
            counts[one.path] += one.count
        if not told and change.is_quiet:
            counts[LAYOUT] += 1
    return counts


def _can_be_held_together(change: Change) -> bool:
    """Tell whether both sides have readable, different bytes."""
    old, new = change.old, change.new
    if old is None or new is None or old.blob == new.blob:
        return False
    return Kind.UNREADABLE not in (old.exchange.kind, new.exchange.kind)


def as_line(counts: Counter[str], found: Overview) -> str:
    """Return it as a line: `usage ×168, chunks[].id ×63, …`; `nothing` if there is none."""
    told = [f"{path} ×{count:,}" for path, count in counts.most_common(NAMED)]
    rest = len(counts) - len(told)
    pairs = sum(change.old is not None and change.new is not None for change in found.changes)
    line = ", ".join(told + ([f"and {rest:,} more"] if rest else [])) or "nothing"
    return f"{line} (ids and times of replies counted in {PAIRS:,} pairs of {pairs:,})" if pairs > PAIRS else line


def _of_replies(change: Change, readings: dict[str, ignored.Elements]) -> tuple[Ignored, ...]:
    old, new = (readings.get(side.blob) if side else None for side in (change.old, change.new))
    return () if old is None or new is None else ignored.in_replies(old, new)


def harmless_in(reading: Reading) -> ignored.Elements:
    """Return the harmless values of a recording's reply; {} if no format read it."""
    if reading.raw is None or reading.format is None:
        return {}
    if reading.exchange.chunks:
        return ignored.of_chunks((chunk.element for chunk in reading.chunks()), reading.format.shape)
    return ignored.of_reply(unwrap(reading.raw.reply), reading.format.shape)


def _readings(found: Overview, pairs: list[Change]) -> dict[str, ignored.Elements]:
    """Read the harmless values of these pairs' replies again, by blob."""
    sides = {side.blob: side for change in pairs for side in (change.old, change.new) if side and side.blob}
    made: dict[str, ignored.Elements] = {}
    with suppress(GitFailed):
        for side, data in recorded(found.source.range, sides.values()):
            made[side.blob] = harmless_in(read_file(data, read_as(side.file_path))[0].reading)
    return made
