"""A name that was replaced throughout, in any spelling: `llama_stack` → `ogx`, `LlamaStack` → `Ogx`.

A rename replaces whole words by whole words and changes no other byte. Words about quantity, time or negation (numbers,
days, months, `not`, `true`) are not names: exchanging two of them changes the meaning of each sentence differently.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

MOST = 8
"""Most renames searched for in one range."""

LEAST = 2
"""Fewest files that show a rename."""

TRIED = 12
"""Lines of a file from which its rename is guessed."""

SHOWN = 4
"""Most spellings that a label names."""

Pairs = Sequence[tuple[bytes, bytes]]
"""Differing lines of one file: before and after."""

_PARTS = re.compile(rb"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_WORD = re.compile(rb"[0-9A-Za-z]")
_LOWER, _DIGIT = re.compile(rb"[a-z]"), re.compile(rb"[0-9]")
_LONGEST = 60
_NO_NAMES = frozenset(
    b"""
    no not never none nothing nor neither without cannot cant dont wont isnt yes true false null on off and or but if
    is are was were be been has have had do does did can could may might must shall should will would need needs
    a an the this that these those it its he she they we you i his her their our your my in at by to of for from with
    before after until since over under above below up down left right first second third last next
    more less most least all any some each every both only always often sometimes
    zero one two three four five six seven eight nine ten eleven twelve hundred thousand million half double
    monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun today tomorrow yesterday
    january february march april june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec am pm day days week weeks month months year years hour hours
    minute minutes second seconds mg g kg ml l m km cm mm eur usd gbp euro euros dollar dollars percent
    allow allowed deny denied enable enabled disable disabled accept accepted reject rejected approve approved
    safe unsafe valid invalid success failure pass fail passed failed high low good bad buy sell debit credit
    """.split()
)


class Rename(NamedTuple):
    """What was renamed to what, each as lower-case words separated by spaces."""

    old: bytes
    new: bytes


def find(lines: Mapping[bytes, Pairs]) -> Iterator[tuple[Rename, list[bytes]]]:
    """Yield renames, each with the paths of files that consist of it; the most frequent guesses are tried."""
    left = dict(lines)
    for _ in range(MOST):
        guesses = Counter(guess for pairs in left.values() if (guess := _shortest(pairs)))
        best = next((guess for guess, count in guesses.most_common(1) if count >= LEAST), None)
        if best is None:
            return
        same = [raw for raw, pairs in left.items() if all(_replaced(best, *pair) is not None for pair in pairs)]
        if len(same) >= LEAST:
            yield best, same
        gone = set(same) | {raw for raw, pairs in left.items() if _shortest(pairs) == best}
        left = {raw: pairs for raw, pairs in left.items() if raw not in gone}


def spellings(rename: Rename, pairs: Iterable[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return the replaced spellings, most frequent first."""
    counts: Counter[tuple[bytes, bytes]] = Counter()
    for old, new in set(pairs):
        counts.update(_replaced(rename, old, new) or ())
    return [words for words, _ in counts.most_common()]


def label(spelled: Sequence[tuple[bytes, bytes]]) -> str:
    """Return the replaced words as spelled."""
    told = [f"{old.decode('ascii', 'replace')} → {new.decode('ascii', 'replace')}" for old, new in spelled[:SHOWN]]
    rest = len(spelled) - len(told)
    return ", ".join([*told, *([f"and {rest:,} more spellings"] if rest else [])])


def _shortest(pairs: Pairs) -> Rename | None:
    """Return the probable rename of a file: the guess from its first lines with the fewest surrounding letters."""
    guesses = [guess for pair in pairs[:TRIED] if (guess := _guess(*pair))]
    return min(guesses, key=lambda guess: (len(guess.old), guess), default=None)


def _guess(old: bytes, new: bytes) -> Rename | None:
    """Return the probable rename of one line, None if it is not a name."""
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
    if not before or not after or max(len(before), len(after)) > _LONGEST:
        return None
    return Rename(before, after) if _is_name(before, after) else None


def _is_name(old: bytes, new: bytes) -> bool:
    """Tell whether these are names: each contains a word that can be one, and they differ in more than numbers and stop
    words.
    """
    before, after = ([part for part in words.split() if _tells(part)] for words in (old, new))
    others = {part for part in (*old.split(), *new.split()) if not _tells(part)}
    kept = set(old.split()) & set(new.split())
    return bool(before) and bool(after) and before != after and others <= kept


def _tells(part: bytes) -> bool:
    return not part.isdigit() and part not in _NO_NAMES


def _replaced(rename: Rename, old: bytes, new: bytes) -> list[tuple[bytes, bytes]] | None:
    """Return the replaced spellings in a line, in order; None if anything else differs."""
    pattern = _either(*rename)
    first, second = list(pattern.finditer(old)), list(pattern.finditer(new))
    if len(first) != len(second) or _between(old, first) != _between(new, second):
        return None
    found = []
    for was, now in zip(first, second, strict=True):
        if was[0] == now[0]:
            continue
        if _plain(was[0]) != _plain(rename.old) or _plain(now[0]) != _plain(rename.new):
            return None
        if not _stands_alone(old, was) or not _stands_alone(new, now):
            return None
        found.append((was[0], now[0]))
    return found


def _plain(word: bytes) -> bytes:
    return re.sub(rb"[-_ ]", b"", word).lower()


def _between(line: bytes, found: Sequence[re.Match[bytes]]) -> list[bytes]:
    """Return the text before, between and after the matches."""
    places = [0, *(place for match in found for place in match.span()), len(line)]
    return [line[start:end] for start, end in zip(places[::2], places[1::2], strict=True)]


def _stands_alone(line: bytes, found: re.Match[bytes]) -> bool:
    """Tell whether a match is whole words: `cat` is not in `concatenate`, but `Cat` is in `getCat`."""
    start, end = found.span()
    before, after = line[start - 1 : start], line[end : end + 1]
    runs_in = bool(_LOWER.match(before) and _LOWER.match(found[0][:1])) or bool(
        _DIGIT.match(before) and _DIGIT.match(found[0][:1])
    )
    runs_out = bool(_LOWER.match(after) and re.match(rb"[A-Za-z]", found[0][-1:])) or bool(
        _DIGIT.match(after) and _DIGIT.match(found[0][-1:])
    )
    return not runs_in and not runs_out


def _either(old: bytes, new: bytes) -> re.Pattern[bytes]:
    """Return a pattern for both names in every spelling: `llama stack` matches LlamaStack, llama-stack and llama_stack."""
    words = sorted((old, new), key=len, reverse=True)
    return re.compile(b"|".join(rb"[-_ ]?".join(map(re.escape, word.split(b" "))) for word in words), re.IGNORECASE)
