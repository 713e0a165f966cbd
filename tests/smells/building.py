"""Builds what rules are asked about.

A recording is given as a document, as `chat` and `models` make them, or as the bytes of its file.
"""

import copy
import hashlib
from typing import NamedTuple

from recviewer.asserts.sources import SourceFiles
from recviewer.pairing.pair import How, Pair, Sure
from recviewer.pairing.sides import Side, file_meaning_of, meaning_of, sides_of
from recviewer.recorders.registry import read_as
from recviewer.smells import Case, Surroundings
from tests.trees import FOLDER, chat, models, name_of, side

__all__ = [
    "FOLDER",
    "Sure",
    "among",
    "changed",
    "chat",
    "gone",
    "models",
    "moved",
    "name_of",
    "recorded",
    "taped",
    "with_each",
]

UNKNOWN_NAME = f"{FOLDER}/{'0' * 64}.json"
"""A path in the folder of the test of `chat`, with a name that no rule gives."""


def recorded(given, path=None):
    """Return a recording by itself. path: by default where a recorder writes it."""
    return Case(None, _side(given, path))


def changed(old, new, paths=(None, None), *, sure=Sure.CERTAIN, how=How.TEST):
    """Return a recording that took the place of another."""
    return Case(_side(old, paths[0]), _side(new, paths[1]), Pair(0, 0, how, sure, 1.0, "the same test"))


def moved(given, old=None, new=None):
    """Return a recording whose bytes stayed and whose path changed."""
    return changed(given, given, (old, new), how=How.BYTES)


def gone(given, moved_to=""):
    """Return a recording that was deleted. moved_to: where its bytes lie now, outside of all folders of recordings."""
    return Case(_side(given), None, moved_to=moved_to)


class Tree(NamedTuple):
    """Recordings beside each other; what is asked is what is found on the first."""

    sides: list[Side]
    around: Surroundings


def among(given, *others, sources=None, collected=None, removed=None, runs=(), paths=()):
    """Return a recording beside others, for rules about a test or a tree.

    paths: where they lie, in their order; by default where a recorder writes them. sources: texts of files of the repository
    by path from its top; runs: of the suite, or a function that makes them of the sides; collected: ids of tests that
    pytest would run; removed: commits by path of a file that went.
    """
    every = [given, *others]
    sides = [_side(one, path) for one, path in zip(every, [*paths, *[None] * len(every)], strict=False)]
    files = None if sources is None else SourceFiles(sources.get)
    gone = removed or {}
    known = collected and frozenset(collected)
    told = tuple(runs(sides)) if callable(runs) else runs
    return Tree(sides, Surroundings(files, "", known, lambda path: gone.get(path, ""), told))


def with_each(document, change):
    """Return a recorded stream with every element changed. change: is given the element. The document stays as it is."""
    made = copy.deepcopy(document)
    for chunk in made["response"]["body"]:
        change(chunk)
    return made


TAPE = b"""interactions:
- request:
    body: '{"model": "small-1", "messages": [{"role": "user", "content": "Which planet has rings?"}]}'
    method: POST
    uri: https://api.acme.example/v1/chat/completions
  response:
    body:
      string: '{"choices": [{"index": 0, "message": {"content": "Saturn has rings."}, "finish_reason": "stop"}]}'
    status: {code: 200, message: OK}
version: 1
"""


def taped(path):
    """Return the one exchange of a cassette at a path."""
    blob = hashlib.sha1(TAPE).hexdigest()
    (side,) = sides_of(path.encode(), blob, file_meaning_of(TAPE, read_as(path), blob))
    return side


def _side(given, path=None):
    if isinstance(given, Side):
        return given
    if not isinstance(given, bytes):
        return side(given, path)
    path = path or f"{FOLDER}/a.json"
    return Side(path, path.encode(), hashlib.sha1(given).hexdigest(), meaning_of(given, path.rpartition("/")[2]))
