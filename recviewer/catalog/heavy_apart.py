"""The process that `heavy` asks: reads what comes, and keeps it until another comes, or nobody asks for a while."""

from __future__ import annotations

import gc
from typing import Any

import django

from recviewer.processes import child

IDLE_SECONDS = 30
"""How long it waits for the next question about what it has read."""

MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Memory that it may take."""


class LastMade:
    """Answers questions about what was made last of bytes that came."""

    def __init__(self) -> None:
        self._kept: object = None

    def __call__(self, asked: tuple[tuple[Any, ...] | None, tuple[Any, ...]], data: tuple[bytes, ...]) -> object:
        """Answer a question. asked: what makes something of the bytes, where they come too, or None; the question."""
        how, (question, words, more) = asked
        if how is not None:
            make, *names = how
            self._kept = None
            self._kept = make(*data, *names)
        return question(self._kept, *words, **more)


def main() -> None:
    """Answer what is asked."""
    django.setup()
    gc.disable()  # what is read has no circles, and is much to look through
    child.answer(LastMade(), memory_bytes=MEMORY_BYTES, idle_seconds=IDLE_SECONDS)


if __name__ == "__main__":
    main()
