"""Tries a change on a private copy of a work tree: runs the command before and after, and compares."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from recviewer.exchange.amounts import size
from recviewer.git import repository
from recviewer.git.repository import GitFailed
from recviewer.processes import temporary
from recviewer.store.claims import Claims
from recviewer.used.model import UsedRun
from recviewer.used.watching_run import Asking, watch_run

SPARE = 1.05
"""Required free space, as a multiple of the copy's size."""


class CannotTry(Exception):
    """Nothing could be tried. The message is a sentence."""


class EndedBySignal(Exception):
    """A signal ended the command, or is to end this process. number: of the signal."""

    def __init__(self, number: int) -> None:
        super().__init__(f"ended by signal {number}")
        self.number = number


@dataclass(frozen=True, slots=True)
class ToTry:
    """What is to be tried. top: the work tree, or the recordings root if there is none; it is not changed. root: the
    recordings folder, equal to or below it. folder: working directory of the command, in it. words: the command.

    apply: makes the change in a copy of `top`.
    """

    top: Path
    root: Path
    folder: Path
    words: tuple[str, ...]
    apply: Callable[[Path], None]


def try_it(trial: ToTry, claims: Claims, say: Callable[[str], object]) -> tuple[UsedRun, UsedRun]:
    """Return the runs before and after. say: receives progress.

    Nothing is left behind, except if this process is killed; the next start then removes it. Raises CannotTry,
    CannotRun, EndedBySignal, OSError.
    """
    with _waiting() as mask, temporary.folder_of_ours(temporary.FOR_TRYING) as place:
        copy = Path(place) / "tree" / trial.top.name
        runs = []
        for step in ("before", "after"):
            say(f"{step}: copying {trial.top}")
            _copied(trial.top, copy)
            if step == "after":
                trial.apply(copy)
            say(f"{step}: {' '.join(trial.words)}")
            _end_if_asked()
            runs.append(_run(trial, copy, step, claims, mask))
            _end_if_asked()
            shutil.rmtree(copy)
        return runs[0], runs[1]


_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)


@contextmanager
def _waiting() -> Iterator[set[signal.Signals]]:
    """Block signals that end a process for the duration of a `with`, so that cleaning up is not interrupted.

    `_end_if_asked` checks for them. Yields the previous mask.
    """
    before = {signal.Signals(one) for one in signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)}
    try:
        yield before
    finally:
        late = signal.sigtimedwait(_ENDING, 0)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if late is not None:
            raise EndedBySignal(late.si_signo)


def _end_if_asked() -> None:
    """Raise EndedBySignal if a blocked signal is pending."""
    if signal.sigpending() & set(_ENDING) and (late := signal.sigtimedwait(_ENDING, 0)):
        raise EndedBySignal(late.si_signo)


def _run(trial: ToTry, copy: Path, step: str, claims: Claims, mask: Collection[int]) -> UsedRun:
    asking = Asking(
        root=_moved(trial.root, trial.top, copy),
        name=step,
        words=(trial.words[0], *[_word(word, trial.top, copy) for word in trial.words[1:]]),
        keep=copy.parent.parent / f"used-{step}.jsonl",
        with_tests=True,
        environment=_environment(trial.top, copy),
        folder=_moved(trial.folder, trial.top, copy),
        mask=mask,
    )
    done = watch_run(asking, claims)
    for number in (-done.code, *done.signals):
        if number in (*_ENDING, -done.code) and number > 0:
            raise EndedBySignal(number)
    return done.run


def _moved(place: Path, top: Path, copy: Path) -> Path:
    return copy / os.path.relpath(os.path.realpath(place), os.path.realpath(top))


def _word(word: str, top: Path, copy: Path) -> str:
    """Return a word of the command; an absolute path in the work tree becomes that in the copy."""
    return str(_moved(Path(word), top, copy)) if word.startswith("/") and _is_in(word, top) else word


def _is_in(place: str, top: Path) -> bool:
    real = os.path.realpath(place)
    return os.path.commonpath([real, os.path.realpath(top)]) == os.path.realpath(top)


def _environment(top: Path, copy: Path) -> dict[str, str]:
    environment = dict(os.environ)
    if paths := environment.get("PYTHONPATH"):
        environment["PYTHONPATH"] = os.pathsep.join(_word(one, top, copy) for one in paths.split(os.pathsep))
    return environment | {"PWD": str(copy)}


def _copied(top: Path, copy: Path) -> None:
    """Copy a work tree, with its own repository that borrows the original's objects. Raises CannotTry."""
    copy.parent.mkdir(exist_ok=True)
    needed, free = _bytes_below(top), shutil.disk_usage(copy.parent).free
    if needed * SPARE > free:
        raise CannotTry(f"A copy of {top} takes {size(needed)}, and {copy.parent} has {size(free)}.")
    try:
        shutil.copytree(top, copy, symlinks=True, ignore=_left_away, copy_function=_copy_file)
    except shutil.Error as error:
        first = error.args[0][0]
        raise CannotTry(f"{first[0]} cannot be copied: {first[2]}") from None
    with suppress(GitFailed, OSError):
        _borrow(top, copy)


def _copy_file(old: str, new: str) -> None:
    _end_if_asked()
    shutil.copy2(old, new, follow_symlinks=False)


def _left_away(folder: str, names: Sequence[str]) -> list[str]:
    """Return what is not copied: git's own folder, and anything other than files, folders and links."""
    return [name for name in names if name == ".git" or not _can_be_copied(os.path.join(folder, name))]


def _can_be_copied(place: str) -> bool:
    return os.path.islink(place) or os.path.isfile(place) or os.path.isdir(place)


def _bytes_below(top: Path) -> int:
    total, waiting = 0, [os.fspath(top)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name != ".git":
                        waiting.append(entry.path)
                else:
                    total += entry.stat(follow_symlinks=False).st_size
    return total


def _borrow(top: Path, copy: Path) -> None:
    """Give a copy a repository with the same commit, refs and index, since tests may run git. Raises GitFailed, OSError."""
    found = repository.find(top)
    if found is None or os.path.realpath(found.work_tree) != os.path.realpath(top):
        return
    head = repository.resolve(found, "HEAD")
    own = copy / ".git"
    for folder in ("objects/info", "refs/heads", "refs/tags"):
        (own / folder).mkdir(parents=True)
    (own / "objects/info/alternates").write_text(f"{repository.listed_place(found.common_dir / 'objects')}\n")
    (own / "HEAD").write_text(f"{head}\n")
    (own / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = false\n")
    for place, name in ((found.common_dir, "packed-refs"), (found.common_dir, "shallow"), (found.git_dir, "index")):
        with suppress(FileNotFoundError):
            shutil.copy2(place / name, own / name)
    with suppress(FileNotFoundError):
        shutil.copytree(found.common_dir / "refs/tags", own / "refs/tags", dirs_exist_ok=True)
