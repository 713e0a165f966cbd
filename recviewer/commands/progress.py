"""A progress bar on a terminal, nothing elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from recviewer.catalog.indexer import Progress, Silent


class ProgressBar:
    """A bar with rate and time left."""

    def __init__(self, stream: TextIO) -> None:
        from tqdm import tqdm

        tqdm.monitor_interval = 0  # no thread, because the indexer may fork
        self._bar = tqdm(file=stream, unit=" files", desc="Indexing", dynamic_ncols=True, leave=False, delay=0.2)

    def start(self, total: int) -> None:
        """Set the number of files to read."""
        self._bar.reset(total)

    def advance(self, files: int) -> None:
        """Add files that were read."""
        self._bar.update(files)

    def close(self) -> None:
        """Remove the bar from the screen."""
        self._bar.close()


@contextmanager
def progress_for(stream: TextIO) -> Iterator[Progress]:
    """Yield a bar if the stream is a terminal."""
    if not stream.isatty():
        yield Silent()
        return
    bar = ProgressBar(stream)
    try:
        yield bar
    finally:
        bar.close()
