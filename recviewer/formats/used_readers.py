"""Which formats and recorders read a file. Every choice of one is noted here, so that their versions can be stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_used: ContextVar[set[str] | None] = ContextVar("used_readers", default=None)


def note(reader: object) -> None:
    """Note that a format or a recorder was chosen. reader: the instance."""
    some = _used.get()
    if some is not None:
        some.add(type(reader).__module__)


@contextmanager
def noted() -> Iterator[set[str]]:
    """Collect the modules of the formats and recorders that this thread chooses within the block."""
    found: set[str] = set()
    before = _used.set(found)
    try:
        yield found
    finally:
        _used.reset(before)
