"""Runs a command transparently: it inherits input and output, signals are forwarded, and we exit as it did."""

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
"""SI_KERNEL: sent by the terminal, which sends it to the command as well."""

NOT_FOUND, NOT_TO_RUN = 127, 126


class CannotRun(Exception):
    """The command cannot be started. exit: the exit code that shells use in this case. The message is a sentence."""

    def __init__(self, sentence: str, exit: int) -> None:
        super().__init__(sentence)
        self.exit = exit


class Command:
    """A running command. Signals are blocked from its start: use it in the main thread, before other threads are
    started.

    signals: those received meanwhile.
    """

    def __init__(
        self,
        words: Sequence[str],
        environment: dict[str, str],
        folder: Path | None = None,
        mask: Collection[int] | None = None,
    ) -> None:
        """Start it. folder: working directory, by default the current one. mask: signals that it blocks, by default
        ours.

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
                setsigdef=[signal.SIGPIPE, signal.SIGXFSZ],  # ignored by Python
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
        """Wait for its end, forwarding signals meanwhile. Returns its exit code, or -N if signal N ended it."""
        while True:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                while late := signal.sigtimedwait((*PASSED_ON, signal.SIGCHLD), 0):  # sent by the terminal to both
                    self.signals.append(late.si_signo)
                signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
                return os.waitstatus_to_exitcode(status)
            info = signal.sigwaitinfo((*PASSED_ON, signal.SIGCHLD))
            self.signals.append(info.si_signo)
            if info.si_signo != signal.SIGCHLD and info.si_code != _FROM_TERMINAL:
                try:
                    os.kill(self.pid, info.si_signo)
                except ProcessLookupError:
                    continue


def end_as(code: int) -> NoReturn:
    """End this process as the command ended: with its exit code, or by the signal that ended it."""
    sys.stdout.flush()
    sys.stderr.flush()
    if code < 0:
        with contextlib.suppress(OSError):  # SIGKILL cannot be set
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [-code])
        os.kill(os.getpid(), -code)
        os._exit(128 - code)  # the signal does not end this process
    sys.exit(code)


def code_of(code: int) -> int:
    """Return an exit code in the notation of shells: 128 and the signal number if a signal ended the command."""
    return 128 - code if code < 0 else code
