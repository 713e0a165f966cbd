"""Carrying verdicts on an older version of the fingerprint over to the present one, if their bytes are available.

A verdict names the blob that it was given on. If those bytes are available, their present fingerprint is known, and the
verdict is entered for it. Otherwise the recording becomes undecided. What a rule approved is not carried over, because
nobody saw it.
"""

from __future__ import annotations

import itertools
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.utils import timezone

from recviewer.catalog.git_paths import root_prefix
from recviewer.catalog.models import Recording
from recviewer.changes.model import Change
from recviewer.difference.model import Churn
from recviewer.exchange import fingerprint
from recviewer.exchange.amounts import counted
from recviewer.git.history import contents
from recviewer.git.repository import GitFailed, Repository
from recviewer.pairing.sides import Side, meaning_of
from recviewer.recorders.registry import read_as
from recviewer.review import audit, history, standing
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.history import Saying
from recviewer.review.locks import acting
from recviewer.review.models import Decision, Kept, Verdict
from recviewer.review.subjects import BLOB_PREFIX, CHANGE_PREFIX, GONE_PREFIX, chunked, is_older
from recviewer.review.trash_notes import KEEPER
from recviewer.store import files

Read = Callable[[Collection[str]], Iterable[tuple[str, bytes]]]
"""Yields (blob, its bytes) for those of some blobs that are available."""


@dataclass(frozen=True, slots=True)
class Carried:
    """Verdicts with their present fingerprints.

    left: those that count on an older version and could not be carried over.
    """

    sayings: tuple[Saying, ...]
    left: tuple[Saying, ...]


def carried(spoken: Iterable[Saying], known: Mapping[str, str], read: Read, start: bytes = b"") -> Carried:
    """Carry over those verdicts that count.

    known: the present fingerprints of some blobs. read: returns the bytes of others. start: the prefix from
    `catalog.git_paths.root_prefix`. A re-record verdict is carried to everything that its fingerprint covered; an
    approval or a mark only to the blobs that it names.
    """
    by_subject: dict[str, list[Saying]] = {}
    for saying in spoken:
        if is_older(saying.fingerprint) and not saying.fingerprint.startswith(CHANGE_PREFIX):
            by_subject.setdefault(saying.fingerprint, []).append(saying)
    wanted = [one for some in by_subject.values() for one in some if one.blob]
    now = _Now(wanted, known, read, start)
    made: dict[Saying, None] = {}
    left: list[Saying] = []
    for some in by_subject.values():
        for last, run in _counting(some):
            told = [replace(one, fingerprint=now.subject(one)) for one in run]
            if last.verdict == Verdict.REJECT:
                told += [replace(last, fingerprint=now.subject(one)) for one in some]
            proved = [one for one in told if _may_carry(one)]
            made.update(dict.fromkeys(proved))
            left += [] if proved else [last]
    return Carried(tuple(_without_doubt(made)), tuple(left))


def _counting(some: Sequence[Saying]) -> Iterator[tuple[Saying, list[Saying]]]:
    """Yield the last verdict of each reviewer on a fingerprint, and the equal ones directly before it."""
    by_reviewer: dict[str, list[Saying]] = {}
    for one in sorted(some, key=lambda one: (one.entered, one.verdict, one.note, one.at, one.path, one.blob)):
        mine = by_reviewer.setdefault(one.reviewer, [])
        if not standing.is_by_rule(one) or one.verdict == Verdict.REJECT:
            mine.append(one)
        elif standing.takes_back(one, mine[-1] if mine else None):
            mine.clear()
    for said in filter(None, by_reviewer.values()):
        last = said[-1]
        if last.verdict != Verdict.CLEAR:
            alike = itertools.takewhile(partial(_says, last.verdict), reversed(said))
            yield last, list(alike)


def _says(verdict: str, one: Saying) -> bool:
    return one.verdict == verdict


def _may_carry(one: Saying) -> bool:
    """Tell whether it is known what a verdict is about; an approval of something unreadable is not carried over."""
    return bool(one.fingerprint) and not (one.verdict == Verdict.APPROVE and one.fingerprint.startswith(BLOB_PREFIX))


def _without_doubt(made: Iterable[Saying]) -> Iterator[Saying]:
    """Leave out approvals by a reviewer who also asked to re-record the same: two old fingerprints became one."""
    every = list(made)
    rejected = {(one.fingerprint, one.reviewer) for one in every if one.verdict == Verdict.REJECT}
    for one in every:
        if one.verdict == Verdict.REJECT or (one.fingerprint, one.reviewer) not in rejected:
            yield one


