"""Recordings by name: those that a test id, a path or a hash, or a part of one, refers to."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from recviewer.language.pasted import hash_in, is_path, is_test, test_of

SHORT_DIGITS = 12
"""Digits of a request's hash in the file names of recorders that do not use all 64."""


def named(word: str) -> Q | None:
    """Return the condition for recordings that a word names, or None if the word is not a name."""
    digits = hash_in(word)
    if is_path(word):
        return by_path(word) | (by_hash(digits) if digits else Q())
    if digits:
        return by_hash(digits)
    return by_test(test_of(word)) if is_test(word) else None


def by_hash(digits: str) -> Q:
    """Return the condition for recordings that a hash refers to: by file name, by blob, or by the name that replay
    looks for.

    digits: lower case, at least `pasted.LEAST_DIGITS`. A prefix of the hash is enough; a whole hash also finds the file
    that is named by its first twelve digits.
    """
    return by_name_or_blob(digits) | _called("replay_expected", digits)


def by_name_or_blob(digits: str) -> Q:
    """Return the condition for recordings whose file name or blob has a hash. digits: as for `by_hash`."""
    return Q(blob__startswith=digits) | _called("path", digits)


def _called(column: str, digits: str) -> Q:
    """Return the condition for file names such as `H.json`, `rec-H.json` and `models-H-0123abcd.json`."""
    found = Q(**{f"{column}__istartswith": digits})
    for lead in "/-":
        found |= Q(**{f"{column}__icontains": f"{lead}{digits}"})
    if len(digits) > SHORT_DIGITS:
        short = digits[:SHORT_DIGITS]
        found |= Q(**{f"{column}__istartswith": f"{short}."})
        for name in (f"/{short}.", f"-{short}.", f"-{short}-"):
            found |= Q(**{f"{column}__icontains": name})
    return found


def by_path(path: str) -> Q:
    """Return the condition for recordings at a path, at a path with this suffix, or at a suffix of it, because roots
    differ.
    """
    return Q(path__in=list(_ends(path))) | Q(path__iendswith="/" + path.lstrip("/"))


def by_test(part: str) -> Q:
    """Return the condition for recordings of tests whose id contains a text, or equals, or is below, a suffix of it.

    So an absolute path finds the ids below it, and a path from the top of the repository finds those relative to the
    tests' folder.
    """
    found = Q(test_id__icontains=part)
    folders = part.partition("[")[0].partition("::")[0]
    if "/" in folders:
        for end in _ends(part):
            if end != part:
                found |= Q(test_id=end) | Q(test_id__istartswith=f"{end}::") | Q(test_id__istartswith=f"{end}[")
    return found


def _ends(path: str) -> Iterator[str]:
    """Yield a path and its suffixes without the first folders, down to two parts."""
    folders, colons, rest = path.partition("::")
    parts = folders.split("/")
    for place in range(len(parts)):
        if place == 0 or len(parts) - place > 1:
            yield "/".join(parts[place:]) + colons + rest
