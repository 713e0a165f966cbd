"""Blobs by id: resolves abbreviated ids, and returns sizes, without reading contents."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from recviewer.git.repository import Repository, reading, run

LEAST_DIGITS = 7
"""Shorter prefixes of an id are not resolved."""

_CHECK = ("cat-file", "--batch-check", "--buffer")
_BEGINNING = re.compile(rf"[0-9a-f]{{{LEAST_DIGITS},40}}")


def named(repository: Repository, beginning: str) -> list[str]:
    """Return the full ids of the blobs with this prefix, sorted; [] if it is not a valid prefix."""
    if not _BEGINNING.fullmatch(beginning):
        return []
    with reading(repository) as env:
        done = run(("rev-parse", f"--disambiguate={beginning}"), env=env)
    return sorted(sizes(repository, done.stdout.decode("ascii", "replace").split()))


def sizes(repository: Repository, names: Collection[str]) -> dict[str, int]:
    """Return the sizes of those ids (full) that are existing blobs."""
    if not names:
        return {}
    with reading(repository) as env:
        done = run(_CHECK, env=env, feed="".join(f"{one}\n" for one in names).encode())
    lines = [line.split(b" ") for line in done.stdout.splitlines()]
    return {line[0].decode(): int(line[2]) for line in lines if len(line) == 3 and line[1] == b"blob"}


def holding(repository: Repository, commits: Sequence[str], raw: bytes) -> list[str]:
    """Return those commits (full ids) that have a file at a path."""
    if not commits or b"\n" in raw:
        return []
    with reading(repository) as env:
        done = run(_CHECK, env=env, feed=b"".join(b"%s:%s\n" % (one.encode(), raw) for one in commits))
    lines = done.stdout.split(b"\n")
    return [one for one, line in zip(commits, lines, strict=False) if line.split(b" ")[1:2] == [b"blob"]]


def at(repository: Repository, commit: str, raw: bytes) -> tuple[str, int] | None:
    """Return the id and the size of the file at a path in a commit (full id), None if there is none."""
    if b"\n" in raw or b"\0" in raw:
        return None
    with reading(repository) as env:
        done = run(_CHECK, env=env, feed=b"%s:%s\n" % (commit.encode(), raw))
    line = done.stdout.split()
    return (line[0].decode("ascii", "replace"), int(line[2])) if len(line) == 3 and line[1] == b"blob" else None
