"""Converts a read exchange to an entry: with whether replay finds it, and the id of its answer."""

from __future__ import annotations

from recviewer.formats.raw import Raw
from recviewer.formats.reading import Reading
from recviewer.replay.names import ReplayState
from recviewer.threads.model import Entry

MISSED = frozenset({ReplayState.OLDER, ReplayState.EDITED, ReplayState.UNKNOWN})
"""States of recordings that replay does not find by their name. Unverifiable ones count as found."""


def entry_of(key: str, reading: Reading, replay: str, order: str = "") -> Entry:
    """Return a recording as an entry. replay: its state. order: see `Entry`."""
    id = answer_id(reading.raw) if reading.raw else ""
    return Entry(key, reading.exchange, replay not in MISSED, id, order)


def answer_id(raw: Raw) -> str:
    """Return the id by which a later request may refer to an answer (`previous_response_id`), "" if it has none.

    It is at the top of a reply, or in the `response` of the first events of a stream.
    """
    for head in raw.heads:
        inner = head.get("response")
        for holder in (head, inner if isinstance(inner, dict) else {}):
            found = holder.get("id")
            if isinstance(found, str) and found:
                return found
    return ""
