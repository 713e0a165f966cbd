"""What the decisions ask for: files to delete, tests to record again. Nothing here changes anything."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Q

from recviewer.catalog.models import Recording
from recviewer.catalog.where import way
from recviewer.git import repository
from recviewer.review import filters, patches
from recviewer.review.history import Mark, marks
from recviewer.review.models import State
from recviewer.review.subjects import chunked, raw_of, subject_of
from recviewer.store import files
from recviewer.store.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Deletion:
    """A file to delete. name: its path below the top of the git work tree (else below the root), in bytes."""

    path: str
    raw: bytes
    name: bytes
    blob: str
    size: int
    test_id: str
    asked: str
    by: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A recording that is not deleted although a mark speaks of it, and why, as a sentence's end. blob: it has now."""

    path: str
    blob: str
    why: str


@dataclass(frozen=True, slots=True)
class Loss:
    """A test that would lose what it replays. left: recordings it would still have; none of them replays for sure."""

    test_id: str
    left: int


@dataclass(frozen=True, slots=True)
class Again:
    """A test to record again: once, however many of its recordings were rejected. reasons: (reviewer, note)."""

    test_id: str
    paths: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """All that the decisions ask for.

    changed: marked files whose bytes are others now. alike: files that say the same as a marked one, not marked
    themselves. losses: tests to think about before deleting. again: tests to record again; orphans: rejected recordings
    that no test is known of. work_tree: the top of the git checkout, None where there is none.
    """

    deletions: tuple[Deletion, ...]
    changed: tuple[LeftOut, ...]
    alike: tuple[LeftOut, ...]
    losses: tuple[Loss, ...]
    again: tuple[Again, ...]
    orphans: tuple[str, ...]
    work_tree: Path | None

    @property
    def size(self) -> int:
        """How many bytes would go."""
        return sum(deletion.size for deletion in self.deletions)

    @property
    def tests(self) -> int:
        """How many tests the files belong to."""
        return len({deletion.test_id for deletion in self.deletions if deletion.test_id})

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is asked for."""
        return not (self.deletions or self.changed or self.alike or self.again or self.orphans)


def make() -> Plan:
    """Work out the plan from the decisions, the catalog and the files as they are on disk."""
    work_tree, prefix = _place()
    deletions, changed = _marked(prefix)
    again, orphans = _rejected()
    return Plan(
        deletions=tuple(deletions),
        changed=tuple(changed),
        alike=tuple(_alike({one.path for one in deletions} | {one.path for one in changed})),
        losses=tuple(_losses(deletions)),
        again=again,
        orphans=orphans,
        work_tree=work_tree,
    )


def _place() -> tuple[Path | None, bytes]:
    """Return the top of the work tree that holds the root, and the way from there to the root, ending in `/`."""
    found = repository.find(settings.RECORDINGS_ROOT)
    if found is None:
        return None, b""
    return found.work_tree, way()


def _marked(prefix: bytes) -> tuple[list[Deletion], list[LeftOut]]:
    by_path: dict[str, list[Mark]] = {}
    for mark in marks():
        by_path.setdefault(mark.path, []).append(mark)
    deletions: list[Deletion] = []
    changed: list[LeftOut] = []
    with files.Reader(settings.RECORDINGS_ROOT, limit_bytes=None) as reader:
        for recording in _rows(list(by_path)):
            raw = raw_of(recording)
            mine = [mark for mark in by_path[recording.path] if mark.blob == recording.blob]
            if not mine:
                changed.append(_left(recording, by_path[recording.path][-1]))
                continue
            try:
                there = files.blob_id(reader.read(raw).data)
            except Refusal as refusal:
                changed.append(LeftOut(recording.path, recording.blob, f"cannot be read now: {refusal}"))
                continue
            if there != recording.blob:
                changed.append(_left(recording, mine[-1]))
                continue
            mark = mine[-1]
            deletions.append(
                Deletion(
                    path=recording.path,
                    raw=raw,
                    name=prefix + raw,
                    blob=recording.blob,
                    size=recording.size,
                    test_id=recording.test_id or "",
                    asked=recording.asked,
                    by=mark.reviewer,
                    at=mark.at,
                    note=mark.note,
                )
            )
    deletions.sort(key=lambda item: (item.test_id == "", item.test_id, item.path))
    return deletions, changed


def _rows(paths: Sequence[str]) -> Iterator[Recording]:
    for some in chunked(paths):
        yield from Recording.objects.filter(path__in=some).order_by("path")


def _left(recording: Recording, mark: Mark) -> LeftOut:
    if subject_of(recording) == mark.fingerprint:
        return LeftOut(recording.path, recording.blob, "recorded anew since it was marked, with the same meaning")
    return LeftOut(recording.path, recording.blob, "holds another answer than the one that was marked")


def _alike(known: set[str]) -> list[LeftOut]:
    rows = filters.with_verdict(Recording.objects.all(), State.DELETE).order_by("path").only("path", "blob")
    return [
        LeftOut(row.path, row.blob, "says the same as a marked one, but was not marked itself")
        for row in rows
        if row.path not in known
    ]


def _losses(deletions: Sequence[Deletion]) -> Iterator[Loss]:
    """Yield the tests whose last recording that replays for sure would go, and those that would have none left."""
    gone: dict[str, list[str]] = {}
    for deletion in deletions:
        if deletion.test_id:
            gone.setdefault(deletion.test_id, []).append(deletion.path)
    going: set[str] = set()
    for some in chunked(deletion.path for deletion in deletions):
        current = Recording.objects.filter(path__in=some, replay="current")
        going.update(current.values_list("path", flat=True))
    for some in chunked(sorted(gone)):
        rows = Recording.objects.filter(test_id__in=some).values_list("test_id")
        for test, total, current in rows.annotate(
            total=Count("pk"), current=Count("pk", filter=Q(replay="current"))
        ).order_by("test_id"):
            paths = gone[test]
            left = total - len(paths)
            lost = sum(path in going for path in paths)
            if (lost and lost == current) or left == 0:
                yield Loss(test, left)


def _rejected() -> tuple[tuple[Again, ...], tuple[str, ...]]:
    rows = filters.with_verdict(Recording.objects.all(), State.REJECTED).order_by("path")
    rows = rows.only("path", "test_id", "fingerprint", "blob")
    stands = filters.standings_for(subject_of(row) for row in rows)
    paths: dict[str, list[str]] = {}
    reasons: dict[str, dict[tuple[str, str], None]] = {}
    orphans = []
    for row in rows:
        if not row.test_id:
            orphans.append(row.path)
            continue
        stand = stands[subject_of(row)]
        paths.setdefault(row.test_id, []).append(row.path)
        reasons.setdefault(row.test_id, {})[stand.by, stand.note] = None
    again = tuple(Again(test, tuple(paths[test]), tuple(reasons[test])) for test in sorted(paths))
    return again, tuple(orphans)


def patch(plan: Plan) -> Iterator[bytes]:
    """Yield a patch for `git apply`, file by file. Raises store refusals; a file that changed meanwhile is left out."""
    with files.Reader(settings.RECORDINGS_ROOT, limit_bytes=None) as reader:
        for deletion in sorted(plan.deletions, key=lambda deletion: deletion.name):
            data = reader.read(deletion.raw).data
            if files.blob_id(data) == deletion.blob:
                place = os.path.join(os.fsencode(settings.RECORDINGS_ROOT), deletion.raw)
                is_executable = bool(os.lstat(place).st_mode & 0o100)
                yield patches.deletion(deletion.name, data, blob=deletion.blob, is_executable=is_executable)


def git_rm(plan: Plan, *, null: bool = False) -> bytes:
    """Return the list for `git rm --pathspec-from-file`. null: for `--pathspec-file-nul`."""
    names = sorted(deletion.name for deletion in plan.deletions)
    return b"".join(patches.pathspec(name, null=null) for name in names)


def as_json(plan: Plan) -> dict[str, object]:
    """Return the plan for scripts."""
    return {
        "work_tree": str(plan.work_tree) if plan.work_tree and not settings.HOSTED else None,
        "count": len(plan.deletions),
        "size": plan.size,
        "deletions": [
            {
                "path": item.path,
                "git_path": item.name.decode("utf-8", "backslashreplace"),
                "blob": item.blob,
                "size": item.size,
                "test_id": item.test_id or None,
                "by": item.by,
                "at": item.at.isoformat(),
                "note": item.note,
            }
            for item in plan.deletions
        ],
        "changed": [_told(item) for item in plan.changed],
        "alike": [_told(item) for item in plan.alike],
        "losses": [{"test_id": item.test_id, "recordings_left": item.left} for item in plan.losses],
        "record_again": [
            {
                "test_id": item.test_id,
                "recordings": list(item.paths),
                "reasons": [{"by": by, "note": note} for by, note in item.reasons],
            }
            for item in plan.again
        ],
        "record_again_without_test": list(plan.orphans),
    }


def _told(item: LeftOut) -> dict[str, str]:
    return {"path": item.path, "blob": item.blob, "why": item.why}
