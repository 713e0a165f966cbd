"""Start and end a process quickly: import without the garbage collector, exit without tearing down every module."""

from __future__ import annotations

import atexit
import gc
import os
import sys
import threading
from typing import NoReturn


def hold_collector() -> None:
    """Turn the garbage collector off while modules are imported: what they create lives as long as the process."""
    gc.disable()


def let_collector() -> None:
    """Turn it on again, for objects that are created from now on: those of imported modules are left out."""
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def end(code: int) -> NoReturn:
    """Exit with a code, and let the system free the memory at once.

    Before that, `atexit` handlers run, connections to databases are closed, and output is flushed. Tearing down hundreds of
    modules one by one took as much as a fifth of the processor time of a short command. If a thread that is not a daemon
    still runs, this is an ordinary `sys.exit`.
    """
    if any(not one.daemon for one in threading.enumerate() if one is not threading.main_thread()):
        sys.exit(code)
    if threading.current_thread() is not threading.main_thread():
        sys.exit(code)
    atexit._run_exitfuncs()
    database, apps = sys.modules.get("django.db"), sys.modules.get("django.apps")
    if database is not None and apps is not None and apps.apps.ready:  # else its settings may be none
        database.connections.close_all()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # the ordinary exit reports it
        sys.exit(code)
    os._exit(code)
