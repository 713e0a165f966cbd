"""Recorded text as HTML: escaped, with marks for invisible characters. All recorded text on pages goes through it."""

from __future__ import annotations

import re
from html import escape as escaped

from recviewer.exchange.hidden import RUN, named
from recviewer.secrets.mask import MASK


def _mark(found: re.Match[str]) -> str:
    return f'<span class="mark">{named(found)}</span>'


def marked(text: str) -> str:
    """Return text as HTML: escaped, with a mark that names each invisible character, and with masks of secrets marked."""
    plain = escaped(text)
    if not (text.isascii() and text.isprintable()):
        plain = RUN.sub(_mark, plain)
    return MASK.sub(_masked, plain) if "masked " in plain else plain


def _masked(found: re.Match[str]) -> str:
    return f'<span class="masked" title="a secret stands here; it is not shown">{found[0]}</span>'
