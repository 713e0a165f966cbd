"""A process of this program that answers one question after the other, so that what is asked costs the asker nothing.

Decoding holds the interpreter, and what was decoded is memory that a web worker would keep. The process starts with the
first question and ends with its asker, or after a while without questions.
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
"""Pages that others wait for go first."""

_LENGTHS = struct.Struct("!QQ")
_LENGTH = struct.Struct("!Q")


class ChildGone(Exception):
    """The process ended, or took longer than it may."""


class Child:
    """Asks a process of its own, which runs a module of ours. Not for several threads at once."""

    def __init__(self, module: str, *words: str) -> None:
        """module: what the process runs, which calls `answer`. words: its arguments."""
        self._words = (module, *words)
        self.process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """End the process. The next question starts another."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            for pipe in (self.process.stdin, self.process.stdout):
                with contextlib.suppress(OSError):  # what was not read by then is lost with the process
                    if pipe is not None:
                        pipe.close()
        self.process = None

    @property
    def is_there(self) -> bool:
        """Whether the process of the last question still waits for one."""
        return self.process is not None and self.process.poll() is None

    def ask(self, what: object, *data: bytes, seconds: float) -> Any:
        """Return the answer to a question. data: bytes that go with it. Raises ChildGone, and ends the process then."""
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
    """Send a question or an answer, and bytes that are not copied for it."""
    told = pickle.dumps(what)
    pipe.write(_LENGTHS.pack(len(told), len(data)) + b"".join([_LENGTH.pack(len(one)) for one in data]) + told)
    for one in data:
        pipe.write(one)
    pipe.flush()


def received(pipe: IO[bytes]) -> tuple[Any, tuple[bytes, ...]]:
    """Return what the other process of ours sent. Raises EOFError where it ended."""
    head = pipe.read(_LENGTHS.size)
    if len(head) < _LENGTHS.size:
        raise EOFError
    told, count = _LENGTHS.unpack(head)
    sizes = [_LENGTH.unpack(pipe.read(_LENGTH.size))[0] for _ in range(count)]
    return pickle.loads(pipe.read(told)), tuple([pipe.read(size) for size in sizes])  # noqa: S301 - from this program itself


def answer(
    of: Callable[[Any, tuple[bytes, ...]], object], *, memory_bytes: int, idle_seconds: float | None = None
) -> None:
    """Answer what is asked until nobody asks any more. For the process itself.

    of: answers a question and the bytes that came with it. memory_bytes: what the process may take. idle_seconds: how long
    it waits for a question, None for as long as its asker lives.
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
