"""What a crash left half done in the trash, settled at the next start."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from recviewer.review import audit
from recviewer.review.audit import Action
from recviewer.review.locks import acting
from recviewer.review.models import AuditEvent, TrashRecord
from recviewer.review.subjects import chunked
from recviewer.review.trash_notes import (
    KEEPER,
    absence,
    items_of,
    mark_restored,
    named,
    one_at_a_time,
    record,
    told_of,
    trash_folder,
    write_discarded,
)
from recviewer.store.manifests import EntryState, TrashEntry


def reconcile() -> list[str]:
    """Settle what a crash interrupted, make the records agree with the trash, and tell of it in sentences.

    To be called at each start, before requests. Raises the store's NotWritable.
    """
    folder = trash_folder()
    if not Path(folder.folder).is_dir() and not TrashRecord.objects.exists():
        return []
    with one_at_a_time():
        missing = absence()
        if missing:
            return [missing]
        burning = {entry.id for entry in folder.entries() if entry.state is EntryState.DISCARDING}
        told = [found.what for found in folder.recover()]
        entries = {entry.id: entry for entry in folder.entries()}
        there = folder.ids()
        records = {record.entry: record for record in TrashRecord.objects.all()}
        moved = [entry for entry in entries.values() if entry.id not in records and entry.state is EntryState.TRASHED]
        back = [
            entry
            for entry in entries.values()
            if entry.state is EntryState.RESTORED and entry.id in records and _is_held(records[entry.id])
        ]
        found = [
            entry
            for entry in entries.values()
            if entry.state is EntryState.TRASHED and entry.id in records and records[entry.id].discarded_at is not None
        ]
        gone = [record for id, record in records.items() if id not in there and _is_held(record)]
        burnt = [record for record in gone if record.entry in burning]
        with acting():
            for together in _acts(moved):
                record(together, {})
                _note_found(together, Action.TRASH, together[0].actor, "moved {} to the trash")
            for entry in back:
                mark_restored([entry], _note_found([entry], Action.RESTORE, KEEPER, "restored {} from the trash"))
            if found:
                _mark_found(found)
            if burnt:
                write_discarded(burnt, KEEPER)
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


def _mark_found(entries: Sequence[TrashEntry]) -> None:
    """Write down that entries are there which an earlier version took for gone, where the folder was missing."""
    for some in chunked(entry.id for entry in entries):
        TrashRecord.objects.filter(entry__in=some).update(discarded_at=None, restored_at=None)
    audit.write(
        actor=KEEPER,
        action=Action.TRASH,
        summary=f"found {named(entries)} in the trash again",
        payload={"entries": [told_of(entry) for entry in entries]},
        items=items_of(entries),
    )


def _acts(entries: Sequence[TrashEntry]) -> list[list[TrashEntry]]:
    """Group entries by the act that made them: what one person moved at one time."""
    found: dict[tuple[str, datetime], list[TrashEntry]] = {}
    for entry in entries:
        found.setdefault((entry.actor, entry.time), []).append(entry)
    return list(found.values())


def _note_found(entries: Sequence[TrashEntry], action: Action, actor: str, sentence: str) -> AuditEvent:
    return audit.write(
        actor=actor,
        action=action,
        summary=f"{sentence.format(named(entries))} (interrupted, noted at the next start)",
        payload={"entries": [told_of(entry) for entry in entries]},
        items=items_of(entries),
    )
