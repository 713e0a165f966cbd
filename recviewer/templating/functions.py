"""From the nodes of a template to the source of a function that writes the same markup.

Django walks over the nodes of a template anew each time: for each value it tries items, attributes and calls, for each
condition it asks an object of its own. Here each node is a line or two of Python. What a template has that is not known
here leaves all of it to Django; a value that is not plain, or raises, is asked of Django's own node.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

from django.template.base import (
    FilterExpression,
    Node,
    TextNode,
    Variable,
    VariableDoesNotExist,
    VariableNode,
)
from django.template.context import Context
from django.template.defaulttags import CsrfTokenNode, ForNode, IfNode, LoadNode, TemplateLiteral, URLNode, WithNode
from django.template.library import SimpleNode
from django.template.loader_tags import BlockNode, IncludeNode
from django.templatetags.static import StaticNode
from django.utils.safestring import SafeString
from django.utils.timezone import template_localtime  # type: ignore[attr-defined]

from recviewer.templating import values

Write: TypeAlias = Callable[[str], None]
Function: TypeAlias = Callable[[Context, Write], None]
"""Writes the markup of some nodes, piece by piece."""


class UnknownNode(Exception):
    """A template has a node that is not known here."""


def function_of(
    nodes: Sequence[Node], name: str, included: Callable[[Context, str], Function | None], *, tells_gone: bool = False
) -> Function:
    """Return the function of some nodes. name: of the template. Raises UnknownNode.

    included: gives the function of another template, None for one that has none. tells_gone: settings say what is written
    where there is no value, so Django does.
    """
    made = _Source(included)
    made.line("def body(context, add):")
    with made.deeper():
        made.line("dicts = context.dicts")
        place = len(made.lines)
        made.nodes(nodes)
        made.lines[place:place] = [f"    {local} = named(dicts, {root!r})" for root, local in made.roots.items()]
    known = made.constants | {
        one: getattr(values, one)
        for one in ("named", "at", "given", "said", "needed", "kept_safe", "written", "LoopState", "many", "parts",
                    "static_address", "address")
    }  # fmt: skip
    if tells_gone:
        known["said"] = values.needed
    known |= {"SafeString": SafeString, "localtime": template_localtime, "asked": asked, "included": included}
    exec(compile("\n".join(made.lines), f"<the template {name}>", "exec"), known)  # noqa: S102 - source made here, of our own templates
    found: Function = known["body"]
    return found


def asked(condition: Any, context: Context) -> bool:
    """Return what Django says of a condition."""
    try:
        return bool(condition.eval(context))
    except VariableDoesNotExist:
        return False


_COMPARED = frozenset({"==", "!=", "<", "<=", ">", ">=", "in", "not in", "is", "is not"})
_MARGIN = "    "


class _Source:
    """The lines of a function while they are written. roots: names of the context that it needs, with their local ones.

    own: names that loops and `with` give, with their local ones. constants: what the lines name besides.
    """

    def __init__(self, included: Callable[[Context, str], Function | None]) -> None:
        self.lines: list[str] = []
        self.roots: dict[str, str] = {}
        self.constants: dict[str, Any] = {}
        self._own: dict[str, str] = {}
        self._margin = ""
        self._number = 0
        self._text = ""
        self._included = included

    def line(self, text: str) -> None:
        """Write a line."""
        self._flush()
        self.lines.append(self._margin + text)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Have what is written inside stand one step further in; a block without a line says so."""
        self._margin += _MARGIN
        before = len(self.lines)
        yield
        self._flush()
        if len(self.lines) == before:
            self.lines.append(f"{self._margin}pass")
        self._margin = self._margin[: -len(_MARGIN)]

    def _flush(self) -> None:
        text, self._text = self._text, ""
        if text:
            self.lines.append(f"{self._margin}add({text!r})")

    def _new(self, stem: str) -> str:
        self._number += 1
        return f"{stem}{self._number}"

    def _constant(self, value: Any) -> str:
        name = self._new("k")
        self.constants[name] = value
        return name

    def nodes(self, nodes: Any) -> None:
        """Write the lines of nodes, one after the other."""
        for node in nodes:
            self._node(node)

    def _node(self, node: Node) -> None:
        kind = type(node)
        if kind is TextNode:
            self._text += node.s  # type: ignore[attr-defined]
        elif kind is LoadNode:
            pass
        elif kind in _WRITERS:
            _WRITERS[kind](self, node)
        elif kind is CsrfTokenNode or kind is BlockNode:
            self.line(f"add({self._constant(node)}.render_annotated(context))")
        elif not _is_comment(node):
            raise UnknownNode(kind.__name__)

    def variable(self, node: VariableNode) -> None:
        """`{{ a.b|filter }}`."""
        made, value = self._new("v"), self._value(node.filter_expression, "said")
        self.line("try:")
        with self.deeper():
            self.line(f"{made} = {value}")
        self.line("except Exception:")
        with self.deeper():
            self.line(f"add({self._constant(node)}.render_annotated(context))")
        self.line("else:")
        with self.deeper():
            self.line(f"add({made} if type({made}) is SafeString else written({made}, context))")

    def condition(self, node: IfNode) -> None:
        """`{% if a %}…{% elif b %}…{% else %}…{% endif %}`."""
        margin = self._margin
        for condition, nodes in node.conditions_nodelists:
            if condition is None:
                self.nodes(nodes)
                break
            made = self._new("c")
            self.line("try:")
            with self.deeper():
                self.line(f"{made} = bool({self._test(condition)})")
            self.line("except Exception:")
            with self.deeper():
                self.line(f"{made} = asked({self._constant(condition)}, context)")
            self.line(f"if {made}:")
            with self.deeper():
                self.nodes(nodes)
            if node.conditions_nodelists[-1][0] is condition:
                break
            self.line("else:")
            self._margin += _MARGIN
            self.line("pass")
        self._flush()
        self._margin = margin

    def _test(self, condition: Any, *, is_compared: bool = False) -> str:
        if type(condition) is TemplateLiteral:
            literal: Any = condition.value
            value = self._value(literal, "given")
            return f"given({value})" if is_compared else value
        sign = condition.id
        if sign == "not":
            return f"(not {self._test(condition.first)})"
        if sign in ("and", "or") and not is_compared:
            return f"({self._test(condition.first)} {sign} {self._test(condition.second)})"
        if sign in _COMPARED:
            sides = [self._test(one, is_compared=True) for one in (condition.first, condition.second)]
            return f"({sides[0]} {sign} {sides[1]})"
        raise UnknownNode(sign)

    def loop(self, node: ForNode) -> None:
        """`{% for a in b %}…{% empty %}…{% endfor %}`."""
        if node.is_reversed:
            raise UnknownNode("reversed")
        some, count, turn, scope = (self._new(stem) for stem in ("s", "n", "l", "d"))
        sequence: Any = node.sequence
        self.line("try:")
        with self.deeper():
            self.line(f"{some} = {self._value(sequence, 'given')}")
        self.line("except Exception:")
        with self.deeper():
            self.line(f"{some} = {self._constant(sequence)}.resolve(context, ignore_failures=True)")
        self.line(f"{some} = many({some})")
        self.line(f"{count} = len({some})")
        self.line(f"if {count} < 1:")
        with self.deeper():
            self.nodes(node.nodelist_empty)
        self.line("else:")
        with self.deeper():
            self.line(f"{turn} = LoopState({count}, {self._root('forloop')})")
            self.line(f"{scope} = {{'forloop': {turn}}}")
            self.line(f"dicts.append({scope})")
            self.line("try:")
            with self.deeper():
                self._turns(node, some, turn, scope)
            self.line("finally:")
            with self.deeper():
                self.line("dicts.pop()")

    def _turns(self, node: ForNode, some: str, turn: str, scope: str) -> None:
        place, item = self._new("i"), self._new("o")
        names = list(node.loopvars)
        local = {name: self._new("x") for name in names}
        self.line(f"for {place}, {item} in enumerate({some}):")
        with self.deeper(), self._named(local | {"forloop": turn}):
            self.line(f"{turn}.counter0 = {place}")
            if len(names) > 1:
                self.line(f"{', '.join(local.values())} = parts({item}, {len(names)})")
            else:
                self.line(f"{local[names[0]]} = {item}")
            for name in names:
                self.line(f"{scope}[{name!r}] = {local[name]}")
                self.line(f"if callable({local[name]}): {local[name]} = named(dicts, {name!r})")
            self.nodes(node.nodelist_loop)

    @contextmanager
    def _named(self, local: dict[str, str]) -> Iterator[None]:
        before = self._own
        self._own = before | local
        yield
        self._own = before

    def include(self, node: IncludeNode) -> None:
        """`{% include "a.html" with b=c %}`: a template without blocks writes beside us."""
        if node.isolated_context:
            raise UnknownNode("only")
        function, whole = self._new("f"), self._constant(node)
        asked: Any = node.template
        self.line("try:")
        with self.deeper():
            if isinstance(asked.var, str) and not asked.filters:
                self.line(f"{function} = included(context, {str(asked.var)!r})")
            else:
                self.line(f"{function} = included(context, {self._value(asked, 'needed')})")
            given = [f"{name!r}: {self._value(value, 'said', ends=True)}" for name, value in node.extra_context.items()]
            scope = self._new("d")
            self.line(f"{scope} = {{{', '.join(given)}}}")
        self.line("except Exception:")
        with self.deeper():
            self.line(f"{function} = None")
        self.line(f"if {function} is None:")
        with self.deeper():
            self.line(f"add({whole}.render_annotated(context))")
        self.line("else:")
        with self.deeper():
            self.line(f"dicts.append({scope})")
            self.line("try:")
            with self.deeper():
                self.line(f"{function}(context, add)")
            self.line("finally:")
            with self.deeper():
                self.line("dicts.pop()")

    def within(self, node: WithNode) -> None:
        """`{% with a=b %}…{% endwith %}`."""
        scope = self._new("d")
        local = {name: self._new("x") for name in node.extra_context}
        for name, value in node.extra_context.items():
            self.line("try:")
            with self.deeper():
                self.line(f"{local[name]} = {self._value(value, 'said', ends=True)}")
            self.line("except Exception:")
            with self.deeper():
                self.line(f"{local[name]} = {self._constant(value)}.resolve(context)")
        self.line(f"{scope} = {{{', '.join(f'{name!r}: {one}' for name, one in local.items())}}}")
        self.line(f"dicts.append({scope})")
        for name, one in local.items():
            self.line(f"if callable({one}): {one} = named(dicts, {name!r})")
        self.line("try:")
        with self.deeper(), self._named(local):
            self.nodes(node.nodelist)
        self.line("finally:")
        with self.deeper():
            self.line("dicts.pop()")

    def tag(self, node: SimpleNode) -> None:
        """`{% icon a b %}`."""
        if node.takes_context or node.target_var is not None or node.kwargs:
            raise UnknownNode("a tag that needs more than values")
        given = ", ".join([self._value(one, "said", ends=True) for one in node.args])
        self._once(f"{self._constant(node.func)}({given})", node)

    def _once(self, value: str, node: Node) -> None:
        """Write what a call gives, or what the node does."""
        made = self._new("v")
        self.line("try:")
        with self.deeper():
            self.line(f"{made} = {value}")
        self.line("except Exception:")
        with self.deeper():
            self.line(f"{made} = {self._constant(node)}.render_annotated(context)")
        self.line(f"add({made} if type({made}) is SafeString else written({made}, context))")

    def static(self, node: StaticNode) -> None:
        """`{% static "a" %}`."""
        if node.varname is not None:
            raise UnknownNode("static as")
        self._once(f"static_address({self._value(node.path, 'needed')})", node)

    def address(self, node: URLNode) -> None:
        """`{% url "a" %}`."""
        if node.asvar is not None:
            raise UnknownNode("url as")
        if node.args or node.kwargs or node.view_name.is_var or node.view_name.filters:
            self.line(f"add({self._constant(node)}.render_annotated(context))")
        else:
            self._once(f"address(context, {str(node.view_name.var)!r})", node)

    def _value(self, asked: FilterExpression, absent: str, *, ends: bool = False) -> str:
        """Return an expression of Python for a value. absent: what is made of one that there is not, where it is used."""
        if not asked.is_var:
            made = self._constant(asked.var)
        else:
            made = self._of_variable(asked.var)
            if asked.filters or ends or absent != "given":
                made = f"{absent}({made})"
        for change, given in asked.filters:
            if getattr(change, "expects_localtime", False):
                made = f"localtime({made}, context.use_tz)"
            more = [self._argument(is_name, one) for is_name, one in given]
            call, is_safe = self._constant(change), getattr(change, "is_safe", False)
            if getattr(change, "needs_autoescape", False):
                more.append("autoescape=True")
            rest = "".join([f", {one}" for one in more])
            made = f"kept_safe({call}, {made}{rest})" if is_safe else f"{call}({made}{rest})"
        return made

    def _argument(self, is_name: bool, given: Any) -> str:
        if not is_name:
            return self._constant(values.as_written(given))
        if given.lookups is None:
            return self._constant(given.resolve({}))
        return f"needed({self._of_variable(given)})"

    def _of_variable(self, variable: Variable) -> str:
        if variable.translate:
            raise UnknownNode("a translated text")
        if variable.lookups is None:
            return self._constant(variable.literal)
        root, *rest = variable.lookups
        made = self._root(root)
        for bit in rest:
            made = f"at({made}, {bit!r})"
        return made

    def _root(self, name: str) -> str:
        if name in self._own:
            return self._own[name]
        if name in ("True", "False", "None"):
            return name
        if name not in self.roots:
            self.roots[name] = self._new("r")
        return self.roots[name]


def _is_comment(node: Node) -> bool:
    return type(node).__name__ == "CommentNode"


_WRITERS: dict[type, Callable[[_Source, Any], None]] = {
    VariableNode: _Source.variable,
    IfNode: _Source.condition,
    ForNode: _Source.loop,
    IncludeNode: _Source.include,
    WithNode: _Source.within,
    SimpleNode: _Source.tag,
    StaticNode: _Source.static,
    URLNode: _Source.address,
}
