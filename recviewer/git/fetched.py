"""Our own bare repository beside a read-only one: it contains what was fetched on demand.

It borrows the objects of the other, so that only new ones are transferred; not of a partial or shallow one, since what
that lacks would be missing here too. There is one for each repository and remote, in the data folder.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from recviewer.git.remotes import Remote
from recviewer.git.repository import Repository, listed_place

BRANCHES = "refs/remotes/fetched/"
"""Prefix of fetched branches: `fetched/main` never hides a branch of the repository."""

_NOTE = "recviewer.json"


@dataclass(frozen=True, slots=True)
class FetchNote:
    """The result of the last fetch.

    at: seconds since the epoch, 0 before the first. sentence: what was fetched. error: why it failed, "" if it did not.
    gone: requests that the remote no longer has. seen: the repository's own requests at that time.
    """

    at: float = 0
    sentence: str = ""
    error: str = ""
    gone: tuple[str, ...] = ()
    seen: dict[str, str] = field(default_factory=dict)


def place(data: Path, repository: Repository, remote: Remote) -> Path:
    """Return the path of what is fetched for a repository from a remote, whether it exists or not."""
    said = f"{remote.url}\0{os.path.realpath(repository.common_dir)}"
    return data / f"fetched-{hashlib.sha256(os.fsencode(said)).hexdigest()[:8]}.git"


def with_fetched(repository: Repository, remote: Remote, data: Path) -> Repository:
    """Return the repository together with what was fetched for it, if anything was."""
    where = place(data, repository, remote)
    return replace(repository, fetched=where) if (where / "HEAD").is_file() else repository


def own(repository: Repository) -> Repository | None:
    """Return our bare repository, None if nothing was fetched."""
    here = repository.fetched
    return None if here is None else Repository(here, here, here)


def make(repository: Repository, where: Path) -> Repository:
    """Create it if missing, and return the repository with it. The repository itself is not written to."""
    if not (where / "HEAD").is_file():
        fresh = where.with_suffix(f".new{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        for folder in ("objects/info", "objects/pack", "refs"):
            (fresh / folder).mkdir(parents=True)
        (fresh / "config").write_text("[core]\n\trepositoryformatversion = 0\n\tbare = true\n")
        (fresh / "HEAD").write_text("ref: refs/heads/none\n")
        if not repository.is_partial and not repository.is_shallow:
            lent = listed_place((repository.common_dir / "objects").resolve())
            (fresh / "objects" / "info" / "alternates").write_bytes(os.fsencode(lent) + b"\n")
        shutil.rmtree(where, ignore_errors=True)
        fresh.rename(where)
    return replace(repository, fetched=where)


def lends(where: Path) -> bool:
    """Tell whether the objects of the repository beside it are borrowed."""
    return (where / "objects" / "info" / "alternates").is_file()


def note(where: Path | None) -> FetchNote:
    """Return the result of the last fetch; an empty one before the first, or if it is damaged."""
    if where is None:
        return FetchNote()
    try:
        told = json.loads((where / _NOTE).read_bytes())
        return FetchNote(
            float(told["at"]), str(told["sentence"]), str(told["error"]), tuple(told["gone"]), dict(told["seen"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return FetchNote()


def write_note(where: Path, left: FetchNote) -> None:
    """Store the result of a fetch."""
    fresh = where / f"{_NOTE}.new"
    fresh.write_text(json.dumps(asdict(left)))
    fresh.replace(where / _NOTE)
