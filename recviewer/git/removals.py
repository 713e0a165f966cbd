"""The commit in which a file was deleted."""

from __future__ import annotations

from collections.abc import Callable

from recviewer.git.refs import commit_of
from recviewer.git.repository import GitFailed, Repository, reading, run

SECONDS = 5
"""Timeout for finding one."""

MOST = 50
"""Most files that are searched for; for others the result is unknown."""


def removals(repository: Repository, commit: str) -> Callable[[str], str]:
    """Return a function for the commit in which a file was deleted: its short id and date, "" if unknown.

    commit: the examined state, "HEAD" for the work tree. Paths are relative to the top of the repository, with `/`.
    """
    known: dict[str, str] = {}

    def told(path: str) -> str:
        if path not in known:
            known[path] = _removal(repository, commit, path) if len(known) < MOST else ""
        return known[path]

    return told


def _removal(repository: Repository, commit: str, path: str) -> str:
    raw = path.encode("utf-8", "surrogatepass")
    if not raw or b"\0" in raw:
        return ""
    asked: list[str | bytes] = ["log", "-1", "--format=%h, %as", "--diff-filter=D", "--no-renames"]
    try:
        asked += [commit_of(repository, commit), "--", b":(top,literal)" + raw]
        with reading(repository) as env:
            done = run(asked, env=env, seconds=SECONDS)
    except GitFailed:
        return ""
    return done.stdout.decode("ascii", "replace").strip() if done.returncode == 0 else ""
