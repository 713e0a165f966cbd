"""One action at a time, for actions that first read and then write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from recviewer.catalog import engines


@contextmanager
def acting() -> Iterator[None]:
    """Run the block in a transaction that excludes every other action, in any process on any host. May be nested."""
    engine = engines.of(connection.vendor)
    with engine.lean(), transaction.atomic():
        engine.only_writer("acts")
        yield
