"""Loads templates, and has those that it can written by functions."""

from __future__ import annotations

from typing import Any

from django.template import Template
from django.template.base import NodeList
from django.template.context import Context
from django.template.loader_tags import BlockNode, ExtendsNode
from django.template.loaders import cached
from django.utils.safestring import SafeString

from recviewer.templating.functions import Function, UnknownNode, function_of


class CompiledNodes(NodeList):
    """Nodes that are written by a function."""

    function: Function

    def render(self, context: Context) -> SafeString:
        """Return the markup."""
        if not context.autoescape:
            return super().render(context)
        pieces: list[str] = []
        self.function(context, pieces.append)
        return SafeString("".join(pieces))


class TemplateLoader(cached.Loader):
    """Keeps templates as Django's own does. Where they are debugged, all is left to Django, which says what was wrong."""

    def __init__(self, engine: Any, loaders: Any) -> None:
        super().__init__(engine, loaders)
        self._seen: dict[int, Template] = {}
        self._whole: dict[str, Function | None] = {}

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        """Return a template, its nodes written by functions."""
        template = super().get_template(template_name, skip)
        if not self.engine.debug and id(template) not in self._seen:
            self._write(template)
            self._seen[id(template)] = template
        return template

    def reset(self) -> None:
        """Forget all templates."""
        super().reset()
        self._seen.clear()
        self._whole.clear()

    def _write(self, template: Template) -> None:
        nodes = template.nodelist
        blocks: list[Any] = nodes.get_nodes_by_type(BlockNode)
        for block in blocks:
            block.nodelist = self._written(block.nodelist, template.name)
        if not nodes.get_nodes_by_type(ExtendsNode):
            template.nodelist = self._written(nodes, template.name)

    def _written(self, nodes: Any, name: str | None) -> Any:
        if isinstance(nodes, CompiledNodes):
            return nodes
        try:
            function = function_of(nodes, name or "", self.included, tells_gone=bool(self.engine.string_if_invalid))
        except UnknownNode:
            return nodes
        made = CompiledNodes(nodes)
        made.contains_nontext = nodes.contains_nontext
        made.function = function
        return made

    def included(self, context: Context, name: str) -> Function | None:
        """Return the function of a template that another one includes, None where it has none, or blocks of its own."""
        if name not in self._whole:
            nodes = self.engine.select_template([name]).nodelist
            has_blocks = bool(nodes.get_nodes_by_type(BlockNode))
            self._whole[name] = nodes.function if isinstance(nodes, CompiledNodes) and not has_blocks else None
        template = context.template
        return self._whole[name] if template is not None and template.engine is self.engine else None
