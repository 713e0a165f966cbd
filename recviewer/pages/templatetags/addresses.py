"""The tag `url`, which looks up the address of a page without parameters once. A page has a dozen of them."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.base import Node, Parser, Token
from django.template.context import Context
from django.template.defaulttags import URLNode
from django.template.defaulttags import url as django_url
from django.urls import get_script_prefix, get_urlconf, reverse
from django.utils.html import escape
from django.utils.safestring import SafeString

register = template.Library()


class PageAddress(Node):
    """The address of a page without parameters."""

    def __init__(self, name: str) -> None:
        self._name = name

    def render(self, context: Context) -> SafeString:
        """Return the address below the present prefix. Raises NoReverseMatch."""
        return _address(self._name, get_script_prefix(), get_urlconf())


@lru_cache(500)
def _address(name: str, prefix: str, conf: str | None) -> SafeString:
    return escape(reverse(name, conf))


@register.tag
def url(parser: Parser, token: Token) -> Node:
    """Do what Django's tag does."""
    node: URLNode = django_url(parser, token)
    name = node.view_name
    if node.args or node.kwargs or node.asvar or name.is_var or name.filters:
        return node
    return PageAddress(str(name.var))
