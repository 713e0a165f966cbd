"""Converts the condition of an assert to expectations about an answer."""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from typing import Any

from recviewer.asserts import answers
from recviewer.asserts.expectations import AnswerPiece, Expectation, Relation
from recviewer.asserts.expressions import comprehended, dotted, given, value_of
from recviewer.asserts.patterns import pattern
from recviewer.asserts.scope import Scope
from recviewer.asserts.values import AnswerValue, Many, Step, Value, plain


class NotRead(Exception):
    """A condition about an answer in a form that is not supported."""


@dataclass(frozen=True, slots=True)
class AssertPlace:
    """The location of an assert. line: of the test. sure: it is reached unconditionally, as far as the source shows."""

    line: int
    sure: bool


def expectations_in(condition: ast.expr, scope: Scope, stands: AssertPlace, absent: bool = False) -> list[Expectation]:
    """Return what a condition looks for in answers; [] if it is about something else.

    absent: the condition must not hold. Raises NotRead, TooLong.
    """
    match condition:
        case ast.BoolOp(op=ast.And()) if not absent:
            return [expectation for value in condition.values for expectation in expectations_in(value, scope, stands)]
        case ast.BoolOp(op=ast.Or()) if absent:
            return [
                expectation for value in condition.values for expectation in expectations_in(value, scope, stands, True)
            ]
        case ast.BoolOp():
            return _one_of([expectations_in(value, scope, stands, absent) for value in condition.values])
        case ast.UnaryOp(op=ast.Not(), operand=inner):
            return expectations_in(inner, scope, stands, not absent)
        case ast.Compare(
            left=ast.Call() as inner, ops=[ast.Is() | ast.IsNot() as op], comparators=[ast.Constant(value=None)]
        ):
            return expectations_in(inner, scope, stands, absent != isinstance(op, ast.Is))
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _comparison(op, value_of(left, scope), value_of(right, scope), stands, absent)
        case ast.Call(func=ast.Name(id="any" | "all" as name), args=[ast.GeneratorExp() | ast.ListComp() as turns]):
            return _over(name, turns, scope, stands, absent)
        case ast.Call(func=ast.Attribute(value=inner, attr="startswith" | "endswith" as name), args=[wanted]):
            how = Relation.STARTS if name == "startswith" else Relation.ENDS
            return _look(value_of(inner, scope), how, value_of(wanted, scope), stands, absent)
        case ast.Call(func=ast.Name(id="bool"), args=[inner]):
            return expectations_in(inner, scope, stands, absent)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="search" | "match" | "fullmatch")):
            return _matched(condition, scope, stands, absent)
    return []


def _matched(call: ast.Call, scope: Scope, stands: AssertPlace, absent: bool) -> list[Expectation]:
    """Return what a call of `re.search` or similar looks for. Raises NotRead if the pattern may take too long."""
    arguments, keywords = given(call, scope)
    arguments += [keywords[name] for name in ("pattern", "string", "flags")[len(arguments) :] if name in keywords]
    heard = arguments[1] if len(arguments) > 1 else None
    if not isinstance(heard, AnswerValue):
        return []
    scope.counts.walked(call)
    flags = ast.unparse(call.args[2]) if len(call.args) > 2 else "".join(ast.unparse(k.value) for k in call.keywords)
    written = pattern(arguments[0], dotted(call.func).rpartition(".")[2], flags)
    if written is None:
        raise NotRead
    return _look(heard, Relation.MATCHES, written, stands, absent)


