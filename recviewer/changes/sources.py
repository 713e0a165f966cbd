"""What is compared with what: two commits, or a commit and the files on disk."""

from __future__ import annotations

import re
from dataclasses import dataclass

from recviewer.git import ranges, refs
from recviewer.git.repository import GitFailed, NoCommit, Repository, resolve

_SPEC = re.compile(r"(?P<base>.*?)(?P<dots>\.{2,3})(?P<head>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Spec:
    """A range as requested.

    head: "" for the files on disk. is_direct: two dots: the two are compared directly; with three, the head (for files
    on disk the checked-out commit) is compared with its merge base.
    """

    base: str
    head: str
    is_direct: bool = False

    def __str__(self) -> str:
        return f"{self.base}{'..' if self.is_direct else '...'}{self.head}"


@dataclass(frozen=True, slots=True)
class Range:
    """The two sides of a comparison. base: full id of the commit that is compared from. head: "" for files on disk.

    merge_bases: all best common ancestors, the first of which is the base; () if the base was named directly. named:
    full id of the commit that the range names as its base: in `main...topic` the tip of main; "" if that is the base.
    """

    repository: Repository
    spec: Spec
    base: str
    head: str
    merge_bases: tuple[str, ...] = ()
    named: str = ""

    @property
    def note(self) -> str:
        """A sentence on how the base was chosen among several merge bases, "" if there is only one."""
        if len(self.merge_bases) < 2:
            return ""
        others = ", ".join(name[:9] for name in self.merge_bases[1:])
        head = self.spec.head or "the commit that is checked out"
        return (
            f"{self.spec.base} and {head} have {len(self.merge_bases)} merge bases: compared from {self.base[:9]}; "
            f"what differs from {others} is another range ({self.merge_bases[1][:9]}..{self.spec.head or 'HEAD'})."
        )

    @property
    def is_on_disk(self) -> bool:
        """Tell whether the new side is the working tree."""
        return not self.head


def parse(text: str) -> Spec:
    """Parse `BASE...HEAD`, `BASE..HEAD`, `BASE...` and `BASE` (against the files on disk). Raises GitFailed."""
    found = _SPEC.fullmatch(text)
    base, head, dots = (found["base"], found["head"], found["dots"]) if found else (text, "", "")
    if not base:
        raise GitFailed(f"{text!r} names no base; write BASE...HEAD")
    return Spec(refs.valid(base), refs.valid(head) if head else "", dots == "..")


def open_range(repository: Repository, spec: Spec) -> Range:
    """Find the two commits. Raises GitFailed with a remedy: the missing `git fetch`, or two dots."""
    if not spec.head:
        base = refs.commit_of(repository, spec.base)
        if repository.is_bare:
            raise GitFailed(f"{repository.work_tree} has no working tree; name a head: {spec.base}...HEAD")
        bases = _left(repository, spec, base)
        return _range(repository, spec, base, "", bases)
    base, head = refs.commits_of(repository, (spec.base, spec.head))
    bases = () if spec.is_direct else ranges.merge_bases(repository, base, head)
    return _range(repository, spec, base, head, bases)


def _range(repository: Repository, spec: Spec, named: str, head: str, bases: tuple[str, ...]) -> Range:
    base = bases[0] if bases else named
    return Range(repository, spec, base, head, bases, "" if named == base else named)


def _left(repository: Repository, spec: Spec, base: str) -> tuple[str, ...]:
    """Return the merge bases of the checked-out commit; () if there is none, or if the base itself is meant."""
    try:
        checked_out = resolve(repository, "HEAD")
    except NoCommit:
        return ()
    return () if spec.is_direct or base == checked_out else ranges.merge_bases(repository, base, checked_out)


def remedy(asked: Range) -> str:
    """Return, as a clause, what to do if objects of a range are missing."""
    names = refs.at_remote(asked.repository, [asked.spec.base, asked.spec.head or "HEAD"])
    return ranges.missing(asked.repository, names)
