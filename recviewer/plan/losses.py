"""Which tests would lose what they replay if the plan of a range were carried out, according to the tree of its head."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recviewer.bounded.cache import Recent
from recviewer.catalog.models import Recording
from recviewer.changes.overview import Overview
from recviewer.git.ranges import CommittedFile
from recviewer.pairing.sides import Side, file_meaning_of
from recviewer.plan.head_tree import Head, folder_of
from recviewer.plan.model import FileToDo, Loss
from recviewer.recorders.registry import claims, read_as
from recviewer.replay.names import ReplayState
from recviewer.review.models import State
from recviewer.review.subjects import chunked
from recviewer.store.claims import is_one

KEPT = 50_000
"""Number of recordings whose test and replay state are cached; both depend on content and file name alone."""

_WORD = re.compile("[A-Za-z0-9_]{4,}")
_Fact = tuple[str, bool]
"""The test id, "" if unknown, and whether a recorder would find the file."""
_known = Recent[tuple[str, str], tuple[_Fact, ...]](KEPT)
"""One fact for each recording of a file."""


def losses(found: Overview, head: Head, deletions: Sequence[FileToDo]) -> Iterator[Loss]:
    """Yield the tests that would lose their last recording that certainly replays, or would have no recording left.

    Deleted are the plan's files, and what the range removed with a reviewer's consent. The recordings of one test are
    in one folder, so only the folders concerned are read.
    """
    removed = _let_go(found)
    going = {file.name for file in deletions}
    tests = {file.test_id for file in deletions if file.test_id} | removed.keys()
    raws = [file.name for file in deletions if file.test_id]
    raws += [side.file_raw for sides in removed.values() for side in sides]
    there: dict[str, list[tuple[bytes, bool]]] = {}
    for one, (test_id, is_current) in _facts(found, head, {folder_of(raw) for raw in raws}, tests):
        there.setdefault(test_id, []).append((one.raw, is_current))
    for test_id in sorted(tests):
        gone = removed.get(test_id, [])
        mine = there.get(test_id, [])
        kept = [is_current for raw, is_current in mine if raw not in going]
        lost = [is_current for raw, is_current in mine if raw in going] + [_is_current(side) for side in gone]
        if not kept or (any(lost) and not any(kept)):
            yield Loss(test_id, len(kept), len(gone))


def _let_go(found: Overview) -> dict[str, list[Side]]:
    """Return what the range removed with consent, by test."""
    removed: dict[str, list[Side]] = {}
    for change in found.changes:
        if change.new is None and change.verdict in (State.APPROVED, State.DELETE) and change.side.test_id:
            removed.setdefault(change.side.test_id, []).append(change.side)
    return removed


def _is_current(side: Side) -> bool:
    return side.meaning.replay.state is ReplayState.CURRENT


def _facts(found: Overview, head: Head, folders: set[bytes], tests: set[str]) -> Iterator[tuple[CommittedFile, _Fact]]:
    """Yield the recordings of some folders with their facts: from the range, the catalog, or else their bytes.

    Recordings of other tests may be left out.
    """
    news = [change.new for change in found.changes if change.new is not None]
    changed = {side.raw: side for side in news if not side.part}
    unknown: list[CommittedFile] = []
    for one in (one for folder in sorted(folders) for one in head.below(folder) if folder_of(one.raw) == folder):
        if not is_one(one.raw[one.raw.rfind(b"/") + 1 :], claims().endings) or not one.mode.startswith("100"):
            continue
        side = changed.get(one.raw)
        if side is not None:
            yield one, (side.test_id, _is_current(side))
        elif (known := _known.get(_key(one))) is not None:
            yield from ((one, fact) for fact in known)
        else:
            unknown.append(one)
    yield from _learned(head, unknown, _words(tests))


def _learned(head: Head, unknown: Sequence[CommittedFile], words: set[bytes]) -> Iterator[tuple[CommittedFile, _Fact]]:
    catalog: dict[tuple[str, str], _Fact] = {}
    for some in chunked({one.blob for one in unknown}):
        rows = Recording.objects.filter(blob__in=some).values_list("blob", "path", "test_id", "replay")
        for blob, path, test_id, replay in rows:
            catalog[blob, read_as(path)] = (test_id or "", replay == ReplayState.CURRENT)
    rest = []
    for one in unknown:
        if _key(one) in catalog:
            yield one, catalog[_key(one)]
        else:
            rest.append(one)
    for one, data in head.read(rest):
        if words and not any(word in data for word in words):
            continue
        parts = file_meaning_of(data, _key(one)[1], one.blob).parts
        facts = [
            (part.meaning.exchange.test_id or "", part.meaning.replay.state is ReplayState.CURRENT) for part in parts
        ]
        _known.put(_key(one), tuple(facts))
        yield from ((one, fact) for fact in facts)


def _words(tests: set[str]) -> set[bytes]:
    """Return one word of each test's id, which its recordings contain because letters are never escaped.

    Empty if an id has no word. Searching for it takes a twentieth of the time of reading a recording.
    """
    longest = {max(_WORD.findall(test), key=len, default="") for test in tests}
    return {word.encode() for word in longest} if "" not in longest else set()


def _key(one: CommittedFile) -> tuple[str, str]:
    return one.blob, read_as(one.raw.decode("utf-8", "backslashreplace"))