def _comparison(op: ast.cmpop, left: Value, right: Value, stands: AssertPlace, absent: bool) -> list[Expectation]:
    """Return what a comparison looks for."""
    negative = isinstance(op, ast.NotIn | ast.NotEq)
    if negative:
        absent = not absent
    match op, left, right:
        case ((ast.In() | ast.NotIn()), _, AnswerValue(many=True)):
            return _look(replace(right, many=False), Relation.EQUALS, left, stands, absent)
        case ((ast.In() | ast.NotIn()), _, AnswerValue()):
            return _look(right, Relation.CONTAINS, left, stands, absent)
        case ((ast.In() | ast.NotIn()), AnswerValue(), Many()):
            return _look(left, Relation.EQUALS, right, stands, absent, each_is_enough=True)
        case ((ast.Eq() | ast.NotEq()), AnswerValue(), _):
            return _look(left, Relation.EQUALS, right, stands, absent)
        case ((ast.Eq() | ast.NotEq()), _, AnswerValue()):
            return _look(right, Relation.EQUALS, left, stands, absent)
    return []


def _look(
    heard: Value, how: Relation, wanted: Value, stands: AssertPlace, absent: bool, each_is_enough: bool = False
) -> list[Expectation]:
    """Return the expectation about a value from an answer. Raises NotRead."""
    if not isinstance(heard, AnswerValue):
        return []
    piece = answers.piece(heard)
    if piece is None or isinstance(wanted, AnswerValue):
        return []
    where, inside, as_json = piece
    try:
        value = plain(wanted)
    except LookupError:
        raise NotRead from None
    several = isinstance(value, list) and (each_is_enough or how in (Relation.STARTS, Relation.ENDS))
    any_of = _wanted(tuple(value) if several else (value,), where, how, as_json)
    if not any_of:
        return []
    sure = stands.sure and heard.sure
    asked = heard.asked
    return [
        Expectation(
            where, how, any_of, absent, heard.steps, inside, as_json, asked.question, asked.number, sure, stands.line
        )
    ]


def _wanted(values: tuple[Any, ...], where: AnswerPiece, how: Relation, as_json: bool) -> tuple[Any, ...]:
    """Return the values looked for; () if they are not text: empty text, None, names of keys in an answer."""
    if as_json:
        return values if how is Relation.EQUALS or all(isinstance(value, str) and value for value in values) else ()
    return values if all(isinstance(value, str) and value for value in values) else ()


def _one_of(ways: list[list[Expectation]]) -> list[Expectation]:
    """Return one expectation for several alternatives. Raises NotRead if they are about different parts of the answer."""
    found = [one for way in ways for one in way]
    if not found:
        return []
    first = found[0]
    if any(len(way) != 1 for way in ways) or any(one.absent or _piece(one) != _piece(first) for one in found):
        raise NotRead
    steps = first.steps
    if any((one.how, one.steps) != (first.how, first.steps) for one in found):
        steps = _folding(found)
    any_of = tuple({repr(wanted): wanted for one in found for wanted in one.any_of}.values())
    return [replace(first, any_of=any_of, steps=steps, sure=all(one.sure for one in found))]


def _piece(one: Expectation) -> tuple[object, ...]:
    """Return a key for the part of an answer that an expectation is about."""
    return one.where, one.inside, one.as_json, one.question, one.asked, one.line


def _folding(found: list[Expectation]) -> tuple[Step, ...]:
    """Return common steps for alternative expectations of which some ignore case. Raises NotRead if there are none.

    `"us" in text.lower() or "US" in text` is equivalent to its first operand.
    """
    folding: tuple[Step, ...] = (("lower", ()),)
    if len({one.how for one in found}) > 1 or any(one.steps not in ((), folding) for one in found):
        raise NotRead
    lowered = {text for one in found if one.steps for text in one.any_of}
    exact = [str(text) for one in found if not one.steps for text in one.any_of]
    if all(text.lower() in lowered or text.lower() == text.upper() for text in exact):
        return folding
    raise NotRead


def _over(
    name: str, turns: ast.GeneratorExp | ast.ListComp, scope: Scope, stands: AssertPlace, absent: bool
) -> list[Expectation]:
    """Return what `any(…)` or `all(…)` looks for."""
    scopes = comprehended(turns, scope)
    ways = [expectations_in(turns.elt, inner, stands, absent) for inner, _ in scopes]
    if (name == "all") != absent:
        return [expectation for way in ways for expectation in way]
    if len(ways) == 1:
        return ways[0]
    return _one_of(ways)
