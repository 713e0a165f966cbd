"""The files of a work tree as git sees them: with its index, sparse checkout, ignore rules, line ends and modes.

A repository's configuration may name programs (filters, `core.fsmonitor`, hooks), which are never run. So git runs in
an empty directory of our own, with a copy of the index and no configuration but the few harmless settings below, which
are read as data and passed one by one. New objects are written to that directory, which is removed at the end. What
only a filter could tell is left out, and reported.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from recviewer.git.ranges import ChangedFile, CommittedFile, MissingObjects, blob_name, missing, parsed
from recviewer.git.repository import GitFailed, Repository, first_line, reading_alone, run, working
from recviewer.processes.own_reads import tell

_FLAGS = (
    "filemode symlinks ignorecase precomposeunicode protecthfs protectntfs trustctime sparsecheckout sparsecheckoutcone"
)
_SHARED = {f"core.{name}": frozenset({"true", "false"}) for name in _FLAGS.split()} | {
    "core.autocrlf": frozenset({"true", "false", "input"}),
    "core.eol": frozenset({"lf", "crlf", "native"}),
    "core.checkstat": frozenset({"default", "minimal"}),
}
"""Settings that determine how git reads files, with the values that are passed on."""

_FILES = ("core.excludesfile", "core.attributesfile")
_TRUE, _FALSE = frozenset({"", "true", "yes", "on", "1"}), frozenset({"false", "no", "off", "0"})
_LARGEST_RULES = 1_000_000
"""Size limit of files with rules that are copied."""


class Obstacle(NamedTuple):
    """A file that git could not read. why: a clause for people."""

    raw: bytes
    why: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The state of a work tree. obstacles: files that git cannot read. unsure: files for which only a filter could tell
    whether they changed, each with the filter's name; they count as in the index.
    """

    repository: Repository
    env: dict[str, str]
    place: tuple[str, ...]
    obstacles: tuple[Obstacle, ...] = ()
    unsure: tuple[tuple[bytes, str], ...] = ()

    def differing(self, commit: str) -> list[ChangedFile]:
        """Return the files that differ from a commit (full id), sorted by path. Files that were not requested count as
        in the index.
        """
        words = ("diff-index", "--cached", "-z", "--raw", "--no-renames", "--no-abbrev", "--ignore-submodules=none")
        return parsed(self.ask(*words, "--end-of-options", commit, "--"))

    def files(self, below: bytes = b"") -> list[CommittedFile]:
        """Return the files that git would commit, sorted by path; those not requested as in the index.

        below: a folder, with its final slash.
        """
        made = []
        for entry in self.ask("ls-files", "-z", "-s").split(b"\0")[:-1]:
            head, _, raw = entry.partition(b"\t")
            mode, blob, stage = head.decode("ascii", "replace").split(" ")
            if stage == "0" and raw.startswith(below):
                made.append(CommittedFile(raw, blob, mode))
        return made

    def contents(self, blobs: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Yield (blob id, bytes) for those blobs that are in the repository or in this snapshot, in order."""
        out = memoryview(
            self.ask("cat-file", "--batch", "--buffer", feed="".join(f"{one}\n" for one in blobs).encode())
        )
        place = 0
        for blob in blobs:
            end = place + bytes(out[place : place + 200]).index(b"\n")
            header = bytes(out[place:end]).split()
            place = end + 1
            if len(header) == 3:
                size = int(header[2])
                if header[1] == b"blob":
                    yield blob, bytes(out[place : place + size])
                place += size + 1

    def ask(self, *words: str, feed: bytes = b"") -> bytes:
        """Return git's output. Raises GitFailed with its first error line."""
        done = run((*self.place, *words), env=self.env, feed=feed)
        if done.returncode:
            said = first_line(done)
            if "unable to read" in said or "bad object" in said:
                raise MissingObjects(said, missing(self.repository))
            raise GitFailed(f"{self.repository.work_tree}: {said or f'git {words[0]} gave up without a word'}")
        return done.stdout


@contextmanager
def snapshot(repository: Repository, wanted: Callable[[bytes], bool]) -> Iterator[Snapshot]:
    """Yield what the work tree holds of the files that are wanted, by their paths. Raises GitFailed."""
    with reading_alone(repository) as env:
        own = Path(env["GIT_DIR"])
        known = _settings(repository)
        with working():
            _take_over(repository, own)
        env = env | {"GIT_INDEX_FILE": str(own / "index"), "GIT_WORK_TREE": str(repository.work_tree)} | _home()
        given = [f"{key}={value}" for key, value in _given(known).items()]
        place = ["-C", str(repository.work_tree), *(word for setting in given for word in ("-c", setting))]
        snap = Snapshot(repository, env, tuple(place))
        gone, there = _candidates(snap, wanted)
        filtered = dict(_filtered(snap, there, known))
        unsure = {raw: name for raw, name in filtered.items() if name}
        _update(snap, ["--force-remove"], gone)
        obstacles = _put(snap, [raw for raw in there if raw not in filtered])
        yield Snapshot(repository, env, tuple(place), obstacles, tuple(sorted(unsure.items())))


def _home() -> dict[str, str]:
    """Return the location of the user's own rules (`~/.config/git/ignore`), which `git status` also applies."""
    return {name: os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in os.environ}


def _settings(repository: Repository) -> dict[str, str]:
    """Read the relevant settings of the machine and of the repository; `git config` runs no program."""
    machine = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    machine |= {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    place = ("-c", f"safe.directory={repository.work_tree}", "--no-pager", "--git-dir", repository.git_dir)
    done = run((*place, "config", "-z", "--includes", "--get-regexp", r"^(core\.|filter\.)"), env=machine)
    if done.returncode not in (0, 1):
        raise GitFailed(f"{repository.work_tree}: {first_line(done)}")
    found = {}
    for entry in done.stdout.split(b"\0")[:-1]:
        key, _, value = entry.partition(b"\n")
        found[os.fsdecode(key)] = os.fsdecode(value)
    return found


def _given(known: dict[str, str]) -> dict[str, str]:
    """Return the settings that are passed on: only known values, and the paths of two files of rules."""
    made = {"core.safecrlf": "false", "core.untrackedcache": "false", "core.splitindex": "false"}
    for key, values in _SHARED.items():
        value = known.get(key, "-").lower()
        value = "true" if value in _TRUE else "false" if value in _FALSE else value
        if value in values:
            made[key] = value
    return made | {key: known[key] for key in _FILES if known.get(key)}


def _take_over(repository: Repository, own: Path) -> None:
    """Copy the index with its time, by which git detects later changes, and the rules beside it."""
    for name in ["index", *(one.name for one in repository.git_dir.glob("sharedindex.*"))]:
        with suppress(FileNotFoundError):
            shutil.copy2(repository.git_dir / name, own / name)
    (own / "info").mkdir(exist_ok=True)
    for folder, name in (
        (repository.common_dir, "exclude"),
        (repository.common_dir, "attributes"),
        (repository.git_dir, "sparse-checkout"),
    ):
        source = folder / "info" / name
        with suppress(OSError):
            seen = source.stat()
            if stat.S_ISREG(seen.st_mode) and seen.st_size <= _LARGEST_RULES:
                shutil.copyfile(source, own / "info" / name)


def _candidates(snap: Snapshot, wanted: Callable[[bytes], bool]) -> tuple[list[bytes], list[bytes]]:
    """Return the requested files that were deleted, and those that may differ from the index or are new and not ignored."""
    states: dict[bytes, bool] = {}
    out = snap.ask("diff-files", "-z", "--raw", "--no-renames", "--ignore-submodules=all").split(b"\0")
    for place in range(0, len(out) - 1, 2):
        raw = out[place + 1]
        if wanted(raw):
            states[raw] = states.get(raw, True) and out[place].endswith(b" D")
    for raw in snap.ask("ls-files", "-z", "--others", "--exclude-standard").split(b"\0")[:-1]:
        if not raw.endswith(b"/") and wanted(raw):
            states[raw] = False
    gone = [raw for raw, is_gone in states.items() if is_gone]
    return gone, [raw for raw, is_gone in states.items() if not is_gone]


def _filtered(snap: Snapshot, raws: Sequence[bytes], known: dict[str, str]) -> Iterator[tuple[bytes, str]]:
    """Yield tracked files that a configured filter would read, with its name; "" if they are certainly unchanged."""
    if not raws or not any(key.startswith("filter.") for key in known):
        return
    tracked = {one.raw: one.blob for one in snap.files()}
    out = snap.ask("check-attr", "-z", "--stdin", "filter", feed=b"\0".join(raws) + b"\0").split(b"\0")
    for place in range(0, len(out) - 1, 3):
        raw, name = out[place], os.fsdecode(out[place + 2])
        if raw not in tracked or name in ("unspecified", "set", "unset"):
            continue
        programs = [known.get(f"filter.{name}.{part}", "") for part in ("process", "clean")]
        if not any(programs) and known.get(f"filter.{name}.required", "false").lower() in _FALSE:
            continue
        is_lfs = any(program.startswith("git-lfs ") for program in programs)
        is_same = is_lfs and _pointer_blob(snap.repository, raw) == tracked[raw]
        yield raw, "" if is_same else name


def _pointer_blob(repository: Repository, raw: bytes) -> str:
    """Return the blob id of the pointer that git-lfs makes of a file, "" if the file cannot be read."""
    try:
        with open(os.path.join(os.fsencode(repository.work_tree), raw), "rb", opener=_plain) as file:
            data = file.read()
    except OSError:
        return ""
    digest = hashlib.sha256(data).hexdigest()
    return blob_name(f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(data)}\n".encode())


def _plain(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def _put(snap: Snapshot, raws: Sequence[bytes]) -> tuple[Obstacle, ...]:
    """Add files to the index; if git refuses them together, one by one."""
    try:
        _update(snap, ["--add", "--remove", "--ignore-skip-worktree-entries"], raws)
    except GitFailed:
        return tuple(_put_singly(snap, raws))
    return ()


def _put_singly(snap: Snapshot, raws: Sequence[bytes]) -> Iterator[Obstacle]:
    for raw in raws:
        why = _obstacle(snap.repository, raw)
        if not why:
            try:
                _update(snap, ["--add", "--remove", "--ignore-skip-worktree-entries"], [raw])
            except GitFailed as failed:
                why = f"git cannot read it: {failed}"
        if why:
            yield Obstacle(raw, why)


def _obstacle(repository: Repository, raw: bytes) -> str:
    """Return why a file cannot be read; "" if it can, is missing, or is a symbolic link, which git stores as such."""
    place = os.path.join(os.fsencode(repository.work_tree), raw)
    try:
        seen = os.lstat(place)
        if stat.S_ISLNK(seen.st_mode):
            return ""
        if not stat.S_ISREG(seen.st_mode):
            return "not a regular file"
        os.close(_plain(os.fsdecode(place), os.O_RDONLY))
    except FileNotFoundError:
        return ""
    except OSError as error:
        return error.strerror.lower() if error.strerror else "it cannot be read"
    return ""


def _update(snap: Snapshot, how: Sequence[str], raws: Sequence[bytes]) -> None:
    for raw in raws:
        tell(snap.repository.work_tree, raw)
    if raws:
        snap.ask("update-index", *how, "-z", "--stdin", feed=b"\0".join(raws) + b"\0")
