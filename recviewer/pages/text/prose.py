"""Markdown of notes as HTML: escaped, no raw HTML, no pictures; links only to the web, and never followed by us."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from recviewer.pages.templatetags.words import marked


class _Renderer(RendererHTML):
    """Shows text as all recorded text is shown: invisible characters are named."""

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


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": 20}, renderer_cls=_Renderer)
    parser.disable(["image", "html_block", "html_inline", "reference"])
    parser.validateLink = _is_web  # type: ignore[method-assign]  # the way the library documents
    return parser


def _is_web(url: str) -> bool:
    try:
        return urlsplit(url).scheme in ("http", "https")
    except ValueError:
        return False


def html(text: str) -> str:
    """Return Markdown as HTML that is safe to show. Never raises; links that do not lead to the web stay text."""
    made: str = _parser().render(text)
    return made