class _Now:
    """The present subjects of verdicts on earlier versions."""

    def __init__(self, wanted: Sequence[Saying], known: Mapping[str, str], read: Read, start: bytes) -> None:
        self._start = start
        self._known = dict(known)
        self._gone: dict[tuple[str, str], str] = {}
        by_blob: dict[str, set[str]] = {}
        for one in wanted:
            if one.fingerprint.startswith(GONE_PREFIX):
                by_blob.setdefault(one.blob, set()).add(one.path)
            elif one.blob not in self._known:
                by_blob.setdefault(one.blob, set())
        for blob, data in read(by_blob) if by_blob else ():
            if files.blob_id(data) == blob:
                self._learn(blob, data, by_blob[blob])

    def _learn(self, blob: str, data: bytes, removed: Iterable[str]) -> None:
        self._known[blob] = _side(b"", blob, data).subject
        for path in removed:
            raw = self._start + path.encode("utf-8", "surrogatepass")
            self._gone[path, blob] = Change(Churn.GONE, _side(raw, blob, data), None).subject

    def subject(self, one: Saying) -> str:
        """Return the present subject of a verdict, "" if nothing proves it."""
        if one.fingerprint.startswith(GONE_PREFIX):
            return self._gone.get((one.path, one.blob), "")
        return self._known.get(one.blob, "")


def _side(raw: bytes, blob: str, data: bytes) -> Side:
    path = raw.decode("utf-8", "backslashreplace")
    return Side(path, raw, blob, meaning_of(data, read_as(path)))


def carry(repository: Repository | None) -> tuple[Done, tuple[Saying, ...]]:
    """Carry over all verdicts of the database, as one action that can be undone; each is carried over only once.

    repository: where contents may be that are not on disk. Returns also those that could not be carried over.
    """
    subjects = Decision.objects.values_list("fingerprint", flat=True).distinct()
    older = [subject for subject in subjects if is_older(subject)]
    if not older:
        return Done("No verdict is of an older version.", None, 0), ()
    spoken = list(history.sayings(older))
    blobs = {one.blob for one in spoken}
    found = carried(spoken, _catalog(blobs), _reader(older, repository), root_prefix())
    with acting():
        fresh = _fresh(found.sayings)
        if not fresh:
            return Done("All that can be carried was carried.", None, 0), found.left
        event = audit.write(
            actor=KEEPER,
            action=Action.CARRY,
            summary=f"carried {counted(len(fresh), 'verdict')} over to the present rules of what counts",
            payload={"changes": [], "decisions": len(fresh)},
            items=[ActItem(one.path, one.fingerprint, one.blob) for one in fresh],
            at=timezone.now(),
        )
        history.enter(event, fresh)
        _keep(older, fresh)
        standing.update({one.fingerprint for one in fresh})
    return audit.done(event), found.left


def sentence_about(left: Sequence[Saying]) -> str:
    """Return what to say of verdicts that could not be carried, "" for none."""
    if not left:
        return ""
    rejected = sum(one.verdict == Verdict.REJECT for one in left)
    those = f", {rejected:,} of them a wish to re-record" if rejected else ""
    return (
        f"{counted(len(left), 'verdict')} under an older rule of what counts{those}: "
        "what they were given on is not here any more, so it is asked again."
    )


def _catalog(blobs: Collection[str]) -> dict[str, str]:
    known: dict[str, str] = {}
    for some in chunked(blobs):
        rows = Recording.objects.filter(blob__in=some, fingerprint__startswith=f"{fingerprint.VERSION}:")
        known.update(rows.values_list("blob", "fingerprint"))
    return known


def _reader(older: Collection[str], repository: Repository | None) -> Read:
    """Return a function that reads kept contents of approved recordings, and contents in git."""

    def read(blobs: Collection[str]) -> Iterator[tuple[str, bytes]]:
        left = set(blobs)
        for some in chunked(older):
            for row in Kept.objects.filter(fingerprint__in=some):
                if row.blob in left:
                    left.discard(row.blob)
                    yield row.blob, zlib.decompress(bytes(row.data))
        yield from in_git(repository, left)

    return read


def in_git(repository: Repository | None, blobs: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield those of some blobs that git has; nothing if git cannot be asked."""
    if repository is None:
        return
    try:
        yield from contents(repository, sorted(blobs))
    except GitFailed:
        return


def _fresh(found: Sequence[Saying]) -> list[Saying]:
    """Return verdicts that are neither in the database yet nor in an action that was undone."""
    known: set[tuple[object, ...]] = set()
    for some in chunked({one.fingerprint for one in found}):
        rows = Decision.objects.filter(fingerprint__in=some)
        known.update(rows.values_list("fingerprint", "reviewer", "verdict", "at", "path", "blob"))
    return [
        one for one in found if (one.fingerprint, one.reviewer, one.verdict, one.at, one.path, one.blob) not in known
    ]


def _keep(older: Collection[str], fresh: Sequence[Saying]) -> None:
    """Keep approved contents under their present fingerprint, so that later changes can be compared with them."""
    now = {one.blob: one.fingerprint for one in fresh if one.verdict == Verdict.APPROVE}
    for some in chunked(older):
        rows = [
            Kept(fingerprint=now[row.blob], blob=row.blob, size=row.size, data=row.data)
            for row in Kept.objects.filter(fingerprint__in=some)
            if row.blob in now
        ]
        Kept.objects.bulk_create(rows, batch_size=50, ignore_conflicts=True)
