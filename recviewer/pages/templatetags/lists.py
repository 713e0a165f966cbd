"""Filters that only lists need."""

from __future__ import annotations

import re

from django import template
from django.utils.safestring import SafeString

from recviewer.pages.templatetags.words import visible
from recviewer.pages.words_for import KIND_WORDS

register = template.Library()


@register.filter
def in_line(value: object) -> SafeString:
    """Show a piece of recorded text in one line, its outer spaces kept."""
    return visible(re.sub(r"\s+", " ", str(value)))


@register.filter
def kind_words(kind: str) -> str:
    """Say a kind in words."""
    return KIND_WORDS.get(kind, kind)
