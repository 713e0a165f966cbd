"""The process that looks ranges through for lists of them: `python -m recviewer.memory.glances_apart RANGE…`."""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings

from recviewer.processes import temporary
from recviewer.processes.child import NICE


def main() -> None:
    """Do it, unless another process does: the lock is held by whoever looks."""
    os.nice(NICE)
    django.setup()
    from recviewer.memory import glances

    place = settings.DATA_DIR / "glances.lock"
    lock = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        temporary.hold(lock, place)
    except BlockingIOError:
        return
    glances.look(sys.argv[1:])


if __name__ == "__main__":
    main()
