"""The values of expressions in a test."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from recviewer.asserts.calls import attribute, called, method
from recviewer.asserts.scope import MOST_TEXT, MOST_TURNS, Scope
from recviewer.asserts.values import (
    UNKNOWN,
    AnswerValue,
    ClassValue,
    Fields,
    FunctionValue,
    Known,
    Many,
    Unknown,
    Value,
    constant,
)

_OF_OTHERS = re.compile(r"Human|User|System|ToolMessage|'user'|'human'|'system'|'tool'|_output'|'reasoning")
"""Conditions that select messages other than a model's answers."""


def value_of(node: ast.expr, scope: Scope) -> Value:
    """Return the value of an expression. Raises TooLong."""
    scope.counts.step()
    follow = _FOLLOW.get(type(node))
    return follow(node, scope) if follow else UNKNOWN


def _constant(node: ast.Constant, scope: Scope) -> Value:
    return constant(node)


def _name(node: ast.Name, scope: Scope) -> Value:
    if node.id in scope.names:
        return scope.names[node.id]
    return _from_file(node.id, scope)


def _from_file(name: str, scope: Scope) -> Value:
    """Return the value of a name at the top level of a file, or of what the file imports by it."""
    key = (scope.source.path, name)
    if key in scope.counts.looked_up:
        return scope.counts.looked_up[key]
    scope.counts.looked_up[key] = Unknown(name)
    found = scope.sources.find(scope.source, name)
    if found is None:
        return Unknown(name)
    definition, source = found
    match definition:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            value: Value = FunctionValue(definition, source)
        case ast.ClassDef():
            value = ClassValue(definition, source)
        case _:
            value = value_of(definition, replace(scope, names={}, source=source))
    scope.counts.looked_up[key] = value
    return value


def _members(node: ast.List | ast.Tuple | ast.Set, scope: Scope) -> Value:
    members: list[Value] = []
    for element in node.elts:
        if isinstance(element, ast.Starred):
            inner = value_of(element.value, scope)
            scope.counts.copied(inner)
            members.extend(inner.members if isinstance(inner, Many) else [UNKNOWN])
        else:
            members.append(value_of(element, scope))
    return Many(tuple(members))


def _dict(node: ast.Dict, scope: Scope) -> Value:
    members: dict[str, Value] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        inner = value_of(value, scope)
        name = value_of(key, scope) if key is not None else inner
        match name:
            case Known(value=str() as text):
                members[text] = inner
            case Fields() if key is None:
                scope.counts.copied(name)
                members |= name.members
            case _:
                return UNKNOWN
    return Fields(members)


def _attribute(node: ast.Attribute, scope: Scope) -> Value:
    return attribute(value_of(node.value, scope), node.attr)


def _subscript(node: ast.Subscript, scope: Scope) -> Value:
    value = value_of(node.value, scope)
    index = value_of(node.slice, scope) if not isinstance(node.slice, ast.Slice) else UNKNOWN
    match value, index:
        case AnswerValue(), Known(value=str() as name):
            return value.at(name)
        case AnswerValue(), _:
            return value if isinstance(node.slice, ast.Slice) else value.member()
        case Fields(members=members), Known(value=str() as name):
            return members.get(name, UNKNOWN)
        case Many(members=members), Known(value=int() as place) if -len(members) <= place < len(members):
            return members[place]
    return UNKNOWN


def _binary(node: ast.BinOp, scope: Scope) -> Value:
    left, right = value_of(node.left, scope), value_of(node.right, scope)
    scope.counts.copied(left, right)
    match node.op, left, right:
        case ast.Add(), Known(value=str() as first), Known(value=str() as second) if (
            len(first) + len(second) < MOST_TEXT
        ):
            return Known(first + second)
        case ast.Add(), Many(members=first), Many(members=second):
            return Many((*first, *second))
        case ast.Add(), AnswerValue(), Known(value="") | AnswerValue() | Unknown():
            return left
        case ast.Add(), Known(value="") | Unknown(), AnswerValue():
            return right
        case ast.BitOr(), Unknown(), Unknown():
            return UNKNOWN
    return UNKNOWN


