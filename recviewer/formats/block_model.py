"""The blocks of one answer, as readers of their elements record them: see `blocks`."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

from recviewer.exchange.model import Json
from recviewer.exchange.signs import SIZE
from recviewer.formats.answers import DETAILS, THOUGHTS, words_of

END = "end"

CONTENT = "parts"
"""Begins the key of a block of a chat's content, which is divided only if it comes in parts."""


class Blocks:
    """The blocks of one answer in order of arrival, keyed by whatever identifies a block in the format.

    begun: starts that are not recorded as blocks of their own: for chat, by choice, the ids, names and last arguments of
    tool calls by index; for Anthropic, the initial input of tool calls by block; for Responses, the ids of items by index.
    thoughts: for chat, the reasoning by choice.
    """

    __slots__ = ("_blocks", "begun", "thoughts")

    def __init__(self) -> None:
        self.thoughts: dict[Hashable, Thoughts] = {}
        self._blocks: dict[Hashable, list[dict[str, Json]]] = {}
        self.begun: dict[Hashable, dict[Hashable, str]] = {}

    def text(self, block: Hashable, what: str, words: Json) -> None:
        """Append a text fragment; it extends the previous one of its block if that is of the same sort."""
        if type(words) is not str or not words:
            return
        runs = self._blocks.setdefault(block, [])
        if runs and runs[-1]["of"] == what and SIZE in runs[-1]:
            runs[-1][SIZE] += len(words)
        else:
            runs.append({"of": what, SIZE: len(words)})

    def add(self, block: Hashable, what: str, *, goes_on: bool = False) -> None:
        """Append something other than text. goes_on: it may be a fragment of the previous entry."""
        runs = self._blocks.setdefault(block, [])
        if not goes_on or not runs or runs[-1] != {"of": what}:
            runs.append({"of": what})

    def is_open(self, block: Hashable, kinds: frozenset[str]) -> bool:
        """Tell whether a block started as one of `kinds` and has not ended."""
        runs = self._blocks.get(block)
        return runs is not None and runs[0]["of"] in kinds and runs[-1]["of"] != END

    def made(self) -> list[Json]:
        """Return the contents of each block, in order, without content that is one text."""
        told = [
            runs
            for block, runs in self._blocks.items()
            if not (len(runs) == 1 and SIZE in runs[0] and type(block) is tuple and block[0] == CONTENT)
        ]
        return told + [runs for thoughts in self.thoughts.values() for runs in thoughts.made()]


class Thoughts:
    """The reasoning of one choice of a chat, by the key under which it was sent: providers send it under several.

    A client that reads the key which recviewer does not would get something else if its texts, joined, are not the same.
    """

    __slots__ = ("_read", "_repeats", "_texts")

    def __init__(self) -> None:
        self._texts: dict[str, list[str]] = {}
        self._read: list[str] = []
        self._repeats: set[str] = set()

    def add(self, delta: dict[str, Json]) -> None:
        """Add the reasoning of a delta."""
        if _THOUGHT_KEYS.isdisjoint(delta):
            return
        found = [(key, words) for key in (*THOUGHTS, *DETAILS) if (words := words_of(delta.get(key)))]
        for key, words in found:
            self._texts.setdefault(key, []).append(words)
        self._repeats.update([key for key, _ in found[1:]])
        if found and found[0][0] in DETAILS and self._read:
            self._repeats.add(found[0][0])
        elif found:
            self._read.append(found[0][1])

    def made(self) -> Iterator[list[Json]]:
        """Yield what was sent under each key that repeats another, if that is not the reasoning that was read."""
        read = "".join(self._read)
        for key in sorted(self._repeats):
            words = "".join(self._texts[key])
            if words != read:
                yield [{"of": f"{key} beside the reasoning", "text": words}]


_THOUGHT_KEYS = frozenset({*THOUGHTS, *DETAILS})


def object_of(value: Json) -> dict[str, Any]:
    """Return an object, {} for a value of another type."""
    return value if type(value) is dict else {}


def list_of(value: Json) -> list[Json]:
    """Return a list, [] for a value of another type."""
    return value if type(value) is list else []


def place_of(value: Json) -> Hashable:
    """Return a value that identifies a block, None for a value of another type."""
    return value if type(value) in (int, str) else None
