"""Moving recordings to the trash and back, with the database following the files.

The files go first, each by the steps of `store.trash`, which lose no byte at any crash; then one transaction writes
what happened. If that fails, the files are put back. If the process dies in between, `reconcile` writes it at the next
start.
"""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.db.models import Count
from django.utils import timezone
from filelock import FileLock, Timeout

from recviewer.catalog import indexer
from recviewer.catalog.models import Recording
from recviewer.review import audit
from recviewer.review.audit import Action, Done, Item
from recviewer.review.choosing import Chosen
from recviewer.review.models import AuditEvent, TrashRecord
from recviewer.review.refusals import Changed, Invalid, NotAllowed, Overtaken, Refused, Unnoted
from recviewer.review.subjects import Seen, chunked, raw_of, subject_of, title_for, titled
from recviewer.store import files
from recviewer.store import refusals as store
from recviewer.store.manifests import Entry, State
from recviewer.store.paths import open_parent
from recviewer.store.trash import Trash

log = logging.getLogger(__name__)
KEEPER = "recviewer"
"""The actor of what is found out at the start."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a move to the trash would touch, for the page that asks first.

    last_of_tests: tests that would have no recording left. left: a sentence about what cannot be moved, "" for nothing.
    """

    recordings: tuple[Recording, ...]
    size: int
    tests: int
    last_of_tests: tuple[str, ...]
    left: str

    @property
    def count(self) -> int:
        return len(self.recordings)


def trash_folder() -> Trash:
    """Return the trash that belongs to the recordings root."""
    return Trash(settings.DATA_DIR / "trash")


def obstacle(recording: Recording | None = None) -> str:
    """Return why recordings (or this one) cannot be moved to the trash, as a sentence; "" if they can."""
    if settings.READ_ONLY:
        return "This instance is set to read-only: mark the recording for deletion instead."
    root = os.fsencode(settings.RECORDINGS_ROOT)
    place = os.path.join(root, os.path.dirname(raw_of(recording))) if recording else root
    if not os.access(place, os.W_OK | os.X_OK):
        return "recviewer may not write to the recordings directory: mark the recording for deletion instead."
    return ""


def absence() -> str:
    """Return as sentences that the trash folder is missing or empty while recordings are to lie in it; "" where all is well.

    It may be a disk that is not mounted: nothing is taken for lost, and nothing is put into a folder that takes its place.
    """
    count = _held().count()
    if not count or trash_folder().ids():
        return ""
    lie = "1 recording is to lie" if count == 1 else f"{count:,} recordings are to lie"
    state = "has nothing in it" if trash_folder().folder.is_dir() else "is missing"
    return (
        f"The trash folder {trash_folder().folder} {state}, but {lie} there. "
        "Nothing was written down as lost: bring the folder back, and they can be restored as before."
    )


def _held() -> models.QuerySet[TrashRecord]:
    return TrashRecord.objects.filter(restored_at=None, discarded_at=None)


def _expect_trash() -> None:
    """Raise store.TrashMissing where the trash folder is not what it was."""
    sentence = absence()
    if sentence:
        raise store.TrashMissing(sentence)


def preview(seen: Sequence[Seen]) -> Preview:
    """Count what a move to the trash would touch. Raises Invalid, Gone, Changed."""
    chosen = Chosen(seen)
    recordings = chosen.rows()
    mine: dict[str, int] = {}
    for recording in recordings:
        if recording.test_id:
            mine[recording.test_id] = mine.get(recording.test_id, 0) + 1
    last = []
    for some in chunked(mine):
        counts = Recording.objects.filter(test_id__in=some).values_list("test_id").annotate(count=Count("pk"))
        last += [test for test, count in counts if test and count == mine[test]]
    size = sum(recording.size for recording in recordings)
    return Preview(tuple(recordings), size, len(mine), tuple(sorted(last)), chosen.sentence)


