"""A hosted instance reveals no paths of its disk. On one's own machine sentences contain them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings

_GIT = re.compile(r"git -C (?:'[^']*'|\S+) ")
_PLACE = re.compile(r"(?<![\w/:.…-])/([^/\s'\"`:;,)]+)(?:/[^\s'\"`:;,)]*)*")


def discreet(text: str) -> str:
    """Return a sentence without paths of the disk, unless the only user is the operator."""
    if not settings.HOSTED:
        return text
    text = _GIT.sub("git ", text)
    for place, name in _known():
        for called in (name, name.capitalize()):
            text = text.replace(f"{called} {place}", called)
        text = text.replace(place, name)
    return _PLACE.sub(_unless_foreign, text)


def _known() -> Iterator[tuple[str, str]]:
    """Yield the paths in the settings, and their labels, the longest first."""
    named = (
        (settings.REVIEWS_FILE, "the file of reviews"),
        (settings.REPOSITORY, "the repository"),
        (settings.RECORDINGS_ROOT, "the recordings root"),
        (settings.DATA_DIR / "trash", "the trash"),
        (settings.DATA_DIR, "the data folder"),
    )
    spelled = {text: name for place, name in named if place for text in (str(place), os.path.realpath(place))}
    yield from sorted(spelled.items(), key=lambda one: -len(one[0]))


def _unless_foreign(found: re.Match[str]) -> str:
    """Leave what is not a path of this disk, such as `/v1/chat`."""
    return "…" if found[1] in _tops() else found[0]


@lru_cache(maxsize=1)
def _tops() -> frozenset[str]:
    try:
        return frozenset(os.listdir(Path("/")))
    except OSError:
        return frozenset()
