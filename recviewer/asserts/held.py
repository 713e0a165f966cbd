"""Whether the recorded answers meet a test's expectations."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from recviewer.asserts.expectations import AnswerPiece, Expectation, Relation
from recviewer.asserts.patterns import TooCostly, matches
from recviewer.asserts.steps import step
from recviewer.asserts.values import Step
from recviewer.exchange.model import Exchange, Output, Text

MOST_TEXT = 1_000_000
"""Longest answer that is searched; of others it is not told whether they contain something."""


class Verification(StrEnum):
    """The result for one expectation."""

    THERE = "there"
    MISSING = "missing"
    UNTOLD = "untold"


@dataclass(frozen=True, slots=True)
class Holding:
    """The result for one expectation. exact: the answers are those to the test's own question; nothing was guessed."""

    state: Verification
    exact: bool


def holding_of(expectation: Expectation, exchanges: Sequence[Exchange]) -> Holding:
    """Return whether one of a test's answers meets an expectation.

    exchanges: the calls of the test, in any order. If the source spells out the question, only answers to it count.
    """
    answering = [exchange for exchange in exchanges if exchange.outputs]
    own = [one for one in answering if expectation.question is not None and asks(one, expectation.question)]
    outputs = [output for exchange in own or answering for output in exchange.outputs]
    try:
        pieces = [piece for output in outputs for piece in _pieces(expectation, output)]
        if not pieces:
            return Holding(Verification.UNTOLD, False)
        found = any(_holds(expectation, piece) for piece in pieces)
    except TooCostly:
        return Holding(Verification.UNTOLD, False)
    return Holding(
        Verification.THERE if found != expectation.absent else Verification.MISSING, expectation.sure and bool(own)
    )


def asks(exchange: Exchange, question: str) -> bool:
    """Tell whether the user's last text in a request is a question."""
    for message in reversed(exchange.request.messages):
        if message.role in ("user", "prompt", "human"):
            texts = [part.text for part in message.parts if isinstance(part, Text)]
            return question in texts or "".join(texts) == question
    return False


def _pieces(expectation: Expectation, output: Output) -> Iterable[str]:
    """Yield the parts of an answer that an expectation is about."""
    match expectation.where:
        case AnswerPiece.TEXT:
            yield _searched(output.content)
        case AnswerPiece.TOOL:
            yield from (call.name for call in output.tool_calls) if output.tool_calls else ("",)
        case AnswerPiece.ARGUMENTS:
            yield from (_searched(call.arguments) for call in output.tool_calls)


def _searched(text: str) -> str:
    """Return a text that is searched. Raises TooCostly."""
    if len(text) > MOST_TEXT:
        raise TooCostly("not searched")
    return text


def _holds(expectation: Expectation, piece: str) -> bool:
    """Tell whether a part of an answer meets an expectation."""
    value: Any = piece
    if expectation.as_json:
        try:
            value = json.loads(piece)
        except (ValueError, RecursionError):
            return False
        return any(
            _fits(expectation, _stepped(inner, expectation.steps)) for inner in _inside(value, expectation.inside)
        )
    return _fits(expectation, _stepped(value, expectation.steps))


def _inside(value: Any, names: tuple[str, ...]) -> list[Any]:
    """Return the values at a path in JSON: none, one, or more if the path goes through a list."""
    values = [value]
    for name in names:
        following: list[Any] = []
        for one in values:
            if name == "[]" and isinstance(one, list):
                following += one
            elif isinstance(one, dict) and name in one:
                following.append(one[name])
        values = following
    return values


def _stepped(value: Any, steps: tuple[Step, ...]) -> Any:
    """Return a value after the test's operations on it; None if they fail."""
    for name, arguments in steps:
        try:
            value = step(value, name, arguments)
        except ValueError:
            return None
    return value


def _fits(expectation: Expectation, value: Any) -> bool:
    """Tell whether a value matches one of the alternatives."""
    return any(_one(expectation.how, wanted, value) for wanted in expectation.any_of)


def _one(how: Relation, wanted: Any, value: Any) -> bool:
    """Tell whether a value equals, or contains, the expected one."""
    if how is Relation.EQUALS:
        if isinstance(wanted, list) and isinstance(value, list):
            return sorted(map(repr, wanted)) == sorted(map(repr, value))
        return bool(wanted == value)
    if how is Relation.CONTAINS:
        return wanted in value if isinstance(value, str | list | dict) and isinstance(wanted, str) else False
    if not isinstance(value, str) or not isinstance(wanted, str):
        return False
    if how is Relation.MATCHES:
        return matches(wanted, value)
    return value.startswith(wanted) if how is Relation.STARTS else value.endswith(wanted)
