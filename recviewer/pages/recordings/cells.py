"""What only lists show: hits of a search, kinds in place of models. Called from Python, for speed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from recviewer.catalog.value_words import KIND_WORDS
from recviewer.pages.templatetags.words import visible

_SPACES = re.compile(r"\s+")


_START, _END, _NOTHING = SafeString("<mark>"), SafeString("</mark>"), SafeString("")


LEAD = 20
"""Characters that a row shows before the first hit: a cell is narrow, and the hit is what was asked for."""

LEAD_BEHIND_WORD = 9
"""The same where a word before it says in what it was found."""


def _led_in(text: str, most: int) -> str:
    """Return the end of what stands before a hit, from the beginning of a word if there is one."""
    if len(text) <= most:
        return text
    tail = text[-most:]
    word = tail.partition(" ")[2]
    return f"…{word or tail}"


def hits(pieces: Sequence[tuple[str, bool]], *, lead: int = LEAD) -> SafeString:
    """Show a snippet in one line, each hit marked, from a little before the first one. pieces: (text, is a hit)."""
    shown = _NOTHING
    for place, (text, is_hit) in enumerate(pieces):
        line = _SPACES.sub(" ", text)
        words = visible(_led_in(line, lead) if place == 0 and not is_hit and len(pieces) > 1 else line)
        shown += _START + words + _END if is_hit else words
    return shown


def kind_as_model(kind: str) -> SafeString:
    """Show a kind where a recording names no model."""
    return format_html('<span class="quiet">{}</span>', KIND_WORDS.get(kind, kind))
