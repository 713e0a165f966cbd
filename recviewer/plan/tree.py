"""The plan for the recordings on disk: from the decisions, the catalog and the present files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TypeAlias

from django.conf import settings
from django.db.models import Count, Q

from recviewer.catalog.git_paths import root_prefix
from recviewer.catalog.models import Recording
from recviewer.git import repository
from recviewer.plan import asked_for
from recviewer.plan.cuts import Cuts
from recviewer.plan.head_tree import mode_on_disk
from recviewer.plan.model import Again, CutOut, FileToDo, Ground, LeftOut, Loss, Plan
from recviewer.review import filters, history
from recviewer.review.history import Mark
from recviewer.review.models import State
from recviewer.review.subjects import chunked, subject_of
from recviewer.store import files
from recviewer.store.refusals import Refusal

Place: TypeAlias = tuple[str, str]
"""A file by its path and blob."""


def make() -> Plan:
    """Make the plan."""
    work_tree, prefix = _place()
    own, rejected = asked_for.on_changes()
    deletions, changed, cuts = _marked(prefix, _marks(own, rejected))
    again, orphans = _rejected(rejected)
    return Plan(
        ground=Ground(work_tree),
        deletions=tuple(deletions),
        changed=tuple(changed),
        cuts=tuple(cuts),
        alike=tuple(_alike({one.path for one in deletions} | {one.path for one in changed})),
        losses=tuple(_losses(deletions)),
        again=again,
        orphans=orphans,
        kept=tuple(_wanted_back()),
        bytes_of=partial(_bytes, len(prefix)),
    )


def _place() -> tuple[Path | None, bytes]:
    """Return the top of the work tree that contains the root, and the path from there to the root, ending in `/`."""
    found = repository.find(settings.RECORDINGS_ROOT)
    if found is None:
        return None, b""
    return found.work_tree, root_prefix()


def _marked(prefix: bytes, by_path: Mapping[str, Sequence[Mark]]) -> tuple[list[FileToDo], list[LeftOut], list[CutOut]]:
    deletions: list[FileToDo] = []
    changed: list[LeftOut] = []
    shared = Cuts()
    with files.Reader(settings.RECORDINGS_ROOT, limit_bytes=None) as reader:
        for recording in _rows(list(by_path)):
            raw = recording.raw
            mine = asked_for.on_these(by_path[recording.path], recording.blob, subject_of(recording))
            if not mine:
                changed.append(_left(recording, by_path[recording.path]))
                continue
            try:
                there = files.blob_id(reader.read(raw).data)
                mode = mode_on_disk(settings.RECORDINGS_ROOT, raw)
            except (Refusal, OSError) as refusal:
                changed.append(LeftOut(recording.path, recording.blob, f"cannot be read now: {refusal}"))
                continue
            if not recording.part and there != recording.blob:
                changed.append(LeftOut(recording.path, recording.blob, _since(recording, mine[-1])))
                continue
            mark = mine[-1]
            one = FileToDo(
                path=recording.path,
                name=prefix + raw,
                mode=mode,
                blob=recording.blob,
                size=recording.size,
                test_id=recording.test_id or "",
                asked=recording.asked,
                by=mark.reviewer,
                at=mark.at,
                note=mark.note,
            )
            if recording.part:
                shared.add(one, recording.part, there)
            else:
                deletions.append(one)
        gone, cuts, left = shared.settled(lambda file: _there(reader, file, len(prefix)))
    return sorted([*deletions, *gone], key=asked_for.by_test), changed + left, cuts


def _there(reader: files.Reader, file: FileToDo, skip: int) -> bytes | None:
    data = reader.read(file.name[skip:]).data
    return data if files.blob_id(data) == file.blob else None


def _marks(own: Mapping[Place, Mark], rejected: Mapping[Place, str]) -> dict[str, list[Mark]]:
    """Return the marks on files, by path. A mark on a change of a range counts for the file as the change left it.

    own, rejected: as returned by `asked_for.on_changes`.
    """
    by_path = asked_for.marks_by_path()
    rows = list(_rows(sorted({path for path, _ in (*own, *rejected)})))
    stands = filters.standings_for(map(subject_of, rows))
    for row in rows:
        place = (row.path, row.blob)
        if place in rejected:
            by_path.pop(row.path, None)
        elif place in own and getattr(stands.get(subject_of(row)), "state", "") != State.REJECTED:
            by_path[row.path] = [own[place], *by_path.get(row.path, [])]
    return by_path


def _bytes(skip: int, wanted: Sequence[FileToDo]) -> Iterator[tuple[FileToDo, bytes]]:
    """Yield the bytes on disk. skip: length of the prefix before the path below the root."""
    with files.Reader(settings.RECORDINGS_ROOT, limit_bytes=None) as reader:
        for file in wanted:
            data = reader.read(file.name[skip:]).data
            if files.blob_id(data) == file.blob:
                yield file, data


def _wanted_back() -> Iterator[LeftOut]:
    """Yield the files whose old recording is wanted back, as the change left them; only its range knows the old one."""
    wanted = {(mark.path, mark.blob) for mark in history.marks(of_changes=True, state=State.REVERT)}
    for row in _rows(sorted({path for path, _ in wanted})):
        if (row.path, row.blob) in wanted:
            yield LeftOut(row.path, row.blob, asked_for.OF_RANGE)


def _rows(paths: Sequence[str]) -> Iterator[Recording]:
    for some in chunked(paths):
        yield from Recording.objects.filter(path__in=some).order_by("path")


def _left(recording: Recording, marks: Sequence[Mark]) -> LeftOut:
    why = asked_for.why_not(marks, recording.blob, subject_of(recording))
    return LeftOut(recording.path, recording.blob, why)


def _since(recording: Recording, mark: Mark) -> str:
    """Return how a file differs from the one that was marked, if the catalog does not know it yet."""
    return asked_for.SAME if subject_of(recording) == mark.fingerprint else asked_for.OTHER


def _alike(known: set[str]) -> list[LeftOut]:
    rows = filters.with_verdict(Recording.objects.all(), State.DELETE).order_by("path").only("path", "blob")
    return [LeftOut(row.path, row.blob, asked_for.ALIKE) for row in rows if row.path not in known]


def _losses(deletions: Sequence[FileToDo]) -> Iterator[Loss]:
    """Yield the tests that would lose their last recording that certainly replays, or would have no recording left."""
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


def _rejected(own: Mapping[Place, str]) -> tuple[tuple[Again, ...], tuple[str, ...]]:
    found = {row.path: row for row in filters.with_verdict(Recording.objects.all(), State.REJECTED)}
    by_path = {path: subject_of(row) for path, row in found.items()}
    for row in _rows(sorted({path for path, _ in own} - set(by_path))):
        if (row.path, row.blob) in own:
            found[row.path], by_path[row.path] = row, own[row.path, row.blob]
    return asked_for.again([(found[path].test_id or "", path, by_path[path]) for path in sorted(found)])