def trash(seen: Sequence[Seen], *, actor: str, note: str = "", now: datetime | None = None) -> Done:
    """Move recordings to the trash. Of many, those that changed, are gone or cannot be read are left out and named.

    The others are moved, all of them or none.
    Raises NotAllowed (read-only), Invalid, Gone, Changed, and the store's NotWritable, CannotRead, OutsideRoot, NoRoot.
    """
    at = now or timezone.now()
    chosen = Chosen(seen)
    recordings = chosen.rows()
    if settings.READ_ONLY:
        raise NotAllowed(obstacle())
    known = {recording.path: recording for recording in recordings}
    with _one_at_a_time():
        _expect_trash()
        places = [(recording.path, raw_of(recording), recording.blob) for recording in recordings]
        entries = _delete(places, actor=actor, note=note, now=at, chosen=chosen)
        recordings = [known[entry.key] for entry in entries]
        try:
            with transaction.atomic():
                event = audit.write(
                    actor=actor,
                    action=Action.TRASH,
                    summary=f"moved {titled(recordings)} to the trash",
                    payload={"entries": [_told(entry) for entry in entries]},
                    items=[Item(entry.key, subject_of(known[entry.key]), entry.blob) for entry in entries],
                    at=at,
                )
                _record(entries, known)
        except BaseException as error:
            _unmoved(entries, error)
            raise
    _tell_catalog(list(known))
    return chosen.told(audit.done(event))


@dataclass(frozen=True, slots=True)
class Restored:
    """What came of restoring. done: of those that came back, None if none did. refused: a sentence for each other."""

    done: Done | None
    refused: tuple[str, ...]


def restore(ids: Sequence[str], *, actor: str) -> Restored:
    """Bring entries of the trash back to their places; one that cannot come back does not hold up the others.

    ids: of the entries. Raises NotAllowed (read-only), Invalid (none named).
    """
    if settings.READ_ONLY:
        raise NotAllowed("This instance is set to read-only: nothing can be put back.")
    if not ids:
        raise Invalid("Nothing was chosen.")
    back: list[Entry] = []
    refused: list[str] = []
    with _one_at_a_time():
        _expect_trash()
        held = set(_held().values_list("entry", flat=True))
        for id in dict.fromkeys(ids):
            try:
                if id not in held:
                    raise store.NoEntry(id)
                back.append(_back_already(id) or trash_folder().restore(id, root=settings.RECORDINGS_ROOT))
            except store.Refusal as refusal:
                refused.append(str(refusal))
        if not back:
            return Restored(None, tuple(refused))
        with _noting(f"{_counted(len(back))} back in the tree"):
            event = _write_restored(back, actor)
    _tell_catalog([entry.key for entry in back])
    return Restored(audit.done(event), tuple(refused))


def _back_already(id: str) -> Entry | None:
    """Return an entry that was restored and not written down, whose file still lies at its place; None for others."""
    entry = trash_folder().get(id)
    if entry.state is not State.RESTORED:
        return None
    try:
        is_there = files.blob_of(settings.RECORDINGS_ROOT, entry.raw) == entry.blob
    except store.Refusal:
        return None
    return entry if is_there else None


def _write_restored(back: Sequence[Entry], actor: str) -> AuditEvent:
    with transaction.atomic():
        event = audit.write(
            actor=actor,
            action=Action.RESTORE,
            summary=f"restored {_named(back)} from the trash",
            payload={"entries": [_told(entry) for entry in back]},
            items=_items(back),
        )
        _mark_restored(back, event)
    return event


def _mark_restored(back: Sequence[Entry], event: AuditEvent) -> None:
    for some in chunked(entry.id for entry in back):
        TrashRecord.objects.filter(entry__in=some).update(restored_at=event.at)


