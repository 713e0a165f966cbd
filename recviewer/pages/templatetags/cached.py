"""The tag `cached`: parts of pages that are rendered once for each combination of the values they show."""

from __future__ import annotations

from sys import getsizeof

from django import template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode
from django.urls import get_script_prefix
from django.utils.safestring import SafeString

from recviewer.bounded.cache import Recent

register = template.Library()


class CachedNode(Node):
    """Renders its content once for each combination of values; inside there is nothing else by any name.

    So no value can be shown that the key lacks: it would be missing on the first rendering already.
    """

    def __init__(self, content: NodeList, values: dict[str, FilterExpression]) -> None:
        self._content, self._values = content, values
        self._rendered = Recent[tuple[object, ...], SafeString](50, weigh=getsizeof, limit=200_000)

    def render(self, context: Context) -> SafeString:
        """Return the content. Raises TypeError for a value that cannot be part of a key."""
        given = {name: value.resolve(context) for name, value in self._values.items()}
        key = (get_script_prefix(), *((type(value), value) for value in given.values()))  # markup may equal a text
        return self._rendered.made(key, lambda: self._content.render(context.new(given)))


@register.tag
def cached(parser: Parser, token: Token) -> CachedNode:
    """`{% cached places=frame.nav %}…{% endcached %}`: render the content once for each value of `frame.nav`.

    The content sees the named values, which have to be hashable, and nothing else: no `page`, no `frame`, no `request`.
    """
    name, *bits = token.split_contents()
    values = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError(f"{name} takes names with values, as in places=frame.nav")
    content = parser.parse((f"end{name}",))
    parser.delete_first_token()
    if content.get_nodes_by_type(CsrfTokenNode):
        raise template.TemplateSyntaxError(f"a form's token is of one visitor, so it cannot be inside {name}")
    return CachedNode(content, values)
