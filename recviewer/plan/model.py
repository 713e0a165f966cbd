"""What the decisions ask for: files to delete or restore, tests to re-record. Nothing here changes anything.

`plan.tree` makes a plan for the files on disk, `plan.range` one for a range of commits; from here on both are the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from django.conf import settings

from recviewer.catalog import heavy
from recviewer.catalog.content import is_heavy
from recviewer.exchange.plain import safe
from recviewer.plan import patches
from recviewer.recorders.putting import NotPut, with_parts
from recviewer.recorders.registry import read_as
from recviewer.review.cutting import TOO_MUCH, blobs_of, left_of
from recviewer.store.files import blob_id


@dataclass(frozen=True, slots=True)
class FileToDo:
    """A file to delete or restore, with the reviewer and the reason.

    path: as on pages. name: below the top of the git work tree (else below the root), in bytes. mode: as git writes it.
    part: the name of an exchange in a file of many; name and mode are then those of the file.
    """

    path: str
    name: bytes
    mode: str
    blob: str
    size: int
    test_id: str
    asked: str
    by: str
    at: datetime
    note: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class CutOut:
    """A file from which some exchanges are cut, by name.

    is_whole: the whole file is deleted, because none would be left.
    """

    file: FileToDo
    parts: tuple[str, ...]
    is_whole: bool


@dataclass(frozen=True, slots=True)
class PutBack:
    """Exchanges that are put back, by name, into the file that they shared with others.

    old: the file that held them. file: the present one, None if there is none; then it is created without the others.
    """

    old: FileToDo
    file: FileToDo | None
    parts: tuple[str, ...]

    def made(self, old: bytes, data: bytes | None) -> bytes:
        """Return the bytes of the file with the exchanges. old, data: of the two files. Raises NotPut."""
        name = read_as(self.old.path)
        if data is not None:
            return put_back(data, old, name, self.parts)
        found = blobs_of(old, name)
        if found is None:
            raise NotPut(TOO_MUCH)
        others = [part for part in found if part not in self.parts]
        rest = left_of(old, name, others) if others else old
        if rest is None:
            raise NotPut("cannot come back without the others of its file")
        return rest


def put_back(data: bytes, old: bytes, name: str, parts: tuple[str, ...]) -> bytes:
    """Do `with_parts`; very large files are read in a separate process."""
    if not (is_heavy(data) or is_heavy(old)):
        return with_parts(data, old, name, parts)
    try:
        made, why = heavy.ask((both,), (data, old), [blob_id(data), blob_id(old)], put_in, name, parts)
    except heavy.TakesTooMuch:
        raise NotPut(TOO_MUCH) from None
    if made is None:
        raise NotPut(why)
    return made


def both(data: bytes, old: bytes) -> tuple[bytes, bytes]:
    """Return two files, for the separate process."""
    return data, old


def put_in(files: tuple[bytes, bytes], name: str, parts: tuple[str, ...]) -> tuple[bytes | None, str]:
    """Return the result of `with_parts`, or None and the reason."""
    try:
        return with_parts(*files, name, parts), ""
    except NotPut as why:
        return None, str(why)


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A recording that was made again unasked: the new file is deleted, and the old one restored."""

    new: FileToDo
    old: FileToDo

    @property
    def is_at_one_path(self) -> bool:
        """Tell whether both have the same path: then the file only gets other bytes."""
        return self.new.name == self.old.name


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A recording that is left as it is despite a verdict, and why, as the end of a sentence. blob: its present one."""

    path: str
    blob: str
    why: str


@dataclass(frozen=True, slots=True)
class Loss:
    """A test that would lose what it replays. left: recordings it would still have; none of them certainly replays.

    removed: how many of the deleted ones the range itself removed.
    """

    test_id: str
    left: int
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Again:
    """A test to re-record, listed once however many of its recordings were rejected. reasons: (reviewer, note)."""

    test_id: str
    paths: tuple[str, ...]
    reasons: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan is for, and where its patch applies.

    work_tree: the top of the git checkout, None if there is none. spec: the range by its names, "" for the tree of
    recordings. base, head: its commits, "" for files on disk. is_here: the patch applies to what is in the work tree.
    to_fetch: the name of a head that a person's own checkout may lack, "" for none.
    """

    work_tree: Path | None
    spec: str = ""
    base: str = ""
    head: str = ""
    is_here: bool = True
    to_fetch: str = ""

    @property
    def is_in_git(self) -> bool:
        """Tell whether git knows the files, so that its index can be updated; those on disk may be in no commit."""
        return bool(self.head) if self.spec else self.work_tree is not None


