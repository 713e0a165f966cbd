"""The way back from a commit by first parents, and what each commit on it did to one file.

A branch is read as what it held, one state after the other: of a merge only the difference to its first parent counts, so
nothing that a merge brought in is lost, and each state follows from the one before it. `inside` names the commits that a
merge brought.
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
    """A commit on the way back. changes: what it did to the files that were asked for, compared with its first parent."""

    sha: str
    parents: tuple[str, ...]
    changes: tuple[ChangedFile, ...]


class OutOfTime(GitFailed):
    """The way back takes longer than the caller waits."""


def back(repository: Repository, head: str, *raws: bytes, limit: int, seconds: float) -> Iterator[WalkedCommit]:
    """Yield the commits from one (a full name) back, that one included, at most `limit` of them.

    raws: files by their paths in the repository, taken to the letter. Raises OutOfTime, and MissingObjects where the
    repository holds no more.
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
    """Return the commits that a merge brought and that touched a file, newest first, at most `limit`."""
    words = ("log", "-z", "--no-merges", f"--max-count={limit}", "--format=%H", "--end-of-options", merge.sha)
    with reading(repository) as env:
        done = run((*words, f"^{merge.parents[0]}", "--", *_exactly((raw,))), env=env)
    return [name for name in done.stdout.decode("ascii", "replace").split("\0") if name]
