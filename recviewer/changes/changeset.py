"""The recordings that differ between the two sides of a range, read from git in one batch."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from recviewer.changes import broken, disk
from recviewer.changes.replay_order import in_turns, in_turns_of_renamed
from recviewer.changes.sources import Range, remedy
from recviewer.changes.unchanged import Unchanged
from recviewer.difference.sequences import common
from recviewer.exchange.amounts import counted
from recviewer.git import ranges
from recviewer.git.history import contents
from recviewer.git.ranges import ChangedFile, Counted, MissingObjects
from recviewer.git.repository import Repository
from recviewer.pairing.sides import FileMeaning, Library, Side, SideReader, sides_of, unread_file
from recviewer.pairing.successors import KeptRecording
from recviewer.recorders.registry import claims, read_as
from recviewer.store.paths import key_of

_LINK, _MODULE = "120000", "160000"
_ODD = {_LINK: "a symbolic link, which is not followed", _MODULE: "a submodule, not a file"}
LINES_KEPT = 400
"""Most changed lines of a modified file that are kept, to find files that changed in the same way."""

LINES_BYTES = 100_000
"""Most bytes of these lines."""


@dataclass(frozen=True, slots=True)
class Modified:
    """A recording with other bytes at the same path.

    counted: the lines git counts. lines: pairs of lines that differ at the same line number, if both sides have equally
    many lines and not too many differ; else ().
    """

    old: Side
    new: Side
    counted: Counted
    lines: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """What a range changed in recordings, sorted by path. problems: what could not be examined, as clauses.

    strays: by blob, the paths of added files outside of folders of recordings, to detect recordings moved there; only
    between two commits. same: recordings of modified files that are themselves unchanged. shared: by path, git's line
    counts of a file with several recordings, which cannot be attributed to single recordings. unchanged: returns the
    recordings of some tests that the range did not change.
    """

    range: Range
    added: tuple[Side, ...]
    deleted: tuple[Side, ...]
    modified: tuple[Modified, ...]
    problems: tuple[str, ...] = ()
    strays: Mapping[str, str] = field(default_factory=dict)
    same: tuple[Side, ...] = ()
    shared: Mapping[bytes, Counted] = field(default_factory=dict)
    unchanged: Callable[[Collection[str]], Collection[KeptRecording] | None] = field(
        default=lambda tests: (), compare=False
    )

    @property
    def files(self) -> int:
        """How many files with recordings differ, as counted by `git diff --no-renames`."""
        sides = (*self.added, *self.deleted, *(item.new for item in self.modified))
        return sum(side.file_raw not in self.shared for side in sides) + len(self.shared)

    @property
    def recordings(self) -> int:
        """How many recordings differ: as many as files, except for files with several recordings."""
        return len(self.added) + len(self.deleted) + len(self.modified)

    @property
    def lines(self) -> Counted:
        """How many lines of JSON were added and removed, as counted by `git diff --numstat --no-renames`."""
        added, deleted = (
            [side.meaning.lines for side in sides if side.file_raw not in self.shared]
            for sides in (self.added, self.deleted)
        )
        counted = [*self.shared.values(), *(item.counted for item in self.modified)]
        return Counted(
            sum(added) + sum(item.added for item in counted), sum(deleted) + sum(item.removed for item in counted)
        )

    @property
    def raw_lines(self) -> int:
        """The total number of these lines."""
        return self.lines.added + self.lines.removed


def load(asked: Range, library: Library) -> ChangeSet:
    """Read all differing files. Raises GitFailed; MissingObjects if the repository lacks some of them."""
    try:
        return _loaded(asked, library)
    except MissingObjects as lacking:
        raise MissingObjects(lacking.what, remedy(asked)) from None


def _loaded(asked: Range, library: Library) -> ChangeSet:
    if asked.is_on_disk:
        return _on_disk(asked, library)
    every = ranges.differing(asked.repository, asked.base, asked.head)
    changed = _recordings(asked, every)
    unchanged = Unchanged(asked, changed)
    unchanged.begin()
    said, lines = _read(asked, library, changed)
    counts = {raw: counted for raw, found in lines.items() if (counted := counted_by_place(found)) is not None}
    rest = [item.raw for item in changed if item.old and item.new and item.raw not in counts]
    counts.update(ranges.lines(asked.repository, asked.base, asked.head, rest))
    return replace(_assembled(asked, changed, said, counts, lines), strays=_strays(every, changed), unchanged=unchanged)


def _strays(every: Sequence[ChangedFile], recordings: Sequence[ChangedFile]) -> dict[str, str]:
    """Return, by blob, where else the contents of deleted recordings were added."""
    mine = {item.raw for item in recordings}
    gone = {item.old for item in recordings if not item.new}
    return {item.new: key_of(item.raw) for item in every if item.new in gone and not item.old and item.raw not in mine}


def counted_by_place(lines: Sequence[tuple[bytes, bytes]]) -> Counted | None:
    """Return git's line counts for a file whose lines differ pairwise; None if only git can tell.

    The counts are exact if no old line is also a new one: then the only common lines are the unchanged ones.
    """
    if not lines or not {old for old, _ in lines}.isdisjoint(new for _, new in lines):
        return None
    return Counted(len(lines), len(lines))


def _recordings(asked: Range, changed: Sequence[ChangedFile]) -> list[ChangedFile]:
    found = [item for item in changed if claims().holds(item.raw) or _stands_for_home(item)]
    if found or not changed or _has_home(asked):
        return found
    return [item for item in changed if claims().holds_loose(item.raw)]


def _stands_for_home(item: ChangedFile) -> bool:
    """Tell whether a link or a submodule is where a folder of recordings would be: its target may have changed."""
    is_odd = item.old_mode in _ODD or item.new_mode in _ODD
    return is_odd and claims().are_homes(item.raw.split(b"/"))


def _has_home(asked: Range) -> bool:
    """Tell whether either side has a directory with a home's name: without one, suffixes alone decide."""
    return any(has_home(asked.repository, commit) for commit in (asked.base, asked.head) if commit)