Bytes: TypeAlias = Callable[[Sequence[FileToDo]], Iterator[tuple[FileToDo, bytes]]]
"""Yields the bytes of files, in their order, without files that have changed."""


def _no_bytes(files: Sequence[FileToDo]) -> Iterator[tuple[FileToDo, bytes]]:
    yield from ()


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that the decisions ask for.

    back: removed recordings to restore; puts: the shared files into which some of them are put; stuck: those that no
    patch can restore. taken_back: files whose old recording is restored instead; kept: those for which that is not
    possible. changed: marked files whose bytes have changed. alike: files that say the same as a marked one but are not
    marked themselves. losses: tests to think about before deleting. again: tests to re-record; orphans: rejected
    recordings without a known test. undecided: changes of the range that nobody has decided on. cuts: the files that
    deleted exchanges are cut out of. elsewhere: marked files that the range, and so the plan, does not touch. bytes_of:
    reads what the patch needs.
    """

    ground: Ground
    deletions: tuple[FileToDo, ...]
    changed: tuple[LeftOut, ...]
    alike: tuple[LeftOut, ...]
    losses: tuple[Loss, ...]
    again: tuple[Again, ...]
    orphans: tuple[str, ...]
    back: tuple[FileToDo, ...] = ()
    puts: tuple[PutBack, ...] = ()
    stuck: tuple[LeftOut, ...] = ()
    taken_back: tuple[TakenBack, ...] = ()
    kept: tuple[LeftOut, ...] = ()
    undecided: int = 0
    elsewhere: int = 0
    cuts: tuple[CutOut, ...] = ()
    bytes_of: Bytes = field(default=_no_bytes, repr=False, compare=False)

    @property
    def size(self) -> int:
        """Total size of the deleted files in bytes."""
        return sum(deletion.size for deletion in self.deletions)

    @property
    def tests(self) -> int:
        """Number of tests of the files to delete."""
        return len({deletion.test_id for deletion in self.deletions if deletion.test_id})

    @property
    def cut(self) -> int:
        """Number of exchanges that are cut out of files that stay."""
        return sum(len(one.parts) for one in self.cuts if not one.is_whole)

    @property
    def put_back(self) -> int:
        """Number of recordings that are put back into shared files."""
        return sum(len(one.parts) for one in self.puts)

    @property
    def removed(self) -> list[bytes]:
        """The names of the files that are deleted as a whole."""
        whole = [one.name for one in self.deletions if not one.part]
        return sorted([*whole, *(cut.file.name for cut in self.cuts if cut.is_whole)])

    @property
    def has_patch(self) -> bool:
        """Tell whether there is something for `git apply`."""
        return bool(self.deletions or self.back or self.taken_back)

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to do."""
        named = self.changed or self.alike or self.stuck or self.orphans or self.kept
        return not (self.has_patch or self.again or named)


def patch(plan: Plan) -> Iterator[bytes]:
    """Yield a patch for `git apply`, file by file; a file that has changed meanwhile is left out.

    Raises store refusals, and GitFailed if bytes are missing.
    """
    whole = [*(one for one in plan.deletions if not one.part), *(cut.file for cut in plan.cuts if cut.is_whole)]
    going = set(whole)
    parts = {cut.file: cut.parts for cut in plan.cuts if not cut.is_whole}
    made_again = [one for one in plan.back if not one.part]
    for file, data in plan.bytes_of(sorted((*whole, *parts, *made_again), key=lambda file: file.name)):
        if file in parts:
            yield _cut(file, data, parts[file])
            continue
        write = patches.deletion if file in going else patches.creation
        yield write(file.name, data, blob=file.blob, mode=file.mode)
    for one in plan.puts:
        yield _put(one, dict(plan.bytes_of([file for file in (one.file, one.old) if file])))
    pairs = {one.old: one for one in plan.taken_back}
    news: dict[FileToDo, bytes] = {}
    for file, data in plan.bytes_of([file for one in plan.taken_back for file in (one.new, one.old)]):
        if file not in pairs:
            news = {file: data}  # followed by its old one
        elif pairs[file].new in news:
            yield _replaced(pairs[file], news[pairs[file].new], data)


def _cut(file: FileToDo, data: bytes, parts: tuple[str, ...]) -> bytes:
    """Return the part of a patch that cuts exchanges out of a file, b"" if they are no longer in it."""
    rest = left_of(data, read_as(file.path), parts)
    if rest is None:
        return b""
    return patches.modification(file.name, data, rest, blobs=(file.blob, blob_id(rest)), modes=(file.mode, file.mode))


