"""Secrets that a stream split into fragments: found in the joined fragments, and masked in each of them."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from recviewer.secrets.mask import REST, mask_of
from recviewer.secrets.named import find_all
from recviewer.secrets.quick import suspects
from recviewer.secrets.texts import SecretAt

LEAST = 40
"""Shortest text that is searched for fragments."""


class Across(NamedTuple):
    """A secret that spans several fragments. found: in the joined text. first: the fragment in which it starts."""

    found: SecretAt
    joined: str
    first: int


class Recut(NamedTuple):
    """The secrets found across fragments, and the changed fragments by index."""

    found: list[Across]
    changed: dict[int, str]


def cut(texts: Sequence[str]) -> Recut:
    """Find secrets that no single fragment reveals: they cross its end, or what identifies them is in another fragment.

    The mask is put where the secret starts, and `REST` in its other fragments.
    """
    joined = "".join(texts)
    if len(joined) < LEAST // 2 or _is_repeated(texts) or not suspects(f"\n{joined}".encode("utf-8", "surrogatepass")):
        return Recut([], {})
    ends = list(accumulate(map(len, texts)))
    changed: dict[int, str] = {}
    every: list[Across] = []
    for one in reversed(_over_ends(texts, joined, ends)):
        first, last = bisect_right(ends, one.start), bisect_right(ends, one.end - 1)
        every.append(Across(one, joined, first))
        for place in range(first, last + 1):
            begin = ends[place] - len(texts[place])
            text = changed.get(place, texts[place])
            start, end = max(one.start - begin, 0), min(one.end - begin, len(texts[place]))
            changed[place] = text[:start] + (mask_of(one, joined) if place == first else REST) + text[end:]
    return Recut(every[::-1], changed)


def _is_repeated(texts: Sequence[str]) -> bool:
    """Tell whether all are the same text, so that they are not fragments."""
    return len(texts[0]) >= LEAST // 2 and all(text == texts[0] for text in texts)


def _over_ends(texts: Sequence[str], joined: str, ends: Sequence[int]) -> list[SecretAt]:
    """Return the secrets that no single fragment reveals, and those revealed by a single fragment that overlap one of
    them: after masking that one they would no longer be recognized.
    """
    made: list[SecretAt] = []
    reached: set[int] = set()
    for one in find_all(joined):
        first, last = bisect_right(ends, one.start), bisect_right(ends, one.end - 1)
        if one.kind.is_masked and not (first == last and _tells(texts[first], one, ends[first] - len(texts[first]))):
            made.append(one)
            reached.update(range(first, last + 1))
    for place in reached:
        begin = ends[place] - len(texts[place])
        own = [one for one in find_all(texts[place]) if one.kind.is_masked]
        made += [one._replace(start=begin + one.start, end=begin + one.end) for one in own]
    apart: list[SecretAt] = []
    for one in sorted(made, key=lambda one: one[:2]):
        if apart and one.start < apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(one.end, apart[-1].end))
        else:
            apart.append(one)
    return apart


def _tells(piece: str, secret: SecretAt, begin: int) -> bool:
    """Tell whether a secret inside a fragment is found in the fragment alone. begin: offset of the fragment in the
    joined text.
    """
    return any(
        one.kind.is_masked and begin + one.start <= secret.start and secret.end <= begin + one.end
        for one in find_all(piece)
    )


# Possessive quantifiers: no backtracking, so that a text with many escapes needs no memory for each.
_PLAIN = re.compile(r'"(?<!\\")(\w{1,40})" ?: ?"([^"\\]*+(?:\\.[^"\\]*+)*+)"')
_ESCAPED = re.compile(r'\\"(\w{1,40})\\" ?: ?\\"((?:[^"\\]++|\\\\\\?.|\\[^"\\])*+)\\"')


_LOOKS = ((_PLAIN, ('":', '" :')), (_ESCAPED, ('\\":', '\\" :')))
"""How a key with its text is written, and markers of which every such text contains one."""


def _series(text: str, pattern: re.Pattern[str], signs: tuple[str, ...]) -> list[list[tuple[int, int]]]:
    """Return the spans of the texts with equal keys in a JSON text, on one line or several."""
    places: dict[str, list[tuple[int, int]]] = {}
    if any(sign in text for sign in signs):
        for match in pattern.finditer(text):
            places.setdefault(match[1], []).append(match.span(2))
    return [some for some in places.values() if len(some) > 1]


def across(text: str) -> list[Across]:
    """Return the secrets that span fragments in a stream recorded as one text."""
    return [
        one
        for look in _LOOKS
        for some in _series(text, *look)
        for one in cut([text[start:end] for start, end in some]).found
    ]


def hidden_across(text: str) -> str:
    """Return such a text with its secrets masked. Line breaks are kept, so line numbers do not change."""
    for look in _LOOKS:  # texts in one notation do not nest, but may be inside one in the other notation
        changes = sorted(
            (*some[place], piece)
            for some in _series(text, *look)
            for place, piece in cut([text[start:end] for start, end in some]).changed.items()
        )
        made, at = [], 0
        for start, end, piece in changes:
            made += [text[at:start], piece, "\n" * (text.count("\n", start, end) - piece.count("\n"))]
            at = end
        text = "".join([*made, text[at:]])
    return text
