"""Which files of a commit hold a word: git finds the first line of each, which is quicker than reading them all."""

from __future__ import annotations

from collections.abc import Collection

from recviewer.git.repository import GitFailed, Repository, reading, run

SECONDS = 10
"""How long a search may take."""


def first_lines(repository: Repository, commit: str, word: str, folders: Collection[bytes]) -> dict[bytes, bytes]:
    """Return, by path, the first line that holds a word, of the files below some folders (b"" for all) that have one.

    commit: a full name. Raises GitFailed, also where some file could not be read, for then this is not all there is.
    """
    words: list[str | bytes] = [
        "grep",
        "--no-textconv",
        "--full-name",
        "-a",
        "-z",
        "-F",
        "-m1",
        "-e",
        word,
        commit,
        "--",
    ]
    words += [b":(top,literal)" + folder for folder in sorted(folders) if b"" not in folders]
    with reading(repository) as env:
        done = run(words, env=env, seconds=SECONDS)
    if done.returncode not in (0, 1) or done.stderr:
        raise GitFailed(done.stderr.decode("utf-8", "replace").split("\n")[0] or "git grep gave up without a word")
    found: dict[bytes, bytes] = {}
    for row in done.stdout.split(b"\n"):
        place, zero, line = row.partition(b"\0")
        if zero:
            found.setdefault(place.partition(b":")[2], line)
    return found
