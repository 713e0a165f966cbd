"""The positions of calls in their file, and how a recorder finds them again: for tests with a single file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from recviewer.catalog.models import Recording
from recviewer.changes.requests import MATCHED
from recviewer.exchange.model import Kind
from recviewer.exchange.text import line_of
from recviewer.formats.reading import Matching
from recviewer.pages.tests.loading import Loaded
from recviewer.pages.text.brief_paths import brief_call, brief_path
from recviewer.threads.model import Entry, Rest


@dataclass(frozen=True, slots=True)
class FoundBy:
    """What a recorder compares at replay. recorder: its name. rows: (what, its value in this file).

    count: how many things the match depends on. is_loose: the body is not compared, so that another request would be
    answered too.
    """

    recorder: str
    rows: tuple[tuple[str, str], ...]
    count: int
    is_loose: bool


def found_by(loaded: Loaded) -> FoundBy | None:
    """Return how the calls of a file are found, None if unknown."""
    matching = loaded.matching
    if matching is None or not loaded.is_one_file:
        return None
    exchanges = [entry.exchange for entry in loaded.threads.entries()]
    stands = {
        "method": _one({one.method for one in exchanges}),
        "url": _one({one.endpoint for one in exchanges}),
        "headers": "compared",
        "body": "compared",
    }
    rows = [(word, stands[key] if key in matching.on else "not compared") for key, word in MATCHED.items()]
    rows += [("place", "among equal ones")] if matching.is_in_order else []
    return FoundBy(
        matching.recorder,
        tuple(rows),
        sum(said != "not compared" for _, said in rows),
        "body" not in matching.on,
    )


def _one(values: set[str]) -> str:
    return next(iter(values)) if len(values) == 1 else f"{len(values):,} different"


def places_in(loaded: Loaded) -> dict[str, tuple[str, ...]]:
    """Return by key the position of each call: `#2 of 5` and, if equal ones are distinguished by their order, `1st of 3
    to …`.
    """
    if not loaded.is_one_file:
        return {}
    first = next(iter(loaded.rows.values()))
    total = Recording.objects.filter(file_id=first.file_id).exclude(part="").count()
    ordered = sorted(loaded.rows.values(), key=lambda row: row.place)
    entries = {entry.key: entry for entry in loaded.threads.entries()}
    is_all = total == len(ordered) and loaded.matching is not None and loaded.matching.is_in_order
    among = _among([entries[row.path] for row in ordered], loaded.matching) if is_all and loaded.matching else {}
    return {
        row.path: (f"#{row.place + 1:,} of {total:,}", *([among[row.path]] if row.path in among else []))
        for row in ordered
    }


def told_of(rest: Rest, places: Mapping[str, tuple[str, ...]]) -> str:
    """Describe on one line the recordings beside a conversation: the answer of a single one, and the URLs of calls to
    no model, with their positions: `POST /v1/traces/ingest · #1, #4 · 204`.
    """
    entries = rest.entries
    if rest.kind is not Kind.UNKNOWN:
        return line_of(entries[0].exchange).answered[:160] if len(entries) == 1 else ""
    went = {f"{entry.exchange.method} {entry.exchange.endpoint}".strip() for entry in entries}
    ends = {entry.exchange.status for entry in entries}
    at = [places[entry.key][0].partition(" ")[0] for entry in entries[:NAMED] if entry.key in places]
    told = [brief_call(went.pop()) if len(went) == 1 else f"{len(went):,} addresses"]
    told += [f"{', '.join(at)}{' …' if len(entries) > NAMED else ''}"] if at else []
    told += [str(ends.pop())] if len(ends) == 1 and None not in ends else []
    return " · ".join(told)


NAMED = 6
"""Calls whose positions are named; of more, the first."""


def _among(entries: list[Entry], matching: Matching) -> dict[str, str]:
    """Return the position of each among those that the recorder treats as equal; nothing if it compares more than URLs."""
    if matching.on - {"method", "url"} or "url" not in matching.on:
        return {}
    equal = {entry.key: (entry.exchange.method, entry.exchange.url) for entry in entries}
    counts, seen, made = Counter(equal.values()), Counter[tuple[str, str]](), {}
    for entry in entries:
        key = equal[entry.key]
        seen[key] += 1
        made[entry.key] = f"{_nth(seen[key])} of {counts[key]:,} to {brief_path(entry.exchange.endpoint)}"
    return {key: words for key, words in made.items() if counts[equal[key]] > 1}


def _nth(number: int) -> str:
    """Return an ordinal number: 1st, 2nd, 11th."""
    last = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{last}"
