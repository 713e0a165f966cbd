"""Completes or undoes an interrupted step on a trash entry.

Nothing is removed unless the same bytes were just read at another place. A shortened file is removed if the whole file,
which contains all of it, was just read.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass, replace

from recviewer.store import moves
from recviewer.store.manifests import EntryState, TrashEntry
from recviewer.store.paths import key_of, parent_of
from recviewer.store.refusals import NoRoot, OutsideRoot, Vanished, why


@dataclass(frozen=True, slots=True)
class Recovered:
    """The result of recovering from one interrupted step. key: "" if unknown. what: sentences."""

    id: str
    key: str
    what: str


def mark(folder: int, entry: TrashEntry, state: EntryState) -> TrashEntry:
    """Change the state of an entry. folder: the trash's descriptor. Raises OSError."""
    marked = replace(entry, state=state)
    if marked.manifest != entry.manifest:
        os.rename(entry.manifest, marked.manifest, src_dir_fd=folder, dst_dir_fd=folder)
    return marked


def forget(folder: int, entry: TrashEntry) -> None:
    """Undo a deletion whose file is in its place. The manifest is removed last: it describes the bytes."""
    for name in (f"{entry.bytes_name}.tmp", entry.bytes_name, f"{entry.manifest}.tmp", entry.manifest):
        moves.remove(folder, name)


def burn(folder: int, entry_id: str, manifest: str) -> None:
    """Remove an entry permanently. manifest: its current name. Raises OSError; the rest is completed later."""
    gone = f"{entry_id}.{EntryState.DISCARDING}"
    os.rename(manifest, gone, src_dir_fd=folder, dst_dir_fd=folder)
    moves.sync(folder)
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f"{entry_id}.bytes", dir_fd=folder)
    os.unlink(gone, dir_fd=folder)


def settle(folder: int, entry: TrashEntry) -> str:
    """Complete or undo an interrupted step on an entry. Returns sentences about it, "" if nothing was interrupted.

    A deletion is undone if the file is still in its place, else completed; a restore is completed if the file is back,
    else undone; a discard is completed. Raises OSError if the trash cannot be written.
    """
    if entry.state is EntryState.DISCARDING:
        burn(folder, entry.id, entry.manifest)
        return f"Emptying {entry.key} from the trash was interrupted; it has been finished."
    if not entry.is_unfinished:
        is_whole = moves.is_there(folder, entry.bytes_name)
        return "" if is_whole else f"The bytes of {entry.key} are missing in the trash."
    try:
        with parent_of(entry.root, entry.raw) as (parent, name):
            if entry.state is EntryState.CUTTING:
                moves.remove(parent, entry.beside)
            if entry.state is EntryState.RESTORING:
                moves.remove(parent, entry.returning)
                clear_replaced(entry, parent, name)
            else:
                _bring_back(entry, parent, name, copy=moves.blob_at(folder, entry.bytes_name))
            found = moves.blob_at(parent, name)
            beside = next((each for each in (entry.aside, entry.replaced) if moves.is_there(parent, each)), None)
    except Vanished:
        found, beside = None, None
    except (NoRoot, OutsideRoot) as refusal:
        return f"An interrupted step on {entry.key} cannot be settled yet. {refusal}"
    except OSError as error:
        return f"An interrupted step on {entry.key} cannot be settled yet: {why(error)}."
    if beside:
        act = "restore" if beside == entry.replaced else "deletion"
        return f"The {act} of {entry.key} was interrupted; what was there lies beside it as {key_of(beside)}."
    if entry.state is not EntryState.RESTORING:
        return _settle_deletion(folder, entry, found)
    return _settle_restore(folder, entry, found)


def _bring_back(entry: TrashEntry, parent: int, name: bytes, *, copy: str | None) -> None:
    """Clear the temporary name: remove the file if the trash has the same bytes, else rename it back."""
    found = moves.blob_at(parent, entry.aside)
    if found is None:
        return
    is_cut_short = entry.state is EntryState.CUTTING and not moves.is_there(parent, name)
    if found == entry.blob == copy and not is_cut_short:
        moves.remove(parent, entry.aside)
    else:
        with contextlib.suppress(OSError):
            moves.place(parent, entry.aside, name)


def clear_replaced(entry: TrashEntry, parent: int, name: bytes) -> None:
    """Clear the temporary name of a shortened file: rename it back, or remove it if the whole file exists."""
    if moves.blob_at(parent, entry.replaced) == entry.rest and moves.blob_at(parent, name) == entry.blob:
        moves.remove(parent, entry.replaced)
    elif moves.is_there(parent, entry.replaced):
        with contextlib.suppress(OSError):
            moves.place(parent, entry.replaced, name)


def _settle_deletion(folder: int, entry: TrashEntry, found: str | None) -> str:
    told = f"The deletion of {entry.key} was interrupted; "
    copy = moves.blob_at(folder, entry.bytes_name)
    if found == entry.blob:
        forget(folder, entry)
        return told + "the file is in its place. Delete it again if you meant to."
    if copy is None:
        forget(folder, entry)
        return told + "it had not begun, and the file has been changed or taken away by others since."
    if copy != entry.blob:
        return told + "its copy in the trash cannot be read, or is damaged. It was left as it is."
    mark(folder, entry, EntryState.TRASHED)
    if entry.rest and found == entry.rest:
        return told + "it has been finished, and the file as it was is in the trash."
    if found is None:
        return told + "it has been finished, and the file is in the trash."
    return told + "there is another file at its path now, and the deleted one is in the trash."


def _settle_restore(folder: int, entry: TrashEntry, found: str | None) -> str:
    told = f"The restore of {entry.key} was interrupted; "
    if found == entry.blob:
        mark(folder, entry, EntryState.RESTORED)
        return told + "the file is back in its place."
    mark(folder, entry, EntryState.TRASHED)
    return told + "the file still waits in the trash."
