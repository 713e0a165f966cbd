"""Runs a command while its tree is watched, and stores the results continuously."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

import recviewer
from recviewer.processes import own_reads, temporary
from recviewer.store.claims import Claims
from recviewer.used import marks, run_file
from recviewer.used.model import UsedFile, UsedRun
from recviewer.used.run_notes import RunNotes
from recviewer.used.running import Command, code_of
from recviewer.used.sweeps import Sweeps
from recviewer.used.tree_state import Blobs, commit_of
from recviewer.used.watching import TreeWatch, Unwatchable, stamp_of

FLUSH_SECONDS = 1.0
"""Interval at which results are written while the command runs."""
READ_SECONDS = 0.5
PLUGIN = "recviewer_used_pytest"
"""Module name of the plugin's copy for a pytest without recviewer."""

_DONE = "done"


@dataclass(frozen=True, slots=True)
class RunDone:
    """The result. code: the command's exit code, -N if signal N ended it. place: the run's file, None if it could not
    be written; why: the reason. signals: those received meanwhile.
    """

    run: UsedRun
    code: int
    place: Path | None
    why: str = ""
    signals: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """What is to be run. root: the watched recordings. words: the command. keep: the run's file.

    with_tests: pass the plugin to every pytest that is started. folder, environment, mask: of the command, by default
    ours; mask: blocked signals.
    """

    root: Path
    name: str
    words: tuple[str, ...]
    keep: Path
    with_tests: bool = False
    folder: Path | None = None
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))
    mask: Collection[int] | None = None


def watch_run(asking: Asking, claims: Claims, *, skip: Sequence[Path] = ()) -> RunDone:
    """Run a command and record what it reads. skip: folders that are not watched.

    If the tree cannot be watched, the command runs all the same, and the run says that it has no results. Call it in
    the main thread. Raises CannotRun, and OSError if the root cannot be read or nothing can be written.
    """
    noted = RunNotes()
    commit = commit_of(asking.root)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(temporary.folder_of_ours(temporary.FOR_MARKS)))
        watch = TreeWatch(asking.root, claims, noted, skip=skip)
        stack.callback(watch.close)
        ours = stack.enter_context(own_reads.listening(watch.root.rstrip(b"/") or b"/"))
        try:
            noted.files = watch.start(folder)
        except Unwatchable as unwatchable:
            noted.limited(str(unwatchable))
        noted.sweeps = Sweeps(watch.root, noted.files.keys(), lambda files: _are_ours(ours, files))
        head = UsedRun(asking.name, datetime.now(UTC), asking.words, commit.root, commit.sha, commit.clean)
        environment = _environment(asking, folder, watch.root, claims)
        command = Command(asking.words, environment, asking.folder, asking.mask)
        with _reading(watch, noted, _Part(asking.keep, head), folder):
            code = command.wait()
        ended = datetime.now(UTC)
        watch.close()
        found = marks.read(folder, watch.root)
        opened = ours.told()
    noted.settle(opened)
    run = replace(
        head,
        ended=ended,
        exit=code_of(code),
        stopped=found.stopped,
        left_out=found.left_out,
        limits=tuple(noted.limits),
        ours=sum(opened.values()),
        sweeps=noted.sweeps_seen(),
        tests=noted.tests(found.tests),
    )
    done = _kept(run, code, asking.keep, noted.uses(_looked(asking.root, noted)))
    return replace(done, signals=tuple(command.signals))


def _are_ours(ours: own_reads.Listening, files: set[bytes]) -> bool:
    """Tell whether our own processes opened at least half of some files: what they open is subtracted individually."""
    return 2 * len(ours.told().keys() & files) >= len(files)


