"""The hidden fields of forms. A page of a recording has five such forms: an included template would take ten times as
long for each.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from recviewer.pages.text.markup import filled, joined

register = template.Library()


@register.simple_tag(takes_context=True)
def act_fields(context: Context, of: Any, after: str = "") -> SafeString:
    """Write the fields that every action is sent with: its subject, where to go afterwards, and the queue.

    of: a verdict bar, tags or notes, with `fields` and `url`. after: where to go afterwards, "" for `of.url`.
    """
    request = context["request"]
    token = context["csrf_token"]
    sent = [("csrfmiddlewaretoken", token)] if token and str(token) != "NOTPROVIDED" else []
    sent += [*of.fields, ("next", after or of.url)]
    queue = request.GET.get("in") or request.POST.get("in")
    sent += [("in", queue)] if queue else []
    return joined(filled(_FIELD, *one) for one in sent)


_FIELD = '<input type="hidden" name="{}" value="{}">\n'
