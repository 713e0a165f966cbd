"""Versions of readers, one for each format and recorder, so that an edit of one has only the files read again that it
concerns.

What a file means depends on the code that all readers share, on how they are chosen, and on the formats and the recorder
that were chosen for it. The choice asks all of them. So what `match` of any format and `recognizes` of any recorder use
counts for every file, the rest of their modules only for files that they read. `choosing_code` tells
them apart.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple

from recviewer.formats.choosing_code import choosing
from recviewer.formats.version import PACKAGES, ROOT, reader_version, settings_digest, sources

FOLDERS = ("formats/wire", "recorders/kinds")
"""Folders whose modules are one reader each."""

DIGITS = 16
"""Length of a digest. Chance alone makes two of them equal once in 2**64."""


class Versions(NamedTuple):
    """Digests of sources. common: of all that counts for every file. own: of each format and recorder, by module."""

    common: str
    own: dict[str, str]


@lru_cache(maxsize=256)
def version_for(readers: tuple[str, ...]) -> str:
    """Return what is stored with a file: the version of the code that read it, see `is_current`.

    readers: the modules of the formats and recorders that were chosen for it, in order of name. If there are none, or
    one of them is unknown, any edit has the file read again.
    """
    own = _own(readers, versions())
    return f"{reader_version()} {versions().common} {own} {' '.join(readers)}" if own else reader_version()


@lru_cache(maxsize=256)
def is_current(version: str) -> bool:
    """Tell whether a file that was read by such a version would be read the same now."""
    whole, _, rest = version.partition(" ")
    if whole == reader_version():
        return True
    common, _, rest = rest.partition(" ")
    own, _, names = rest.partition(" ")
    return bool(names) and common == versions().common and own == _own(names.split(" "), versions())


def readers_of(version: str) -> tuple[str, ...]:
    """Return the modules that a stored version names, () if it names none."""
    return tuple(version.split(" ")[3:])


def _own(names: Iterable[str], known: Versions) -> str:
    """Return the digest of some readers, "" if there are none or one is unknown."""
    found = [known.own.get(name, "") for name in names]
    return _digest(found) if found and all(found) else ""


@cache
def versions() -> Versions:
    """Return the versions of the sources as they are now. Takes some 20 ms the first time.

    If the sources were edited since `reader_version` was computed, nothing is known of them in detail.
    """
    texts = {place: place.read_text("utf-8") for place in sources(PACKAGES)}
    whole = settings_digest()
    for text in texts.values():
        whole.update(text.encode())
    if whole.hexdigest()[:DIGITS] != reader_version():
        return Versions("", {})
    readers = {name: text for place, text in texts.items() if (name := _reader_at(place))}
    shared = [text for place, text in texts.items() if not _reader_at(place)]
    counting = [*shared, *[readers[name] for text in shared for name in imported(text, readers)]]
    for name, text in readers.items():
        used = choosing(text)
        counting += [name, *used, *[readers[one] for part in used for one in imported(part, readers)]]
    common = settings_digest()
    common.update(_framed(counting))
    own = {name: _digest([text, *[readers[one] for one in imported(text, readers)]]) for name, text in readers.items()}
    return Versions(common.hexdigest()[:DIGITS], own)


def _reader_at(place: Path) -> str:
    """Return the name of the module of a reader, "" for any other source."""
    folder = place.parent.relative_to(ROOT).as_posix()
    return f"recviewer.{folder.replace('/', '.')}.{place.stem}" if folder in FOLDERS else ""


def _digest(texts: Iterable[str]) -> str:
    return hashlib.sha256(_framed(texts)).hexdigest()[:DIGITS]


def _framed(texts: Iterable[str]) -> bytes:
    return b"".join([b"%d:%s" % (len(raw), raw) for raw in map(str.encode, texts)])


_NAMED = re.compile(r"recviewer\.(?:formats\.wire|recorders\.kinds)\.\w+")


def imported(text: str, readers: Mapping[str, str]) -> list[str]:
    """Return the readers that a source imports, directly or through them, in order of name.

    text: of the source. readers: the sources of all readers, by module.
    """
    found: set[str] = set()
    left = [text]
    while left:
        for name in _NAMED.findall(left.pop()):
            if name in readers and name not in found:
                found.add(name)
                left.append(readers[name])
    return sorted(found)
