"""The first-parent history of a commit, and what each commit changed in one file.

A branch is read as a sequence of states: of a merge only the difference from its first parent counts, so that nothing
that a merge brought is lost, and each state follows from the previous one. `inside` names the commits that a merge
brought.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from subprocess import Popen
from typing import NamedTuple

from recviewer.git.history import tokens
from recviewer.git.ranges import NO_BLOB, ChangedFile, MissingObjects, missing
from recviewer.git.repository import GitFailed, Repository, reading, run, streaming

_COMMIT = re.compile(rb"[0-9a-f]{40}(?: [0-9a-f]{40})* ?")
_LOG = ("log", "-z", "--raw", "-r", "-m", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv")


class WalkedCommit(NamedTuple):
    """A commit of the walk. changes: to the requested files, relative to its first parent."""

    sha: str
    parents: tuple[str, ...]
    changes: tuple[ChangedFile, ...]


class OutOfTime(GitFailed):
    """The walk takes longer than the caller waits."""


def back(repository: Repository, head: str, *raws: bytes, limit: int, seconds: float) -> Iterator[WalkedCommit]:
    """Yield the commits from one (full id) back, including it, at most `limit`.

    raws: files by path in the repository, taken literally. Raises OutOfTime, and MissingObjects if the repository's
    history is incomplete.
    """
    words = [*_LOG, "--first-parent", "--full-history", "--sparse", f"--max-count={limit}", "--format=%H %P"]
    words += ["--end-of-options", head, "--", *_exactly(raws)]
    with streaming(repository, *words) as process:
        assert process.stdout is not None
        is_late = threading.Event()
        timer = threading.Timer(seconds, _end, (process, is_late))
        timer.daemon = True
        timer.start()
        last = ""
        try:
            for step in _steps(
                tokens(process.stdout), frozenset(raws), lambda: not is_late.is_set() and not process.wait()
            ):
                last = step.sha
                yield step
        finally:
            timer.cancel()
        if is_late.is_set():
            raise OutOfTime(f"in the time there was, git came as far as {last[:9] or head[:9]}")
        if process.wait():
            raise MissingObjects(f"git cannot read on behind {last[:9] or head[:9]}", missing(repository))


def _end(process: Popen[bytes], is_late: threading.Event) -> None:
    is_late.set()
    process.kill()


def _exactly(raws: tuple[bytes, ...]) -> list[str]:
    return [":(literal)" + os.fsdecode(raw) for raw in raws]


def _steps(parts: Iterator[bytes], wanted: frozenset[bytes], is_whole: Callable[[], bool]) -> Iterator[WalkedCommit]:
    # is_whole: asked at the end; of the last commit of a git that broke off, not all files may have been told
    step: WalkedCommit | None = None
    for part in parts:
        token = part.lstrip(b"\n")
        if token.startswith(b":") and step is not None:
            old_mode, new_mode, old, new, _ = token[1:].decode("ascii", "replace").split(" ")
            raw = next(parts, b"")
            if raw in wanted:
                change = ChangedFile(raw, old.replace(NO_BLOB, ""), new.replace(NO_BLOB, ""), old_mode, new_mode)
                step = step._replace(changes=(*step.changes, change))
        elif _COMMIT.fullmatch(token):
            if step is not None:
                yield step
            sha, *parents = token.decode("ascii").split()
            step = WalkedCommit(sha, tuple(parents), ())
    if step is not None and is_whole():
        yield step


def inside(repository: Repository, merge: WalkedCommit, raw: bytes, *, limit: int) -> list[str]:
    """Return the commits that a merge brought and that changed a file, newest first, at most `limit`."""
    words = ("log", "-z", "--no-merges", f"--max-count={limit}", "--format=%H", "--end-of-options", merge.sha)
    with reading(repository) as env:
        done = run((*words, f"^{merge.parents[0]}", "--", *_exactly((raw,))), env=env)
    return [name for name in done.stdout.decode("ascii", "replace").split("\0") if name]
