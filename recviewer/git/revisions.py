"""The grammar of revisions that are passed to git. Pure text.

Git understands far more: regular expression searches in messages (`:/words`, `^{/words}`) with a cost determined by the
user, paths inside commits, sets of parents. None of these is a name, so none is accepted.
"""

from __future__ import annotations

import re

LIMIT = 300
"""Most characters of a revision; file systems do not allow longer branch names."""

_NAME = r"(?![-/])(?:[^\s\x00-\x20\x7f~^:?*\[\\@]|@(?!\{))+"
_MOMENT = r"@\{[A-Za-z0-9._+-]{1,60}\}"
_BEHIND = r"~[0-9]{0,9}|\^[0-9]{0,9}|\^\{(?:commit|tag|object)?\}"
_REVISION = re.compile(rf"(?:{_NAME}(?:{_MOMENT})?|{_MOMENT})(?:{_BEHIND})*")

TAKES = (
    "a branch, a tag, a request (pull/3/head) or a commit's hash, with ~2, ^, ^2 or @{1} behind it where an earlier "
    "commit is meant"
)
"""What a revision may be, as a clause."""


def is_revision(text: str) -> bool:
    """Tell whether a text is a revision: a ref or an id, full or abbreviated, `HEAD`, `@`, followed by `~2`, `^`,
    `@{1}`.

    `@{…}` may contain a number, or a date as one word (`main@{2026-01-31}`, `main@{2.days.ago}`).
    """
    return len(text) <= LIMIT and text.isprintable() and ".." not in text and _REVISION.fullmatch(text) is not None
