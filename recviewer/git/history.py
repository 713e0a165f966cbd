"""The last commit that changed each file, and earlier contents: by one walk over the history for all files."""

from __future__ import annotations

import os
import threading
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from recviewer.git.limits import OUTPUT_BYTES
from recviewer.git.repository import Repository, TooMuch, streaming, way_to

_FIELD = "\x1f"
_FORMAT = f"--format=%x1e%H{_FIELD}%an{_FIELD}%aI{_FIELD}%s{_FIELD}%b%x1e"
_MISSING = "0" * 40

END_BYTES = 1 << 17
"""Bytes kept at each end of a long field in git's output."""


@dataclass(frozen=True, slots=True)
class FileCommit:
    """A commit. at: the author's date with its zone. body: the message without its subject."""

    sha: str
    author: str
    at: datetime
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Past:
    """The history of a file. blobs: its contents, newest first, the current one included; () unless it was in `deep`."""

    last: FileCommit
    blobs: tuple[str, ...]


def pasts(
    repository: Repository, head: str, folder: Path, wanted: Collection[bytes], *, deep: Collection[bytes] = ()
) -> dict[bytes, Past]:
    """Return the history of files, by path relative to the folder.

    head: full commit id. wanted: raw paths relative to the folder; the walk ends when all were found. deep: those whose
    complete history is requested; then the walk continues to the end.
    """
    prefix = way_to(repository, folder)
    missing = set(wanted)
    last: dict[bytes, FileCommit] = {}
    blobs: dict[bytes, list[str]] = {path: [] for path in deep}
    words = ["log", "-z", "--raw", "-r", "--no-renames", "--no-abbrev", "--no-ext-diff", "--no-textconv"]
    words += [_FORMAT, "--end-of-options", head, "--"]
    if prefix:
        words.append(":(literal)" + os.fsdecode(prefix).rstrip("/"))
    with streaming(repository, *words) as process:
        assert process.stdout is not None
        for change, old, new, path in _changes(process.stdout):
            if not path.startswith(prefix):
                continue
            below = path[len(prefix) :]
            if below in missing:
                missing.discard(below)
                last[below] = change
            if below in blobs:
                blobs[below] += [blob for blob in (new, old) if blob != _MISSING and blob not in blobs[below]]
            if not missing and not blobs:
                break
    return {path: Past(change, tuple(blobs.get(path, ()))) for path, change in last.items()}


def replaced_blobs(repository: Repository, head: str, *, seconds: float) -> Iterator[tuple[str, bytes, str]]:
    """Yield (commit, path, blob) for deleted or changed files in commits up to one (full id), latest first.

    Ends after this many seconds.
    """
    words = ["log", "-z", "--raw", "-r", "-m", "--first-parent", "--no-renames", "--no-abbrev", "--no-ext-diff"]
    words += ["--no-textconv", "--diff-filter=DM", _FORMAT, "--end-of-options", head]
    with streaming(repository, *words) as process:
        assert process.stdout is not None
        timer = threading.Timer(seconds, process.kill)
        timer.daemon = True
        timer.start()
        try:
            for change, old, _, path in _changes(process.stdout):
                yield change.sha, path, old
        finally:
            timer.cancel()


def _changes(stream: IO[bytes]) -> Iterator[tuple[FileCommit, str, str, bytes]]:
    """Parse the output of `git log -z --raw` to (commit, old blob, new blob, path)."""
    change: FileCommit | None = None
    pending: tuple[str, str] | None = None
    for token in tokens(stream):
        if pending is not None and change is not None:
            yield (change, *pending, token)
            pending = None
            continue
        text = token.lstrip(b"\n")
        if text.startswith(b"\x1e"):
            head, _, rest = text[1:].rpartition(b"\x1e")  # the last separator is ours, whatever the message contains
            change = _change(head)
            text = rest.lstrip(b"\n")
        if text.startswith(b":"):
            fields = text.split(b" ")
            if len(fields) >= 5:
                pending = (fields[2].decode("ascii", "replace"), fields[3].decode("ascii", "replace"))


def tokens(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the NUL-separated fields of a git output; of very long ones (a message) both ends."""
    head, tail = b"", b""
    while piece := stream.read(1 << 16):
        *whole, last = piece.split(b"\0")
        for token in whole:
            yield head + tail + token
            head = tail = b""
        if len(head) < END_BYTES:
            head += last
        else:
            tail = (tail + last)[-END_BYTES:]
    if (head + tail).strip():
        yield head + tail


def _change(head: bytes) -> FileCommit | None:
    fields = head.decode("utf-8", "replace").split(_FIELD, 4)
    if len(fields) < 5:
        return None
    try:
        at = datetime.fromisoformat(fields[2])
    except ValueError:
        return None
    return FileCommit(fields[0], fields[1], at, fields[3], fields[4].strip("\n"))


def contents(repository: Repository, blobs: Collection[str]) -> Iterator[tuple[str, bytes]]:
    """Yield (blob id, bytes) for those blobs that exist."""
    for name, kind, data in objects(repository, blobs):
        if kind == "blob":
            yield name, data


def objects(
    repository: Repository, wanted: Collection[str], *, first: int | None = None
) -> Iterator[tuple[str, str, bytes]]:
    """Yield (name, kind, bytes) for those objects that exist. wanted: full ids. first: only this many bytes are needed.

    Raises TooMuch for an object that is too large to read, or to reconstruct in git's memory limit.
    """
    names = list(wanted)
    if not names:
        return
    with streaming(repository, "cat-file", "--batch", "--buffer") as process:
        stdin, stdout = process.stdin, process.stdout
        assert stdin is not None
        assert stdout is not None

        def feed() -> None:
            try:
                stdin.write("".join(f"{name}\n" for name in names).encode())
                stdin.close()
            except (BrokenPipeError, ValueError):
                pass

        feeder = threading.Thread(target=feed, daemon=True)
        feeder.start()
        for name in names:
            header = stdout.readline().split()
            if not header:
                break
            if len(header) == 3:
                size = int(header[2])
                if first is not None and size > first:
                    yield name, header[1].decode("ascii", "replace"), stdout.read(first)
                    _skip(stdout, size - first + 1)
                    continue
                if size > OUTPUT_BYTES:
                    raise TooMuch(f"{name[:12]} has {size >> 20:,} MB, more than are read of one object")
                yield name, header[1].decode("ascii", "replace"), stdout.read(size)
                stdout.read(1)
        feeder.join(timeout=1)


def _skip(stream: IO[bytes], size: int) -> None:
    while size > 0 and (piece := stream.read(min(size, 1 << 20))):
        size -= len(piece)
