"""Fetches as a team sees them: one at a time, in the background if they take long, with a sentence about the result."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock, Timeout

from recviewer.exchange.amounts import counted
from recviewer.git import fetched, fetching
from recviewer.git.fetching import Came
from recviewer.git.remotes import Remote
from recviewer.git.repository import GitFailed, Repository

_PAUSE_SECONDS = 0.3
"""Interval at which progress is written."""


@dataclass(frozen=True, slots=True)
class FetchState:
    """The state of fetching. line: progress, "" if no fetch is running.

    at: when the last fetch ended, in seconds since the epoch, 0 before the first. sentence: its result; error: why it
    failed.
    """

    line: str
    at: float
    sentence: str
    error: str

    @property
    def is_running(self) -> bool:
        """Tell whether a fetch is running, in any process."""
        return bool(self.line)


def state(repository: Repository, remote: Remote, data: Path) -> FetchState:
    """Return the state of fetching."""
    where = fetched.place(data, repository, remote)
    left = fetched.note(where)
    return FetchState(_running(where), left.at, left.sentence, left.error)


def start(repository: Repository, remote: Remote, data: Path, revision: str = "", *, patience: float) -> FetchState:
    """Fetch in a separate thread, and return the state at its end, or after `patience` seconds.

    revision: the only branch, request or commit to fetch; "" for all requests that are new or moved. If a fetch is
    running already, wait for that one. Raises GitFailed if the data folder cannot be written.
    """
    where = fetched.place(data, repository, remote)
    lock = FileLock(where.with_suffix(".lock"), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return state(repository, remote, data)
    except OSError as error:
        raise GitFailed(f"the data folder cannot be written: {error.strerror}") from None
    try:
        ours = fetched.make(repository, where)
        _progress(where).write_text(f"fetching from {remote.shown}")
        worker = threading.Thread(target=_work, args=(ours, remote, where, revision, lock), daemon=True)
        worker.start()
    except OSError as error:
        lock.release()
        raise GitFailed(f"the data folder cannot be written: {error.strerror}") from None
    worker.join(timeout=patience)
    return state(repository, remote, data)


def bring(repository: Repository, remote: Remote, data: Path, revisions: Sequence[str]) -> None:
    """Fetch some branches or requests, after any fetch that is running. Raises GitFailed."""
    where = fetched.place(data, repository, remote)
    try:
        with FileLock(where.with_suffix(".lock"), timeout=fetching.FETCH_SECONDS, thread_local=False):
            ours = fetched.make(repository, where)
            for revision in revisions:
                fetching.bring(ours, remote, revision, tell=_unheard)
    except Timeout:
        raise GitFailed("another fetch has been under way for too long") from None
    except OSError as error:
        raise GitFailed(f"the data folder cannot be written: {error.strerror}") from None


def _unheard(line: str) -> None:
    """Discard progress."""


def _work(repository: Repository, remote: Remote, where: Path, revision: str, lock: FileLock) -> None:
    told = [0.0]

    def tell(line: str) -> None:
        now = time.monotonic()
        if now - told[0] > _PAUSE_SECONDS:
            told[0] = now
            _progress(where).write_text(line)

    gone, said, error = fetched.note(where).gone, "", ""
    try:
        if revision:
            said = f"{fetching.bring(repository, remote, revision, tell=tell)} is here now."
        else:
            came = fetching.bring_newest(repository, remote, tell=tell)
            said, gone = sentence(came), came.gone
    except (GitFailed, OSError) as failed:
        error = str(failed)
    finally:
        try:
            left = fetched.note(where)
            fetched.write_note(where, replace(left, at=time.time(), sentence=said, error=error, gone=gone))
            _progress(where).unlink(missing_ok=True)
        finally:
            lock.release()


def _progress(where: Path) -> Path:
    return where.with_suffix(".progress")


def _running(where: Path) -> str:
    """Return the progress of a running fetch; "" if none is running, or if it was killed."""
    try:
        line = _progress(where).read_text(errors="replace")
    except OSError:
        return ""
    lock = FileLock(where.with_suffix(".lock"), thread_local=False)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return line or "fetching"
    except OSError:
        return ""
    lock.release()
    return ""


def sentence(came: Came) -> str:
    """Describe the result of a fetch: `3 pull requests are new, 1 moved.`"""
    noun = _noun((*came.new, *came.moved, *came.gone))
    parts: list[str] = []
    for names, one, many in (
        (came.new, "is new", "are new"),
        (came.moved, "moved", "moved"),
        (came.gone, "is gone from the remote and stays here", "are gone from the remote and stay here"),
    ):
        if names:
            things = f"{len(names):,}" if parts else counted(len(names), noun)
            parts.append(f"{things} {one if len(names) == 1 else many}")
    said = f"{', '.join(parts)}." if parts else "Nothing is new."
    if came.left:
        said += f" {came.left:,} older {'one is' if came.left == 1 else 'ones are'} not here; name one to fetch it."
    return said


def _noun(names: tuple[str, ...]) -> str:
    kinds = {name.split("/")[1] for name in names}
    return {"pull": "pull request", "merge-requests": "merge request"}[kinds.pop()] if len(kinds) == 1 else "request"
