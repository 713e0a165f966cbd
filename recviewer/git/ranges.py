"""The differences between two commits, and the files of one. Plumbing only; the repository's configuration is not read."""

from __future__ import annotations

import hashlib
import shlex
import subprocess
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import NamedTuple

from recviewer.git.repository import GitFailed, Repository, find, reading, run

NO_BLOB = "0" * 40
"""Git's id for a missing file."""


class ChangedFile(NamedTuple):
    """A changed file. raw: its path. old, new: blob ids, "" if missing. Modes in git's notation."""

    raw: bytes
    old: str
    new: str
    old_mode: str
    new_mode: str


class CommittedFile(NamedTuple):
    """A file of a commit. mode: in git's notation, `100644` for most."""

    raw: bytes
    blob: str
    mode: str


@dataclass(frozen=True, slots=True)
class Counted:
    """How many lines git counts as added to and removed from a file; 0 and 0 for binary files."""

    added: int
    removed: int


class NoMergeBase(GitFailed):
    """The two commits have no common ancestor here. The message contains a remedy."""


class MissingObjects(GitFailed):
    """The repository lacks some of the requested objects. what: which. The message names the fetch that brings them."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what}; {remedy}")
        self.what = what


def opened(place: Path) -> Repository:
    """Return the repository at a path: a work tree or a folder in it, or a bare repository such as a mirror.

    Raises GitFailed if there is none.
    """
    try:
        here = place.resolve()
        if (here / "HEAD").is_file() and (here / "objects").is_dir() and (here / "refs").is_dir():
            return Repository(here.parent if here.name == ".git" else here, here, here)
        found = find(here)
        is_gone = found is None and not _is_there(here)
    except (OSError, RuntimeError) as error:  # RuntimeError: a cycle of links, before Python 3.13
        raise GitFailed(f"{place} cannot be looked at: {getattr(error, 'strerror', None) or error}") from error
    if is_gone:
        raise GitFailed(f"{place} is not there, so it is not a git repository")
    if found is None:
        raise GitFailed(f"{place} is not a git repository, nor inside one")
    return found


def _is_there(place: Path) -> bool:
    """Tell whether a path exists. Raises OSError if that cannot be determined."""
    try:
        place.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def merge_base(repository: Repository, base: str, head: str) -> str:
    """Return the merge base of two commits (full ids): the first of `merge_bases`."""
    return merge_bases(repository, base, head)[0]


def merge_bases(repository: Repository, base: str, head: str) -> tuple[str, ...]:
    """Return the best common ancestors of two commits (full ids), git's first choice first.

    There are several after criss-cross merges. Raises NoMergeBase, GitFailed. Cached, because commits never change; not
    in a shallow clone, whose history can grow.
    """
    ask = _asked_merge_bases if repository.is_shallow else _known_merge_bases
    return ask(repository, base, head)


@lru_cache(maxsize=512)
def _known_merge_bases(repository: Repository, base: str, head: str) -> tuple[str, ...]:
    return _asked_merge_bases(repository, base, head)


def _asked_merge_bases(repository: Repository, base: str, head: str) -> tuple[str, ...]:
    with reading(repository) as env:
        done = run(("merge-base", "--all", base, head), env=env)
    names = tuple(done.stdout.decode("ascii", "replace").split())
    if done.returncode == 0 and names:
        return names
    if done.returncode == 1:
        raise NoMergeBase(_no_ancestor(repository, base, head))
    raise MissingObjects(_said(done), missing(repository))


def between(repository: Repository, base: str, head: str) -> frozenset[str]:
    """Return the commits (full ids) that a head has and a base lacks."""
    out = _output(repository, "rev-list", "--end-of-options", head, f"^{base}")
    return frozenset(out.decode("ascii", "replace").split())


def differing(repository: Repository, base: str, head: str) -> list[ChangedFile]:
    """Return the files that differ between two commits (full ids), sorted by path, renames as deletion and addition."""
    words = ("diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv")
    return parsed(_output(repository, *words, "--end-of-options", base, head))


def parsed(out: bytes) -> list[ChangedFile]:
    """Parse the output of `git diff-tree --raw -z --no-abbrev` and related commands."""
    made, place = [], 0
    while (middle := out.find(b"\0", place)) >= 0:
        old_mode, new_mode, old, new, _ = out[place:middle].decode("ascii", "replace").lstrip(":").split(" ")
        end = out.index(b"\0", middle + 1)
        made.append(ChangedFile(out[middle + 1 : end], _name(old), _name(new), intern(old_mode), intern(new_mode)))
        place = end + 1
    return made


def blob_name(data: bytes) -> str:
    """Return the git blob id of some bytes."""
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _name(blob: str) -> str:
    return "" if blob == NO_BLOB else blob


def files_of(repository: Repository, commit: str, below: bytes = b"") -> list[CommittedFile]:
    """Return every file of a commit, sorted by path. below: a folder, with its final slash; b"" for all."""
    return list(_held(_output(repository, "ls-tree", "-r", "-z", "--full-tree", commit, "--", *_folder(below))))


def _held(out: bytes) -> Iterator[CommittedFile]:
    for entry in out.split(b"\0")[:-1]:
        head, _, raw = entry.partition(b"\t")
        mode, _, blob = head.decode("ascii", "replace").split(" ")
        yield CommittedFile(raw, blob, mode)


def listed(repository: Repository, commit: str, folders: Collection[bytes]) -> list[CommittedFile]:
    """Return the files directly in some folders of a commit. b"" is the top."""
    paths = [folder + b"/" for folder in sorted(folders) if folder]
    words = ("ls-tree", "-z", "--full-tree", commit, "--")
    out = _output(repository, *words, *paths) if paths else b""
    if b"" in folders:
        out += _output(repository, *words)
    return [item for item in _held(out) if item.mode[:3] == "100"]


def folders(repository: Repository, commit: str, below: bytes = b"") -> Iterator[bytes]:
    """Yield the path of every folder of a commit. below: as for `held`."""
    out = _output(repository, "ls-tree", "-r", "-d", "-z", "--name-only", "--full-tree", commit, "--", *_folder(below))
    yield from out.split(b"\0")[:-1]


def _folder(below: bytes) -> list[bytes]:
    return [below] if below else []


def lines(repository: Repository, base: str, head: str, paths: Collection[bytes]) -> dict[bytes, Counted]:
    """Return, for files that are in both commits, how many lines git counts as added and removed.

    paths: those requested. All differing files are counted, so that the list need not fit into a command line.
    """
    if not paths:
        return {}
    wanted = frozenset(paths)
    words = ("diff-tree", "-r", "-z", "--numstat", "--no-renames", "--diff-filter=MT", "--no-ext-diff", "--no-textconv")
    out = _output(repository, *words, "--end-of-options", base, head)
    made = {}
    for entry in out.split(b"\0")[:-1]:
        added, removed, raw = entry.split(b"\t", 2)
        if raw in wanted:
            made[raw] = Counted(0 if added == b"-" else int(added), 0 if removed == b"-" else int(removed))
    return made


def _output(repository: Repository, *words: str | bytes) -> bytes:
    with reading(repository) as env:
        done = run(words, env=env)
    if done.returncode:
        raise MissingObjects(_said(done), missing(repository))
    return done.stdout


def _said(done: subprocess.CompletedProcess[bytes]) -> str:
    first = done.stderr.decode("utf-8", "replace").strip().split("\n")[0]
    return first.removeprefix("fatal: ") or "git gave up without a word"


def _no_ancestor(repository: Repository, base: str, head: str) -> str:
    if repository.is_shallow:
        return (
            f"{base[:9]} and {head[:9]} have no common ancestor among the commits that were fetched: this clone is "
            f"shallow. `{fetching(repository)} --unshallow origin` brings the rest; two dots (BASE..HEAD) compare "
            "the two as they are"
        )
    return f"{base[:9]} and {head[:9]} have no common ancestor; two dots (BASE..HEAD) compare the two as they are"


def missing(repository: Repository, names: Collection[str] = ()) -> str:
    """Return what to do about missing objects, as a clause.

    names: their names on the remote, if known.
    """
    wanted = " ".join(["origin", *map(shlex.quote, names)])
    if repository.is_shallow:
        return f"this clone is shallow: `{fetching(repository)} --unshallow origin` brings the rest"
    if repository.is_partial:
        return f"this clone is partial: `{fetching(repository)} --refetch --no-filter {wanted}` brings what is missing"
    return f"`{fetching(repository)} {wanted}` may bring what is missing"


def fetching(repository: Repository) -> str:
    """Return the command with which a person fetches in this repository."""
    return f"git -C {repository.name} fetch"
