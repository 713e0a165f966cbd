"""Where things lie: the recordings root, the data folder that belongs to it, the bundled assets and demo tree.

The data folder holds what recviewer writes: the database, the trash, the collected static files. There is one for each
recordings root, so that two trees never share verdicts by accident. A repository that is named alone brings its work
tree as the root; a mirror has none, and gets a data folder all the same.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from recviewer import env
from recviewer.git.ranges import opened
from recviewer.git.repository import GitFailed, Repository

PACKAGE = Path(__file__).resolve().parent
_BUNDLED = PACKAGE / "_bundled"
ASSETS = _BUNDLED if _BUNDLED.is_dir() else PACKAGE.parent
DEMO_SOURCE = ASSETS / "recordings"


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

    def prepare(self) -> None:
        """Create the data folder and, for the demo, the private copy of the demo tree (only when it is missing)."""
        self.data.mkdir(parents=True, exist_ok=True)
        if self.mirror is not None:
            self.root.mkdir(exist_ok=True)
        if self.is_demo and not self.root.is_dir():
            fresh = self.root.with_name(self.root.name + ".new")
            shutil.rmtree(fresh, ignore_errors=True)
            shutil.copytree(DEMO_SOURCE, fresh)
            fresh.rename(self.root)


def local_secret(data: Path) -> str:
    """Return the signing key of a local instance, made once and kept in its data folder; "" where there is no folder."""
    keep = data / "secret-key"
    try:
        return keep.read_text().strip()
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
    """Work out the places for a recordings root.

    root: given on the command line; else RECVIEWER_RECORDINGS; else the work tree of RECVIEWER_REPO; else the demo tree.
    Nothing is created.
    """
    chosen = Path(os.path.abspath(Path(root).expanduser())) if root else env.path("RECVIEWER_RECORDINGS")
    home = Path(platformdirs.user_data_dir("recviewer", appauthor=False))
    alone = _repository() if chosen is None else None
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


def _repository() -> Repository | None:
    """Return the repository that RECVIEWER_REPO names, if it names one."""
    named = env.path("RECVIEWER_REPO")
    try:
        return opened(named) if named else None
    except GitFailed:
        raise env.BadEnvironment("RECVIEWER_REPO", str(named), "it is no git repository, and lies in none") from None
