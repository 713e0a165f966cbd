"""Which of the selected recordings an action can apply to: the others are skipped and named with the reason.

An action on one recording is refused if it is not possible; an action on many continues with the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter
from sys import intern

from django.conf import settings
from django.db.models import QuerySet

from recviewer.catalog import content
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.review.audit import Done
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid
from recviewer.review.subjects import Seen, Target, chunked, printable, target_of, unread
from recviewer.store import files
from recviewer.store.refusals import CannotRead, OutsideRoot, Refusal, Vanished

NAMED = 5
"""Recordings that a sentence names; of the rest it gives the number."""
COLUMNS = ("path", "part", "raw_path", "blob", "fingerprint", "size", "test_id", "kind", "asked", "problems")
"""Columns that actions need."""
GONE = "not there any more"
CHANGED = "changed since you opened the page"


class Chosen:
    """Recordings that a person selected, each as it was seen. left: why those that are skipped are, by path.

    reads: the action is about their bytes: what could not be read cannot be decided on.
    """

    def __init__(self, seen: Sequence[Seen], *, reads: bool = True) -> None:
        self._wanted = {item.path: item.blob for item in seen}
        self._reads = reads
        self._known: dict[str, Target] = {}
        self.left: dict[str, str] = {}

    @property
    def is_many(self) -> bool:
        """Whether the action is about more than one, and continues without those that are skipped."""
        return len(self._wanted) > 1

    def each(self) -> Iterator[Recording]:
        """Yield the rows of what can be acted on, in the given order, in batches.

        Raises Invalid (nothing named, nothing readable), Gone, Changed at the end if nothing else is left.
        """
        is_any = False
        for paths in self._pieces():
            for row in self._fit(paths):
                is_any = True
                yield row
        if not is_any:
            self._refuse()

    def targets(self) -> list[Target]:
        """Return what `each` yields as what a verdict is given on.

        Asked again, in the transaction of the act for one, what still has the same bytes that mean the same is not read
        anew. Raises what `each` raises.
        """
        found: list[Target] = []
        for paths in self._pieces():
            still = self._still(paths)
            anew = {row.path: row for row in self._fit([path for path in paths if path not in still])}
            for path in paths:
                if path in still:
                    found.append(still[path])
                elif path in anew:
                    found.append(self._target(path, anew[path]))
        if not found:
            self._refuse()
        self._known = {target.path: target for target in found}
        return found

    @property
    def found(self) -> Collection[Target]:
        """What `targets` returned last."""
        return self._known.values()

    def _pieces(self) -> Iterator[list[str]]:
        if not self._wanted:
            raise Invalid("No recording was selected.")
        return chunked(self._wanted)

    def _fit(self, paths: Sequence[str]) -> Iterator[Recording]:
        """Yield the rows of those of some paths that can be acted on, and take note why the others cannot."""
        rows = {row.path: row for row in _at(paths)} if paths else {}
        for path in paths:
            row = rows.get(path)
            why = self._obstacle(row, self._wanted[path])
            if why:
                self.left.setdefault(path, why)
            if row is not None and path not in self.left:
                yield row

    def _still(self, paths: Sequence[str]) -> dict[str, Target]:
        """Return what is known of those of some paths of which all that counts is still what it was."""
        if not self._known:
            return {}
        now = {path: (blob, fingerprint) for path, blob, fingerprint in _meaning_at(paths)}
        return {
            path: target
            for path in paths
            if path not in self.left
            and (target := self._known.get(path)) is not None
            and now.get(path) == (target.blob, target.subject)
        }

    def _target(self, path: str, row: Recording) -> Target:
        """Return a recording as what a verdict is given on: of very many, with the texts that are in memory already."""
        made = target_of(row)
        return made._replace(path=path, blob=self._wanted[path], test_id=intern(made.test_id), kind=intern(made.kind))

    def rows(self) -> list[Recording]:
        """Return what `each` yields."""
        return list(self.each())

    def contents(self, targets: Sequence[Target]) -> Iterator[tuple[Target, bytes]]:
        """Yield the bytes on disk of the targets that are unchanged since they were indexed; the others are skipped."""
        places = {target.path: target for target in targets}
        with files.Reader(settings.RECORDINGS_ROOT, limit_bytes=settings.FILE_LIMIT_BYTES) as reader:
            loader = content.Loader(lambda raw: reader.read(raw).data)
            for some in chunked(self.each()):
                for recording in sorted(some, key=attrgetter("raw")):
                    target = places.get(recording.path)
                    if target is None:
                        continue
                    try:
                        data = loader.bytes_of(recording)
                    except (Vanished, CannotRead, OutsideRoot) as refusal:
                        self.leave_for(target.path, refusal)
                    else:
                        if data is None or files.blob_id(data) != target.blob:
                            self.leave(target.path, CHANGED)
                        else:
                            yield target, data

    def leave(self, path: str, why: str) -> None:
        """Skip one. Raises what `rows` raises if it was the only one."""
        self.left[path] = why
        if len(self.left) == len(self._wanted):
            self._refuse()

    def leave_for(self, path: str, refusal: Refusal) -> None:
        """Skip one because of a refusal of the store. Raises what `rows` raises if it was the only one."""
        match refusal:
            case Vanished():
                self.leave(path, GONE)
            case CannotRead():
                self.leave(path, cannot_be_read(refusal.reason))
            case OutsideRoot():
                self.leave(path, cannot_be_read("its folder is a symbolic link now"))
            case _:
                self.leave(path, CHANGED)

    def _obstacle(self, row: Recording | None, blob: str) -> str:
        if row is None:
            return GONE
        if row.blob != blob:
            return CHANGED
        reason = unread(row) if self._reads else ""
        return cannot_be_read(reason) if reason else ""

    def _refuse(self) -> None:
        """Raise the refusal of an action of which nothing is left."""
        whys = set(self.left.values())
        if whys == {GONE}:
            raise Gone(list(self.left))
        if whys == {CHANGED}:
            raise ChangedRecordings(list(self.left))
        if len(self.left) == 1:
            raise Invalid(f"This recording {whys.pop()}. Nothing was saved.")
        raise Invalid(f"There is nothing left to act on. {named(self.left)} Nothing was saved.")

    def told(self, done: Done) -> Done:
        """Return a result, extended by a sentence about what was skipped, if anything was."""
        return replace(done, sentence=f"{done.sentence} {self.sentence}") if self.left else done

    @property
    def sentence(self) -> str:
        """Which recordings were skipped and why, "" for none."""
        return named(self.left) if self.left else ""


@prepared
def _meaning_at(paths: Sequence[str]) -> QuerySet[Recording, tuple[str, str, str]]:
    return Recording.objects.filter(path__in=paths).values_list("path", "blob", "fingerprint")


@prepared
def _at(paths: Sequence[str]) -> QuerySet[Recording]:
    return Recording.objects.filter(path__in=paths).only(*COLUMNS)


def cannot_be_read(reason: str) -> str:
    """Return as a clause that something cannot be read. reason: why, as a clause."""
    return f"cannot be read: {reason}"


def named(left: dict[str, str]) -> str:
    """Return a sentence about what was skipped. left: why, by path."""
    shown = "; ".join(f"{printable(path, 120)} ({why})" for path, why in list(left.items())[:NAMED])
    more = f"; and {len(left) - NAMED:,} more" if len(left) > NAMED else ""
    return f"Left out: {shown}{more}."
