"""Completions for filters that take part of something: a test id, a path, a hash."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping

from django.db.models import Count, Q

from recviewer.catalog.filters import FILTERS, Recordings
from recviewer.pages.text.test_ids import parse

KEYS = ("test", "path", "hash")

_NAMED = re.compile(r"(?:.*/)?(?:rec-|models-)?([0-9a-f]{12,64})(?:-[0-9a-f]{8})?\.json", re.DOTALL)
_DIGITS = re.compile(r"[0-9a-f]{2,64}")
_PARTS = re.compile(r"[^\W_]+")


def functions(ids: Mapping[str, int], letters: str, most: int) -> dict[str, int | None]:
    """Return names of test functions that match letters, the best first.

    ids: of the tests in the results, with the number of recordings. A name also finds the tests whose ids contain it,
    and is counted so. most: the maximum number.
    """
    named = Counter[str]()
    for test_id, count in ids.items():
        named[parse(test_id).function.rpartition("::")[2]] += count
    lower = [(_lower(test_id), count) for test_id, count in ids.items()]
    return {
        one: sum([count for test_id, count in lower if part in test_id])
        for one in _best(named, letters, most)
        for part in [_lower(one)]
    }


def offered(key: str, left: Recordings, letters: str, most: int) -> Mapping[str, int | None]:
    """Return hashes or folders that match letters, the best first, each with its number of results.

    left: the results of the rest of the query. most: the maximum number. Hashes are not counted.
    """
    return dict.fromkeys(_hashes(left, letters, most)) if key == "hash" else _folders(left, letters, most)


def _folders(left: Recordings, letters: str, most: int) -> dict[str, int | None]:
    """Return folders; a folder also finds the paths that contain it, and is counted so."""
    some = left.filter(folder__icontains=letters) if letters else left
    named = Counter(dict(some.values_list("folder").annotate(count=Count("pk"))))
    shown = _best(named, letters, most)
    conditions = [FILTERS["path"].condition(one) or Q() for one in shown]
    row = left.aggregate(**{f"n{at}": Count("pk", filter=one) for at, one in enumerate(conditions)}) if shown else {}
    return {one: row[f"n{at}"] for at, one in enumerate(shown)}


def _hashes(left: Recordings, letters: str, most: int) -> list[str]:
    """Return hashes in names of files that begin with at least two digits."""
    digits = letters.removeprefix("rec-").lower()
    if not _DIGITS.fullmatch(digits):
        return []
    begin = Q(path__istartswith=digits)
    for lead in ("/", "/rec-", "/models-"):
        begin |= Q(path__icontains=f"{lead}{digits}")
    paths = left.filter(begin).order_by("path").values_list("path", flat=True)[: 4 * most]
    found = [named[1] for path in paths if (named := _NAMED.fullmatch(path)) and named[1].startswith(digits)]
    return list(dict.fromkeys(found))[:most]


def _best(named: Mapping[str, int], letters: str, most: int) -> list[str]:
    """Return the names that begin with letters, then those with a part that does, the most frequent first."""
    typed = letters.casefold()
    fitting = [one for one in named if one and _rank(one.casefold(), typed) < _NO]
    return sorted(fitting, key=lambda one: (_rank(one.casefold(), typed), -named[one], one))[:most]


_NO = 2


def _rank(text: str, typed: str) -> int:
    if text.startswith(typed):
        return 0
    return 1 if any(text.startswith(typed, part.start()) for part in _PARTS.finditer(text)) else _NO


def _lower(text: str) -> str:
    """Return a text as filters compare it: only ASCII is lower-cased."""
    return text.lower() if text.isascii() else "".join([sign.lower() if sign.isascii() else sign for sign in text])
