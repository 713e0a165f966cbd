"""The plan for a range: what reviewers decided on its changes, as a patch against its head."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from recviewer.catalog.git_paths import key_at, root_prefix
from recviewer.catalog.letter_case import beginning
from recviewer.changes.model import Change, Key
from recviewer.changes.overview import Overview, subjects
from recviewer.changes.sources import Range
from recviewer.git.ranges import CommittedFile
from recviewer.pairing.sides import Side
from recviewer.plan import asked_for, head_tree, losses
from recviewer.plan.cuts import Cuts
from recviewer.plan.head_tree import Head, folder_of
from recviewer.plan.model import FileToDo, Ground, LeftOut, Plan, PutBack, TakenBack
from recviewer.recorders.putting import NotPut
from recviewer.review import filters, history
from recviewer.review.history import Mark
from recviewer.review.models import Decision, State
from recviewer.store.paths import key_of

_TAKEN = "cannot come back as it was: something else is at its path now"


def make(found: Overview) -> Plan:
    """Make the plan. found: with what reviewers said. Raises GitFailed if the repository lacks something."""
    head = Head(found.source.range)
    marked = _marked(found, head)
    wanted = _back(found, head)
    taken_back, kept = _taken_back(found, head)
    olds = [one.old for one in taken_back]
    bytes_of = _Bytes(head, frozenset([*wanted.back, *olds]))
    gone, cuts, left = marked.shared.settled(lambda file: next((data for _, data in bytes_of([file])), None))
    _put_back(wanted, head, frozenset(cut.file.name for cut in cuts))
    bytes_of = replace(bytes_of, back=frozenset([*wanted.back, *olds, *(one.old for one in wanted.puts)]))
    whole = {cut.file.name for cut in cuts if cut.is_whole}
    deletions = sorted([*marked.deletions, *gone], key=asked_for.by_test)
    rejected = [change for change in found.changes if change.new is not None and change.verdict == State.REJECTED]
    rejected.sort(key=lambda change: change.side.path)
    by_subject = _settled(rejected)
    again, orphans = asked_for.again([(one.about.test_id, one.side.path, by_subject[one.key]) for one in rejected])
    return Plan(
        ground=_ground(head),
        deletions=tuple(deletions),
        changed=(*marked.changed, *left),
        cuts=tuple(cuts),
        alike=tuple(marked.alike),
        losses=tuple(losses.losses(found, head, [one for one in deletions if not one.part or one.name in whole])),
        again=again,
        orphans=orphans,
        back=tuple(sorted(wanted.back, key=asked_for.by_test)),
        puts=tuple(wanted.puts),
        stuck=tuple(wanted.stuck),
        taken_back=tuple(sorted(taken_back, key=lambda one: asked_for.by_test(one.new))),
        kept=tuple(kept),
        undecided=found.numbers.undecided,
        elsewhere=marked.elsewhere,
        bytes_of=bytes_of,
    )


def _ground(head: Head) -> Ground:
    range_ = head.range
    work_tree = None if range_.repository.is_bare else range_.repository.work_tree
    is_elsewhere = range_.repository.is_bare or range_.repository.fetched is not None
    to_fetch = range_.spec.head if is_elsewhere and range_.spec.head.startswith("refs/") else ""
    return Ground(work_tree, str(range_.spec), range_.base, range_.head, head.is_here, to_fetch)


def _settled(changes: Sequence[Change]) -> dict[Key, str]:
    """Return, for each decided change, the subject of the deciding verdict."""
    stands = filters.standings_for(subjects(changes))
    return {
        one.key: next(
            subject
            for subject in (one.own_subject, one.subject)
            if subject in stands and stands[subject].state == one.verdict
        )
        for one in changes
    }


@dataclass(frozen=True, slots=True)
class _Bytes:
    """Reads files to delete from the head, and those to restore from the base. back: the latter."""

    head: Head
    back: frozenset[FileToDo]

    def __call__(self, wanted: Sequence[FileToDo]) -> Iterator[tuple[FileToDo, bytes]]:
        entries = [(file, CommittedFile(file.name, file.blob, file.mode)) for file in wanted]
        repository = self.head.range.repository
        if not self.head.range.is_on_disk:
            found = head_tree.read(repository, [one for _, one in entries])
            for (file, _), (_, data) in zip(entries, found, strict=True):
                yield file, data
            return
        before = dict(head_tree.read(repository, [one for file, one in entries if file in self.back]))
        for file, one in entries:
            there = [(one, before[one])] if file in self.back else self.head.read([one])
            yield from ((file, data) for _, data in there)


@dataclass(slots=True)
class _Marked:
    """The result of marks. elsewhere: how many are on files of the head that the range does not touch.

    shared: exchanges to cut out of their files.
    """

    deletions: list[FileToDo]
    changed: list[LeftOut]
    alike: list[LeftOut]
    elsewhere: int = 0
    shared: Cuts = field(default_factory=Cuts)


def _marked(found: Overview, head: Head) -> _Marked:
    start = root_prefix()
    marks = asked_for.marks_by_path()
    own = {mark.fingerprint: mark for mark in history.marks(of_changes=True)}
    made = _Marked([], [], [])
    for change in sorted(found.changes, key=lambda change: change.side.path):
        side = change.new
        if side is None:
            continue
        mine = marks.pop(key_at(side.raw, start), [])
        if change.own_subject in own and change.verdict == State.DELETE:
            mine = [*mine, own[change.own_subject]]
        on_it = asked_for.on_these(mine, side.blob, side.subject)
        if on_it:
            _delete(made, side, on_it[-1], head)
        elif mine:
            made.changed.append(LeftOut(side.path, side.blob, asked_for.why_not(mine, side.blob, side.subject)))
        elif change.verdict == State.DELETE:
            made.alike.append(LeftOut(side.path, side.blob, asked_for.ALIKE))
    if marks and not head.range.is_on_disk:
        _marks_on_unchanged(made, marks, head, start)
    return made


def _delete(made: _Marked, side: Side, mark: Mark, head: Head) -> None:
    mode = head.mode(side.file_raw)
    why = head_tree.obstacle(side.file_raw, mode)
    if why:
        made.changed.append(LeftOut(side.path, side.blob, why))
    elif side.part:
        one = _file(side, mode, mark.reviewer, mark.at, mark.note)
        made.shared.add(replace(one, name=side.file_raw), side.part, side.held_by)
    else:
        made.deletions.append(_file(side, mode, mark.reviewer, mark.at, mark.note))


def _file(side: Side, mode: str, by: str, at: datetime, note: str) -> FileToDo:
    asked = side.meaning.line.asked
    return FileToDo(side.path, side.raw, mode, side.blob, side.meaning.size, side.test_id, asked, by, at, note)


def _marks_on_unchanged(made: _Marked, marks: Mapping[str, Sequence[Mark]], head: Head, start: bytes) -> None:
    """Process marks on files that the range does not change: of an earlier push, or given elsewhere."""
    mine: set[str] | None = None
    for one in head.below(b""):
        known = marks.get(key_at(one.raw, start))
        if known is None:
            continue
        if any(mark.blob == one.blob for mark in known):
            made.elsewhere += 1
            continue
        mine = _subjects_decided_in(head.range) if mine is None else mine
        if any(mark.fingerprint in mine for mark in known):
            made.changed.append(LeftOut(key_of(one.raw), one.blob, "is as it was before the range"))


def _subjects_decided_in(range_: Range) -> set[str]:
    """Return the subjects of verdicts given in this range, at any of its heads."""
    rows = Decision.objects.filter(beginning("origin", f"{range_.spec} "))
    return set(rows.values_list("fingerprint", flat=True))


@dataclass(slots=True)
class _Wanted:
    """Removed recordings that somebody wants back. shared: those from files with several, by file."""

    back: list[FileToDo] = field(default_factory=list)
    stuck: list[LeftOut] = field(default_factory=list)
    puts: list[PutBack] = field(default_factory=list)
    shared: dict[bytes, list[tuple[Side, FileToDo]]] = field(default_factory=dict)


def _back(found: Overview, head: Head) -> _Wanted:
    """Return the removed recordings that somebody wants back, and those of them that no patch can restore."""
    wanted = [change for change in found.changes if change.new is None and change.verdict == State.REJECTED]
    by_subject = _settled(wanted)
    stands = filters.standings_for(by_subject.values())
    modes = _modes(head.range, [change.side for change in wanted])
    made = _Wanted()
    for change in sorted(wanted, key=lambda change: change.side.path):
        side, stand = change.side, stands[by_subject[change.key]]
        mode = modes.get(side.file_raw, head_tree.PLAIN)
        one = _file(side, mode, stand.by, stand.at, stand.note)
        if side.part:
            one = replace(one, name=side.file_raw, part=side.part)
            made.shared.setdefault(side.file_raw, []).append((side, one))
            continue
        why = head_tree.obstacle(side.raw, mode) or (_TAKEN if head.is_taken(side.raw) else "")
        if why:
            made.stuck.append(LeftOut(side.path, side.blob, why))
        else:
            made.back.append(one)
    return made


def _put_back(made: _Wanted, head: Head, cut: frozenset[bytes]) -> None:
    """Find out which recordings from shared files can be put back. cut: files that lose other recordings."""
    for raw, some in sorted(made.shared.items()):
        side, first = some[0]
        whole = replace(first, path=side.file_path, blob=side.held_by, part="", test_id="", asked="", note="")
        there = next((one for one in head.below(folder_of(raw)) if one.raw == raw), None)
        file = replace(whole, blob=there.blob, mode=head.mode(raw)) if there else None
        put = PutBack(whole, file, tuple(one.part for _, one in some))
        why = head_tree.obstacle(raw, whole.mode) or (_CUT if raw in cut else "")
        if not why and there is None and head.is_taken(raw):
            why = _TAKEN
        why = why or _why_not_put(put, head, there)
        if why:
            made.stuck += [LeftOut(one.path, one.blob, why) for _, one in some]
        else:
            made.puts.append(put)
            made.back += [one for _, one in some]


_CUT = "is to come back into a file that others are to be deleted from: that goes first"


def _why_not_put(put: PutBack, head: Head, there: CommittedFile | None) -> str:
    """Return why recordings cannot be put back into their file, as the end of a sentence; "" if they can."""
    old = CommittedFile(put.old.name, put.old.blob, put.old.mode)
    _, before = next(head_tree.read(head.range.repository, [old]))
    now = next((data for _, data in head.read([there])), None) if there else None
    if there is not None and now is None:
        return _TAKEN
    try:
        put.made(before, now)
    except NotPut as reason:
        return str(reason)
    return ""


def _modes(range_: Range, sides: Iterable[Side]) -> dict[bytes, str]:
    """Return the modes in the base of the files of some sides, and of those beside them."""
    modes: dict[bytes, str] = {}
    for folder in sorted({folder_of(side.file_raw) for side in sides}):
        modes.update((one.raw, one.mode) for one in head_tree.files_of(range_.repository, range_.base, folder))
    return modes


def _taken_back(found: Overview, head: Head) -> tuple[list[TakenBack], list[LeftOut]]:
    """Return the files whose old recording is restored instead, and those for which that is not possible."""
    wanted = [change for change in found.changes if change.verdict == State.REVERT]
    own = {mark.fingerprint: mark for mark in history.marks(of_changes=True, state=State.REVERT)} if wanted else {}
    modes = _modes(head.range, [change.old for change in wanted if change.old is not None])
    done: list[TakenBack] = []
    kept: list[LeftOut] = []
    for change in sorted(wanted, key=lambda change: change.side.path):
        mark = own.get(change.own_subject)
        if change.old is None or change.new is None or mark is None:
            continue
        new = _file(change.new, head.mode(change.new.raw), mark.reviewer, mark.at, mark.note)
        old = _file(change.old, modes.get(change.old.raw, head_tree.PLAIN), mark.reviewer, mark.at, mark.note)
        one = TakenBack(new, old)
        why = _why_kept(change, one, mark, head)
        if why:
            kept.append(LeftOut(new.path, new.blob, why))
        else:
            done.append(one)
    return done, kept


def _why_kept(change: Change, one: TakenBack, mark: Mark, head: Head) -> str:
    """Return why the old recording cannot be restored, as the end of a sentence; "" if it can."""
    if mark.blob != one.new.blob:
        return asked_for.why_not([mark], one.new.blob, change.own_subject)
    if change.why_not_back is None or change.why_not_back:
        return f"stays, for {change.why_not_back or 'it is not known whether anything leans on it'}"
    why = head_tree.obstacle(one.new.name, one.new.mode) or head_tree.obstacle(one.old.name, one.old.mode)
    if why or one.is_at_one_path:
        return why
    return "stays, for something else is at the path of the old one now" if head.is_taken(one.old.name) else ""
