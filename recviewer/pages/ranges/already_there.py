"""What a range records that the tree already has: where, and what was decided on it.

This approves nothing; undecided changes still have to be decided on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from recviewer.catalog.git_paths import root_prefix
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.changes.model import Change, Key
from recviewer.git import blobs
from recviewer.git.repository import GitFailed
from recviewer.pages.ranges.queue import ShownRange
from recviewer.pages.recordings.neighbours import url_of
from recviewer.pages.text.classes import Look, look_of_state
from recviewer.review.filters import Stand, standings_for
from recviewer.review.subjects import chunked

MOST = 200
"""Maximum number of recordings that are checked for one page."""
LOOKED_UP = 24
"""Maximum number of recordings that git is asked about for one page."""


@dataclass(frozen=True, slots=True)
class KnownElsewhere:
    """A recording that says the same and that the range does not touch. more: number of further ones.

    state, by: the decision on what both say, and its author, "" for nobody.
    """

    path: str
    name: str
    url: str
    more: int
    state: Look
    by: str


def known_elsewhere(place: ShownRange, changes: Iterable[Change]) -> dict[Key, KnownElsewhere]:
    """Return, by change, what says the same at the base and at the head, as far as this instance's index knows.

    Not for a change with a finding that its words do not tell, such as on its name or its path.
    """
    asked = {
        one.key: one.new.meaning.fingerprint
        for one in changes
        if one.new is not None and one.new.meaning.fingerprint and not one.asks
    }
    if not asked:
        return {}
    found = _standing(place, set(asked.values()))
    stands = standings_for(found)
    told = {fingerprint: _told(paths, stands.get(fingerprint)) for fingerprint, paths in found.items()}
    return {key: told[fingerprint] for key, fingerprint in asked.items() if fingerprint in told}


def _told(paths: Sequence[str], stand: Stand | None) -> KnownElsewhere:
    look = look_of_state(stand.state if stand else "undecided", is_gone=False)
    first = paths[0]
    return KnownElsewhere(
        first, first.rpartition("/")[2], url_of(first), len(paths) - 1, look, stand.by if stand else ""
    )


@prepared
def _rows(fingerprints: Sequence[str]) -> QuerySet[Recording, tuple[str, bytes | memoryview[int] | None, str, str]]:
    rows = Recording.objects.filter(fingerprint__in=fingerprints, part="").order_by("path")
    return rows.values_list("path", "raw_path", "blob", "fingerprint")[:MOST]


def _standing(place: ShownRange, fingerprints: Collection[str]) -> dict[str, list[str]]:
    """Return the recordings with these fingerprints that exist at the base and are not touched by the range."""
    asked, start = place.report.found.source.range, root_prefix()
    touched = {side.file_raw for one in place.report.found.changes for side in (one.old, one.new) if side is not None}
    found: dict[str, list[str]] = {}
    left = LOOKED_UP
    for some in chunked(fingerprints):
        for path, raw_path, blob, fingerprint in _rows(some):
            raw = start + (path.encode() if raw_path is None else bytes(raw_path))
            if raw in touched or not left:
                continue
            left -= 1
            try:
                there = blobs.at(asked.repository, asked.base, raw)
            except GitFailed:
                continue
            if there is not None and there[0] == blob:
                found.setdefault(fingerprint, []).append(path)
    return found
