"""Names with values beside a recording, in many of its sections: a template would take several times as long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from recviewer.pages.templatetags.words import bdi
from recviewer.pages.text.markup import filled, joined

register = template.Library()


@register.simple_tag
def fact_table(title: str, facts: Iterable[Any], anchor: str = "") -> SafeString:
    """Write a section of names and values, nothing without any.

    facts: of `pages.recording.facts.Fact`. anchor: the section's element id, "" for none.
    """
    rows = joined(map(_fact, facts))
    return filled(_SECTION, filled(' id="{}"', anchor) if anchor else "", title, rows) if rows else rows


def _fact(fact: Any) -> SafeString:
    more = ""
    if fact.more:
        more = filled(_MORE, "much more" if fact.more < 0 else f"{fact.more:,} more characters")
    wide = SafeString(' class="fact-wide"') if fact.is_wide else ""
    return filled(_FACT, wide, bdi(fact.name), bdi(fact.value), more)


_SECTION = '<section{}><h2 class="side-head">{}</h2><dl class="fact-list fact-values">{}</dl></section>'
_FACT = '<div{}><dt class="mono">{}</dt><dd class="mono breaks">{}{}</dd></div>'
_MORE = '<span class="fact-note">{} in <a href="?view=raw">raw</a></span>'


@register.simple_tag
def test_parameters(parameters: Iterable[Any]) -> SafeString:
    """Write what the parameters of a test say. parameters: of `pages.text.test_ids.Parameter`. Style: controls."""
    items = joined(filled(_ITEM, f"{one.name} " if one.name else "", bdi(one.value)) for one in parameters)
    return filled('<ul class="test-params">{}</ul>', items)


_ITEM = "<li>{}<b>{}</b></li>"
