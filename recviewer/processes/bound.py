"""A process that ends with the one that started it, also where that one is killed and can end nothing itself."""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import weakref
from collections.abc import Sequence
from typing import Any

_CAN_BE_BOUND = hasattr(fcntl, "F_SETSIG")
"""Linux alone lets somebody say which signal tells of a pipe."""


class BoundProcess(subprocess.Popen[bytes]):
    """A process that the system kills when this one ends, by whatever: on Linux; elsewhere one like any other.

    A pipe lies between the two, and nothing is ever written to it. Its end in this process is held open; when the system
    closes that with this process, it sends the signal that was asked for. A thread of this process may end meanwhile.
    """

    def __init__(self, words: Sequence[str], *, start_new_session: bool = False, **how: Any) -> None:
        """Start it. start_new_session: as for Popen; what it starts in its turn is killed as well then."""
        if not _CAN_BE_BOUND:
            super().__init__(words, start_new_session=start_new_session, **how)
            return
        watched, held = os.pipe()
        weakref.finalize(self, os.close, held)
        try:
            super().__init__(words, start_new_session=start_new_session, pass_fds=(watched,), **how)
            with contextlib.suppress(ProcessLookupError):  # it has ended, and somebody took note of that already
                fcntl.fcntl(watched, fcntl.F_SETOWN, -self.pid if start_new_session else self.pid)
                fcntl.fcntl(watched, fcntl.F_SETSIG, signal.SIGKILL)
                fcntl.fcntl(watched, fcntl.F_SETFL, os.O_ASYNC)
        finally:
            os.close(watched)
