"""Recorded text in Markdown: no host turns it into a link, a mention, markup or a table cell, and nothing is invisible.

Every special character of Markdown or HTML becomes a character reference. That does not prevent what hosts search for
in the rendered text (mentions, issue numbers, commit ids, URLs): a zero-width space is inserted there. Invisible
characters are named, and right-to-left text is isolated.
"""

from __future__ import annotations

import html
import re
import unicodedata

from recviewer.exchange import hidden

_HARMLESS = frozenset(" ,;:.()=+%/'\"?-")
"""ASCII punctuation without a special meaning inside a line."""

_RIGHT = frozenset({"R", "AL", "AN"})
_ISOLATED = "&#x2068;{}&#x2069;"
_BREAK = "&#x200b;"
_MENTIONS = re.compile(r"(?<=@)(?=\w)")
_LOOKED_FOR = re.compile(
    r"(?<=[@#!$~%^&*:])(?=\w)"  # @ada, #12, !12, ~label, :tada:
    r"|(?<=:)(?=//)|(?<=www)(?=\.)"
    r"|(?<=\bgh-)(?=\d)",
    re.IGNORECASE,
)
_COMMIT = re.compile(r"(?<![0-9a-z])[0-9a-f]{7,}(?![0-9a-z])", re.IGNORECASE)
_SHORT = 6
"""Most digits of a commit id that no host recognizes."""


def code(text: str, most: int | None = None) -> str:
    """Return recorded text on one line, as code. most: characters that are kept."""
    words = cut(text, most)
    return f"<code>{_told(words, {found.start() for found in _MENTIONS.finditer(words)})}</code>"


def plain(text: str, most: int | None = None) -> str:
    """Return a sentence of ours that may quote a recording. most: characters that are kept."""
    words = cut(text, most)
    places = {found.start() for found in _LOOKED_FOR.finditer(words)}
    for found in _COMMIT.finditer(words):
        places.update(range(found.start() + _SHORT, found.end(), _SHORT))
    return _told(words, places)


def link(words: str, url: str) -> str:
    """Return a Markdown link, or the text if there is no URL. words: escaped; url: trusted."""
    return f"[{words}]({url})" if url else words


def anchor(words: str, url: str) -> str:
    """Return a link as HTML, for use where Markdown is not parsed. words: escaped; url: trusted."""
    return f'<a href="{html.escape(url)}">{words}</a>' if url else words


def cut(text: str, most: int | None = None) -> str:
    """Return text on one line, truncated to `most` characters."""
    seen = hidden.RUN.sub(lambda found: f"‹{hidden.named(found)}›", text.replace("\r\n", "\n"))
    words = " ".join(seen.split())
    return words if most is None or len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _told(text: str, breaks: set[int]) -> str:
    made = []
    for place, mark in enumerate(text):
        is_inside = mark == "_" and text[place - 1 : place].isalnum() and text[place + 1 : place + 2].isalnum()
        is_kept = mark in _HARMLESS or mark.isalnum() or is_inside or not mark.isascii()
        made.append((_BREAK if place in breaks else "") + (mark if is_kept else f"&#x{ord(mark):x};"))
    whole = "".join(made).replace("://", ":&#x2f;&#x2f;").replace("www.", "www&#x2e;")
    is_turned = not text.isascii() and any(unicodedata.bidirectional(mark) in _RIGHT for mark in text)
    return _ISOLATED.format(whole) if is_turned else whole
