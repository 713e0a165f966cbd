"""One indexing run at a time: a lock in the data folder, and on PostgreSQL one in the database that all hosts share.

A file beside the lock names the process that runs, and its mtime shows that the run makes progress.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from filelock import FileLock, Timeout

from recviewer.catalog import engines, last_look
from recviewer.configuration import places
from recviewer.store.refusals import NotWritable, Refusal, why


class Busy(Exception):
    """Another run is in progress. The message says whose."""


class OtherTree(Refusal):
    """The data folder belongs to another root now."""


@contextmanager
def only_run() -> Iterator[None]:
    """Hold the lock of indexing runs. Raises Busy with the other run's process and start, OtherTree, NotWritable."""
    _refuse_other_tree()
    holder = _holder()
    place = Path(settings.DATA_DIR) / "index.lock"
    expect_folder()
    lock = FileLock(place, thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise Busy(_whose(holder)) from None
    except OSError as error:
        raise NotWritable(place, why(error)) from error
    try:
        with contextlib.suppress(OSError):  # it only informs others about whose run it is
            holder.write_text(
                json.dumps({"process": os.getpid(), "since": datetime.now(UTC).isoformat(timespec="seconds")})
            )
        with engines.of(connection.vendor).only_one("index") as is_ours:  # another host has its own files
            if not is_ours:
                raise Busy("an indexing run is under way in another process, of this host or another")
            yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def expect_folder() -> None:
    """Raise NotWritable if the data folder is missing: an empty one in its place would lose what people said."""
    folder = Path(settings.DATA_DIR)
    if not os.path.isdir(folder):
        raise NotWritable(folder, why(FileNotFoundError(errno.ENOENT, "")))


def _holder() -> Path:
    """Return the file in which a run names its process, and which it touches to show progress."""
    return Path(settings.DATA_DIR) / "index.holder"


def silent_seconds() -> float | None:
    """Return the seconds since the current run last made progress; None if no run is in progress."""
    try:
        process = int(json.loads(_holder().read_text())["process"])
        silent = abs(time.time() - _holder().stat().st_mtime)
        os.kill(process, 0)
    except PermissionError:  # the process exists, under another user
        return silent
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return silent


def _refuse_other_tree() -> None:
    """Raise OtherTree if the data folder was given to another root while this process served it."""
    data, root = Path(settings.DATA_DIR), Path(settings.RECORDINGS_ROOT)
    owner = places.owner_of(data)
    if owner is not None and owner.what == "recordings" and not owner.is_same(places.Owner("recordings", str(root))):
        raise OtherTree(f"The data folder {data} belongs to {owner} by now; nothing of {root} was indexed.")


def _whose(holder: Path) -> str:
    try:
        told = json.loads(holder.read_text())
        return f"an indexing run is under way: process {told['process']}, since {told['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "an indexing run is under way in another process"


def still_going() -> None:
    """Note that the current run makes progress."""
    last_look.touch_file(_holder())
