"""The manifests of the trash: one per entry, with the state in its name.

A manifest is written once and then only renamed, so a change of state is one atomic step that needs no disk space. No
name in the trash ends in `.json`: a scan never takes it for a recording, wherever the trash is.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from recviewer.store.paths import components, key_of
from recviewer.store.refusals import Damaged, NoEntry, Refusal

VERSION, CUT_VERSION = 1, 2
"""Versions of the manifest's schema; the second supports files of which only some parts were deleted. Later ones are
not touched.
"""
_ID = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}")
_NAME = re.compile(rf"({_ID.pattern})\.([a-z]+)")


class EntryState(StrEnum):
    """The state of an entry. Those in -ing last for a moment, or until `Trash.recover` after a crash."""

    DELETING = "deleting"
    CUTTING = "cutting"
    TRASHED = "trashed"
    RESTORING = "restoring"
    RESTORED = "restored"
    DISCARDING = "discarding"


@dataclass(frozen=True, slots=True)
class TrashEntry:
    """One deletion: of a file, or of some of its parts. In both cases the bytes are those of the whole file.

    id: sortable by time, to the second. key, raw: the path relative to the root (see `paths`). root: at that time.
    blob: git blob id of the bytes. size: in bytes. mode: permission bits. mtime_ns: since the epoch. time: aware.
    parts: names of the deleted parts, () for the whole file. rest: blob id of the shortened file that replaced it.
    """

    id: str
    key: str
    raw: bytes
    root: Path
    blob: str
    size: int
    mode: int
    mtime_ns: int
    actor: str
    note: str
    time: datetime
    state: EntryState
    parts: tuple[str, ...] = ()
    rest: str = ""

    @property
    def is_unfinished(self) -> bool:
        """Whether its deletion or restore was started and not finished."""
        return self.state in (EntryState.DELETING, EntryState.CUTTING, EntryState.RESTORING)

    @property
    def manifest(self) -> str:
        """The manifest's name in the trash folder."""
        return f"{self.id}.{self.state}"

    @property
    def bytes_name(self) -> str:
        """The name of the copied bytes in the trash folder."""
        return f"{self.id}.bytes"

    @property
    def aside(self) -> bytes:
        """The temporary name, in its directory, of a recording that is being deleted."""
        return f".recviewer-{self.id}.deleting".encode()

    @property
    def returning(self) -> bytes:
        """The temporary name, in its directory, of a recording that is being restored."""
        return f".recviewer-{self.id}.restoring".encode()

    @property
    def beside(self) -> bytes:
        """The temporary name, in its directory, of a shortened file before it replaces the whole one."""
        return f".recviewer-{self.id}.cutting".encode()

    @property
    def replaced(self) -> bytes:
        """The temporary name, in its directory, of a shortened file while the whole one is being restored."""
        return f".recviewer-{self.id}.replaced".encode()


def checked(id: str) -> str:
    """Return the id if it is well-formed. Raises NoEntry."""
    if not _ID.fullmatch(id):
        raise NoEntry(id)
    return id


def state_in(name: str) -> tuple[str, EntryState] | None:
    """Return id and state from the name of a manifest, None for any other name."""
    match = _NAME.fullmatch(name)
    if match is None or match[2] not in set(EntryState):
        return None
    return match[1], EntryState(match[2])


def dump(entry: TrashEntry) -> bytes:
    """Serialize a manifest: readable JSON, with the paths' bytes in hex beside their text."""
    root = os.fsencode(entry.root)
    value: dict[str, object] = {
        "version": CUT_VERSION if entry.rest else VERSION,
        "id": entry.id,
        "key": entry.key,
        "path_hex": entry.raw.hex(),
        "root": key_of(root),
        "root_hex": root.hex(),
        "blob": entry.blob,
        "size_bytes": entry.size,
        "mode": f"{entry.mode:04o}",
        "mtime_ns": entry.mtime_ns,
        "actor": entry.actor,
        "note": entry.note,
        "time": entry.time.isoformat(),
    }
    if entry.rest:
        value |= {"parts": list(entry.parts), "rest_blob": entry.rest}
    return json.dumps(value, indent=2).encode() + b"\n"


def load(data: bytes, *, id: str, state: EntryState) -> TrashEntry:
    """Parse a manifest. id, state: from the manifest's name. Raises Damaged."""
    try:
        value: dict[str, Any] = json.loads(data)
        if value["version"] not in (VERSION, CUT_VERSION):
            raise Damaged(id, f"its manifest is of version {value['version']}, this recviewer reads {CUT_VERSION}")
        is_cut = value["version"] == CUT_VERSION
        rest = value["rest_blob"] if is_cut else ""
        raw = bytes.fromhex(value["path_hex"])
        components(raw)
        named = (value["blob"], rest) if is_cut else (value["blob"],)
        if value["id"] != id or not all(re.fullmatch("[0-9a-f]{40}", blob) for blob in named):
            raise ValueError(value["id"])
        return TrashEntry(
            id=id,
            key=key_of(raw),
            raw=raw,
            root=Path(os.fsdecode(bytes.fromhex(value["root_hex"]))),
            blob=value["blob"],
            size=int(value["size_bytes"]),
            mode=int(value["mode"], 8) & 0o777,
            mtime_ns=int(value["mtime_ns"]),
            actor=str(value["actor"]),
            note=str(value["note"]),
            time=datetime.fromisoformat(value["time"]),
            state=state,
            parts=tuple(map(str, value["parts"])) if is_cut else (),
            rest=rest,
        )
    except Damaged:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, Refusal) as error:
        raise Damaged(id, f"its manifest cannot be read ({type(error).__name__})") from error