def _text(node: ast.JoinedStr, scope: Scope) -> Value:
    pieces, length = [], 0
    for piece in node.values:
        value = value_of(piece.value, scope) if isinstance(piece, ast.FormattedValue) else value_of(piece, scope)
        plain = not isinstance(piece, ast.FormattedValue) or (piece.format_spec is None and piece.conversion == -1)
        if not isinstance(value, Known) or not plain:
            return UNKNOWN
        pieces.append(str(value.value))
        length += len(pieces[-1])
        if length >= MOST_TEXT:
            return UNKNOWN
    scope.counts.copies(length)
    return Known("".join(pieces))


def _either(node: ast.BoolOp, scope: Scope) -> Value:
    values = [value_of(value, scope) for value in node.values]
    heard = [value for value in values if isinstance(value, AnswerValue)]
    if heard:
        return heard[0]
    for value in values[:-1]:
        if not isinstance(value, Known):
            return UNKNOWN
        if bool(value.value) == isinstance(node.op, ast.Or):
            return value
    return values[-1]


def _choice(node: ast.IfExp, scope: Scope) -> Value:
    decided = truth(node.test, scope)
    if decided is not None:
        return value_of(node.body if decided else node.orelse, scope)
    values = value_of(node.body, scope), value_of(node.orelse, scope)
    return next((value for value in values if isinstance(value, AnswerValue)), UNKNOWN)


def _assigned(node: ast.NamedExpr, scope: Scope) -> Value:
    scope.names[node.target.id] = value_of(node.value, scope)
    return scope.names[node.target.id]


def _negative(node: ast.UnaryOp, scope: Scope) -> Value:
    value = value_of(node.operand, scope)
    match node.op, value:
        case ast.USub(), Known(value=int() | float() as number):
            return Known(-number)
        case ast.Not(), Known(value=truth_value):
            return Known(not truth_value)
    return UNKNOWN


def truth(node: ast.expr, scope: Scope) -> bool | None:
    """Tell whether a condition holds, None if the source does not determine it."""
    match node:
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _compared(op, value_of(left, scope), value_of(right, scope))
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            decided = truth(inner, scope)
            return None if decided is None else not decided
    match value_of(node, scope):
        case Known(value=value):
            return bool(value)
        case Many(members=members):
            return bool(members)
    return None


def _compared(op: ast.cmpop, left: Value, right: Value) -> bool | None:
    """Tell whether a comparison of two known values holds."""
    match op, left, right:
        case ((ast.Eq() | ast.Is()), Known(), Known()):
            return bool(left.value == right.value)
        case ((ast.NotEq() | ast.IsNot()), Known(), Known()):
            return bool(left.value != right.value)
        case ast.In(), Known(), Many(members=members) if all(isinstance(member, Known) for member in members):
            return left in members
        case (ast.IsNot(), Many() | Fields(), Known(value=None)):
            return True
    return None


def each(node: ast.expr, scope: Scope) -> list[Value]:
    """Return the values that a loop iterates over: the members if known, else one that stands for all."""
    value = value_of(node, scope)
    match value:
        case Many(members=members) if len(members) <= MOST_TURNS:
            return list(members)
        case AnswerValue():
            return [value.member()]
    return [UNKNOWN]


def bind(target: ast.expr, value: Value, scope: Scope) -> None:
    """Bind the names of an assignment target. Raises TooLong."""
    scope.counts.step()
    match target:
        case ast.Name(id=name):
            scope.names[name] = value
        case ast.Tuple(elts=targets) | ast.List(elts=targets):
            exact = isinstance(value, Many) and len(value.members) == len(targets)
            for at, inner in enumerate(targets):
                member = value.members[at] if exact and isinstance(value, Many) else UNKNOWN
                bind(inner, value if isinstance(value, AnswerValue) else member, scope)
        case ast.Subscript(value=ast.Name(id=name), slice=key):
            before = scope.names.get(name, UNKNOWN)
            scope.counts.copied(before)
            scope.names[name] = _kept(before, key, value)


def _kept(before: Value, key: ast.expr, value: Value) -> Value:
    """Return a dict or list after an item assignment."""
    match before, key:
        case Fields(), ast.Constant(value=str() as name):
            return replace(before, members={**before.members, name: value})
        case AnswerValue(), _:
            return before
    return replace(value, many=True) if isinstance(value, AnswerValue) else UNKNOWN