def has_home(repository: Repository, commit: str) -> bool:
    """Tell whether a commit has a directory with a home's name. Raises GitFailed."""
    return claims().are_homes(folder.rpartition(b"/")[2] for folder in ranges.folders(repository, commit))


_NO_FILE = FileMeaning((), 0)
_Files = dict[tuple[bytes, str], FileMeaning]
_Lines = dict[bytes, tuple[tuple[bytes, bytes], ...]]


def _read(asked: Range, library: Library, changed: Sequence[ChangedFile]) -> tuple[_Files, _Lines]:
    """Read both sides of all changed files, each blob once, in one batch."""
    names: dict[str, list[tuple[bytes, str]]] = {}
    said: _Files = {}
    reader = SideReader(library)
    twins = {blob: item for item in changed if item.old and item.new for blob in (item.old, item.new)}
    for item in changed:
        for blob, mode in ((item.old, item.old_mode), (item.new, item.new_mode)):
            if not blob:
                continue
            name = read_as(item.raw.decode("utf-8", "backslashreplace"))
            known = unread_file(_ODD[mode], blob) if mode in _ODD else reader.known(blob, name)
            if known is None or (blob in twins and mode not in _ODD):
                names.setdefault(blob, []).append((item.raw, name))
            else:
                said[item.raw, blob] = known
    waiting: dict[bytes, bytes] = {}
    lines: _Lines = {}
    for blob, data in contents(asked.repository, names):
        for raw, name in names[blob]:
            said[raw, blob] = reader.known(blob, name) or reader.read(data, name, blob)
            _compare_lines(raw, data, waiting, lines, is_wanted=blob in twins)
    missing = [blob for blob, uses in names.items() if (uses[0][0], blob) not in said]
    if missing:
        raise MissingObjects(
            f"{counted(len(missing), 'blob')} of this range are not here", ranges.missing(asked.repository)
        )
    return said, lines


