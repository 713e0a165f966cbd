"""A repository, and how git is called on it.

A repository is untrusted: its configuration can name programs that git would run (`core.fsmonitor`, text converters,
`ext::` remotes, hooks). So its configuration is never read together with objects: git runs in an empty directory of our
own, which borrows the repository's objects. Only the names of commits are resolved in the repository itself, with a
command that runs no program, and the environment is built from scratch.
"""

from __future__ import annotations

import errno
import os
import re
import shlex
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from recviewer.git import concurrency, limits
from recviewer.git.files import read_regular
from recviewer.git.revisions import is_revision
from recviewer.processes import temporary
from recviewer.processes.bound import BoundProcess

TIMEOUT_SECONDS = 20
"""Timeout of one answer of git."""

STREAM_SECONDS = 120
"""Timeout of outputs that are read while git runs."""

_HEX = re.compile(r"[0-9a-f]{40}")


class GitFailed(Exception):
    """Git failed. The message is git's own first line, or a sentence of ours."""


class TooSlow(GitFailed):
    """Git was stopped because it took too long."""


class TooMuch(GitFailed):
    """Git was stopped because it exceeded its limit of memory or output."""


class BadRevision(GitFailed):
    """The requested text is not a valid revision, so git was not called."""


class NoCommit(GitFailed):
    """A revision names no commit that exists here. revision: as requested."""

    def __init__(self, message: str, revision: str = "") -> None:
        super().__init__(message)
        self.revision = revision


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository on disk. work_tree: the top of its checkout. git_dir: of this checkout; common_dir: of the objects.

    A bare repository has no checkout: its three paths are equal. fetched: our bare repository beside it, with what was
    fetched on demand; None if there is none.
    """

    work_tree: Path
    git_dir: Path
    common_dir: Path
    fetched: Path | None = None

    @property
    def name(self) -> str:
        """The path, quoted for a shell."""
        return shlex.quote(str(self.work_tree))

    @property
    def is_shallow(self) -> bool:
        """Tell whether older history was not fetched."""
        return (self.common_dir / "shallow").is_file()

    @property
    def is_bare(self) -> bool:
        """Tell whether there is no checkout."""
        return self.work_tree == self.git_dir

    @property
    def is_partial(self) -> bool:
        """Tell whether objects may exist only on the remote: such a clone marks its packs."""
        try:
            return any(name.endswith(".promisor") for name in os.listdir(self.common_dir / "objects" / "pack"))
        except OSError:
            return False


def way_to(repository: Repository, folder: Path) -> bytes:
    """Return the prefix from the top of a work tree to a folder in it, with its final slash; b"" for the top itself."""
    way = os.path.relpath(os.path.realpath(os.fsencode(folder)), os.fsencode(repository.work_tree))
    return b"" if way == b"." else way + b"/"


def find(folder: Path) -> Repository | None:
    """Return the repository whose work tree contains a folder, or None. Reads two small files, no configuration."""
    here = Path(os.path.realpath(folder))
    for top in (here, *here.parents):
        marker = top / ".git"
        if marker.is_dir():
            return Repository(top, marker, marker)
        if marker.is_file():
            return _linked(top, marker)
    return None


def _linked(top: Path, marker: Path) -> Repository | None:
    """Follow the `.git` file of a linked work tree."""
    try:
        text = marker.read_text(errors="surrogateescape")
    except OSError:
        return None
    if not text.startswith("gitdir: "):
        return None
    git_dir = Path(os.path.normpath(top / text.removeprefix("gitdir: ").rstrip("\n")))
    try:
        shared = os.fsdecode(read_regular(git_dir / "commondir")).rstrip("\n")
    except OSError:
        return Repository(top, git_dir, git_dir)
    return Repository(top, git_dir, Path(os.path.normpath(git_dir / shared)))


def environment() -> dict[str, str]:
    """Return the complete environment of git: no configuration of the machine or the user, no network, no prompts."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_TERMINAL_PROMPT": "0",
    }


def command(*words: str | bytes | Path) -> list[str]:
    """Return git's command line: its path, safety options, the words. Raises GitFailed if git is not installed."""
    git = shutil.which("git")
    if git is None:
        raise GitFailed("git is not installed")
    guards = ("--no-replace-objects", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}")
    return [git, *guards, *map(os.fsdecode, words)]


