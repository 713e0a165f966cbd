"""The records of the trash: which recordings are in it, and the actions that moved them. `deleting` moves files."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator, Sequence
from typing import Any

from django.conf import settings
from django.db import DatabaseError, models
from filelock import FileLock, Timeout

from recviewer.catalog import indexer, run_lock
from recviewer.catalog.models import Recording
from recviewer.exchange.amounts import counted
from recviewer.recorders.reading import key_of_part
from recviewer.review import audit
from recviewer.review.audit import Action, ActItem
from recviewer.review.locks import acting
from recviewer.review.models import AuditEvent, TrashRecord
from recviewer.review.refusals import Refused, Unnoted
from recviewer.review.subjects import chunked, subject_of, title_for
from recviewer.store import refusals as store
from recviewer.store.manifests import TrashEntry
from recviewer.store.trash import Trash

log = logging.getLogger(__name__)
KEEPER = "recviewer"
"""The actor of what is found at the start."""


def trash_folder() -> Trash:
    """Return the trash that belongs to the recordings root."""
    return Trash(settings.DATA_DIR / "trash")


def absence() -> str:
    """Return sentences saying that the trash folder is missing or empty although recordings should be in it; "" if all
    is well.

    The disk may not be mounted: nothing is treated as lost, and nothing is put into a folder in its place.
    """
    count = in_trash().count()
    if not count or trash_folder().ids():
        return ""
    lie = counted(count, "recording is to lie", "recordings are to lie")
    state = "has nothing in it" if trash_folder().folder.is_dir() else "is missing"
    return (
        f"The trash folder {trash_folder().folder} {state}, but {lie} there. "
        "Nothing was written down as lost: bring the folder back, and they can be restored as before."
    )


def in_trash() -> models.QuerySet[TrashRecord]:
    return TrashRecord.objects.filter(restored_at=None, discarded_at=None)


def expect_trash() -> None:
    """Raise store.TrashMissing if the trash folder is not what it was."""
    sentence = absence()
    if sentence:
        raise store.TrashMissing(sentence)


def write_discarded(gone: Sequence[TrashRecord], actor: str, *, was_there: bool = True) -> AuditEvent:
    """Record what was deleted from the trash for good. was_there: False if none of it was in the folder any more."""
    what = title_for(gone[0].path, gone[0].asked) if len(gone) == 1 else f"{len(gone):,} recordings"
    with acting():
        event = audit.write(
            actor=actor,
            action=Action.DISCARD,
            summary=f"deleted {what} from the trash for good" if was_there else f"gave up {what}, lost from the trash",
            payload={"entries": [{"id": record.entry, "path": record.path, "blob": record.blob} for record in gone]},
            items=[ActItem(record.path, record.fingerprint, record.blob) for record in gone],
        )
        for some in chunked(record.entry for record in gone):
            TrashRecord.objects.filter(entry__in=some).update(discarded_at=event.at)
    return event


def mark_restored(back: Sequence[TrashEntry], event: AuditEvent) -> None:
    for some in chunked(entry.id for entry in back):
        TrashRecord.objects.filter(entry__in=some).update(restored_at=event.at)


@contextlib.contextmanager
def noting(moved: str) -> Iterator[None]:
    """Record what was done to files. Raises Unnoted if that fails. moved: what was, as a clause."""
    try:
        yield
    except DatabaseError as error:
        raise Unnoted(moved, error) from error


def record(entries: Sequence[TrashEntry], known: dict[str, Recording]) -> None:
    made = []
    for entry in entries:
        recording = known.get(entry.key) or Recording.objects.filter(path=entry.key, blob=entry.blob).first()
        earlier = TrashRecord.objects.filter(path=_path(entry), blob=entry.blob).order_by("-pk").first()
        source = recording or earlier
        made.append(
            TrashRecord(
                entry=entry.id,
                path=_path(entry),
                fingerprint=subject_of(recording) if recording else earlier.fingerprint if earlier else "",
                blob=entry.blob,
                size=entry.size,
                test_id=(source.test_id or "") if source else "",
                asked=source.asked if source else "",
                actor=entry.actor,
                at=entry.time,
            )
        )
    TrashRecord.objects.bulk_create(made, batch_size=200)


def items_of(entries: Sequence[TrashEntry]) -> list[ActItem]:
    fingerprints: dict[str, str] = {}
    for some in chunked(entry.id for entry in entries):
        fingerprints.update(TrashRecord.objects.filter(entry__in=some).values_list("entry", "fingerprint"))
    return [ActItem(_path(entry), fingerprints.get(entry.id, ""), entry.blob) for entry in entries]


def _path(entry: TrashEntry) -> str:
    """Return the key of what was deleted: a recording, if it was part of a file, else the file."""
    return key_of_part(entry.key, entry.parts[0]) if len(entry.parts) == 1 else entry.key


def told_of(entry: TrashEntry) -> dict[str, Any]:
    """Return what an event stores of a deletion, for undo and redo."""
    told = {"id": entry.id, "path": entry.key, "path_hex": entry.raw.hex(), "blob": entry.blob, "size": entry.size}
    return told | ({"parts": list(entry.parts), "rest": entry.rest} if entry.rest else {})


def named(entries: Sequence[TrashEntry]) -> str:
    if len(entries) > 1:
        return f"{len(entries):,} recordings"
    asked = TrashRecord.objects.filter(entry=entries[0].id).values_list("asked", flat=True).first()
    return title_for(entries[0].key, asked or "")


def tell_catalog(paths: Sequence[str]) -> None:
    """Update the catalog after changes on disk: files removed or restored."""
    try:
        indexer.touch(paths)
    # the action is done; the next comparison with the disk sees it
    except (store.Refusal, DatabaseError, OSError) as error:
        log.warning("the catalog was not told: %s", error)


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Let only one process move files and record it, so that `reconcile` never sees half of an action."""
    run_lock.expect_folder()
    place = settings.DATA_DIR / "moving.lock"
    lock = FileLock(place, timeout=60)
    try:
        lock.acquire()
    except Timeout:
        raise Refused(
            "Other recordings are being moved just now. Nothing was changed; try again in a moment."
        ) from None
    except OSError as error:
        raise store.NotWritable(place, store.why(error)) from error
    try:
        yield
    finally:
        lock.release()