def _put(one: PutBack, read: dict[FileToDo, bytes]) -> bytes:
    """Return the part of a patch that puts exchanges back into a file, b"" if the file has changed."""
    if one.old not in read or (one.file is not None and one.file not in read):
        return b""
    data = read[one.file] if one.file else None
    try:
        made = one.made(read[one.old], data)
    except NotPut:
        return b""
    if one.file is None or data is None:
        return patches.creation(one.old.name, made, blob=blob_id(made), mode=one.old.mode)
    blobs, modes = (one.file.blob, blob_id(made)), (one.file.mode, one.file.mode)
    return patches.modification(one.file.name, data, made, blobs=blobs, modes=modes)


def _replaced(one: TakenBack, new: bytes, old: bytes) -> bytes:
    """Return the part of a patch that replaces the new bytes by the old ones."""
    if one.is_at_one_path:
        blobs, modes = (one.new.blob, one.old.blob), (one.new.mode, one.old.mode)
        return patches.modification(one.new.name, new, old, blobs=blobs, modes=modes)
    gone = patches.deletion(one.new.name, new, blob=one.new.blob, mode=one.new.mode)
    return gone + patches.creation(one.old.name, old, blob=one.old.blob, mode=one.old.mode)


def git_rm(plan: Plan, *, null: bool = False) -> bytes:
    """Return the list for `git rm --pathspec-from-file`. null: for `--pathspec-file-nul`."""
    return b"".join(patches.pathspec(name, null=null) for name in plan.removed)


def argument(test_id: str) -> str:
    """Return a test id as an argument for pytest, so that it is never taken for an option or an argument file."""
    return f"./{test_id}" if test_id.startswith(("-", "@")) else test_id


def unlisted(plan: Plan) -> list[str]:
    """Return the ids of tests to re-record that span several lines; `test_ids` leaves them out."""
    return [again.test_id for again in plan.again if len(again.test_id.splitlines()) != 1]


def test_ids(plan: Plan) -> bytes:
    """Return the tests to re-record, one on each line, for `pytest @file`. Ids that span several lines are left out."""
    left = set(unlisted(plan))
    lines = [safe(argument(again.test_id)) for again in plan.again if again.test_id not in left]
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "backslashreplace")


def as_json(plan: Plan) -> dict[str, object]:
    """Return the plan for scripts."""
    ground = plan.ground
    return {
        "range": ground.spec or None,
        "base": ground.base or None,
        "head": ground.head or None,
        "work_tree": str(ground.work_tree) if ground.work_tree and not settings.HOSTED else None,
        "count": len(plan.deletions),
        "size": plan.size,
        "deletions": [_file(item) for item in plan.deletions],
        "cut": [
            {**_file(item.file), "parts": list(item.parts), "goes_as_a_whole": item.is_whole} for item in plan.cuts
        ],
        "bring_back": [_file(item) for item in plan.back],
        "put_back": [
            {**_file(item.file or item.old), "parts": list(item.parts), "is_made_again": item.file is None}
            for item in plan.puts
        ],
        "not_brought_back": [_left_out(item) for item in plan.stuck],
        "take_back": [{"new": _file(item.new), "old": _file(item.old)} for item in plan.taken_back],
        "not_taken_back": [_left_out(item) for item in plan.kept],
        "changed": [_left_out(item) for item in plan.changed],
        "alike": [_left_out(item) for item in plan.alike],
        "losses": [
            {"test_id": item.test_id, "recordings_left": item.left, "removed_by_range": item.removed}
            for item in plan.losses
        ],
        "record_again": [
            {
                "test_id": item.test_id,
                "recordings": list(item.paths),
                "reasons": [{"by": by, "note": note} for by, note in item.reasons],
            }
            for item in plan.again
        ],
        "record_again_without_test": list(plan.orphans),
        "undecided": plan.undecided if ground.spec else None,
    }


def _file(item: FileToDo) -> dict[str, object]:
    return {
        "path": item.path,
        "git_path": item.name.decode("utf-8", "backslashreplace"),
        "mode": item.mode,
        "blob": item.blob,
        "size": item.size,
        "test_id": item.test_id or None,
        **({"part": item.part} if item.part else {}),
        "by": item.by,
        "at": item.at.isoformat(),
        "note": item.note,
    }


def _left_out(item: LeftOut) -> dict[str, str]:
    return {"path": item.path, "blob": item.blob, "why": item.why}