def resolve(repository: Repository, revision: str) -> str:
    """Return the full id of a commit.

    revision: a branch, tag, or id: see `revisions`. Raises GitFailed.
    """
    if not is_revision(revision):
        raise BadRevision(f"{revision[:80]!r} is not a revision")
    done = run_in(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    name = done.stdout.decode("ascii", "replace").strip()
    refuse_sha256(repository, name)
    if done.returncode or not _HEX.fullmatch(name):
        said = " ".join(done.stderr.decode("utf-8", "replace").removeprefix("fatal: ").split())
        if _CANNOT_OPEN.search(said):
            raise GitFailed(f"{repository.work_tree}: {said}")
        raise NoCommit(f"{revision}: no such commit here", revision)
    return name


_CANNOT_OPEN = re.compile("not a git repository|repository version|repository extension")
_SHA256_DIGITS = 64


def refuse_sha256(repository: Repository, name: str) -> None:
    """Raise GitFailed for an object id that is not sha1: files are compared by git's sha1 ids."""
    if len(name) == _SHA256_DIGITS:
        raise GitFailed(f"{repository.work_tree} names its objects by sha256; only repositories with sha1 can be shown")


def first_line(done: subprocess.CompletedProcess[bytes]) -> str:
    """Return the first line of git's error output."""
    return done.stderr.decode("utf-8", "replace").strip().split("\n")[0].removeprefix("fatal: ")


def run_in(repository: Repository, *words: str, feed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git in the repository itself, with its configuration: only for commands that start no program of its own.

    Those are the ones that resolve and list names. Raises GitFailed if git does not answer.
    """
    place = ("-c", f"safe.directory={repository.work_tree}", "--no-pager", "--git-dir", repository.git_dir)
    return run((*place, *words), env=environment(), feed=feed)


def run(
    words: Sequence[str | bytes | Path], *, env: dict[str, str], feed: bytes = b"", seconds: float = TIMEOUT_SECONDS
) -> subprocess.CompletedProcess[bytes]:
    """Run git to its end. feed: its input. seconds: timeout.

    Raises GitFailed if it does not answer; its exit code is left to the caller.
    """
    verb = next((word for word in words if isinstance(word, str) and word[:1].isalpha() and "=" not in word), "")
    with _let_in():
        try:
            process = BoundProcess(
                command(*words), env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
            )
        except (OSError, ValueError) as error:
            raise GitFailed(f"git did not answer: {getattr(error, 'strerror', None) or error}") from error
        limits.limit(process, seconds)
        said = limits.converse(process, feed, seconds)
    if said.stopped == "time" or process.returncode == -signal.SIGXCPU:
        if seconds >= TIMEOUT_SECONDS:
            concurrency.hangs.add()
        raise _too_slow(verb, seconds)
    concurrency.hangs.begin_anew()
    if said.stopped:
        raise TooMuch(f"git {verb} gave more than {limits.OUTPUT_BYTES >> 20:,} MB and was stopped")
    if process.returncode and limits.lacked_memory(said.complaints):
        raise _too_large(verb)
    return subprocess.CompletedProcess(words, process.returncode, said.out, said.complaints)


@contextmanager
def _let_in() -> Iterator[None]:
    """Acquire a slot for calling git. Raises TooSlow if there is none, or after several timeouts."""
    with ExitStack() as stack:
        if concurrency.hangs.are_too_many():
            raise TooSlow(
                f"git did not answer within {TIMEOUT_SECONDS} seconds, several times; it is asked again in half a minute"
            )
        try:
            stack.enter_context(concurrency.of_git.taken())
        except concurrency.NoSlot:
            raise TooSlow("git is slow to answer other pages just now; try again in a minute") from None
        yield


def _too_slow(verb: str, seconds: float) -> TooSlow:
    return TooSlow(f"git {verb} took more than {seconds:g} seconds and was stopped")


def _too_large(verb: str) -> TooMuch:
    return TooMuch(f"git {verb} needed more than {limits.MEMORY_BYTES >> 20:,} MB of memory and was stopped")


@contextmanager
def together(repository: Repository) -> Iterator[None]:
    """Let all calls of `reading` for a repository share one directory while the block runs, in this thread."""
    with reading_alone(repository) as env:
        before = _shared.set((repository, env))
        try:
            yield
        finally:
            _shared.reset(before)


_shared = ContextVar[tuple[Repository | None, dict[str, str]]]("shared", default=(None, {}))


@contextmanager
def reading(repository: Repository) -> Iterator[dict[str, str]]:
    """Yield an environment in which git reads a repository's objects and none of its configuration.

    Raises GitFailed if there is no space for the few files that this needs.
    """
    place, shared = _shared.get()
    with nullcontext(shared) if place == repository else reading_alone(repository) as env:
        yield env


@contextmanager
def reading_alone(repository: Repository) -> Iterator[dict[str, str]]:
    """Yield such an environment with a directory of its own, for commands that write into it, such as an index."""
    cut = _where_cut(repository)
    with ExitStack() as stack:
        with working():
            own = Path(stack.enter_context(temporary.folder_of_ours(temporary.FOR_GIT)))
            (own / "objects").mkdir()
            (own / "refs").mkdir()
            (own / "HEAD").write_text("ref: refs/heads/none\n")
            if cut:
                (own / "shallow").write_text("".join(f"{line}\n" for line in cut))
        places = [repository.common_dir / "objects"]
        if repository.fetched is not None:
            places.append(repository.fetched / "objects")
        yield environment() | {
            "GIT_DIR": str(own),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": ":".join(map(listed_place, places)),
        }


@contextmanager
def working() -> Iterator[None]:
    """Convert system errors about git's directory to GitFailed."""
    try:
        yield
    except OSError as error:
        raise GitFailed(_no_room(error)) from error


def _no_room(error: OSError) -> str:
    """Return why git cannot be called: it reads an untrusted repository from a small folder of our own."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        why = "the disk of the folder for temporary files is full, or has no inodes left"
    else:
        why = f"there is no folder for temporary files that can be written ({error.strerror or error})"
    return f"git has no place to work in: {why}"


def _where_cut(repository: Repository) -> list[str]:
    """Return the shallow commits, whose parents were not fetched; without those whose history we fetched ourselves."""
    if not repository.is_shallow:
        return []
    try:
        text = read_regular(repository.common_dir / "shallow").decode("ascii", "replace")
    except OSError as error:
        raise GitFailed(f"git did not answer: {error.strerror or error}") from error
    cut = [line for line in text.split() if _HEX.fullmatch(line)]
    if repository.fetched is None or (repository.fetched / "objects" / "info" / "alternates").exists():
        return cut
    feed = "".join(f"{line}\n" for line in cut).encode()
    done = run(("cat-file", "--batch-check"), env=environment() | {"GIT_DIR": str(repository.fetched)}, feed=feed)
    rows = done.stdout.decode("ascii", "replace").splitlines()
    return [line for line, row in zip(cut, rows, strict=False) if row.endswith(" missing")]


def listed_place(place: Path) -> str:
    """Return a path as an entry of a list that git splits at colons or line breaks unless quoted."""
    text = str(place)
    if not any(sign in text for sign in ":\n") and not text.startswith('"'):
        return text
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


@contextmanager
def streaming(
    repository: Repository, *words: str, seconds: float = STREAM_SECONDS
) -> Iterator[subprocess.Popen[bytes]]:
    """Run git on a repository's objects and yield the process, whose output the caller reads; it is killed on leaving.

    Raises TooSlow or TooMuch on leaving if it had to be stopped: then the output was incomplete.
    """
    with _let_in(), reading(repository) as env, _complaints(env) as said:
        try:
            process = BoundProcess(command(*words), env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said)
        except OSError as error:
            raise GitFailed(f"git did not answer: {error.strerror or error}") from error
        limits.limit(process, seconds)
        late = threading.Event()
        watch = threading.Timer(seconds, _stop, (process, late))
        watch.daemon = True
        watch.start()
        try:
            yield process
        except GitFailed:
            limits.end(process)
            if not late.is_set():
                _tell_limit(process, said, words[0])
                raise
        finally:
            watch.cancel()
            limits.end(process)
        if late.is_set():
            if seconds >= TIMEOUT_SECONDS:
                concurrency.hangs.add()
            raise _too_slow(words[0], seconds)
        _tell_limit(process, said, words[0])


@contextmanager
def _complaints(env: dict[str, str]) -> Iterator[IO[bytes]]:
    """Yield a file without a name for what git complains of while its output is read."""
    with working():
        said = tempfile.TemporaryFile(dir=env["GIT_DIR"], buffering=0)  # noqa: SIM115
    with said:
        yield said


def _tell_limit(process: subprocess.Popen[bytes], said: IO[bytes], verb: str) -> None:
    """Raise TooMuch if git failed for lack of memory."""
    if process.poll():
        said.seek(0)
        if limits.lacked_memory(said.read(limits.SAID_BYTES)):
            raise _too_large(verb)


def _stop(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()