def discard(ids: Sequence[str], *, actor: str) -> Done:
    """Delete entries of the trash for good, the only act without an inverse. Raises Invalid, store.NotWritable."""
    gone: list[TrashRecord] = []
    with _one_at_a_time():
        held = [
            record
            for some in chunked(dict.fromkeys(ids))
            for record in TrashRecord.objects.filter(entry__in=some, restored_at=None, discarded_at=None)
        ]
        if not held:
            raise Invalid("Nothing was chosen that is in the trash.")
        there = trash_folder().ids()
        try:
            for record in held:
                with contextlib.suppress(store.NoEntry):
                    trash_folder().discard(record.entry)
                gone.append(record)
        finally:
            if gone:
                with _noting(f"{_counted(len(gone))} deleted for good"):
                    event = _write_discarded(gone, actor, was_there=any(record.entry in there for record in gone))
    return audit.done(event)


def _write_discarded(gone: Sequence[TrashRecord], actor: str, *, was_there: bool = True) -> AuditEvent:
    """Write down what left the trash for good. was_there: False where none of it was in the folder any more."""
    what = title_for(gone[0].path, gone[0].asked) if len(gone) == 1 else f"{len(gone):,} recordings"
    with transaction.atomic():
        event = audit.write(
            actor=actor,
            action=Action.DISCARD,
            summary=f"deleted {what} from the trash for good" if was_there else f"gave up {what}, lost from the trash",
            payload={"entries": [{"id": record.entry, "path": record.path, "blob": record.blob} for record in gone]},
            items=[Item(record.path, record.fingerprint, record.blob) for record in gone],
        )
        for some in chunked(record.entry for record in gone):
            TrashRecord.objects.filter(entry__in=some).update(discarded_at=event.at)
    return event


def turn(event: AuditEvent, payload: dict[str, Any], *, actor: str, action: Action) -> AuditEvent:
    """Take a move to the trash, or a restore, back, or do it again. Files first, then the rows; all or nothing.

    To be called outside a transaction: see the head of this module. Raises what `trash` raises, Occupied, Overtaken.
    """
    if settings.READ_ONLY:
        raise NotAllowed("This instance is set to read-only: no file can be moved.")
    told = payload["entries"]
    deletes = (event.action == Action.TRASH) is (action is Action.REDO)
    with _one_at_a_time():
        _expect_trash()
        entries = _delete_again(told, actor=actor) if deletes else _bring_back(told, actor=actor)
        try:
            with transaction.atomic():
                turned = audit.write(
                    actor=actor,
                    action=action,
                    summary=f"{action.label}: {event.summary}",
                    payload={"entries": [_told(entry) for entry in entries]},
                    items=[Item(*item) for item in event.items.values_list("path", "fingerprint", "blob")],
                    target=event,
                )
                if deletes:
                    _record(entries, {})
                else:
                    _mark_restored(entries, turned)
        except BaseException as error:
            if deletes:
                _unmoved(entries, error)
            elif isinstance(error, DatabaseError):
                raise Unnoted(f"{_counted(len(entries))} back in the tree", error) from error
            raise
    _tell_catalog([entry.key for entry in entries])
    return turned


def _delete_again(told: Sequence[dict[str, Any]], *, actor: str) -> list[Entry]:
    places = [(entry["path"], bytes.fromhex(entry["path_hex"]), entry["blob"]) for entry in told]
    return _delete(places, actor=actor, note="", now=timezone.now())


def _bring_back(told: Sequence[dict[str, Any]], *, actor: str) -> list[Entry]:
    """Restore entries, all of them or none, as far as can be seen beforehand.

    Where one is refused after others came back, those stay back, as a restore of their own.
    Raises Overtaken where some are back or gone already, Occupied and the like.
    """
    ids = [entry["id"] for entry in told]
    held = sum(
        TrashRecord.objects.filter(entry__in=some, restored_at=None, discarded_at=None).count() for some in chunked(ids)
    )
    if held != len(ids):
        raise Overtaken(len(ids) - held, len(ids))
    for entry in told:
        _expect_free(bytes.fromhex(entry["path_hex"]))
    back: list[Entry] = []
    try:
        for id in ids:
            back.append(trash_folder().restore(id, root=settings.RECORDINGS_ROOT))
    except store.Refusal as refusal:
        if not back:
            raise
        _write_restored(back, actor)
        _tell_catalog([entry.key for entry in back])
        raise Refused(
            f"{refusal} {len(back):,} of the {len(ids):,} recordings are back, the others are in the trash."
        ) from refusal
    return back


