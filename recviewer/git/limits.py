"""What one run of git may take: memory, time and output. Each is set before git works, and told when it is reached.

What a repository holds, and what a person asks for, decide how much git takes; neither is ours. Memory is what git
allocates: files that it maps (packs) belong to the system and are not counted, so that large repositories are read.
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
"""What git may allocate while it reads."""

FETCH_MEMORY_BYTES = 4 << 30
"""What it may allocate while it checks and packs what comes from a remote."""

OUTPUT_BYTES = 256 << 20
"""How much of an answer is taken: a list of two million files."""

SAID_BYTES = 1 << 16
"""How much of git's complaints is kept."""

_PROCESSORS = 4
"""Processors that git may keep busy for all of its time; the system ends it above that, also where we were killed."""

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
    """What git answered. stopped: `time` or `output` where it was ended for that, "" where it ended itself."""

    out: bytes
    complaints: bytes
    stopped: str = ""


def limit(process: subprocess.Popen[bytes], seconds: float, memory_bytes: int = MEMORY_BYTES) -> None:
    """Have the system hold a process, and those that it starts, to memory and processor time; where it can: on Linux."""
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
    """Tell whether git complained that it was given no more memory."""
    said = complaints[:SAID_BYTES].lower()
    return any(words in said for words in _NO_MEMORY)


def converse(process: subprocess.Popen[bytes], feed: bytes, seconds: float) -> GitAnswer:
    """Feed a process and read what it says, to its end or to the first limit that it reaches; it is ended then.

    All three of its streams have to be pipes.
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
    """Write as much as goes, and return what is left; nothing where nobody reads any more."""
    try:
        return rest[os.write(place, rest[:_PIECE]) :]
    except BlockingIOError:
        return rest
    except BrokenPipeError:
        return rest[:0]


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process if it still runs, and close its pipes."""
    process.kill()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with contextlib.suppress(OSError):  # what was not yet written has no reader
                pipe.close()
    process.wait()
