"""Builds what rules are asked about.

A recording is given as a document, as `chat` and `models` make them, or as the bytes of its file.
"""

import copy
import hashlib

from recviewer.pairing.pairs import How, Pair, Sure
from recviewer.pairing.sides import Side, meaning_of
from recviewer.smells import Case
from tests.trees import FOLDER, chat, models, name_of, side

__all__ = ["FOLDER", "Sure", "among", "changed", "chat", "gone", "models", "moved", "name_of", "recorded", "with_each"]

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


def among(given, *others):
    """Return a recording by itself, with others of the catalog; those of the same test are those of its test."""
    sides = [_side(one) for one in (given, *others)]
    test = [one for one in sides if one.test_id == sides[0].test_id]
    return Case(None, sides[0], test=test, catalog=sides)


def with_each(document, change):
    """Return a recorded stream with every element changed. change: is given the element. The document stays as it is."""
    made = copy.deepcopy(document)
    for chunk in made["response"]["body"]:
        change(chunk)
    return made


def _side(given, path=None):
    if not isinstance(given, bytes):
        return side(given, path)
    path = path or f"{FOLDER}/a.json"
    return Side(path, path.encode(), hashlib.sha1(given).hexdigest(), meaning_of(given, path.rpartition("/")[2]))
