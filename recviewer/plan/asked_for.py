"""What verdicts ask for, as the building blocks of every plan."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.plan.model import Again, FileToDo
from recviewer.review import filters
from recviewer.review.history import Mark, marks, rejected_changes
from recviewer.review.subjects import CHANGE_PREFIX, GONE_PREFIX

SAME = "re-recorded since it was marked, with the same meaning"
OTHER = "holds another answer than the one that was marked"
UNLIKE = "was marked as saying something else than it says, by the rules of now"
OF_RANGE = "is taken back by the plan of its range, which knows the old one"
ALIKE = "says the same as a marked one, but was not marked itself"


def marks_by_path() -> dict[str, list[Mark]]:
    """Return the marks on files, by path. Marks on removals are left out, because those files are already deleted."""
    by_path: dict[str, list[Mark]] = {}
    for mark in marks():
        if not mark.fingerprint.startswith(GONE_PREFIX):
            by_path.setdefault(mark.path, []).append(mark)
    return by_path


def on_these(marks: Sequence[Mark], blob: str, subject: str) -> list[Mark]:
    """Return the marks given on the present bytes of a file: on what they say, or on a change that led to them."""
    alike = [mark for mark in marks if mark.blob == blob]
    return [mark for mark in alike if mark.fingerprint == subject or mark.fingerprint.startswith(CHANGE_PREFIX)]


def why_not(marks: Sequence[Mark], blob: str, subject: str) -> str:
    """Return why no mark on a file counts: its bytes have changed, or were read differently then."""
    if any(mark.blob == blob for mark in marks):
        return UNLIKE
    return SAME if marks[-1].fingerprint == subject else OTHER


def on_changes() -> tuple[dict[tuple[str, str], Mark], dict[tuple[str, str], str]]:
    """Return the verdicts on changes of ranges, by path and blob: marks for deletion, and the subjects to re-record.

    A re-record verdict outweighs a mark.
    """
    rejected = rejected_changes()
    marked = {(mark.path, mark.blob): mark for mark in marks(of_changes=True)}
    return {place: mark for place, mark in marked.items() if place not in rejected}, rejected


def by_test(file: FileToDo) -> tuple[bool, str, str]:
    """Sort key for files by test; those without a known test come last."""
    return file.test_id == "", file.test_id, file.path


def again(rejected: Sequence[tuple[str, str, str]]) -> tuple[tuple[Again, ...], tuple[str, ...]]:
    """Return the tests to re-record with the reasons, and the paths of recordings without a known test.

    rejected: recordings as (test id or "", path, subject), in order of path.
    """
    stands = filters.standings_for(subject for _, _, subject in rejected)
    paths: dict[str, list[str]] = {}
    reasons: dict[str, dict[tuple[str, str], None]] = {}
    orphans = []
    for test_id, path, subject in rejected:
        if not test_id:
            orphans.append(path)
            continue
        stand = stands[subject]
        paths.setdefault(test_id, []).append(path)
        reasons.setdefault(test_id, {})[stand.by, stand.note] = None
    found = tuple(Again(test, tuple(paths[test]), tuple(reasons[test])) for test in sorted(paths))
    return found, tuple(orphans)
