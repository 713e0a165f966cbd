"""What reviewers said, for the report command: from files of reviews, on disk or in a commit, and from the data folder.

Nothing is written, and a missing data folder is not created.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import DatabaseError

from recviewer.bounded.files import data_of
from recviewer.catalog.git_paths import root_prefix
from recviewer.configuration import databases, places
from recviewer.git import ranges, refs
from recviewer.git.history import contents
from recviewer.git.repository import GitFailed, Repository
from recviewer.pairing.pairs import Choice
from recviewer.review import carrying, from_outside
from recviewer.review.history import Saying
from recviewer.review.refusals import Refused

Warn = Callable[[str], object]
_FILES = ("100644", "100755")


@dataclass(frozen=True, slots=True)
class Heard:
    """spoken: the verdicts of all files. database: that of the data folder, None if there is none.

    is_on_server: the settings name a database server, which is queried. repository: where the contents of verdicts of
    an older version may be.
    """

    spoken: tuple[Saying, ...]
    database: Path | None
    warn: Warn
    repository: Repository
    is_on_server: bool = False

    def ask(self, subjects: Sequence[str]) -> dict[str, str]:
        """Return the decisions on some subjects, including verdicts that can be carried over from older versions."""
        return from_outside.states(self._known(subjects))

    def who(self, subjects: Sequence[str]) -> dict[str, dict[str, str]]:
        """Return the verdict of each reviewer on some subjects, from the same verdicts."""
        return from_outside.words(replace(self, warn=_silent)._known(subjects))

    def _known(self, subjects: Sequence[str]) -> list[Saying]:
        wanted = frozenset(filter(None, subjects))
        known = [saying for saying in self.spoken if saying.fingerprint in wanted]
        older: list[Saying] = []
        kept: dict[str, bytes] = {}
        if self.database is not None or self.is_on_server:
            try:
                known += from_outside.of_database(self.database, wanted)
                older, kept = from_outside.older_of_database(self.database)
            except DatabaseError as error:
                named = self.database or databases.display_name(settings.DATABASES["default"])
                self.warn(
                    f"The verdicts in {named} were not read: {error}. `recviewer serve` brings a database "
                    "up to date that an older recviewer made."
                )
        return known + [saying for saying in self._carried(older, kept) if saying.fingerprint in wanted]

    def _carried(self, older: Sequence[Saying], kept: Mapping[str, bytes]) -> tuple[Saying, ...]:
        """Return the verdicts of older versions with their present subjects, those of the files and some more.

        kept: bytes by blob.
        """

        def read(blobs: Collection[str]) -> Iterator[tuple[str, bytes]]:
            yield from ((blob, kept[blob]) for blob in blobs if blob in kept)
            yield from carrying.in_git(self.repository, [blob for blob in blobs if blob not in kept])

        start = b"" if settings.PLACES.is_demo else root_prefix()
        found = carrying.carried([*self.spoken, *older], {}, read, start)
        if found.left:
            self.warn(carrying.sentence_about(found.left))
        return found.sayings

    def choices(self) -> tuple[Choice, ...]:
        """Return the pairs that reviewers made or broke; `ask` reports a database that cannot be read."""
        try:
            return from_outside.choices_of_database(self.database) if self.database or self.is_on_server else ()
        except DatabaseError:
            return ()


def _silent(sentence: str) -> None:
    """Print nothing: it was said before."""


def hear(repository: Repository, folder: Path, files: Sequence[str], warn: Warn) -> Heard:
    """Read the files, and find the database.

    folder: the one in which the repository was looked for. files: as named, `FILE` or `REVISION:PATH`; if none, that of
    the settings, which may be missing. warn: prints a line. Raises CommandError, GitFailed, OSError for a file that
    cannot be read.
    """
    spoken = [saying for name in files for saying in _of(_read(repository, name), name, warn)]
    usual: Path | None = settings.REVIEWS_FILE
    if not files and usual is not None and usual.is_file():
        spoken += _of(data_of(usual), str(usual), warn)
    if databases.is_server(settings.DATABASES["default"]):
        return Heard(tuple(spoken), None, warn, repository, is_on_server=True)
    return Heard(tuple(spoken), _database(repository, folder), warn, repository)


def _read(repository: Repository, name: str) -> bytes:
    """Read a file on disk, or else `REVISION:PATH` from a commit, because a mirror has no files on disk."""
    if os.path.exists(name) or ":" not in name:
        return data_of(name)
    revision, _, path = name.partition(":")
    raw = os.fsencode(path)
    commit = refs.commit_of(repository, revision)
    blob = next(
        (one.blob for one in ranges.files_of(repository, commit, raw) if one.raw == raw and one.mode in _FILES), ""
    )
    data = next((data for _, data in contents(repository, [blob])), None) if blob else None
    if data is None:
        raise GitFailed(f"{revision} has no file {path}")
    return data


def _of(data: bytes, name: str, warn: Warn) -> list[Saying]:
    try:
        spoken, bad = from_outside.of_file(data)
    except Refused as refused:
        raise CommandError(f"{name}: {refused}", returncode=2) from None
    for number, why in bad:
        warn(f"{name}: line {number:,} was left out: {why}")
    return spoken


def _database(repository: Repository, folder: Path) -> Path | None:
    """Return the database of the named recordings root, else of the folder or the work tree, if there is one.

    Verdicts apply to what recordings say, and are only read here, so those of a folder that belongs to another root
    count too.
    """
    if not settings.PLACES.is_demo or "RECVIEWER_DATA" in os.environ:
        known = [settings.PLACES.database]
    else:
        known = [places.find(root).database for root in (folder, repository.work_tree)]
    return next((file for file in known if file.is_file()), None)
