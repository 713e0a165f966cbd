"""The values of a test's parameters, derived from its id by pytest's rules."""

from __future__ import annotations

import ast

from recviewer.asserts.expressions import dotted, given, value_of
from recviewer.asserts.scope import Scope
from recviewer.asserts.values import Known, Many, Unknown, Value, equal


def parametrized(decorators: list[ast.expr], written: str, scope: Scope) -> dict[str, Value]:
    """Return the parameter values that decorators give a test. written: the text in the brackets of its id."""
    values: dict[str, Value] = {}
    for decorator in decorators:
        if isinstance(decorator, ast.Call) and dotted(decorator.func).endswith("parametrize"):
            values |= _one(decorator, written, scope)
    return values


def _one(call: ast.Call, written: str, scope: Scope) -> dict[str, Value]:
    """Return the values of one `parametrize` for an id; {} if the id is ambiguous."""
    arguments, keywords = given(call, scope)
    arguments += [keywords[name] for name in ("argnames", "argvalues")[len(arguments) :] if name in keywords]
    if len(arguments) < 2 or len(call.args) < 2:
        return {}
    names = _names(arguments[0])
    ids = keywords.get("ids")
    named = list(ids.members) if isinstance(ids, Many) else []
    fitting = []
    members = _sets(call.args[1], scope)
    for at, (name, value) in enumerate(members):
        own = named[at] if at < len(named) else None
        text = name or (str(own.value) if isinstance(own, Known) else _id(names, value, at))
        if _stands_in(text, written) or len(members) == 1:
            fitting.append((text, value))
    chosen = _chosen(fitting)
    if chosen is None:
        return {}
    if len(names) == 1:
        return {names[0]: chosen}
    values = chosen.members if isinstance(chosen, Many) else ()
    return dict(zip(names, values, strict=False))


def _names(value: Value) -> list[str]:
    """Return the argument names of a `parametrize`."""
    match value:
        case Known(value=str() as text):
            return [name.strip() for name in text.split(",") if name.strip()]
        case Many(members=members):
            return [str(member.value) for member in members if isinstance(member, Known)]
    return []


def _sets(node: ast.expr, scope: Scope) -> list[tuple[str, Value]]:
    """Return (explicit id or "", values) for each set of a `parametrize`."""
    match node:
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            return [_set(element, scope) for element in elements if not isinstance(element, ast.Starred)]
        case ast.Name(id=name):
            found = scope.sources.find(scope.source, name)
            if found is not None and isinstance(found[0], ast.List | ast.Tuple):
                inner = Scope({}, found[1], scope.sources, scope.inline, scope.counts)
                return _sets(found[0], inner)
    value = value_of(node, scope)
    return [("", member) for member in value.members] if isinstance(value, Many) else []


def _set(node: ast.expr, scope: Scope) -> tuple[str, Value]:
    """Return (id, values) of one set, which may be a `pytest.param`."""
    if not (isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "param"):
        return "", value_of(node, scope)
    arguments, keywords = given(node, scope)
    own = keywords.get("id")
    value = arguments[0] if len(arguments) == 1 else Many(tuple(arguments))
    return (str(own.value) if isinstance(own, Known) else ""), value


def _id(names: list[str], value: Value, at: int) -> str:
    """Return the id that pytest generates for a set of values."""
    values = value.members if isinstance(value, Many) and len(names) > 1 else (value,)
    return "-".join(_id_of(name, one, at) for name, one in zip(names, values, strict=False))


def _id_of(name: str, value: Value, at: int) -> str:
    """Return the id that pytest generates for one value: a plain one as written, a class or function by its name."""
    match value:
        case Known():
            return str(value.value)
        case Unknown(name=written) if written:
            return written
    return f"{name}{at}"


def _stands_in(text: str, written: str) -> bool:
    """Tell whether an id is one of those in the brackets, which pytest joins with `-`."""
    return f"-{text}-" in f"-{written}-"


def _chosen(fitting: list[tuple[str, Value]]) -> Value | None:
    """Return the values of the matching id: the longest, if the others are parts of it."""
    if not fitting:
        return None
    longest = max(fitting, key=lambda one: len(one[0]))
    if any(text not in longest[0] or (text == longest[0] and not equal(value, longest[1])) for text, value in fitting):
        return None
    return longest[1]
