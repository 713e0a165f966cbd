"""The values of `used:`: whether runs of the suite read a recording, and which."""

from __future__ import annotations

from django.db.models import Q

from recviewer.used.model import is_name

NEVER, ANY = "never", "any"

WORDS = {NEVER: "never read", ANY: "read by a run"}
"""Values that are not names of runs, with their labels on pages."""


def is_by_name(value: str) -> bool:
    """Tell whether a value is answered by the column of names: a name, `never`, or nothing."""
    return value in ("", NEVER) or is_name(value)


def condition(value: str) -> Q | None:
    """Return the condition for a value, None if it is neither a keyword nor a name."""
    if not value:
        return Q(used_by=None)
    if value == NEVER:
        return Q(used_by="")
    if value == ANY:
        return Q(used_by__gt="")
    return Q(used_by__icontains=f" {value} ") if is_name(value) else None
