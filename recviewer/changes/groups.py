"""Many recordings with the same change: a mass rename is one thing to look at, with a representative."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from recviewer.changes.model import Change
from recviewer.difference.model import Difference, Names, Values, VectorChange, Words, shown
from recviewer.difference.words import Op

LEAST = 2
"""Fewer changes than this are no group."""

RENAMES = 8
"""So many renames are looked for in one range."""

Lines = Mapping[bytes, Sequence[tuple[bytes, bytes]]]
"""By path, the lines of a modified file that differ."""

_NUMBER = re.compile(r"\d+")
_PARTS = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WORD = re.compile(rb"[0-9A-Za-z]")


@dataclass(frozen=True, slots=True)
class Alike:
    """Changes that are the same change. label: which, as a clause. count: how many they are."""

    number: int
    label: str
    count: int


def mask(difference: Difference) -> bytes:
    """Return what a difference comes to when what stayed the same is left out: equal for equal changes."""
    digest = hashlib.blake2b(difference.churn.encode(), digest_size=16)
    for section in difference.sections:
        if section.is_quiet:
            continue
        for item in section.items:
            told: list[object] = [section.kind.value, _NUMBER.sub("#", getattr(item, "label", ""))]
            match item:
                case Words():
                    told += [(span.op.value, span.text) for span in item.words.spans if span.op is not Op.SAME]
                case Values():
                    told += [(_NUMBER.sub("#", one.path), shown(one.old), shown(one.new)) for one in item.values]
                case Names():
                    told += [item.gone, item.new]
                case VectorChange():
                    told += [item.cosine, item.largest]
            digest.update(repr(told).encode("utf-8", "backslashreplace"))
    return digest.digest()


def find(changes: Sequence[Change], lines: Lines) -> tuple[dict[int, int], tuple[Alike, ...]]:
    """Return, by place of a change, the number of its group, and what each number stands for.

    lines: of the modified files. Those whose every line differs by one rename alone are one group; then those with the
    same mask; what means the same is grouped by what it differs in.
    """
    numbers: dict[int, int] = {}
    told: list[Alike] = []
    for label, places in (*_renames(changes, lines), *_masked(changes)):
        free = [place for place in places if place not in numbers]
        if len(free) >= LEAST:
            numbers.update(dict.fromkeys(free, len(told)))
            told.append(Alike(len(told), label, len(free)))
    return numbers, tuple(told)


def _masked(changes: Sequence[Change]) -> list[tuple[str, list[int]]]:
    by_mask: dict[object, list[int]] = {}
    for place, change in enumerate(changes):
        if change.is_quiet:
            by_mask.setdefault((change.churn, change.summary.partition("chunks")[0]), []).append(place)
        elif change.mask:
            by_mask.setdefault(change.mask, []).append(place)
    return [(changes[places[0]].summary, places) for places in by_mask.values()]


def _renames(changes: Sequence[Change], lines: Lines) -> list[tuple[str, list[int]]]:
    """Find words that were replaced all over: tried are those that most files seem to have replaced."""
    places = {change.new.raw: place for place, change in enumerate(changes) if change.new}
    left = {raw: pairs for raw, pairs in lines.items() if raw in places and pairs}
    found = []
    for _ in range(RENAMES):
        guesses = Counter(guess for pairs in left.values() if (guess := _guess(*pairs[0])))
        best = next((guess for guess, count in guesses.most_common(1) if count >= LEAST), None)
        if best is None:
            break
        pattern = _either(*best)
        same = [raw for raw, pairs in left.items() if all(_masks(pattern, *pair) for pair in pairs)]
        if len(same) >= LEAST:
            old, new = (word.decode("ascii", "replace") for word in best)
            found.append(
                (f"{old or 'nothing'} → {new or 'nothing'}, in whatever spelling", [places[raw] for raw in same])
            )
        gone = set(same) | {raw for raw, pairs in left.items() if _guess(*pairs[0]) == best}
        left = {raw: pairs for raw, pairs in left.items() if raw not in gone}
    return found


def _guess(old: bytes, new: bytes) -> tuple[bytes, bytes] | None:
    """Return the words that one line seems to have replaced, as lower-case parts joined by spaces."""
    start = 0
    most = min(len(old), len(new))
    while start < most and old[start] == new[start]:
        start += 1
    end = 0
    while end < most - start and old[-1 - end] == new[-1 - end]:
        end += 1
    while start and _WORD.match(old, start - 1):
        start -= 1
    while end and _WORD.match(old, len(old) - end):
        end -= 1
    before, after = (b" ".join(_PARTS.findall(line[start : len(line) - end])).lower() for line in (old, new))
    if not before or len(before) > 60 or len(after) > 60:
        return None
    return before, after


def _either(old: bytes, new: bytes) -> re.Pattern[bytes]:
    """Return a pattern of both words in every spelling: `llama stack` is LlamaStack, llama-stack and llama_stack."""
    spelled = [rb"[-_ ]?".join(map(re.escape, word.split(b" "))) for word in (old, new) if word]
    return re.compile(b"|".join(spelled), re.IGNORECASE)


def _masks(pattern: re.Pattern[bytes], old: bytes, new: bytes) -> bool:
    return pattern.sub(b"\0", old) == pattern.sub(b"\0", new)
