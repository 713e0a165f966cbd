"""The trash: recordings are removed from the tree without losing their bytes, and restored byte for byte.

An entry has `<id>.bytes` and a manifest `<id>.<state>` (see `manifests`). The order of the steps guarantees that after
a crash at any point the file, or its copy, or both exist:

delete: manifest "deleting"; copy, verified; both flushed to disk; the original is renamed to a unique name in its
directory, so that later writes to its path do not affect it; its bytes verified once more; unlinked; manifest
"trashed".

delete some parts of a file: the same, with the manifest "cutting" and the shortened file written and verified under a
unique name in the directory; once the original was renamed and verified, the shortened file is renamed to the path.

restore: manifest "restoring"; written and verified under a unique name in the tree; renamed to its path, if that is
free; manifest "restored". If parts were deleted, the shortened file is renamed away first, verified, and removed once
the whole file is restored. The copy remains until it is discarded.

Bytes, path, permission bits and modification time are preserved; not owner, hard links or extended attributes. The
processes of one machine take turns by a lock on the folder.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from recviewer.store import files, moves, recovery
from recviewer.store.files import pour
from recviewer.store.manifests import EntryState, TrashEntry, checked, dump, load, state_in
from recviewer.store.paths import components, key_of, parent_of
from recviewer.store.recovery import Recovered
from recviewer.store.refusals import CannotRead, Changed, Damaged, NoEntry, NotWritable, Occupied, Vanished, why

_LEFTOVER = re.compile(r"[0-9]{8}T[0-9]{6}-[0-9a-f]{8}\.[a-z]+\.tmp")
_LOCK = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC


def _go_on(step: str) -> None:
    """Continue with the step."""


class Cut(NamedTuple):
    """Parts of a file that are deleted. parts: their names. rest: the bytes of the shortened file."""

    parts: tuple[str, ...]
    rest: bytes


class Trash:
    """The trash in one folder, which need not exist yet.

    step: called with the name of each step before it is taken, so that tests can interrupt there.
    """

    def __init__(self, folder: Path, *, step: Callable[[str], object] = _go_on) -> None:
        self.folder = folder
        self._step = step

    def entries(self) -> list[TrashEntry]:
        """Return all entries, newest first, in every state. Damaged manifests are left to `recover`."""
        found = []
        for name in _listed(self.folder):
            known = state_in(name)
            if known:
                with contextlib.suppress(NoEntry, Damaged):
                    found.append(self.get(known[0]))
        return sorted(found, key=lambda entry: (entry.time, entry.id), reverse=True)

    def ids(self) -> set[str]:
        """Return the ids of all entries, including damaged ones; empty if the folder does not exist or cannot be read."""
        return {known[0] for name in _listed(self.folder) if (known := state_in(name))}

    def get(self, id: str) -> TrashEntry:
        """Return one entry. Raises NoEntry, Damaged."""
        checked(id)
        for _ in range(2):  # Twice, since a state may change in between by a rename.
            for state in EntryState:
                try:
                    data = (self.folder / f"{id}.{state}").read_bytes()
                except FileNotFoundError:
                    continue
                except OSError as error:
                    raise Damaged(id, f"its manifest cannot be read: {why(error)}") from error
                return load(data, id=id, state=state)
        raise NoEntry(id)

    def read(self, id: str, *, limit_bytes: int | None = None) -> bytes:
        """Return an entry's bytes. Raises NoEntry, Damaged, CannotRead (larger than the limit)."""
        entry = self.get(id)
        try:
            data = files.read(self.folder, entry.bytes_name.encode(), limit_bytes=limit_bytes).data
        except Vanished:
            raise Damaged(id, "its bytes are missing") from None
        if files.blob_id(data) != entry.blob:
            raise Damaged(id, "its bytes are not those that were put there")
        return data

    def delete(
        self, root: Path, raw: bytes, *, seen_blob: str, actor: str, note: str, now: datetime, cut: Cut | None = None
    ) -> TrashEntry:
        """Move a recording to the trash. seen_blob: the blob id that the actor decided on. now: aware.

        cut: the deleted parts of the file, if not the whole file is deleted. Raises Changed if the file is another,
        NotWritable (tree or trash; also a full disk), Vanished, CannotRead, OutsideRoot, NoRoot; then nothing was
        changed. An interrupt has the effect of a crash.
        """
        with self._turn() as folder, _writing(raw), parent_of(root, raw) as (parent, name):
            with moves.original(parent, name, raw=raw) as source:
                seen = os.fstat(source)
                _expect(pour(source), seen_blob, raw)
                entry = TrashEntry(
                    id=f"{now.astimezone(UTC):%Y%m%dT%H%M%S}-{secrets.token_hex(4)}",
                    key=key_of(raw),
                    raw=raw,
                    root=Path(os.path.abspath(root)),
                    blob=seen_blob,
                    size=seen.st_size,
                    mode=seen.st_mode & 0o777,
                    mtime_ns=seen.st_mtime_ns,
                    actor=actor,
                    note=note,
                    time=now.astimezone(UTC),
                    state=EntryState.CUTTING if cut else EntryState.DELETING,
                    parts=cut.parts if cut else (),
                    rest=files.blob_id(cut.rest) if cut else "",
                )
                try:
                    with _writing(self.folder):
                        self._keep(folder, entry, source)
                except BaseException:
                    recovery.forget(folder, entry)
                    raise
            if cut:
                self._write_rest(folder, parent, entry, cut.rest)
            self._take(folder, parent, name, entry)
            with contextlib.suppress(OSError):  # It is in the trash; `recover` completes what fails here.
                moves.sync(parent)
                self._step("finish")
                entry = recovery.mark(folder, entry, EntryState.TRASHED)
            return entry

    def _keep(self, folder: int, entry: TrashEntry, source: int) -> None:
        """Write manifest and copy, and wait until both are on disk."""
        self._step("manifest")
        self._write(folder, entry.manifest, lambda fd: moves.write_all(fd, dump(entry)))
        self._step("copy")
        self._write(folder, entry.bytes_name, lambda fd: self._copy(source, fd, entry))
        self._step("sync")
        moves.sync(folder)

    def _write(self, folder: int, name: str, fill: Callable[[int], object]) -> None:
        moves.write_new(folder, f"{name}.tmp", fill)
        self._step("rename")
        os.rename(f"{name}.tmp", name, src_dir_fd=folder, dst_dir_fd=folder)

    def _copy(self, source: int, target: int, entry: TrashEntry) -> None:
        _expect(pour(source, lambda piece: moves.write_all(target, piece)), entry.blob, entry.raw)
        self._step("verify copy")
        if pour(target) != entry.blob:
            raise NotWritable(self.folder, "the copy came out different from the original")

    def _write_rest(self, folder: int, parent: int, entry: TrashEntry, rest: bytes) -> None:
        """Write the shortened file next to the original."""

        def fill(target: int) -> None:
            moves.write_all(target, rest)
            os.fchmod(target, entry.mode)
            self._step("verify rest")
            if pour(target) != entry.rest:
                raise NotWritable(entry.raw, "what is left of the file came out different")

        try:
            self._step("write rest")
            moves.write_new(parent, entry.beside, fill)
        except BaseException:
            recovery.forget(folder, entry)
            raise

    def _take(self, folder: int, parent: int, name: bytes, entry: TrashEntry) -> None:
        """Remove the original, or replace it by the shortened file, if it is still what was copied; else leave it."""
        try:
            self._step("set aside")
            os.rename(name, entry.aside, src_dir_fd=parent, dst_dir_fd=parent)
        except OSError as error:
            moves.remove(parent, entry.beside)
            recovery.forget(folder, entry)
            if isinstance(error, FileNotFoundError):
                raise Vanished(entry.raw) from None
            raise
        try:
            self._step("verify original")
            _expect(moves.blob_at(parent, entry.aside) or "", entry.blob, entry.raw)
            if entry.rest:
                self._step("place rest")
                moves.place(parent, entry.beside, name)
            self._step("unlink")
            os.unlink(entry.aside, dir_fd=parent)
        except (OSError, Changed):
            moves.remove(parent, entry.beside)
            try:
                moves.place(parent, entry.aside, name)
            except OSError:
                recovery.settle(folder, entry)
            else:
                recovery.forget(folder, entry)
            raise

    def restore(self, id: str, *, root: Path | None = None) -> TrashEntry:
        """Write an entry's bytes back to its path, with mode and modification time; create missing directories.

        root: the tree's current root, if it moved since the deletion. An entry can be restored more than once. If parts
        of a file were deleted, the whole file replaces the shortened one, if that still exists. Raises Occupied,
        Changed and Vanished (the shortened file was changed or removed), NotWritable (also a full disk), NoEntry,
        Damaged, OutsideRoot, NoRoot; then nothing was changed.
        """
        entry = self.get(id)
        with self._turn() as folder, _writing(self.folder):
            if self.get(id).is_unfinished:
                recovery.settle(folder, self.get(id))
            try:
                entry = self.get(id)
            except NoEntry:
                raise Occupied(entry.raw) from None
            with self._bytes(folder, entry) as source:
                self._step("mark")
                marked = recovery.mark(folder, entry, EntryState.RESTORING)
                try:
                    with _writing(entry.raw):
                        self._put(root or entry.root, entry, source)
                except BaseException:
                    recovery.mark(folder, marked, EntryState.TRASHED if entry.is_unfinished else entry.state)
                    raise
            with contextlib.suppress(OSError):  # It is restored; `recover` completes what fails here.
                self._step("finish")
                marked = recovery.mark(folder, marked, EntryState.RESTORED)
            return marked

    def _put(self, root: Path, entry: TrashEntry, source: int) -> None:
        missing = _missing(root, entry.raw)
        try:
            self._step("directories")
            with parent_of(root, entry.raw, create=True) as (parent, name):
                if entry.rest:
                    _expect(_there(parent, name, entry), entry.rest, entry.raw)
                elif moves.is_there(parent, name):
                    raise Occupied(entry.raw)
                self._step("write")
                moves.remove(parent, entry.returning)
                moves.write_new(parent, entry.returning, lambda fd: self._fill(source, fd, entry))
                try:
                    if entry.rest:
                        self._make_room(parent, name, entry)
                    self._step("place")
                    moves.place(parent, entry.returning, name)
                except FileExistsError:
                    raise Occupied(entry.raw) from None
                finally:
                    moves.remove(parent, entry.returning)
                    recovery.clear_replaced(entry, parent, name)
                with contextlib.suppress(OSError):
                    moves.sync(parent)
        except BaseException as error:
            for directory in missing:
                with contextlib.suppress(OSError, Vanished), parent_of(root, directory) as (parent, name):
                    os.rmdir(name, dir_fd=parent)
            if isinstance(error, Vanished) and not entry.rest:  # a file is where a directory was
                raise Occupied(entry.raw) from None
            raise

    def _make_room(self, parent: int, name: bytes, entry: TrashEntry) -> None:
        """Rename the shortened file away, if it is still the same."""
        self._step("set rest aside")
        os.rename(name, entry.replaced, src_dir_fd=parent, dst_dir_fd=parent)
        self._step("verify rest")
        _expect(moves.blob_at(parent, entry.replaced) or "", entry.rest, entry.raw)

    def _fill(self, source: int, target: int, entry: TrashEntry) -> None:
        pour(source, lambda piece: moves.write_all(target, piece))
        os.fchmod(target, entry.mode)
        os.utime(target, ns=(entry.mtime_ns, entry.mtime_ns))
        self._step("verify")
        if pour(target) != entry.blob:
            raise NotWritable(entry.raw, "the file came out different from the copy in the trash")

    def discard(self, id: str) -> None:
        """Delete one entry permanently: the only operation that loses bytes. Interrupted steps on it are completed
        first.

        An entry with a damaged manifest can be discarded too. Raises NoEntry, NotWritable.
        """
        checked(id)
        with self._turn() as folder, _writing(self.folder):
            try:
                entry = self.get(id)
                if entry.is_unfinished:
                    recovery.settle(folder, entry)
            except Damaged:
                pass
            for state in EntryState:
                if moves.is_there(folder, f"{id}.{state}"):
                    self._step("burn")
                    recovery.burn(folder, id, f"{id}.{state}")

    def recover(self) -> list[Recovered]:
        """Complete or undo interrupted steps (see `recovery.settle`), and report them; called at each start.

        Damaged entries are reported and not changed. [] if nothing was interrupted. Raises NotWritable.
        """
        if not _listed(self.folder):
            return []
        with self._turn() as folder, _writing(self.folder):
            names = _listed(self.folder)
            for name in names:
                if _LEFTOVER.fullmatch(name):
                    moves.remove(folder, name)
            known = {found[0] for name in names if (found := state_in(name))}
            told = [self._recover(folder, id) for id in sorted(known)]
            orphans = [name for name in names if name.endswith(".bytes") and name.removesuffix(".bytes") not in known]
            told += [
                Recovered(name.removesuffix(".bytes"), "", f"The trash has bytes without a manifest: {name}.")
                for name in orphans
            ]
        return [one for one in told if one.what]

    def _recover(self, folder: int, id: str) -> Recovered:
        try:
            entry = self.get(id)
        except Damaged as damage:
            return Recovered(id, "", str(damage))
        return Recovered(id, entry.key, recovery.settle(folder, entry))

    @contextlib.contextmanager
    def _turn(self) -> Iterator[int]:
        """Open the folder, created if needed, and hold its lock against other processes."""
        with contextlib.ExitStack() as stack:
            with _writing(self.folder):
                self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                folder = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
                stack.callback(os.close, folder)
                lock = os.open("lock", _LOCK, 0o600, dir_fd=folder)
                stack.callback(os.close, lock)
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder

    @contextlib.contextmanager
    def _bytes(self, folder: int, entry: TrashEntry) -> Iterator[int]:
        """Open an entry's copy after verifying it. Raises Damaged."""
        with contextlib.ExitStack() as stack:
            try:
                fd = stack.enter_context(moves.opened(folder, entry.bytes_name))
            except (OSError, CannotRead) as error:
                raise Damaged(entry.id, "its bytes are missing") from error
            if pour(fd) != entry.blob:
                raise Damaged(entry.id, "its bytes are not those that were put there")
            yield fd


@contextlib.contextmanager
def _writing(place: Path | bytes) -> Iterator[None]:
    """Convert system errors to NotWritable for a path."""
    try:
        yield
    except OSError as error:
        raise NotWritable(place, why(error)) from error


def _expect(found: str, expected: str, raw: bytes) -> None:
    if found != expected:
        raise Changed(raw, expected, found)


def _there(parent: int, name: bytes, entry: TrashEntry) -> str:
    """Return the blob id of the file at an entry's path. Raises Vanished."""
    found = moves.blob_at(parent, name)
    if found is None:
        raise Vanished(entry.raw)
    return found


def _listed(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []


def _missing(root: Path, raw: bytes) -> list[bytes]:
    """Return the missing directories on the way to a path, deepest first."""
    directories = components(raw)[:-1]
    upto = [b"/".join(directories[:count]) for count in range(len(directories), 0, -1)]
    return [path for path in upto if not os.path.lexists(os.path.join(os.fsencode(root), path))]
