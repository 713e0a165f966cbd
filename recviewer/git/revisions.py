"""What may stand for a commit: the grammar that every revision has to fit before git sees it. Pure text.

Git understands far more: searches through all messages by a regular expression (`:/words`, `^{/words}`), whose cost
whoever asks decides, paths inside commits, sets of parents. None of that is a name, so none is let through.
"""

from __future__ import annotations

import re

LIMIT = 300
"""Characters of a revision; a file system lets no branch be called longer."""

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
    """Tell whether a text names a commit: a ref or a hash, whole or abbreviated, `HEAD`, `@`, then `~2`, `^`, `@{1}`.

    Behind `@` in braces stands a number, or a date as one word (`main@{2026-01-31}`, `main@{2.days.ago}`).
    """
    return len(text) <= LIMIT and text.isprintable() and ".." not in text and _REVISION.fullmatch(text) is not None