def _compare_lines(raw: bytes, data: bytes, waiting: dict[bytes, bytes], lines: _Lines, *, is_wanted: bool) -> None:
    """Store the differing lines once both sides of a path were read, in whichever order."""
    if not is_wanted:
        return
    other = waiting.pop(raw, None)
    if other is None:
        waiting[raw] = data
        return
    lines[raw] = line_changes(other, data)


def line_changes(old: bytes, new: bytes) -> tuple[tuple[bytes, bytes], ...]:
    """Return the pairs of lines that differ at the same line number.

    () if the numbers of lines differ, if too many lines differ, and for files that git considers binary.
    """
    if b"\0" in old[:8000] or b"\0" in new[:8000] or old.count(b"\n") != new.count(b"\n"):
        return ()
    found: list[tuple[bytes, bytes]] = []
    at = there = held = 0
    while len(found) <= LINES_KEPT and held <= LINES_BYTES:
        same = _equal_bytes(old, at, new, there)
        if at + same == len(old) and there + same == len(new):
            return tuple(found)
        line = old.rfind(b"\n", at, at + same)
        back = same if line < 0 else at + same - line - 1
        start, other = at + same - back, there + same - back
        end, stop = _line_end(old, at + same), _line_end(new, there + same)
        held += end - start + stop - other
        found.append((old[start:end], new[other:stop]))
        at, there = min(end + 1, len(old)), min(stop + 1, len(new))
    return ()


def _line_end(data: bytes, place: int) -> int:
    end = data.find(b"\n", place)
    return len(data) if end < 0 else end


_BLOCK = 1 << 14


