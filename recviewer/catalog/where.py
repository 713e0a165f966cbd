"""Where the recordings lie in a repository: keys of the catalog against paths of git."""

from __future__ import annotations

import os

from django.conf import settings

from recviewer.git.repository import Repository
from recviewer.store.paths import key_of


def prefix_in(repository: Repository) -> bytes | None:
    """Return the way from the top of a work tree to the recordings root, ending in `/`; b"" where they are the same.

    None where the root does not lie in this work tree, and for a bare repository: its paths are no keys of the catalog.
    """
    if repository.is_bare:
        return None
    top = os.path.realpath(repository.work_tree)
    root = os.path.realpath(settings.RECORDINGS_ROOT)
    if root == top:
        return b""
    if os.path.commonpath((top, root)) != top:
        return None
    return os.fsencode(os.path.relpath(root, top)) + b"/"


def key_at(raw: bytes, prefix: bytes | None) -> str:
    """Return what a path of git is called here: the catalog's key where it lies below the root, else the path itself."""
    return key_of(raw[len(prefix) :] if prefix and raw.startswith(prefix) else raw)
