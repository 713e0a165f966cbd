"""Where the recordings lie in a repository: keys of the catalog against paths of git."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from recviewer.git import repository
from recviewer.store.paths import key_of


def way() -> bytes:
    """Return the way from the top of the repository to the recordings root, ending in `/`; b"" for the top.

    It is that of the checkout which holds the root. A mirror of it has the same paths; b"" where there is no checkout.
    """
    root = Path(settings.RECORDINGS_ROOT)
    found = repository.find(root)
    return repository.way_to(found, root) if found else b""


def key_at(raw: bytes, start: bytes) -> str:
    """Return what a path of git is called here: the catalog's key where it lies below the root, else the path itself.

    start: as `way` returns it.
    """
    return key_of(raw[len(start) :] if start and raw.startswith(start) else raw)
