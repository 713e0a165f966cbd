"""JSON in four tones, by pygments, a window at a time: keys, strings, numbers, brackets.

Strings have the default colour and no markup, so the HTML stays short. The only output declared safe here consists of
escaped text and class names of ours.
"""

from __future__ import annotations

from functools import cache

from django.utils.safestring import SafeString, mark_safe
from pygments.lexers.data import JsonLexer
from pygments.token import Comment, Error, Keyword, Name, Number, Punctuation, _TokenType

from recviewer.pages.text.marks import marked

LIMIT = 60_000
"""Maximum number of characters that are highlighted; a longer window stays plain."""

TOKENS = 16_000
"""Maximum number of tokens with markup; a window with more stays plain."""

CLASSES = ((Name.Tag, "k"), (Number, "n"), (Keyword, "n"), (Punctuation, "p"), (Error, "e"), (Comment, "e"))
"""Tokens and their classes; others (strings, white space) have none."""

_LEXER = JsonLexer(ensurenl=False, stripnl=False)


def lines(texts: list[str], *, marks_errors: bool = True) -> list[SafeString]:
    """Return each line as HTML. texts: consecutive lines of JSON, without their line ends.

    marks_errors: whether what is no JSON has a class; not where the text may be the beginning of a longer one.
    """
    if sum(map(len, texts)) > LIMIT or sum(map(tokens_in, texts)) > TOKENS:
        return [mark_safe(marked(text)) for text in texts]  # noqa: S308 - escaped by marked()
    found: list[list[str]] = [[]]
    pieces_left = TOKENS
    for _, token, value in _LEXER.get_tokens_unprocessed("\n".join(texts)):  # type: ignore[no-untyped-call]
        kind = "" if token is Error and not marks_errors else _class(token)
        pieces_left -= bool(kind)
        if pieces_left < 0:  # text that is not JSON is one error for each character
            return [mark_safe(marked(text)) for text in texts]  # noqa: S308 - escaped by marked()
        for place, piece in enumerate(value.split("\n")):
            if place:
                found.append([])
            if piece:
                shown = marked(piece)
                found[-1].append(f'<span class="{kind}">{shown}</span>' if kind else shown)
    return [mark_safe("".join(pieces)) for pieces in found]  # noqa: S308 - escaped by marked()


def tokens_in(text: str) -> int:
    """Return the approximate number of tokens with markup in a text."""
    return 2 * sum(map(text.count, "[]{},:"))


def block(text: str) -> SafeString:
    """Return a JSON text of ours as HTML, or the beginning of one: a string that is cut in it is no mistake."""
    return mark_safe("\n".join(lines(text.split("\n"), marks_errors=False)))  # noqa: S308 - from lines()


@cache
def _class(token: _TokenType) -> str:
    names = set(token.split())
    return next((kind for known, kind in CLASSES if known in names), "")
