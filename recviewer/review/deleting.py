"""Moving recordings to the trash and back, with the database following the files.

The files are moved first, each by the steps of `store.trash`, which lose no byte in any crash; then one transaction
records what happened. If that fails, the files are put back. If the process dies in between, `reconcile` records it at
the next start.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Count
from django.utils import timezone

from recviewer.catalog.models import Recording
from recviewer.exchange.amounts import counted
from recviewer.review import audit
from recviewer.review.audit import Action, ActItem, Done
from recviewer.review.choosing import Chosen
from recviewer.review.cutting import Move, cut_of, moves_of
from recviewer.review.locks import acting
from recviewer.review.models import AuditEvent, TrashRecord
from recviewer.review.refusals import ChangedRecordings, Invalid, NotAllowed, Overtaken, Refused, Unnoted
from recviewer.review.subjects import NOTE_LENGTH, Seen, chunked, subject_of, titled
from recviewer.review.trash_notes import (
    expect_trash,
    in_trash,
    items_of,
    mark_restored,
    named,
    noting,
    one_at_a_time,
    record,
    tell_catalog,
    told_of,
    trash_folder,
    write_discarded,
)
from recviewer.secrets.named import without_secrets
from recviewer.store import files
from recviewer.store import refusals as store
from recviewer.store.manifests import EntryState, TrashEntry
from recviewer.store.paths import open_parent


@dataclass(frozen=True, slots=True)
class Preview:
    """What a move to the trash would touch, for the confirmation page.

    last_of_tests: tests that would have no recording left. left: a sentence about what cannot be moved, "" for nothing.
    files: how many files contain them. stay: how many other recordings of those files stay.
    """

    recordings: tuple[Recording, ...]
    size: int
    tests: int
    last_of_tests: tuple[str, ...]
    left: str
    files: int = 0
    stay: int = 0

    @property
    def count(self) -> int:
        return len(self.recordings)


def obstacle(recording: Recording | None = None) -> str:
    """Return why recordings (or this one) cannot be moved to the trash, as a sentence; "" if they can."""
    if settings.READ_ONLY:
        return "This instance is set to read-only: mark the recording for deletion instead."
    root = os.fsencode(settings.RECORDINGS_ROOT)
    place = os.path.join(root, os.path.dirname(recording.raw)) if recording else root
    if not os.access(place, os.W_OK | os.X_OK):
        return "recviewer may not write to the recordings directory: mark the recording for deletion instead."
    return ""


def preview(seen: Sequence[Seen]) -> Preview:
    """Count what a move to the trash would touch. Raises Invalid, Gone, Changed."""
    chosen = Chosen(seen)
    moves = moves_of(chosen.rows(), chosen)
    recordings = [one for move in moves for one in move.recordings]
    mine: dict[str, int] = {}
    for recording in recordings:
        if recording.test_id:
            mine[recording.test_id] = mine.get(recording.test_id, 0) + 1
    last = []
    for some in chunked(mine):
        counts = Recording.objects.filter(test_id__in=some).values_list("test_id").annotate(count=Count("pk"))
        last += [test for test, count in counts if test and count == mine[test]]
    size = sum(recording.size for recording in recordings)
    stay = sum(move.stay for move in moves)
    return Preview(tuple(recordings), size, len(mine), tuple(sorted(last)), chosen.sentence, len(moves), stay)


def trash(seen: Sequence[Seen], *, actor: str, note: str = "", now: datetime | None = None) -> Done:
    """Move recordings to the trash.

    Of many, those that have changed, are gone or cannot be read are skipped and named. The others are moved, all of
    them or none. Raises NotAllowed (read-only), Invalid, Gone, Changed, and the store's NotWritable, CannotRead,
    OutsideRoot, NoRoot.
    """
    at = now or timezone.now()
    note = without_secrets(note, most=NOTE_LENGTH)
    if len(note) > NOTE_LENGTH:
        raise Invalid(f"The note is longer than {NOTE_LENGTH:,} characters.")
    chosen = Chosen(seen)
    recordings = chosen.rows()
    if settings.READ_ONLY:
        raise NotAllowed(obstacle())
    with one_at_a_time():
        expect_trash()
        moves = {move.key: move for move in moves_of(recordings, chosen)}
        entries = _delete(list(moves.values()), actor=actor, note=note, now=at, chosen=chosen)
        recordings = [one for entry in entries for one in moves[entry.key].recordings]
        try:
            with acting():
                event = audit.write(
                    actor=actor,
                    action=Action.TRASH,
                    summary=f"moved {titled(recordings)} to the trash",
                    payload={"entries": [told_of(entry) for entry in entries]},
                    items=[ActItem(one.path, subject_of(one), one.blob) for one in recordings],
                    at=at,
                )
                record(entries, {entry.key: moves[entry.key].recordings[0] for entry in entries})
        except BaseException as error:
            _unmoved(entries, error)
            raise
    tell_catalog(list(moves))
    return chosen.told(audit.done(event))


@dataclass(frozen=True, slots=True)
class Restored:
    """The result of restoring. done: of those that were restored, None if none was.

    refused: a sentence for each other.
    """

    done: Done | None
    refused: tuple[str, ...]


def restore(ids: Sequence[str], *, actor: str) -> Restored:
    """Restore entries of the trash to their paths; an entry that cannot be restored does not stop the others.

    ids: of the entries. Raises NotAllowed (read-only), Invalid (none named).
    """
    if settings.READ_ONLY:
        raise NotAllowed("This instance is set to read-only: nothing can be restored.")
    if not ids:
        raise Invalid("Nothing was selected.")
    back: list[TrashEntry] = []
    refused: list[str] = []
    with one_at_a_time():
        expect_trash()
        held = set(in_trash().values_list("entry", flat=True))
        for id in dict.fromkeys(ids):
            try:
                if id not in held:
                    raise store.NoEntry(id)
                back.append(_back_already(id) or trash_folder().restore(id, root=settings.RECORDINGS_ROOT))
            except store.Refusal as refusal:
                refused.append(str(refusal))
        if not back:
            return Restored(None, tuple(refused))
        with noting(f"{counted(len(back), 'recording is', 'recordings are')} back in the tree"):
            event = _write_restored(back, actor)
    tell_catalog([entry.key for entry in back])
    return Restored(audit.done(event), tuple(refused))


def _back_already(id: str) -> TrashEntry | None:
    """Return an entry that was restored without being recorded, if its file is still at its path; None for others."""
    entry = trash_folder().get(id)
    if entry.state is not EntryState.RESTORED:
        return None
    try:
        is_there = files.blob_of(settings.RECORDINGS_ROOT, entry.raw) == entry.blob
    except store.Refusal:
        return None
    return entry if is_there else None


def _write_restored(back: Sequence[TrashEntry], actor: str) -> AuditEvent:
    with acting():
        event = audit.write(
            actor=actor,
            action=Action.RESTORE,
            summary=f"restored {named(back)} from the trash",
            payload={"entries": [told_of(entry) for entry in back]},
            items=items_of(back),
        )
        mark_restored(back, event)
    return event


def discard(ids: Sequence[str], *, actor: str) -> Done:
    """Delete entries of the trash for good, the only action without an inverse. Raises Invalid, store.NotWritable."""
    gone: list[TrashRecord] = []
    with one_at_a_time():
        held = [
            record
            for some in chunked(dict.fromkeys(ids))
            for record in TrashRecord.objects.filter(entry__in=some, restored_at=None, discarded_at=None)
        ]
        if not held:
            raise Invalid("Nothing was selected that is in the trash.")
        there = trash_folder().ids()
        try:
            for record in held:
                with contextlib.suppress(store.NoEntry):
                    trash_folder().discard(record.entry)
                gone.append(record)
        finally:
            if gone:
                with noting(f"{counted(len(gone), 'recording is', 'recordings are')} deleted for good"):
                    event = write_discarded(gone, actor, was_there=any(record.entry in there for record in gone))
    return audit.done(event)


def turn(event: AuditEvent, payload: dict[str, Any], *, actor: str, action: Action) -> AuditEvent:
    """Undo or redo a move to the trash or a restore. Files first, then the rows; all or nothing.

    Call it outside a transaction: see the module's docstring. Raises what `trash` raises, Occupied, Overtaken.
    """
    if settings.READ_ONLY:
        raise NotAllowed("This instance is set to read-only: no file can be moved.")
    told = payload["entries"]
    deletes = (event.action == Action.TRASH) is (action is Action.REDO)
    with one_at_a_time():
        expect_trash()
        entries = _delete_again(told, actor=actor) if deletes else _bring_back(told, actor=actor)
        try:
            with acting():
                turned = audit.write_turned(
                    event, {"entries": [told_of(entry) for entry in entries]}, actor=actor, action=action
                )
                if deletes:
                    record(entries, {})
                else:
                    mark_restored(entries, turned)
        except BaseException as error:
            if deletes:
                _unmoved(entries, error)
            elif isinstance(error, DatabaseError):
                raise Unnoted(
                    f"{counted(len(entries), 'recording is', 'recordings are')} back in the tree", error
                ) from error
            raise
    tell_catalog([entry.key for entry in entries])
    return turned


def _delete_again(told: Sequence[dict[str, Any]], *, actor: str) -> list[TrashEntry]:
    moves = []
    for entry in told:
        raw, parts = bytes.fromhex(entry["path_hex"]), tuple(entry.get("parts", ()))
        try:
            cut = cut_of(raw, entry["blob"], parts) if parts else None
        except store.Refusal as refusal:
            raise ChangedRecordings([entry["path"]]) from refusal
        if parts and cut is None:
            raise ChangedRecordings([entry["path"]])
        moves.append(Move(entry["path"], raw, entry["blob"], (), cut))
    return _delete(moves, actor=actor, note="", now=timezone.now())


def _bring_back(told: Sequence[dict[str, Any]], *, actor: str) -> list[TrashEntry]:
    """Restore entries, all of them or none, as far as can be checked beforehand.

    If one is refused after others were restored, those stay restored, as an action of their own. Raises Overtaken if
    some are already restored or gone, Occupied and the like.
    """
    ids = [entry["id"] for entry in told]
    held = sum(
        TrashRecord.objects.filter(entry__in=some, restored_at=None, discarded_at=None).count() for some in chunked(ids)
    )
    if held != len(ids):
        raise Overtaken(len(ids) - held, len(ids))
    for entry in told:
        raw = bytes.fromhex(entry["path_hex"])
        if entry.get("parts"):
            _expect_rest(raw, entry["rest"])
        else:
            _expect_free(raw)
    back: list[TrashEntry] = []
    try:
        for id in ids:
            back.append(trash_folder().restore(id, root=settings.RECORDINGS_ROOT))
    except store.Refusal as refusal:
        if not back:
            raise
        _write_restored(back, actor)
        tell_catalog([entry.key for entry in back])
        raise Refused(
            f"{refusal} {len(back):,} of the {len(ids):,} recordings are back, the others are in the trash."
        ) from refusal
    return back


def _expect_rest(raw: bytes, blob: str) -> None:
    """Raise Changed or Vanished if the file at a path is not what was left of it."""
    found = files.blob_of(settings.RECORDINGS_ROOT, raw)
    if found != blob:
        raise store.Changed(raw, blob, found)


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
    moves: Sequence[Move], *, actor: str, note: str, now: datetime, chosen: Chosen | None = None
) -> list[TrashEntry]:
    """Move files to the trash, or parts of them, all or none. Raises Changed and the store's other refusals.

    chosen: receives those that have changed, and says whether the action continues without them.
    """
    entries: list[TrashEntry] = []
    root = settings.RECORDINGS_ROOT
    try:
        for move in moves:
            try:
                entries.append(
                    trash_folder().delete(
                        root, move.raw, seen_blob=move.blob, actor=actor, note=note, now=now, cut=move.cut
                    )
                )
            except (store.Changed, store.Vanished, store.CannotRead, store.OutsideRoot) as refusal:
                if chosen is None:
                    raise ChangedRecordings([move.key]) from refusal
                for one in move.recordings:
                    chosen.leave_for(one.path, refusal)
            except store.NotWritable as refusal:
                if chosen is None or not chosen.is_many or refusal.place != move.raw:
                    raise
                for one in move.recordings:
                    chosen.leave(one.path, f"cannot be moved: {refusal.reason}")
    except BaseException:
        _put_back(entries)
        raise
    return entries


def _put_back(entries: Sequence[TrashEntry]) -> int:
    """Undo deletions that are not to count. What cannot be put back stays in the trash, and `reconcile` reports it.

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


def _unmoved(entries: Sequence[TrashEntry], error: BaseException) -> None:
    """Undo deletions that could not be recorded. Raises Unnoted if files stay in the trash all the same."""
    left = _put_back(entries)
    if left:
        raise Unnoted(f"{counted(left, 'recording is', 'recordings are')} in the trash", error) from error
