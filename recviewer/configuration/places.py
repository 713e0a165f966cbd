"""Paths: the recordings root, the data folder that belongs to it, the bundled assets and demo tree.

The data folder holds what recviewer writes: the database, the trash, the collected static files. There is one for each
recordings root, so that two trees never share verdicts by accident: a data folder records its owner in its file `root`,
and refuses another root. If only a repository is named, its work tree is the root; a mirror has none, but still gets a
data folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from recviewer.bounded.files import own_text
from recviewer.configuration import env
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed, Repository
from recviewer.processes import temporary

PACKAGE = Path(__file__).resolve().parent.parent
_BUNDLED = PACKAGE / "_bundled"
ASSETS = _BUNDLED if _BUNDLED.is_dir() else PACKAGE.parent
DEMO_SOURCE = ASSETS / "recordings"


RECORDER = "look only for files of this recorder (vcrpy, go-vcr, …), at any path, instead of guessing"
MOVED = "the recordings of the data folder have moved to DIR; keep their verdicts and tags"


class OtherRoot(Exception):
    """The data folder belongs to another root. The message names both and says what to do."""


@dataclass(frozen=True, slots=True)
class Owner:
    """The owner of a data folder. what: `recordings`, `mirror` or `demo`.

    place: of the tree or the mirror, "" for the demo.
    """

    what: str
    place: str = ""

    def is_same(self, other: Owner) -> bool:
        """Tell whether two names mean the same place."""
        if self.what != other.what:
            return False
        if os.path.realpath(self.place) == os.path.realpath(other.place):
            return True
        try:
            return os.path.samefile(self.place, other.place)
        except OSError:
            return False

    def __str__(self) -> str:
        words = {"mirror": "the mirror ", "demo": "the demo tree"}
        return words.get(self.what, "the recordings in ") + self.place


def owner_of(data: Path) -> Owner | None:
    """Return the owner of a data folder, None if it has none yet."""
    try:
        told = json.loads(own_text(data / "root"))
        return Owner(str(told["what"]), str(told["place"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def conflict(data: Path, wanted: Owner) -> str:
    """Return a sentence that says why a data folder must not be used for a root, "" if it may."""
    owner = owner_of(data)
    if owner is None or owner.is_same(wanted):
        return ""
    moved = f" If these are the same recordings at a new place, say so once: `recviewer index {wanted.place} --moved`."
    return (
        f"The data folder {data} belongs to {owner}, and was asked to serve {wanted}. Set RECVIEWER_DATA to another folder, "
        "or leave it unset: each root then has a folder of its own." + (moved if wanted.what == "recordings" else "")
    )


@dataclass(frozen=True, slots=True)
class Places:
    """root: the recordings tree. data: the data folder. is_demo: root is the private copy of the demo tree.

    mirror: a bare repository that is shown without any recordings; root is an empty folder then.
    """

    root: Path
    data: Path
    is_demo: bool
    mirror: Path | None = None

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.data / "recviewer.sqlite3"

    @property
    def trash(self) -> Path:
        """The folder where deleted recordings wait."""
        return self.data / "trash"

    @property
    def owner(self) -> Owner:
        """The owner that the data folder should have."""
        if self.is_demo:
            return Owner("demo")
        return Owner("mirror", str(self.mirror)) if self.mirror is not None else Owner("recordings", str(self.root))

    @property
    def conflict(self) -> str:
        """A sentence that says why the data folder must not be used for this root; "" if it may."""
        return conflict(self.data, self.owner)

    def claim(self, *, moved: bool = False) -> None:
        """Record the owner in the data folder. moved: even if it had another one. Raises OtherRoot, OSError.

        Nothing is recorded for a root that does not exist, because its name may be a typing mistake.
        """
        if self.conflict and not moved:
            raise OtherRoot(self.conflict)
        if owner_of(self.data) == self.owner or (self.owner.what == "recordings" and not self.root.is_dir()):
            return
        fresh = self.data / f"root.{os.getpid()}.new"
        try:
            fresh.write_text(json.dumps({"what": self.owner.what, "place": self.owner.place}) + "\n")
            fresh.replace(self.data / "root")
        except OSError:  # half a file, on a full disk
            with contextlib.suppress(OSError):
                fresh.unlink()
            raise

    def sweep(self) -> None:
        """Remove temporary files of a process that was killed in `claim`."""
        temporary.sweep_unfinished(self.data, "root.*.new")

    def prepare(self, *, moved: bool = False) -> None:
        """Create the data folder, record its owner and, for the demo, make the private copy of its tree if it is
        missing.

        A new data folder is for this account alone, since it holds hashes of passwords. moved: the folder's recordings
        are at another path now. Raises OtherRoot, OSError.
        """
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.claim(moved=moved)
        if self.mirror is not None:
            self.root.mkdir(exist_ok=True)
        if self.is_demo and not self.root.is_dir():
            fresh = self.root.with_name(self.root.name + ".new")
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(DEMO_SOURCE, fresh)
            fresh.rename(self.root)


def local_secret(data: Path) -> str:
    """Return the signing key of a local instance, created once and kept in its data folder; "" if there is no folder."""
    keep = data / "secret-key"
    try:
        return own_text(keep).strip()
    except OSError:
        pass
    try:
        with open(os.open(keep, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
            key = secrets.token_urlsafe(48)
            made.write(key)
            return key
    except OSError:
        return ""


def find(root: str | os.PathLike[str] | None = None) -> Places:
    """Find the paths for a recordings root.

    root: from the command line; else RECVIEWER_RECORDINGS; else that of the data folder in RECVIEWER_DATA, unless
    RECVIEWER_REPO is another work tree; else the work tree of RECVIEWER_REPO; else the demo tree. Nothing is created.
    """
    chosen = Path(os.path.abspath(Path(root).expanduser())) if root else env.path("RECVIEWER_RECORDINGS")
    home = Path(platformdirs.user_data_dir("recviewer", appauthor=False))
    alone = _repository() if chosen is None else None
    known = owner_of(named) if (named := env.path("RECVIEWER_DATA")) else None
    if chosen is None and known is not None and _goes_with(known, alone):
        assert named is not None
        return _of(known, named)
    if alone is not None:
        chosen = alone.work_tree
    if chosen is None:
        data = env.path("RECVIEWER_DATA") or home / "demo"
        return Places(root=data / "recordings", data=data, is_demo=True)
    digest = hashlib.sha256(os.fsencode(os.path.realpath(chosen))).hexdigest()[:8]
    data = env.path("RECVIEWER_DATA") or home / f"{chosen.name[:60] or 'root'}-{digest}"
    if alone is not None and alone.is_bare:
        return Places(root=data / "no-recordings", data=data, is_demo=False, mirror=alone.git_dir)
    return Places(root=chosen, data=data, is_demo=False)


def _goes_with(known: Owner, repository: Repository | None) -> bool:
    """Tell whether the owner of a data folder fits the named repository, if any: it is in its work tree, or is a
    mirror.
    """
    if repository is None:
        return True
    if known.what != "recordings":
        return False
    top = os.path.realpath(repository.work_tree)
    return repository.is_bare or os.path.commonpath([top, os.path.realpath(known.place)]) == top


def _of(owner: Owner, data: Path) -> Places:
    if owner.what == "demo":
        return Places(root=data / "recordings", data=data, is_demo=True)
    if owner.what == "mirror":
        return Places(root=data / "no-recordings", data=data, is_demo=False, mirror=Path(owner.place))
    return Places(root=Path(owner.place), data=data, is_demo=False)


def _repository() -> Repository | None:
    """Return the repository in RECVIEWER_REPO, if it is set."""
    named = env.path("RECVIEWER_REPO")
    try:
        return opened(named) if named else None
    except GitFailed:
        raise env.BadEnvironment("RECVIEWER_REPO", str(named), "it is not a git repository, nor inside one") from None