def _environment(asking: Asking, folder: Path, root: bytes, claims: Claims) -> dict[str, str]:
    environment = asking.environment | {marks.VARIABLE: marks.variable_value(folder, root, claims.endings)}
    if asking.with_tests:
        shutil.copyfile(Path(recviewer.__file__).with_name("used_pytest.py"), folder / f"{PLUGIN}.py")
        paths = [str(folder), environment.get("PYTHONPATH", "")]
        options = [environment.get("PYTEST_ADDOPTS", ""), f"-p {PLUGIN}"]
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, paths))
        environment["PYTEST_ADDOPTS"] = " ".join(filter(None, options))
    return environment


class _Part:
    """The file with the results so far. keep: the path of the complete file."""

    def __init__(self, keep: Path, head: UsedRun) -> None:
        self.place = part_of(keep)
        self._file = open(self.place, "wb", buffering=0)  # noqa: SIM115 - closed by `close`
        self._file.write(run_file.line(run_file.head_of(head)))

    def add(self, files: Sequence[UsedFile]) -> None:
        if files:
            self._file.write(b"".join(run_file.line(run_file.file_line(one)) for one in files))

    def close(self) -> None:
        self._file.close()


def part_of(keep: Path) -> Path:
    """Return the path of the partial file of a run, from the path of its complete file."""
    return keep.with_name(f"{keep.name.removesuffix('.jsonl')}.part.jsonl")


@contextmanager
def _reading(watch: TreeWatch, noted: RunNotes, part: _Part, folder: Path) -> Iterator[None]:
    """Read a watch's events in a thread for the duration of a `with`; on leaving, all events were read."""
    is_over = threading.Event()
    thread = threading.Thread(
        target=_read, args=(watch, noted, part, is_over.is_set), name="recviewer-used", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        with suppress(OSError):
            (folder / _DONE).touch()  # wakes it
        thread.join()
        part.close()


def _read(watch: TreeWatch, noted: RunNotes, part: _Part, is_over: Callable[[], bool]) -> None:
    flushed = time.monotonic()
    try:
        while not is_over():
            if not watch.read(READ_SECONDS):
                time.sleep(0 if watch.folders else 0.02)
            if time.monotonic() - flushed >= FLUSH_SECONDS:
                flushed = time.monotonic()
                _flush(noted, part)
        while watch.read(0):
            pass
    except Exception as error:  # our own errors must not end a test run; the run says that it has no results
        noted.limited(f"watching failed: {error!r}")


def _flush(noted: RunNotes, part: _Part) -> None:
    try:
        part.add(noted.lately())
    except OSError as error:
        noted.limited(f"what was seen could not be written down all the time ({error.strerror})")


def _looked(root: Path, noted: RunNotes) -> Callable[[bytes], tuple[int, str]]:
    """Return a function for the size and blob of a file whose bytes were the same throughout, or at the end of, the run."""
    touched = noted.touched
    blobs = Blobs(root)

    def look(raw: bytes) -> tuple[int, str]:
        try:
            seen = os.lstat(os.path.join(os.fsencode(root), raw))
        except OSError:
            return 0, ""
        is_known = raw in touched or stamp_of(seen) == noted.files[raw]
        return seen.st_size, blobs.of(raw, seen.st_size) if is_known else ""

    return look


def _kept(run: UsedRun, code: int, keep: Path, files: Iterator[UsedFile]) -> RunDone:
    """Write a run. Lines about untouched files only go to disk, since there may be very many."""
    used: dict[str, UsedFile] = {}
    total = 0

    def lines() -> Iterator[bytes]:
        nonlocal total
        for one in files:
            total += 1
            if one.is_used or one.doubt:
                used[one.path] = one
            yield run_file.line(run_file.file_line(one))

    first, *rest = run_file.lines_of(run)
    try:
        run_file.write(keep, chain([first], lines(), rest))
    except OSError as error:
        run = replace(run, files=used, total=total)
        return RunDone(run, code, None, f"The run cannot be kept in {keep}: {error.strerror or error}.")
    with suppress(OSError):
        part_of(keep).unlink()
    return RunDone(replace(run, files=used, total=total), code, keep)
