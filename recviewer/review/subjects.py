"""What an action is about: recordings as they were seen, compared with their present state."""

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
"""Prefix of the subject of a verdict on a removal: see `changes.model.Change.subject`."""
CHANGE_PREFIX = "change:"
"""Prefix of the subject of a verdict on one change of a range: see `changes.model.Change.own_subject`."""
PATH_LENGTH = 16_384
"""Characters of a path's key: 4,096 bytes, each written as `\\xNN`."""
TEST_LENGTH = 100_000
NOTE_LENGTH = 2_000
"""Characters of the note of a verdict, of what is suppressed, or of a move to the trash."""
_TITLE_LENGTH = 60
_T = TypeVar("_T")


class Seen(NamedTuple):
    """A recording as a person saw it: its key and its blob id at that time.

    change: for a recording in a range, `Change.own_subject` of what was seen; "" if unknown.
    """

    path: str
    blob: str
    change: str = ""


class Target(NamedTuple):
    """The target of a verdict: content at a path, on disk or only in git. subject: what the verdict applies to.

    test_id: "" if unknown. asked: the first words, for sentences. own: the change itself, to which the verdict applies
    too, "" if it does not. rule: the rule of a verdict without a look, "" for what was on the screen.
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
        """All subjects of the verdict."""
        return (self.subject, self.own) if self.own else (self.subject,)


GENERATIONS = "older generations"
"""The rule that approves the older generations of one call together, after a page that shows each."""

WHOLE_TEST = "a test read as a whole"
"""The rule that approves the pairs of one test together, after a page that shows what changed in each."""

_VERSIONED = re.compile(r"(?:gone:|change:)?(\d+):")


OLDER = tuple(f"{version}:" for version in range(1, int(fingerprint.VERSION)))
"""Prefixes of fingerprints of older versions."""


def is_older(subject: str) -> bool:
    """Tell whether a verdict is on a fingerprint of an older version."""
    found = _VERSIONED.match(subject)
    return found is not None and int(found[1]) < int(fingerprint.VERSION)


def chunked(values: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """Split the values into lists of at most `size`."""
    rest = iter(values)
    while piece := list(islice(rest, size)):
        yield piece


def subject_of(recording: Recording) -> str:
    """Return the subject of a verdict on a recording.

    Its fingerprint; an unreadable file has none, so its bytes count: `blob:<blob>`. "" if those are unknown.
    """
    if recording.fingerprint:
        return recording.fingerprint
    return f"{BLOB_PREFIX}{recording.blob}" if recording.blob else ""


def unread(recording: Recording) -> str:
    """Return why the bytes of a recording could not be read when it was indexed, as a clause; "" if they could.

    Then there is nothing to decide on, and it must not be moved away unseen.
    """
    if recording.blob:
        return ""
    return str(recording.problems[0][1]) if recording.problems else "its bytes cannot be read"


def target_of(recording: Recording) -> Target:
    """Return a recording of the catalog as the target of a verdict."""
    return Target(
        recording.path,
        recording.blob,
        subject_of(recording),
        recording.test_id or "",
        recording.kind,
        _title(recording.asked),
    )


def title_of(recording: Recording) -> str:
    """Return a few words by which a person recognises the recording, in quotation marks: see `title_for`."""
    return title_for(recording.path, recording.asked)


def title_for(path: str, asked: str) -> str:
    """Return the first words of what was asked, or the file's name, in quotation marks."""
    words = _title(asked) or path.rpartition("/")[2]
    cut = printable(words, _TITLE_LENGTH).replace("”", '"')
    return f"“{cut}”"


def _title(asked: str) -> str:
    """Return as much of a text, in one line, as a title can need; processing all of it would be slow for very many."""
    return " ".join(asked.split())[: _TITLE_LENGTH + 1]


def printable(text: str, length: int) -> str:
    """Return a text for a sentence: shortened to a length, with unprintable characters escaped."""
    cut = text if len(text) <= length else f"{text[: length - 1].rstrip()}…"
    return "".join(mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in cut)


def unfit(text: str) -> bool:
    """Tell whether a text contains what neither a file of reviews nor the database can store: NUL, or a lone surrogate."""
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
