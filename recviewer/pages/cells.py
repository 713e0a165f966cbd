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


def hits(pieces: Sequence[tuple[str, bool]]) -> SafeString:
    """Show a snippet in one line, each hit marked. pieces: (text, is a hit)."""
    shown = _NOTHING
    for text, is_hit in pieces:
        words = visible(_SPACES.sub(" ", text))
        shown += _START + words + _END if is_hit else words
    return shown


def kind_as_model(kind: str) -> SafeString:
    """Show a kind where a recording names no model."""
    return format_html('<span class="quiet">{}</span>', KIND_WORDS.get(kind, kind))
