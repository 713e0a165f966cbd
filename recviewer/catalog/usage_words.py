"""What `used:` takes: whether runs of the suite read a recording, and which."""

from __future__ import annotations

from django.db.models import Q

from recviewer.used.model import is_name

NEVER, ANY = "never", "any"

WORDS = {NEVER: "never read", ANY: "read by a run"}
"""Values that are no name of a run, with what pages call them."""


def is_by_name(value: str) -> bool:
    """Tell whether a value asks for what the column of names tells, by one of its words: a name, `never`, or nothing."""
    return value in ("", NEVER) or is_name(value)


def condition(value: str) -> Q | None:
    """Return the condition of a value, None for one that is neither a word of ours nor a name."""
    if not value:
        return Q(used_by=None)
    if value == NEVER:
        return Q(used_by="")
    if value == ANY:
        return Q(used_by__gt="")
    return Q(used_by__icontains=f" {value} ") if is_name(value) else None
