"""Which recording replaced which, commit by commit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from recviewer.bounded.cache import Recent
from recviewer.changes import changeset
from recviewer.changes.sources import Range, Spec
from recviewer.changes.unchanged import Unchanged
from recviewer.git import walk
from recviewer.git.ranges import ChangedFile
from recviewer.git.repository import GitFailed, Repository
from recviewer.pairing import pairs
from recviewer.pairing.pair import How, Pair, Sure
from recviewer.pairing.sides import Library

NEAR = 20
"""A recording may be deleted in one commit and re-recorded in another: this many neighbouring commits are considered
together.
"""

SECONDS = 1.0
"""Time limit for finding the neighbouring commits."""

LIMIT = 2_000
"""If more recordings were added and deleted at once, only those of one folder, or with equal bytes, are paired."""

KEPT = 200
"""Most commits whose pairs are cached."""


class TooMany(GitFailed):
    """Too many recordings were added and deleted at once to be paired."""


class OtherSide(NamedTuple):
    """The other recording of a pair: its path in the repository, its blob, and how it was matched."""

    raw: bytes
    blob: str
    pair: Pair


class _Pairs(NamedTuple):
    """Which file replaced which, by path. problem: why there may be more, "" if everything was examined."""

    before: dict[bytes, OtherSide]
    after: dict[bytes, OtherSide]
    problem: str


class Replaced:
    """Pairs of old and new recordings in the commits of a repository."""

    def __init__(self, repository: Repository, library: Library) -> None:
        self._repository = repository
        self._library = library
        self._kept = Recent[tuple[str, str, bytes | None], _Pairs](KEPT)

    def before(self, parent: str, sha: str, raw: bytes, ahead: Sequence[str] = ()) -> OtherSide | None:
        """Return the recording that was replaced when a commit added the one at a path.

        ahead: the following commits, nearest first. Raises GitFailed.
        """
        return self._near(parent, sha, ahead, raw, "before")

    def after(self, parent: str, sha: str, raw: bytes, ahead: Sequence[str] = ()) -> OtherSide | None:
        """Return the recording that replaced the one at a path when a commit deleted it. Arguments and errors: see
        `before`.
        """
        return self._near(parent, sha, ahead, raw, "after")

    def _near(self, parent: str, sha: str, ahead: Sequence[str], raw: bytes, which: str) -> OtherSide | None:
        """Look in the commit itself, then in the commits shortly before and after it, combined."""
        pairs = self._pairs(parent, sha, raw)
        found: OtherSide | None = getattr(pairs, which).get(raw)
        if found is not None:
            return found
        if pairs.problem:
            raise TooMany(pairs.problem)
        steps = list(walk.back(self._repository, parent, limit=NEAR, seconds=SECONDS))
        spans = [(steps[-1].sha, sha)] if len(steps) > 1 else []
        spans += [(parent, ahead[: NEAR - 1][-1])] if ahead else []
        for start, end in spans:
            found = getattr(self._pairs(start, end, raw), which).get(raw)
            if found is not None:
                return found._replace(pair=_apart(found.pair))
        return None

    def _pairs(self, parent: str, sha: str, raw: bytes) -> _Pairs:
        """Return the pairs of all differences; if there are too many, those of a file's folder."""
        pairs = self._remembered(parent, sha, None)
        return self._remembered(parent, sha, raw.rpartition(b"/")[0]) if pairs.problem else pairs

    def _remembered(self, parent: str, sha: str, folder: bytes | None) -> _Pairs:
        return self._kept.made((parent, sha, folder), lambda: self._make(parent, sha, folder))

    def _make(self, parent: str, sha: str, folder: bytes | None) -> _Pairs:
        asked = Range(self._repository, Spec(parent, sha, is_direct=True), parent, sha)
        gone, come = changeset.came_and_went(asked)
        made = _Pairs({}, {}, "")
        gone, come = _only_renamed(gone, come, made)
        if folder is not None:
            gone, come = _in(folder, gone), _in(folder, come)
        if not gone or not come:
            return made
        if len(gone) + len(come) > LIMIT:
            return made._replace(problem=f"{len(gone) + len(come):,} recordings came and went at once")
        deleted = changeset.sides(asked, self._library, gone)
        added = changeset.sides(asked, self._library, come)
        found = pairs.pair(deleted, added, unchanged=Unchanged(asked, [*gone, *come]))
        for number, pair in enumerate(found.pairs):
            old, new = deleted[pair.old], added[pair.new]
            made.before[new.raw] = OtherSide(old.raw, old.blob, pair)
            made.after[old.raw] = OtherSide(new.raw, new.blob, pair)
            olds, news = found.groups.get(number, ((), ()))
            for place in news:
                made.before[added[place].raw] = OtherSide(old.raw, old.blob, _one_of(pair, len(news) + 1))
            for place in olds:
                made.after[deleted[place].raw] = OtherSide(new.raw, new.blob, _one_of(pair, len(olds) + 1))
        return made


def _only_renamed(
    gone: Sequence[ChangedFile], come: Sequence[ChangedFile], made: _Pairs
) -> tuple[list[ChangedFile], list[ChangedFile]]:
    """Pair files with equal bytes, without reading them. Return the rest."""
    olds, news = Counter(item.old for item in gone), Counter(item.new for item in come)
    sources = {item.old: item.raw for item in gone if olds[item.old] == news[item.old] == 1}
    pair = Pair(0, 0, How.BYTES, Sure.CERTAIN, 1.0, "the same bytes under another name")
    for item in come:
        if item.new in sources:
            made.before[item.raw] = OtherSide(sources[item.new], item.new, pair)
            made.after[sources[item.new]] = OtherSide(item.raw, item.new, pair)
    return [one for one in gone if one.old not in sources], [one for one in come if one.new not in sources]


def _in(folder: bytes, changed: Sequence[ChangedFile]) -> list[ChangedFile]:
    return [item for item in changed if item.raw.rpartition(b"/")[0] == folder]


def _one_of(pair: Pair, count: int) -> Pair:
    return replace(pair, sure=Sure.POSSIBLE, why=f"{pair.why}; one of {count} recordings of this call")


def _apart(pair: Pair) -> Pair:
    """Mark a pair whose recordings were changed in different commits as less certain."""
    sure = Sure.LIKELY if pair.sure is Sure.CERTAIN and pair.how is not How.BYTES else pair.sure
    return replace(pair, sure=sure, why=f"{pair.why}; one commit deleted, another one made it")
