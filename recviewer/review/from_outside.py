"""Verdicts from places that must not be written to: files of reviews, and the database of a data folder.

A report in CI has no database; on a laptop it must not change the existing one.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader

from recviewer.catalog import database
from recviewer.catalog.other_database import on_file
from recviewer.pairing.pairs import Choice
from recviewer.review import history, pairs, standing
from recviewer.review.history import Saying
from recviewer.review.models import Decision, Kept
from recviewer.review.reviews_file import lines
from recviewer.review.subjects import chunked, is_older


def of_file(data: bytes) -> tuple[list[Saying], tuple[tuple[int, str], ...]]:
    """Return the verdicts of a file of reviews, and (line number, why) of lines that were skipped.

    Raises lines.UnknownVersion.
    """
    found = lines.read(data)
    return list(found.decisions.values()), tuple(found.bad)


def of_database(file: Path | None, subjects: Collection[str]) -> list[Saying]:
    """Return the verdicts on some fingerprints from a database. Raises DatabaseError if it cannot be read."""
    with _reading(file):
        return list(history.sayings(subjects))


def older_of_database(file: Path | None) -> tuple[list[Saying], dict[str, bytes]]:
    """Return the verdicts on older versions of the fingerprint from a database, and the kept contents of approved
    recordings, by blob.

    Raises DatabaseError if it cannot be read.
    """
    with _reading(file):
        subjects = Decision.objects.values_list("fingerprint", flat=True).distinct()
        older = [subject for subject in subjects if is_older(subject)]
        kept: dict[str, bytes] = {}
        for some in chunked(older):
            rows = Kept.objects.filter(fingerprint__in=some)
            kept.update((row.blob, zlib.decompress(bytes(row.data))) for row in rows)
        return list(history.sayings(older)), kept


def choices_of_database(file: Path | None) -> tuple[Choice, ...]:
    """Return the pairs that reviewers made or broke, from a database. Raises DatabaseError if it cannot be read."""
    with _reading(file):
        return pairs.choices()


def states(spoken: Iterable[Saying]) -> dict[str, str]:
    """Return the state of every fingerprint that is decided, from verdicts in any order: an import gives the same."""
    counting = standing.counting(sorted(spoken))
    return {fingerprint: standing.settle(mine.values())[0].value for fingerprint, mine in counting.items()}


def words(spoken: Iterable[Saying]) -> dict[str, dict[str, str]]:
    """Return the verdict of each reviewer that counts, by fingerprint and name."""
    counting = standing.counting(sorted(spoken))
    return {subject: {name: one.verdict for name, one in by.items()} for subject, by in counting.items()}


@contextmanager
def _reading(file: Path | None) -> Iterator[None]:
    """Run queries on another file than the configured one, opened read-only.

    None means the configured server; only queries are sent to it.
    """
    if file is None:
        _expect_known()
        yield
        return
    with on_file(file, is_read_only=True):
        _expect_known()
        yield


def _expect_known() -> None:
    """Raise DatabaseError if a newer recviewer made the tables."""
    newer = database.newer(MigrationLoader(connections["default"]))
    if newer:
        raise DatabaseError(f"a newer recviewer made it: it has {', '.join(newer[:3])}")
