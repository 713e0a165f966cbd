"""A child process of this program that answers one question at a time, so that the work does not burden the caller.

Decoding blocks the interpreter, and decoded documents are memory that a web worker would keep. The process starts with
the first question and ends with its caller, or after a while without questions.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import resource
import select
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Any

from recviewer.processes.bound import BoundProcess

NICE = 10
"""Lower priority than the pages that others wait for."""

_LENGTHS = struct.Struct("!QQ")
_LENGTH = struct.Struct("!Q")


class ChildGone(Exception):
    """The process ended, or exceeded its time."""


class Child:
    """Asks a child process, which runs one of our modules. Not thread-safe."""

    def __init__(self, module: str, *words: str) -> None:
        """module: run by the process; it calls `answer`. words: its arguments."""
        self._words = (module, *words)
        self.process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """Kill the process. The next question starts another."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):  # unread data is lost with the process
                    if pipe is not None:
                        pipe.close()
        self.process = None

    @property
    def is_there(self) -> bool:
        """Whether the process of the last question is still waiting for another."""
        return self.process is not None and self.process.poll() is None

    def ask(self, what: object, *data: bytes, seconds: float) -> Any:
        """Return the answer to a question. data: bytes that go with it. Raises ChildGone, after killing the process."""
        try:
            return self._asked(what, data, seconds)
        except (OSError, EOFError, struct.error, pickle.PickleError) as error:
            self.close()
            raise ChildGone from error

    def _asked(self, what: object, data: tuple[bytes, ...], seconds: float) -> Any:
        if not self.is_there:
            self.close()
            self.process = self.started()
        process = self.process
        assert process
        assert process.stdin
        assert process.stdout
        send(process.stdin, what, *data)
        if not select.select([process.stdout], [], [], seconds)[0]:
            raise EOFError
        told, given = received(process.stdout)
        return given[0] if given else told

    def started(self) -> subprocess.Popen[bytes]:
        """Start the process."""
        return BoundProcess(
            [sys.executable, "-m", *self._words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            start_new_session=True,
        )


def send(pipe: IO[bytes], what: object, *data: bytes) -> None:
    """Send a question or an answer, and bytes without copying them."""
    told = pickle.dumps(what)
    pipe.write(_LENGTHS.pack(len(told), len(data)) + b"".join([_LENGTH.pack(len(one)) for one in data]) + told)
    for one in data:
        pipe.write(one)
    pipe.flush()


def received(pipe: IO[bytes]) -> tuple[Any, tuple[bytes, ...]]:
    """Return what the other process sent. Raises EOFError if it ended."""
    head = pipe.read(_LENGTHS.size)
    if len(head) < _LENGTHS.size:
        raise EOFError
    told, count = _LENGTHS.unpack(head)
    sizes = [_LENGTH.unpack(pipe.read(_LENGTH.size))[0] for _ in range(count)]
    return pickle.loads(pipe.read(told)), tuple([pipe.read(size) for size in sizes])  # noqa: S301 - from this program itself


def answer(
    of: Callable[[Any, tuple[bytes, ...]], object], *, memory_bytes: int, idle_seconds: float | None = None
) -> None:
    """Answer questions until nobody asks any more. Called in the child process.

    of: answers a question and the bytes that came with it. memory_bytes: memory limit of the process. idle_seconds: how
    long it waits for a question, None for as long as its caller lives.
    """
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    while select.select([sys.stdin.buffer], [], [], idle_seconds)[0]:
        try:
            what, data = received(sys.stdin.buffer)
        except EOFError:
            return
        told = of(what, data)
        send(sys.stdout.buffer, *((None, told) if isinstance(told, bytes) else (told,)))