def _expect_free(raw: bytes) -> None:
    try:
        parent, name = open_parent(settings.RECORDINGS_ROOT, raw)
    except store.Vanished:
        return
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return
    finally:
        os.close(parent)
    raise store.Occupied(raw)


def _delete(
    places: Sequence[tuple[str, bytes, str]], *, actor: str, note: str, now: datetime, chosen: Chosen | None = None
) -> list[Entry]:
    """Move files (key, path, blob seen) to the trash, all or none. Raises Changed and the store's other refusals.

    chosen: is told of those that are not what was seen, and says whether the act goes on without them.
    """
    entries: list[Entry] = []
    try:
        for path, raw, blob in places:
            try:
                entries.append(
                    trash_folder().delete(
                        settings.RECORDINGS_ROOT, raw, seen_blob=blob, actor=actor, note=note, now=now
                    )
                )
            except (store.Changed, store.Vanished, store.CannotRead, store.OutsideRoot) as refusal:
                if chosen is None:
                    raise Changed([path]) from refusal
                chosen.leave_for(path, refusal)
            except store.NotWritable as refusal:
                if chosen is None or not chosen.is_many or refusal.place != raw:
                    raise
                chosen.leave(path, f"cannot be moved: {refusal.reason}")
    except BaseException:
        _put_back(entries)
        raise
    return entries


def _put_back(entries: Sequence[Entry]) -> int:
    """Undo deletions that are not to count. What cannot be put back stays in the trash, and `reconcile` tells of it.

    Returns how many stay there.
    """
    left = 0
    for entry in entries:
        try:
            trash_folder().restore(entry.id, root=settings.RECORDINGS_ROOT)
        except store.Refusal:
            left += 1
        else:
            with contextlib.suppress(store.Refusal):
                trash_folder().discard(entry.id)
    return left


def _unmoved(entries: Sequence[Entry], error: BaseException) -> None:
    """Undo deletions that could not be written down. Raises Unnoted where files stay in the trash all the same."""
    left = _put_back(entries)
    if left:
        raise Unnoted(f"{_counted(left)} in the trash", error) from error


@contextlib.contextmanager
def _noting(moved: str) -> Iterator[None]:
    """Write down what was done to files. Raises Unnoted where that fails. moved: what was, as a clause."""
    try:
        yield
    except DatabaseError as error:
        raise Unnoted(moved, error) from error


def _counted(number: int) -> str:
    return f"{number:,} {'recording is' if number == 1 else 'recordings are'}"


