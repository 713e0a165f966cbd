"""The process that `heavy` asks: reads what comes, and keeps it until another comes, or nobody asks for a while."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import django

from recviewer import child

if TYPE_CHECKING:
    from recviewer.catalog.content import Content

IDLE_SECONDS = 30
"""How long it waits for the next question about what it has read."""

MEMORY_BYTES = 2 * 1024 * 1024 * 1024
"""Memory that it may take."""


class LastContent:
    """Answers questions about the last content that came."""

    def __init__(self) -> None:
        self._kept: Content | None = None

    def __call__(self, asked: tuple[str | None, tuple[Any, ...]], data: bytes) -> object:
        """Answer a question. asked: the file's name where its bytes come too, None for the last one; and the question."""
        from recviewer.catalog.content import read_here

        name, (question, words, more) = asked
        if name is not None:
            self._kept = None
            self._kept = read_here(data, name)
        return question(self._kept, *words, **more)


def main() -> None:
    """Answer what is asked."""
    django.setup()
    from recviewer.pages.recording import permalink  # noqa: F401 - what may be asked, before memory is bounded

    gc.disable()  # what is read has no circles, and is much to look through
    child.answer(LastContent(), memory_bytes=MEMORY_BYTES, idle_seconds=IDLE_SECONDS)


if __name__ == "__main__":
    main()
