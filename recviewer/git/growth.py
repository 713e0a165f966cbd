"""The number of files of a kind over the commits of a branch, and how many each commit added and removed."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from subprocess import Popen
from typing import IO, NamedTuple

from recviewer.git.history import tokens
from recviewer.git.repository import Repository, streaming

_FIELD = b"\x1f"
_FORMAT = "--format=%x1e%H%x1f%P%x1f%ct%x1f%s"
_HEAD = re.compile(rb"\x1e([0-9a-f]{40})\x1f([0-9a-f ]*)\x1f(\d{1,12})\x1f(.*)", re.DOTALL)
_NONE = b"0" * 40


class GrowthStep(NamedTuple):
    """The changes of a commit relative to its first parent. parent: "" for a root commit. at: commit time, in UTC."""

    sha: str
    parent: str
    at: datetime
    subject: str
    added: int
    removed: int
    changed: int


class Growth(NamedTuple):
    """The commits that changed such files, newest first. is_whole: the walk reached the first commit."""

    steps: tuple[GrowthStep, ...]
    is_whole: bool


def growth(
    repository: Repository, head: str, below: bytes, counts: Callable[[bytes], bool], *, limit: int, seconds: float
) -> Growth:
    """Walk back from a commit (full id) by first parents, over commits that changed counted files.

    below: the folder, as a path with a final `/`, b"" for all. limit: most commits. After this many seconds the result
    so far is returned. Raises GitFailed.
    """
    words = ["log", "-z", "--raw", "-r", "-m", "--first-parent", "--no-renames", "--no-abbrev", "--no-ext-diff"]
    words += ["--no-textconv", f"--max-count={limit + 1}", _FORMAT, "--end-of-options", head, "--"]
    words += [":(literal)" + os.fsdecode(below).rstrip("/")] if below else []
    late = threading.Event()
    with streaming(repository, *words) as process:
        assert process.stdout is not None
        timer = threading.Timer(seconds, _end, (process, late))
        timer.daemon = True
        timer.start()
        try:
            found = list(_grown(process.stdout, counts))
        finally:
            timer.cancel()
    is_cut = len(found) > limit or late.is_set()
    steps = [one for one in found[:limit] if one.added or one.removed or one.changed]
    return Growth(tuple(steps), not is_cut)


def _end(process: Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _grown(stream: IO[bytes], counts: Callable[[bytes], bool]) -> Iterator[GrowthStep]:
    step: GrowthStep | None = None
    parts = tokens(stream)
    for part in parts:
        token = part.lstrip(b"\n")
        if token.startswith(b":") and step is not None:
            fields, path = token.split(b" "), next(parts, b"")
            if len(fields) >= 5 and counts(path):
                came, went = fields[2] == _NONE, fields[3] == _NONE
                step = step._replace(
                    added=step.added + came, removed=step.removed + went, changed=step.changed + (not came and not went)
                )
        elif head := _HEAD.fullmatch(token):
            if step is not None:
                yield step
            sha, parents, seconds, subject = head.groups()
            at = datetime.fromtimestamp(min(int(seconds), 250_000_000_000), UTC)
            parent = parents.split(b" ")[0].decode("ascii")
            step = GrowthStep(sha.decode("ascii"), parent, at, subject.decode("utf-8", "replace"), 0, 0, 0)
    if step is not None:
        yield step
