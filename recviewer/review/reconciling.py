"""What a crash left half done in the trash, completed at the next start."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
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
from recviewer.store.trash import Trash


@dataclass(frozen=True, slots=True)
class _Differences:
    """Differences between the trash and its records."""

    moved: list[TrashEntry]
    """In the trash, but not recorded."""
    back: list[TrashEntry]
    """Restored, but recorded as in the trash."""
    found: list[TrashEntry]
    """In the trash, but recorded as deleted for good."""
    burnt: list[TrashRecord]
    """Deleted for good by an interrupted action, but recorded as in the trash."""
    gone: list[TrashRecord]
    """Missing, but recorded as in the trash: they may come back, with a disk that is not mounted."""


def reconcile() -> list[str]:
    """Complete what a crash interrupted, make the records agree with the trash, and return sentences about it.

    Call it at each start, before requests. Raises the store's NotWritable.
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
        differences = _compare(folder, burning)
        with acting():
            _write_down(differences)
    return [*told, *_sentences(differences)]


def _compare(folder: Trash, burning: Collection[str]) -> _Differences:
    """Compare the records with the trash. burning: entries that were being deleted for good."""
    entries = {entry.id: entry for entry in folder.entries()}
    there = folder.ids()
    records = {record.entry: record for record in TrashRecord.objects.all()}
    trashed = [entry for entry in entries.values() if entry.state is EntryState.TRASHED]
    restored = [entry for entry in entries.values() if entry.state is EntryState.RESTORED]
    gone = [record for id, record in records.items() if id not in there and _is_held(record)]
    return _Differences(
        moved=[entry for entry in trashed if entry.id not in records],
        back=[entry for entry in restored if entry.id in records and _is_held(records[entry.id])],
        found=[entry for entry in trashed if entry.id in records and records[entry.id].discarded_at is not None],
        burnt=[record for record in gone if record.entry in burning],
        gone=[record for record in gone if record.entry not in burning],
    )


def _write_down(differences: _Differences) -> None:
    for together in _acts(differences.moved):
        record(together, {})
        _note_found(together, Action.TRASH, together[0].actor, "moved {} to the trash")
    for entry in differences.back:
        mark_restored([entry], _note_found([entry], Action.RESTORE, KEEPER, "restored {} from the trash"))
    if differences.found:
        _mark_found(differences.found)
    if differences.burnt:
        write_discarded(differences.burnt, KEEPER)


def _sentences(differences: _Differences) -> Iterator[str]:
    for entry in differences.moved:
        yield f"{entry.key} was moved to the trash by {entry.actor}, which had not been noted down."
    for entry in differences.back:
        yield f"{entry.key} was restored from the trash, which had not been noted down."
    for entry in differences.found:
        yield f"{entry.key} is in the trash after all, and can be restored."
    for one in differences.gone:
        yield f"{one.path} is not in the trash folder any more. It was not written down as deleted: it may come back."


def _is_held(record: TrashRecord) -> bool:
    return record.restored_at is None and record.discarded_at is None


def _mark_found(entries: Sequence[TrashEntry]) -> None:
    """Record that entries exist which an earlier version took for lost, because the folder was missing."""
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
    """Group entries by the action that made them: what one person moved at one time."""
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
