"""Cells that only lists have: hits of a search, kinds instead of models. Plain functions, for speed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.safestring import SafeString

from recviewer.catalog.value_words import KIND_WORDS
from recviewer.pages.templatetags.words import visible
from recviewer.pages.text.markup import filled, joined

_SPACES = re.compile(r"\s+")


_START, _END = SafeString("<mark>"), SafeString("</mark>")


LEAD = 20
"""Characters before the first hit in a row: a cell is narrow, and the hit is what matters."""

LEAD_BEHIND_WORD = 9
"""The same if a word before it says where it was found."""


def _led_in(text: str, most: int) -> str:
    """Return the end of the text before a hit, from the start of a word if there is one."""
    if len(text) <= most:
        return text
    tail = text[-most:]
    word = tail.partition(" ")[2]
    return f"…{word or tail}"


def hits(pieces: Sequence[tuple[str, bool]], *, lead: int = LEAD) -> SafeString:
    """Show a snippet on one line, with marked hits, from shortly before the first one. pieces: (text, is a hit)."""
    shown: list[SafeString] = []
    for place, (text, is_hit) in enumerate(pieces):
        line = _SPACES.sub(" ", text)
        words = visible(_led_in(line, lead) if place == 0 and not is_hit and len(pieces) > 1 else line)
        shown += (_START, words, _END) if is_hit else (words,)
    return joined(shown)


def kind_as_model(kind: str) -> SafeString:
    """Show a kind if a recording names no model."""
    return filled('<span class="quiet">{}</span>', KIND_WORDS.get(kind, kind))