def _record(entries: Sequence[Entry], known: dict[str, Recording]) -> None:
    made = []
    for entry in entries:
        recording = known.get(entry.key) or Recording.objects.filter(path=entry.key, blob=entry.blob).first()
        earlier = TrashRecord.objects.filter(path=entry.key, blob=entry.blob).order_by("-pk").first()
        source = recording or earlier
        made.append(
            TrashRecord(
                entry=entry.id,
                path=entry.key,
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


def reconcile() -> list[str]:
    """Settle what a crash interrupted, make the records agree with the trash, and tell of it in sentences.

    To be called at each start, before requests. Raises the store's NotWritable.
    """
    folder = trash_folder()
    if not Path(folder.folder).is_dir() and not TrashRecord.objects.exists():
        return []
    with _one_at_a_time():
        missing = absence()
        if missing:
            return [missing]
        burning = {entry.id for entry in folder.entries() if entry.state is State.DISCARDING}
        told = [found.what for found in folder.recover()]
        entries = {entry.id: entry for entry in folder.entries()}
        there = folder.ids()
        records = {record.entry: record for record in TrashRecord.objects.all()}
        moved = [entry for entry in entries.values() if entry.id not in records and entry.state is State.TRASHED]
        back = [
            entry
            for entry in entries.values()
            if entry.state is State.RESTORED and entry.id in records and _is_held(records[entry.id])
        ]
        found = [
            entry
            for entry in entries.values()
            if entry.state is State.TRASHED and entry.id in records and records[entry.id].discarded_at is not None
        ]
        gone = [record for id, record in records.items() if id not in there and _is_held(record)]
        burnt = [record for record in gone if record.entry in burning]
        with transaction.atomic():
            for together in _acts(moved):
                _record(together, {})
                _note_found(together, Action.TRASH, together[0].actor, "moved {} to the trash")
            for entry in back:
                _mark_restored([entry], _note_found([entry], Action.RESTORE, KEEPER, "restored {} from the trash"))
            if found:
                _mark_found(found)
            if burnt:
                _write_discarded(burnt, KEEPER)
    told += [f"{entry.key} was moved to the trash by {entry.actor}, which had not been noted down." for entry in moved]
    told += [f"{entry.key} was restored from the trash, which had not been noted down." for entry in back]
    told += [f"{entry.key} is in the trash after all, and can be restored." for entry in found]
    told += [
        f"{record.path} is not in the trash folder any more. It was not written down as deleted: it may come back."
        for record in gone
        if record not in burnt
    ]
    return told


def _is_held(record: TrashRecord) -> bool:
    return record.restored_at is None and record.discarded_at is None


def _mark_found(entries: Sequence[Entry]) -> None:
    """Write down that entries are there which an earlier version took for gone, where the folder was missing."""
    for some in chunked(entry.id for entry in entries):
        TrashRecord.objects.filter(entry__in=some).update(discarded_at=None, restored_at=None)
    audit.write(
        actor=KEEPER,
        action=Action.TRASH,
        summary=f"found {_named(entries)} in the trash again",
        payload={"entries": [_told(entry) for entry in entries]},
        items=_items(entries),
    )


def _acts(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Group entries by the act that made them: what one person moved at one time."""
    found: dict[tuple[str, datetime], list[Entry]] = {}
    for entry in entries:
        found.setdefault((entry.actor, entry.time), []).append(entry)
    return list(found.values())


def _note_found(entries: Sequence[Entry], action: Action, actor: str, sentence: str) -> AuditEvent:
    return audit.write(
        actor=actor,
        action=action,
        summary=f"{sentence.format(_named(entries))} (interrupted, noted at the next start)",
        payload={"entries": [_told(entry) for entry in entries]},
        items=_items(entries),
    )


def _items(entries: Sequence[Entry]) -> list[Item]:
    fingerprints: dict[str, str] = {}
    for some in chunked(entry.id for entry in entries):
        fingerprints.update(TrashRecord.objects.filter(entry__in=some).values_list("entry", "fingerprint"))
    return [Item(entry.key, fingerprints.get(entry.id, ""), entry.blob) for entry in entries]


def _told(entry: Entry) -> dict[str, Any]:
    return {"id": entry.id, "path": entry.key, "path_hex": entry.raw.hex(), "blob": entry.blob, "size": entry.size}


def _named(entries: Sequence[Entry]) -> str:
    if len(entries) > 1:
        return f"{len(entries):,} recordings"
    asked = TrashRecord.objects.filter(entry=entries[0].id).values_list("asked", flat=True).first()
    return title_for(entries[0].key, asked or "")


def _tell_catalog(paths: Sequence[str]) -> None:
    """Let the catalog see what changed on disk: files gone, files back."""
    try:
        indexer.touch(paths)
    except (store.Refusal, DatabaseError, OSError) as error:  # the act is done; the next look at the disk sees it
        log.warning("the catalog was not told: %s", error)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Let only one process move files and write about it, so that `reconcile` never sees half of an act."""
    indexer.expect_folder()
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
