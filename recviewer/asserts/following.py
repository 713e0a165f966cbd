"""Interprets the statements of a test, and collects the expectations of its asserts."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace

from recviewer.asserts.asserting import AssertPlace, NotRead, expectations_in
from recviewer.asserts.expectations import Expectation, ExpectedError
from recviewer.asserts.expressions import bind, dotted, each, given, truth, value_of
from recviewer.asserts.scope import MOST_TEXT, Scope, Spent, TooLong
from recviewer.asserts.sources import SourceFile, SourceFiles
from recviewer.asserts.values import UNKNOWN, AnswerValue, Fields, FunctionValue, Known, Many, Value, constant, joined

MOST_DEPTH = 5
"""Maximal depth of nested calls."""
MOST_EXPECTED = 200
"""Most expectations of one test."""
_GATHERS = frozenset(["append", "add", "extend", "update", "insert", "appendleft"])
_ENDS = frozenset(["skip", "fail", "xfail", "exit"])


class Returned(Exception):
    """A function has returned."""


@dataclass(slots=True)
class Follower:
    """The state of interpreting one test. line: of the test, while a function called by it is followed; else 0."""

    sources: SourceFiles
    counts: Spent = field(default_factory=Spent)
    expected: list[Expectation] = field(default_factory=list)
    raises: list[ExpectedError] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)
    sure: bool = True
    line: int = 0
    depth: int = 0
    results: list[Value] = field(default_factory=list)

    def scope(self, source: SourceFile, names: dict[str, Value]) -> Scope:
        """Return the scope of a function."""
        return Scope(names, source, self.sources, self.inline, self.counts)

    def inline(self, function: FunctionValue, arguments: list[Value], keywords: dict[str, Value]) -> Value:
        """Follow a call of a function, and return its result. Raises TooLong."""
        if self.depth >= MOST_DEPTH:
            return UNKNOWN
        self.counts.copies(len(function.names))
        names = {**function.names, **_parameters(function, arguments, keywords)}
        scope = self.scope(function.source, names)
        if isinstance(function.node, ast.Lambda):
            return value_of(function.node.body, scope)
        outer, self.results = self.results, []
        sure, self.depth = self.sure, self.depth + 1
        try:
            self.block(function.node.body, scope)
        except Returned:
            pass
        finally:
            results, self.results = self.results, outer
            self.sure, self.depth = sure, self.depth - 1
        return _result(results)

    def block(self, statements: list[ast.stmt], scope: Scope) -> None:
        """Follow statements in order. Raises Returned, TooLong."""
        for statement in statements:
            self.statement(statement, scope)

    def statement(self, statement: ast.stmt, scope: Scope) -> None:
        """Follow one statement. Raises Returned, TooLong."""
        scope.counts.step()
        at_top = self.depth == 0
        if at_top:
            self.line = statement.lineno
        match statement:
            case ast.Assert(test=condition):
                self._assert(condition, scope)
            case ast.Assign(targets=targets, value=value):
                given_value = value_of(value, scope)
                for target in targets:
                    bind(target, given_value, scope)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                bind(target, value_of(value, scope), scope)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                self._added(name, value, scope)
            case ast.Expr(value=ast.Call() as call):
                self._called(call, scope)
            case ast.Expr(value=value):
                value_of(value, scope)
            case ast.Return():
                self.results.append(value_of(statement.value, scope) if statement.value else Known(None))
                raise Returned
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                scope.names[statement.name] = FunctionValue(statement, scope.source, scope.names)
            case _:
                self._compound(statement, scope)

    def _compound(self, statement: ast.stmt, scope: Scope) -> None:
        """Follow a compound statement."""
        match statement:
            case ast.If():
                self._if(statement, scope)
            case ast.For() | ast.AsyncFor():
                self._for(statement, scope)
            case ast.While(body=body):
                self._open(body, scope)
            case ast.With() | ast.AsyncWith():
                self._with(statement, scope)
            case ast.Try():
                self.block(statement.body, scope)
                for handler in statement.handlers:
                    self._open(handler.body, scope)
                self.block([*statement.orelse, *statement.finalbody], scope)
            case ast.Raise():
                raise Returned

    def _assert(self, condition: ast.expr, scope: Scope) -> None:
        """Collect the expectations of an assert. Raises TooLong."""
        if len(self.expected) > MOST_EXPECTED:
            raise TooLong
        try:
            self.expected += expectations_in(condition, scope, AssertPlace(self.line, self.sure))
        except NotRead:
            self.unread.append(self.line)

    def _added(self, name: str, value: ast.expr, scope: Scope) -> None:
        """Follow `name += value`."""
        more, before = value_of(value, scope), scope.names.get(name, UNKNOWN)
        scope.counts.copied(before, more)
        match before, more:
            case Known(value=str() as first), Known(value=str() as second):
                is_long = len(first) + len(second) >= MOST_TEXT
                scope.names[name] = UNKNOWN if is_long else Known(first + second)
            case Many(members=first), Many(members=second):
                scope.names[name] = Many((*first, *second))
            case _, AnswerValue():
                scope.names[name] = replace(more, many=isinstance(before, Many) or more.many)
            case _:
                scope.names[name] = before if isinstance(before, AnswerValue) else UNKNOWN

    def _called(self, call: ast.Call, scope: Scope) -> None:
        """Follow a call statement: one that appends to a list, or ends the test. Raises Returned."""
        match call.func:
            case ast.Attribute(value=ast.Name(id=name), attr=attr) if attr in _GATHERS and name in scope.names:
                self._gathered(name, call, scope)
                return
            case ast.Attribute(value=ast.Name(id="pytest"), attr=attr) if attr in _ENDS:
                raise Returned
        value_of(call, scope)

    def _gathered(self, name: str, call: ast.Call, scope: Scope) -> None:
        """Follow `name.append(value)` and similar calls."""
        arguments, _ = given(call, scope)
        before = scope.names[name]
        more = arguments[-1] if arguments else UNKNOWN
        scope.counts.copied(before, more)
        extends = isinstance(call.func, ast.Attribute) and call.func.attr in ("extend", "update")
        if isinstance(before, Many) and not isinstance(more, AnswerValue):
            added = more.members if extends and isinstance(more, Many) else (more,)
            scope.names[name] = Many((*before.members, *added))
        elif isinstance(more, AnswerValue) and not _holds_known(before):
            scope.names[name] = replace(more, many=True)
        elif isinstance(before, Many):
            scope.names[name] = Many((*before.members, more))
        elif not isinstance(before, AnswerValue):
            scope.names[name] = UNKNOWN

    def _if(self, statement: ast.If, scope: Scope) -> None:
        """Follow the branch that the source determines, else both."""
        decided = truth(statement.test, scope)
        scope.counts.copies(2 * len(scope.names))
        if decided is not None:
            self.block(statement.body if decided else statement.orelse, scope)
            return
        one = replace(scope, names=dict(scope.names))
        other = replace(scope, names=dict(scope.names))
        ended = self._open(statement.body, one)
        other_ended = self._open(statement.orelse, other)
        if ended and other_ended:
            raise Returned
        if ended or other_ended:
            merged = other.names if ended else one.names
        else:
            merged = {
                name: joined(one.names.get(name, UNKNOWN), other.names.get(name, UNKNOWN))
                for name in {*one.names, *other.names}
            }
        scope.names.clear()
        scope.names.update(merged)

    def _open(self, statements: list[ast.stmt], scope: Scope) -> bool:
        """Follow statements that may not be reached; their expectations are not sure. Tell whether they end the function."""
        sure, self.sure = self.sure, False
        try:
            self.block(statements, scope)
        except Returned:
            return True
        finally:
            self.sure = sure
        return False

    def _for(self, loop: ast.For | ast.AsyncFor, scope: Scope) -> None:
        """Follow a loop: each iteration if the members are known, else one that stands for all."""
        members = each(loop.iter, scope)
        exact = not any(isinstance(member, AnswerValue) or member == UNKNOWN for member in members)
        for member in members:
            bind(loop.target, member, scope)
            if exact:
                self.block(loop.body, scope)
            else:
                self._open(loop.body, scope)
        self.block(loop.orelse, scope)

    def _with(self, statement: ast.With | ast.AsyncWith, scope: Scope) -> None:
        """Follow a `with`: `pytest.raises` gives the expected error."""
        expects = False
        for item in statement.items:
            value = value_of(item.context_expr, scope)
            call = item.context_expr
            if isinstance(call, ast.Call) and dotted(call.func).endswith("raises"):
                expects = True
                self._raises(call, scope)
                value = UNKNOWN
            if item.optional_vars is not None:
                bind(item.optional_vars, value, scope)
        if expects:
            self._open(statement.body, scope)
        else:
            self.block(statement.body, scope)

    def _raises(self, call: ast.Call, scope: Scope) -> None:
        """Record an expected error."""
        names = call.args[0] if call.args else None
        written = names.elts if isinstance(names, ast.Tuple) else [names] if names is not None else []
        _, keywords = given(call, scope)
        match = keywords.get("match")
        text = match.value if isinstance(match, Known) and isinstance(match.value, str) else ""
        self.raises.append(ExpectedError(tuple(dotted(name) for name in written), text, self.line))


def _holds_known(value: Value) -> bool:
    """Tell whether a list already contains values that are not from an answer."""
    return isinstance(value, Many) and bool(value.members)


def _result(results: list[Value]) -> Value:
    """Return the result of a function with several return statements."""
    heard = [value for value in results if isinstance(value, AnswerValue)]
    if heard:
        return heard[0]
    return results[0] if len(results) == 1 else UNKNOWN


def _parameters(function: FunctionValue, arguments: list[Value], keywords: dict[str, Value]) -> dict[str, Value]:
    """Bind a function's parameters for a call."""
    spec = function.node.args
    places = [argument.arg for argument in (*spec.posonlyargs, *spec.args)]
    names: dict[str, Value] = {argument.arg: UNKNOWN for argument in (*spec.posonlyargs, *spec.args, *spec.kwonlyargs)}
    for argument, default in zip(reversed(places), reversed(spec.defaults), strict=False):
        names[argument] = constant(default) if isinstance(default, ast.Constant) else UNKNOWN
    for keyword, default_of_keyword in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if isinstance(default_of_keyword, ast.Constant):
            names[keyword.arg] = constant(default_of_keyword)
    names |= dict(zip(places, arguments, strict=False))
    names |= {name: value for name, value in keywords.items() if name in names}
    if spec.vararg:
        names[spec.vararg.arg] = Many(tuple(arguments[len(places) :]))
    if spec.kwarg:
        names[spec.kwarg.arg] = Fields({name: value for name, value in keywords.items() if name not in names})
    return names
