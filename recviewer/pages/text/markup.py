"""Markup that is put together without a template, where a page has very many of a thing."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django.utils.safestring import SafeString


def filled(form: str, /, *values: object, **named: object) -> SafeString:
    """Return a form of markup with values in its places (`{}`, `{name}`), escaped unless they are markup themselves.

    Does what `django.utils.html.format_html` does, without support for lazy texts, which takes four times as long.
    """
    return SafeString(form.format(*map(_escaped, values), **{name: _escaped(value) for name, value in named.items()}))


def joined(pieces: Iterable[SafeString]) -> SafeString:
    """Return pieces of markup as one. Raises TypeError for a piece that is not markup."""
    some = list(pieces)
    for piece in some:
        if type(piece) is not SafeString:
            raise TypeError(f"not markup: {piece!r}")
    return SafeString("".join(some))


def _escaped(value: object) -> str:
    return value if type(value) is SafeString else escape(str(value))
