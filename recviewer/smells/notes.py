"""The notes of rules about many recordings: short texts, with hashes in place of contents."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import TypeVar

from recviewer.exchange.model import Exchange
from recviewer.pairing.sides import Side
from recviewer.smells.model import Noted

Key = TypeVar("Key")

DIGITS = 12
"""Hex digits of a hash in a note: a million values have a collision with a probability of 1 in 500."""


def short(value: str | bytes) -> str:
    """Return the hash of a value for a note."""
    data = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
    return hashlib.blake2b(data, digest_size=DIGITS // 2).hexdigest()


def short_of(text: str, exchange: Exchange) -> str:
    """Return the hash of a text of an exchange for a note, distinguishing secrets with equal masks."""
    if not exchange.secrets:
        return short(text)
    from recviewer.difference.behind_masks import behind  # only needed if there are secrets

    hidden = behind(text, exchange)
    return short(text + repr(hidden) if hidden else text)


def function_of(test_id: str) -> str:
    """Return the id of a test without its parameters: tests of one function are siblings."""
    return test_id.partition("[")[0]


def by(some: Sequence[Noted], key: Callable[[Noted], Key]) -> dict[Key, list[int]]:
    """Return the indexes of recordings grouped by a key, in order."""
    found: defaultdict[Key, list[int]] = defaultdict(list)
    for place, one in enumerate(some):
        found[key(one)].append(place)
    return dict(found)


def is_own_file(side: Side) -> bool:
    """Tell whether a recording is the only one in its file, and the file is named by a hash of its request."""
    return not side.part and side.meaning.replay.expected != ""


MOST = 20
"""Most other recordings that a finding names."""


def keys(some: Sequence[Noted], places: Iterable[int], but: int = -1) -> tuple[str, ...]:
    """Return the keys of the first of some recordings, except one."""
    return tuple(islice((some[place].key for place in places if place != but), MOST))
