"""What an act is about: recordings as they were seen, checked against what is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple, TypeVar

from recviewer.catalog.models import Recording
from recviewer.exchange import fingerprint
from recviewer.exchange.amounts import counted
from recviewer.review.refusals import ChangedRecordings, Gone, Invalid

CHUNK = 500
"""Values in one SQL list."""
BLOB_PREFIX = "blob:"
GONE_PREFIX = "gone:"
"""Begins what a verdict on a removal hangs on: see `changes.model.Change.subject`."""
CHANGE_PREFIX = "change:"
"""Begins what a verdict on one change of a range hangs on: see `changes.model.Change.own_subject`."""
PATH_LENGTH = 16_384
"""Characters of a path's key: 4,096 bytes, each written as `\\xNN`."""
TEST_LENGTH = 100_000
NOTE_LENGTH = 2_000
"""Characters of the note of a verdict, of what is suppressed, or of a move to the trash."""
_TITLE_LENGTH = 60
_T = TypeVar("_T")


class Seen(NamedTuple):
    """A recording as a person saw it: its key and the blob id it had then.

    change: of a recording in a range, `Change.own_subject` of what was seen; "" where nobody tells.
    """

    path: str
    blob: str
    change: str = ""


class Target(NamedTuple):
    """What a verdict is given on: content at a path, on disk or only in git. subject: what the verdict hangs on.

    test_id: "" where none is known. asked: the first words, for sentences. own: the change itself, on which the verdict
    hangs too, "" where it does not. rule: by which it is given without a look, "" for what was on the screen.
    """

    path: str
    blob: str
    subject: str
    test_id: str = ""
    kind: str = ""
    asked: str = ""
    own: str = ""
    rule: str = ""

    @property
    def subjects(self) -> tuple[str, ...]:
        """All that the verdict hangs on."""
        return (self.subject, self.own) if self.own else (self.subject,)


GENERATIONS = "older generations"
"""The rule that lets the older generations of one call go together, after a page that shows each."""

WHOLE_TEST = "a test read as a whole"
"""The rule that approves the pairs of one test together, after a page that shows what changed in each."""

_VERSIONED = re.compile(r"(?:gone:|change:)?(\d+):")


OLDER = tuple(f"{version}:" for version in range(1, int(fingerprint.VERSION)))
"""What fingerprints of older versions begin with."""


def is_older(subject: str) -> bool:
    """Tell whether a verdict hangs on a fingerprint of an older version than that of now."""
    found = _VERSIONED.match(subject)
    return found is not None and int(found[1]) < int(fingerprint.VERSION)


def chunked(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """Return the values in lists of at most `size`."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece


def subject_of(recording: Recording) -> str:
    """Return what a verdict on a recording hangs on.

    Its fingerprint; an unreadable file has none, so its very bytes count: `blob:<blob>`. "" where those are unknown.
    """
    if recording.fingerprint:
        return recording.fingerprint
    return f"{BLOB_PREFIX}{recording.blob}" if recording.blob else ""


def unread(recording: Recording) -> str:
    """Return why the bytes of a recording could not be had when it was indexed, as a clause; "" where they could.

    There is nothing to decide on then, and nothing that could be moved away unseen.
    """
    if recording.blob:
        return ""
    return str(recording.problems[0][1]) if recording.problems else "its bytes cannot be read"


def target_of(recording: Recording) -> Target:
    """Return a recording of the catalog as what a verdict is given on."""
    return Target(
        recording.path,
        recording.blob,
        subject_of(recording),
        recording.test_id or "",
        recording.kind,
        _title(recording.asked),
    )


def title_of(recording: Recording) -> str:
    """Return a few words by which a person knows the recording again, in quotation marks: see `title_for`."""
    return title_for(recording.path, recording.asked)


def title_for(path: str, asked: str) -> str:
    """Return the first words of what was asked, or the file's name, in quotation marks."""
    words = _title(asked) or path.rpartition("/")[2]
    cut = printable(words, _TITLE_LENGTH).replace("”", '"')
    return f"“{cut}”"


def _title(asked: str) -> str:
    """Return as much of a text, in one line, as a title can need: of very many, all of each would be much."""
    return " ".join(asked.split())[: _TITLE_LENGTH + 1]


def printable(text: str, length: int) -> str:
    """Return the text for a sentence: cut to a length, with escapes for what does not print."""
    cut = text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in cut)


def unfit(text: str) -> bool:
    """Tell whether a text holds what neither a file of reviews nor the database can: NUL, or half of a character."""
    return "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def titled(recordings: Sequence[Recording | Target], noun: str = "recording") -> str:
    """Return what to call these recordings in a sentence; several by how many they are."""
    one = len(recordings) == 1
    return title_for(recordings[0].path, recordings[0].asked) if one else counted(len(recordings), noun)


def present(seen: Sequence[Seen]) -> list[Recording]:
    """Return the rows of what was seen, in that order, each once. Raises Invalid (nothing named), Gone, Changed."""
    wanted = {item.path: item.blob for item in seen}
    if not wanted:
        raise Invalid("No recording was selected.")
    rows: dict[str, Recording] = {}
    for paths in chunked(wanted):
        rows.update((row.path, row) for row in Recording.objects.filter(path__in=paths))
    gone = [path for path in wanted if path not in rows]
    if gone:
        raise Gone(gone)
    changed = [path for path, blob in wanted.items() if rows[path].blob != blob]
    if changed:
        raise ChangedRecordings(changed)
    return [rows[path] for path in wanted]
