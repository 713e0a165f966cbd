"""Limits of one git call: memory, time and output. Each is set before git starts, and reported when it is reached.

The repository and the request determine how much git takes; neither is trusted. The memory limit is on allocations:
files mapped by git (packs) are not counted, so that large repositories can be read.
"""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import subprocess
import time
from dataclasses import dataclass

MEMORY_BYTES = 1 << 30
"""Memory limit of git when reading."""

FETCH_MEMORY_BYTES = 4 << 30
"""Memory limit of git when checking and packing what is fetched."""

OUTPUT_BYTES = 256 << 20
"""Limit of git's output: a list of two million files."""

SAID_BYTES = 1 << 16
"""Bytes kept of git's error output."""

_PROCESSORS = 4
"""Processors that git may use for its whole time; the system kills it above that, even if we were killed."""

_NO_MEMORY = (
    b"out of memory",
    b"mmap failed",
    b"cannot allocate memory",
    b"unable to create threaded",
    b"regex failed",
)
_PIECE = 1 << 16


@dataclass(frozen=True, slots=True)
class GitAnswer:
    """Git's output. stopped: `time` or `output` if it was killed for that, "" if it ended by itself."""

    out: bytes
    complaints: bytes
    stopped: str = ""


def limit(process: subprocess.Popen[bytes], seconds: float, memory_bytes: int = MEMORY_BYTES) -> None:
    """Limit memory and processor time of a process and its children, if possible (on Linux)."""
    if not hasattr(resource, "prlimit"):
        return
    cpu = int(seconds) * _PROCESSORS + 1
    for kind, value in ((resource.RLIMIT_DATA, memory_bytes), (resource.RLIMIT_CPU, cpu)):
        try:
            hard = resource.prlimit(process.pid, kind)[1]
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.prlimit(process.pid, kind, (most, hard))
        except (OSError, ValueError):  # it has ended already
            return


def lacked_memory(complaints: bytes) -> bool:
    """Tell whether git reported that it ran out of memory."""
    said = complaints[:SAID_BYTES].lower()
    return any(words in said for words in _NO_MEMORY)


def converse(process: subprocess.Popen[bytes], feed: bytes, seconds: float) -> GitAnswer:
    """Write a process's input and read its output, until it ends or reaches a limit; then it is killed.

    All three of its streams must be pipes.
    """
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    until = time.monotonic() + seconds
    out, complaints, rest = bytearray(), bytearray(), memoryview(feed)
    try:
        with selectors.DefaultSelector() as waiting:
            waiting.register(process.stdout, selectors.EVENT_READ)
            waiting.register(process.stderr, selectors.EVENT_READ)
            if rest:
                os.set_blocking(process.stdin.fileno(), False)
                waiting.register(process.stdin, selectors.EVENT_WRITE)
            else:
                process.stdin.close()
            while waiting.get_map():
                left = until - time.monotonic()
                ready = waiting.select(left) if left > 0 else []
                if not ready and time.monotonic() >= until:
                    return GitAnswer(bytes(out), bytes(complaints), "time")
                for key, _ in ready:
                    if key.fileobj is process.stdin:
                        rest = _written(process.stdin.fileno(), rest)
                        if not rest:
                            waiting.unregister(process.stdin)
                            process.stdin.close()
                        continue
                    piece = os.read(key.fd, _PIECE)
                    if not piece:
                        waiting.unregister(key.fileobj)
                    elif key.fileobj is process.stdout:
                        out += piece
                    elif len(complaints) < SAID_BYTES:
                        complaints += piece
                if len(out) > OUTPUT_BYTES:
                    return GitAnswer(b"", bytes(complaints), "output")
        try:
            process.wait(max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            return GitAnswer(bytes(out), bytes(complaints), "time")
        return GitAnswer(bytes(out), bytes(complaints))
    finally:
        end(process)


def _written(place: int, rest: memoryview) -> memoryview:
    """Write as much as possible, and return the rest; nothing if the reader has gone."""
    try:
        return rest[os.write(place, rest[:_PIECE]) :]
    except BlockingIOError:
        return rest
    except BrokenPipeError:
        return rest[:0]


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill a process if it still runs, and close its pipes."""
    process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):  # unwritten data has no reader
                pipe.close()
    process.wait()
