"""Running a command as if nobody were between: input and output are ours, signals reach it, it ends us as it ended."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import NoReturn

PASSED_ON = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2)
_FROM_TERMINAL = 0x80
"""SI_KERNEL: the terminal sent it, and to the command as well."""

NOT_FOUND, NOT_TO_RUN = 127, 126


class CannotRun(Exception):
    """The command cannot be started. exit: the code that shells end with then. The message is a sentence."""

    def __init__(self, sentence: str, exit: int) -> None:
        super().__init__(sentence)
        self.exit = exit


class Command:
    """A command that runs. Signals wait from when it is started: use it in the main thread, before others are started.

    signals: those that came meanwhile.
    """

    def __init__(
        self,
        words: Sequence[str],
        environment: dict[str, str],
        folder: Path | None = None,
        mask: Collection[int] | None = None,
    ) -> None:
        """Start it. folder: where it runs, by default here. mask: signals that it blocks, by default those that we do.

        Raises CannotRun.
        """
        here = os.open(".", os.O_RDONLY | os.O_CLOEXEC) if folder else -1
        self.signals: list[int] = []
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        before = self._mask = signal.pthread_sigmask(signal.SIG_BLOCK, (*PASSED_ON, signal.SIGCHLD))
        sys.stdout.flush()
        sys.stderr.flush()
        try:
            if folder:
                os.chdir(folder)
            self.pid = os.posix_spawnp(
                words[0],
                list(words),
                environment,
                setsigmask=before if mask is None else mask,
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],  # which Python ignores
            )
        except (OSError, ValueError) as error:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
            why = getattr(error, "strerror", None) or str(error)
            code = NOT_FOUND if isinstance(error, FileNotFoundError) else NOT_TO_RUN
            raise CannotRun(f"{words[0]} cannot be run: {why}.", code) from None
        finally:
            if here >= 0:
                os.fchdir(here)
                os.close(here)

    def wait(self) -> int:
        """Wait for its end and pass signals on meanwhile. Returns its exit code, or -N where signal N ended it."""
        while True:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                while late := signal.sigtimedwait((*PASSED_ON, signal.SIGCHLD), 0):  # what the terminal sent to both
                    self.signals.append(late.si_signo)
                signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
                return os.waitstatus_to_exitcode(status)
            told = signal.sigwaitinfo((*PASSED_ON, signal.SIGCHLD))
            self.signals.append(told.si_signo)
            if told.si_signo != signal.SIGCHLD and told.si_code != _FROM_TERMINAL:
                try:
                    os.kill(self.pid, told.si_signo)
                except ProcessLookupError:
                    continue


def end_as(code: int) -> NoReturn:
    """End this process as a command ended: with its exit code, or by the signal that ended it."""
    sys.stdout.flush()
    sys.stderr.flush()
    if code < 0:
        with contextlib.suppress(OSError):  # SIGKILL cannot be set
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [-code])
        os.kill(os.getpid(), -code)
        os._exit(128 - code)  # the signal does not end a process here
    sys.exit(code)


def code_of(code: int) -> int:
    """Return an exit code as shells tell it: 128 and the signal, where one ended the command."""
    return 128 - code if code < 0 else code