def comprehended(node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope) -> list[tuple[Scope, bool]]:
    """Return a scope for each iteration of a comprehension, and whether it stands for all members of an answer's value."""
    turns = [(_inner(scope), False)]
    for loop in node.generators:
        following: list[tuple[Scope, bool]] = []
        for turn, one_for_all in turns:
            for value in each(loop.iter, turn):
                inner = _inner(turn)
                bind(loop.target, value, inner)
                if isinstance(value, AnswerValue) and any(_selects_others(test, scope) for test in loop.ifs):
                    bind(loop.target, value.at("input"), inner)
                if all(truth(condition, inner) is not False for condition in loop.ifs):
                    following.append((inner, one_for_all or isinstance(value, AnswerValue)))
                if len(following) > MOST_TURNS:
                    return [(_without_targets(node, scope), False)]
        turns = following
    return turns


def _inner(scope: Scope) -> Scope:
    """Return a scope with the same names, to which others can be added. Raises TooLong."""
    scope.counts.copies(len(scope.names))
    return replace(scope, names=dict(scope.names))


def _selects_others(condition: ast.expr, scope: Scope) -> bool:
    """Tell whether a condition selects messages other than a model's answers. Raises TooLong."""
    scope.counts.walked(condition)
    return _OF_OTHERS.search(ast.unparse(condition)) is not None


def _without_targets(node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope) -> Scope:
    """Return a scope in which the targets of a comprehension are unknown."""
    inner = _inner(scope)
    for loop in node.generators:
        bind(loop.target, UNKNOWN, inner)
    return inner


def _comprehension(node: ast.ListComp | ast.GeneratorExp | ast.SetComp, scope: Scope) -> Value:
    turns = comprehended(node, scope)
    values = [value_of(node.elt, inner) for inner, _ in turns]
    if any(one_for_all for _, one_for_all in turns):
        heard = next((value for value in values if isinstance(value, AnswerValue)), None)
        return replace(heard, many=True) if heard else UNKNOWN
    return Many(tuple(values))


def _awaited(node: ast.Await, scope: Scope) -> Value:
    return value_of(node.value, scope)


def _lambda(node: ast.Lambda, scope: Scope) -> Value:
    scope.counts.copies(len(scope.names))
    return FunctionValue(node, scope.source, dict(scope.names))


def _call(node: ast.Call, scope: Scope) -> Value:
    owner = value_of(node.func.value, scope) if isinstance(node.func, ast.Attribute) else UNKNOWN
    function = attribute(owner, node.func.attr) if isinstance(node.func, ast.Attribute) else value_of(node.func, scope)
    arguments, keywords = given(node, scope)
    scope.counts.copied(owner, *arguments, *keywords.values())
    done = method(owner, node.func.attr, arguments) if isinstance(node.func, ast.Attribute) else None
    if done is None:
        done = called(function, dotted(node.func), arguments, keywords, scope)
    scope.counts.copied(done)
    return done


def given(node: ast.Call, scope: Scope) -> tuple[list[Value], dict[str, Value]]:
    """Return the positional and keyword arguments of a call."""
    arguments: list[Value] = []
    for inner in node.args:
        if isinstance(inner, ast.Starred):
            value = value_of(inner.value, scope)
            scope.counts.copied(value)
            arguments.extend(value.members if isinstance(value, Many) else ())
        else:
            arguments.append(value_of(inner, scope))
    keywords: dict[str, Value] = {}
    for keyword in node.keywords:
        value = value_of(keyword.value, scope)
        if keyword.arg:
            keywords[keyword.arg] = value
        elif isinstance(value, Fields):
            scope.counts.copied(value)
            keywords |= value.members
    return arguments, keywords


def dotted(node: ast.expr) -> str:
    """Return the dotted name of an expression, with `?` for parts without a name."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=inner, attr=name):
            return f"{dotted(inner)}.{name}"
        case ast.Call(func=inner):
            return dotted(inner)
    return "?"


_FOLLOW: dict[type[ast.expr], Callable[[Any, Scope], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.List: _members,
    ast.Tuple: _members,
    ast.Set: _members,
    ast.Dict: _dict,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.BinOp: _binary,
    ast.JoinedStr: _text,
    ast.BoolOp: _either,
    ast.IfExp: _choice,
    ast.NamedExpr: _assigned,
    ast.UnaryOp: _negative,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.Await: _awaited,
    ast.Lambda: _lambda,
    ast.Call: _call,
}
