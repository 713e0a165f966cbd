"""The process that evaluates ranges for lists of them: `python -m recviewer.memory.glances_apart RANGE…`."""

from __future__ import annotations

import os
import sys

import django
from django.conf import settings

from recviewer.processes import temporary
from recviewer.processes.child import NICE


def main() -> None:
    """Evaluate the ranges, unless another process holds the lock."""
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
