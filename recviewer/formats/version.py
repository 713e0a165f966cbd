"""The version of all code that determines the meaning of a recording. Imports none of it, to start fast."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from recviewer.configuration import env

PACKAGES = ("exchange", "formats", "recorders", "replay", "catalog/summary.py", "catalog/naming.py")


@cache
def reader_version() -> str:
    """Return a digest of the sources that read and summarize recordings: if it changes, every file is read again."""
    return version_of(PACKAGES)


def version_of(names: Iterable[str]) -> str:
    """Return a digest of sources. names: of packages and modules below `recviewer/`."""
    digest = hashlib.sha256(env.text("RECVIEWER_RECORDER").encode())  # the recorder setting affects how files are read
    digest.update(bytes([find_spec("zstandard") is not None]))  # some files need it to be opened
    own_rules = env.path("RECVIEWER_NAME_RULES")
    digest.update(own_rules.read_bytes() if own_rules is not None and own_rules.is_file() else b"")
    root = Path(__file__).parent.parent
    for name in names:
        place = root / name
        for source in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
