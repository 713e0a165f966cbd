"""Contents of git: where a recording is in the repository, and what a blob contains, even if no file has it any more."""

from __future__ import annotations

import re

from django.conf import settings

from recviewer.catalog import content as contents_of
from recviewer.catalog.content import Content
from recviewer.catalog.git_paths import root_prefix
from recviewer.catalog.models import Recording
from recviewer.git import blobs, history
from recviewer.git.repository import GitFailed, Repository
from recviewer.memory import ranges
from recviewer.recorders.registry import read_as
from recviewer.store.paths import components, key_of
from recviewer.store.refusals import OutsideRoot, Refusal

_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


class TooLarge(Exception):
    """A blob is larger than the limit for files."""

    status = 422
    title = "Too large to be shown"

    def __init__(self, size: int) -> None:
        super().__init__(f"It has {size:,} bytes; what has more than {settings.FILE_LIMIT_BYTES:,} is not read.")


def here() -> Repository | None:
    """Return the repository whose history is shown, None if there is none."""
    try:
        return ranges.repository()
    except GitFailed:
        return None


def is_there() -> bool:
    """Tell whether there is a repository."""
    return here() is not None


def raws_of(key: str, recording: Recording | None) -> list[bytes]:
    r"""Return the paths in the repository that a key may mean, the likeliest first.

    A recording in the catalog has one. Any other key is a path of the repository, or one below the root; `\\xNN` in it
    may stand for bytes that are not UTF-8.
    """
    if recording is not None:
        return [root_prefix() + recording.raw]
    text = key.encode("utf-8", "surrogatepass")
    spelled = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)
    found = [start + raw for raw in (text, spelled) for start in (b"", root_prefix())]
    return [raw for raw in dict.fromkeys(found) if _is_inside(raw)]


def _is_inside(raw: bytes) -> bool:
    try:
        components(raw)
    except OutsideRoot:
        return False
    return True


def key_for(raw: bytes) -> str:
    """Return the key of a path of the repository on pages: below the root if the catalog has it."""
    start = root_prefix()
    if start and raw.startswith(start):
        below = key_of(raw[len(start) :])
        if Recording.objects.filter(path=below).exists():
            return below
    return key_of(raw)


def content_of(blob: str) -> Content | None:
    """Return the content of a blob (its full name): from a file that has it now, else from git; None if it is lost.

    Raises TooLarge.
    """
    try:
        return contents_of.remembered(blob) or _from_file(blob) or from_git(blob)
    except GitFailed:
        return None


def _from_file(blob: str) -> Content | None:
    recording = Recording.objects.filter(blob=blob).first()
    if recording is None:
        return None
    try:
        found = contents_of.load(recording)
    except Refusal:
        return None
    return found if found.blob == blob else None


def from_git(blob: str, key: str = "") -> Content | None:
    """Return the content of a blob in git, None if git does not have it. Raises TooLarge, GitFailed.

    key: its alleged path, "" for none; it names one recording of a file with many.
    """
    found = here()
    if found is None:
        return None
    size = blobs.sizes(found, [blob]).get(blob)
    if size is None:
        return None
    if size > settings.FILE_LIMIT_BYTES:
        raise TooLarge(size)
    return next((_named(data, key) for _, data in history.contents(found, [blob])), None)


def _named(data: bytes, key: str) -> Content:
    """Return the recording of a file that the end of a key names, else the whole file."""
    file, _, part = key.rpartition("/")
    whole = contents_of.of_bytes(data, read_as(key))
    if not file or whole.reading.raw is not None:
        return whole
    found = contents_of.of_bytes(data, read_as(file), part)
    return whole if found.missing else found