def _equal_bytes(old: bytes, at: int, new: bytes, there: int) -> int:
    """Return the number of equal bytes from two offsets on."""
    start = 0
    most = min(len(old) - at, len(new) - there)
    while start < most and old[at + start : at + start + _BLOCK] == new[there + start : there + start + _BLOCK]:
        start += _BLOCK
    low, high = min(start, most), min(start + _BLOCK, most)
    while low < high:  # binary search: everything before `low` is equal
        middle = (low + high + 1) // 2
        if old[at + low : at + middle] == new[there + low : there + middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _assembled(
    asked: Range, changed: Iterable[ChangedFile], said: _Files, counts: dict[bytes, Counted], lines: _Lines
) -> ChangeSet:
    added: list[Side] = []
    deleted: list[Side] = []
    modified: list[Modified] = []
    same: list[Side] = []
    shared: dict[bytes, Counted] = {}
    for item in changed:
        before, after = (said[item.raw, blob] if blob else _NO_FILE for blob in (item.old, item.new))
        if item.old and item.new:
            before, after = broken.settled(before, after, (item.old, item.new))
        olds, news = sides_of(item.raw, item.old, before), sides_of(item.raw, item.new, after)
        is_shared = any(side.part for side in (*olds, *news))
        if is_shared:
            shared[item.raw] = _of_file(item, said, counts)
            olds, news = in_turns(olds, news)
        left = {side.part: side for side in olds}
        for new in news:
            old = left.pop(new.part, None)
            if old is None:
                added.append(new)
            elif is_shared and _is_same(old, new):
                same.append(new)  # otherwise, something else in the file changed
            elif is_shared:
                modified.append(Modified(old, new, Counted(0, 0)))
            else:
                modified.append(Modified(old, new, counts.get(item.raw, Counted(0, 0)), lines.get(item.raw, ())))
        deleted += left.values()
    deleted, added = in_turns_of_renamed(deleted, added)
    return ChangeSet(asked, tuple(added), tuple(deleted), tuple(modified), same=tuple(same), shared=shared)


def _is_same(old: Side, new: Side) -> bool:
    return (old.blob, old.meaning.fingerprint, old.exchange.place) == (
        new.blob,
        new.meaning.fingerprint,
        new.exchange.place,
    )


def _of_file(item: ChangedFile, said: _Files, counts: Mapping[bytes, Counted]) -> Counted:
    """Return git's line counts of a file."""
    if item.old and item.new:
        return counts.get(item.raw, Counted(0, 0))
    lines = said[item.raw, item.old or item.new].lines
    return Counted(lines, 0) if item.new else Counted(0, lines)


def _on_disk(asked: Range, library: Library) -> ChangeSet:
    """Compare a commit with the working tree, as git would commit it."""
    found = disk.looked_at(asked.repository, asked.base, _wanted(asked))
    return _read_on_disk(asked, library, found)


def _wanted(asked: Range) -> Callable[[bytes], bool]:
    """Return a predicate: which paths of the working tree are recordings."""
    mine = claims()
    return mine.holds if _has_home(asked) or disk.has_home(asked.repository) else mine.holds_loose


def _read_on_disk(asked: Range, library: Library, found: disk.DiskChanges) -> ChangeSet:
    gone = [item._replace(new="", new_mode="000000") for item in found.changed if item.old]
    said, _ = _read(asked, library, gone)
    before = dict(contents(asked.repository, [item.old for item in found.changed if item.old and item.new]))
    lines: _Lines = {}
    counts: dict[bytes, Counted] = {}
    reader = SideReader(library)
    for item in found.changed:
        if not item.new:
            continue
        name = read_as(item.raw.decode("utf-8", "backslashreplace"))
        why = found.obstacles.get(item.raw)
        if why is not None:
            said[item.raw, item.new] = unread_file(why)
            continue
        if item.new_mode in _ODD:
            said[item.raw, item.new] = unread_file(_ODD[item.new_mode], item.new)
            continue
        data = found.data[item.new]
        said[item.raw, item.new] = reader.known(item.new, name) or reader.read(data, name, item.new)
        if item.old in before:
            lines[item.raw] = line_changes(before[item.old], data)
            counts[item.raw] = _count(before[item.old], data)
    made = _assembled(asked, found.changed, said, counts, lines)
    return replace(made, problems=found.problems, unchanged=Unchanged(asked, found.changed))


def _count(old: bytes, new: bytes) -> Counted:
    """Count the differing lines as git does, except for its choice among equally short diffs."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    same = sum(length for _, _, length in common(before, after) or [])
    return Counted(len(after) - same, len(before) - same)


def each_side(changes: ChangeSet) -> Iterator[Side]:
    """Yield every recording of a change set, old and new."""
    yield from changes.deleted
    yield from changes.added
    for item in changes.modified:
        yield item.old
        yield item.new


def kept(source: ChangeSet, tests: Collection[str]) -> Collection[KeptRecording] | None:
    """Return the recordings at paths that have one on both sides, changed or not; None if unknown."""
    known = source.unchanged(tests)
    if known is None:
        return None
    both = [side.exchange for item in source.modified for side in (item.old, item.new)]
    both += [side.exchange for side in source.same]
    return {*known, *(KeptRecording(one.test_id or "", one.endpoint.rpartition("/")[2]) for one in both)}


def came_and_went(asked: Range) -> tuple[list[ChangedFile], list[ChangedFile]]:
    """Return the files deleted and the files added between two commits, without reading them. Raises GitFailed."""
    changed = _recordings(asked, ranges.differing(asked.repository, asked.base, asked.head))
    return [item for item in changed if not item.new], [item for item in changed if not item.old]


def sides(asked: Range, library: Library, changed: Sequence[ChangedFile]) -> list[Side]:
    """Read deleted or added files, one side for each file with recordings, in that order. Raises MissingObjects.

    A file with several recordings becomes one side without details.
    """
    said, _ = _read(asked, library, changed)
    made = []
    for item in changed:
        blob = item.old or item.new
        found = said[item.raw, blob]
        if not found.parts:
            continue  # not a recording, although it is among them
        whole = unread_file("a file of several recordings", blob) if found.parts[0].part else found
        made += sides_of(item.raw, blob, whole)
    return made
