"""The process behind `heavy`: it parses what it receives, keeps that until something else arrives, and ends when idle."""

from __future__ import annotations

import gc
from typing import Any

import django

from recviewer.processes import child

IDLE_SECONDS = 30
"""How long it waits for the next question."""

MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Its memory limit."""


class LastMade:
    """Answers questions about the bytes that were received last."""

    def __init__(self) -> None:
        self._kept: object = None

    def __call__(self, asked: tuple[tuple[Any, ...] | None, tuple[Any, ...]], data: tuple[bytes, ...]) -> object:
        """Answer a question. asked: the constructor if the bytes come with it, or None; then the question."""
        how, (question, words, more) = asked
        if how is not None:
            make, *names = how
            self._kept = None
            self._kept = make(*data, *names)
        return question(self._kept, *words, **more)


def main() -> None:
    """Answer questions until there are no more."""
    django.setup()
    gc.disable()  # the parsed data has no reference cycles, and collecting it would be slow
    child.answer(LastMade(), memory_bytes=MEMORY_BYTES, idle_seconds=IDLE_SECONDS)


if __name__ == "__main__":
    main()
