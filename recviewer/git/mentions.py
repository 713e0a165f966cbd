"""Which files of a commit contain a word: by `git grep`, which is faster than reading them all."""

from __future__ import annotations

from collections.abc import Collection

from recviewer.git.repository import GitFailed, Repository, reading, run

SECONDS = 10
"""Timeout of a search."""


def first_lines(repository: Repository, commit: str, word: str, folders: Collection[bytes]) -> dict[bytes, bytes]:
    """Return, by path, the first line that contains a word, for the files below some folders (b"" for all) that have
    one.

    commit: full id. Raises GitFailed, also if a file could not be read, because the result would be incomplete.
    """
    found: dict[bytes, bytes] = {}
    for row in _found(repository, commit, [word], folders, "-m1").split(b"\n"):
        place, zero, line = row.partition(b"\0")
        if zero:
            found.setdefault(place.partition(b":")[2], line)
    return found


def holding(repository: Repository, commit: str, words: Collection[str], folders: Collection[bytes]) -> set[bytes]:
    """Return the paths of the files below some folders that contain any of the words. Otherwise like `first_lines`."""
    out = _found(repository, commit, sorted(words), folders, "-l")
    return {place.partition(b":")[2] for place in out.split(b"\0") if place}


def _found(repository: Repository, commit: str, words: Collection[str], folders: Collection[bytes], how: str) -> bytes:
    """Return the output of `git grep`. how: the option for what to print of each file."""
    asked: list[str | bytes] = ["grep", "--no-textconv", "--full-name", "-a", "-z", "-F", how]
    asked += [option for word in words for option in ("-e", word)]
    asked += [commit, "--"]
    asked += [b":(top,literal)" + folder for folder in sorted(folders) if b"" not in folders]
    with reading(repository) as env:
        done = run(asked, env=env, seconds=SECONDS)
    if done.returncode not in (0, 1) or done.stderr:
        raise GitFailed(done.stderr.decode("utf-8", "replace").split("\n")[0] or "git grep gave up without a word")
    return done.stdout
