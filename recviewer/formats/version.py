"""The version of all code that determines the meaning of a recording. Imports none of it, to start fast."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from recviewer.configuration import env

PACKAGES = ("exchange", "formats", "recorders", "replay", "secrets", "catalog/summary.py", "catalog/naming.py")
ROOT = Path(__file__).parent.parent


@cache
def reader_version() -> str:
    """Return a digest of the sources that read and summarize recordings, which changes with any of them.

    `reader_sources` tells whether a change concerns a file.
    """
    return version_of(PACKAGES)


def version_of(names: Iterable[str]) -> str:
    """Return a digest of sources. names: of packages and modules below `recviewer/`."""
    digest = settings_digest()
    for source in sources(names):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def settings_digest() -> hashlib._Hash:
    """Return a new digest of what is configured or installed and affects how files are read."""
    digest = hashlib.sha256(env.text("RECVIEWER_RECORDER").encode())  # the recorder setting affects how files are read
    digest.update(bytes([find_spec("zstandard") is not None]))  # some files need it to be opened
    own_rules = env.path("RECVIEWER_NAME_RULES")
    digest.update(own_rules.read_bytes() if own_rules is not None and own_rules.is_file() else b"")
    return digest


def sources(names: Iterable[str]) -> Iterator[Path]:
    """Yield the source files of packages and modules below `recviewer/`, always in the same order."""
    for name in names:
        place = ROOT / name
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place]
