"""Markdown as HTML: escaped, no raw HTML, no pictures.

Links in notes lead to the web only, and recviewer never follows them; URLs in recorded answers stay plain text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from html import unescape
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from recviewer.pages.text.marks import marked


class _Renderer(RendererHTML):
    """Renders text as all recorded text is rendered: invisible characters are named."""

    def text(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return marked(tokens[idx].content)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<code>{marked(tokens[idx].content)}</code>"

    def code_block(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return f"<pre><code>{marked(tokens[idx].content)}</code></pre>\n"

    fence = code_block

    def link_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        tokens[idx].attrSet("rel", "nofollow noopener noreferrer")
        tokens[idx].attrs.pop("title", None)
        return self.renderToken(tokens, idx, options, env)

    def heading_open(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return '<p class="prose-head">'

    def heading_close(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        return "</p>\n"


class _AnswerRenderer(_Renderer):
    """Shows the language of code blocks, which is recorded too."""

    def fence(self, tokens: Sequence[Token], idx: int, options: Any, env: Any) -> str:
        said = tokens[idx].info.strip()
        head = f'<p class="prose-code">{marked(said)}</p>' if said else ""
        return head + self.code_block(tokens, idx, options, env)


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}, renderer_cls=_Renderer)
    parser.disable(["image", "html_block", "html_inline", "reference"])
    parser.validateLink = _is_web  # type: ignore[method-assign]  # the way the library documents
    return parser


@cache
def _parser_of_answers() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}, renderer_cls=_AnswerRenderer)
    parser.enable(["table", "strikethrough"])
    parser.disable(["image", "html_block", "html_inline", "reference", "link", "autolink", "entity"])
    return parser


_SIGNS = re.compile(r"\*\*\S|^#{1,6} |^ {0,3}(?:[-*+]|\d{1,3}[.)]) |^```|^\|.*\|\s*$|`[^`\n]+`", re.MULTILINE)


def looks_like_markdown(text: str) -> bool:
    """Tell whether a text contains Markdown, so that it is worth rendering."""
    return _SIGNS.search(text) is not None


MOST_CELLS = 20_000
"""Most cells that the tables of an answer could have: rows are filled up to the width of the widest."""

LONGEST = 30_000
"""Maximum length of an answer that is rendered as Markdown."""


def answer_html(text: str) -> str | None:
    """Return a recorded answer as safe HTML; None for one that is too long or has too large a table, or that would lose a
    letter.

    Nothing in it becomes a link, a picture or HTML: such syntax stays as it was recorded.
    """
    if len(text) > LONGEST or _cells(text) > MOST_CELLS:
        return None
    made: str = _parser_of_answers().render(text)
    if _letters(text) != _letters(unescape(_TAG.sub("", made))):
        return None
    return made


def _cells(text: str) -> int:
    """Return how many cells there are if each line is a row of a table as wide as the line with the most bars."""
    lines = text.split("\n")
    return len(lines) * max(line.count("|") for line in lines)


_TAG = re.compile(r"<[^>]*>")
_LETTERS = re.compile(r"[^\W\d_]+")


def _letters(text: str) -> str:
    return "".join(_LETTERS.findall(text))


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def html(text: str) -> str:
    """Return Markdown as safe HTML. Never raises; links that do not lead to the web stay text."""
    made: str = _parser().render(text)
    return made
