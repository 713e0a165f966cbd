"""The results of the calls in a test."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import Any

from recviewer.asserts import answers
from recviewer.asserts.scope import MOST_TEXT, MOST_TURNS, Scope
from recviewer.asserts.steps import FORMS, STEPS, step
from recviewer.asserts.values import (
    UNKNOWN,
    AnswerValue,
    ClassValue,
    Fields,
    FunctionValue,
    Known,
    Many,
    ModelCall,
    Unknown,
    Value,
    constant,
    known,
)

_READS_JSON = frozenset(["loads", "model_validate_json", "parse_raw", "validate_json"])
_SAME = frozenset(
    [
        "str",
        "list",
        "tuple",
        "set",
        "sorted",
        "cast",
        "TypeAdapter",
        "json",
        "model_dump",
        "dict",
        "to_dict",
        "get_final_response",
        "repr",
        "reversed",
    ]
)
"""Calls that return their argument, for this analysis."""


def attribute(value: Value, name: str) -> Value:
    """Return the value of `value.name`."""
    match value:
        case AnswerValue():
            return value.at(name)
        case Fields(members=members):
            return members.get(name, UNKNOWN)
        case Unknown(name=outer) if outer:
            return Unknown(f"{outer}.{name}")
        case Unknown() | ClassValue() | FunctionValue():
            return Unknown(f"?.{name}")
    return UNKNOWN


def method(owner: Value, name: str, arguments: list[Value]) -> Value | None:
    """Return the result of a method of a text, a list or a dict, None if it is not supported."""
    match owner:
        case AnswerValue():
            return _of_heard(owner, name, arguments)
        case Fields():
            return _of_fields(owner.members, name, arguments)
    match owner, name, arguments:
        case (Known(value=str() | bytes() as text), _, _) if name in STEPS:
            return _done(text, name, arguments)
        case (Known(value=str() as text), "join", [AnswerValue() as heard]):
            return replace(heard, many=False) if not text or not heard.steps else heard.guessed()
        case (Known(value=str() as text), "join", [Many(members=members)]):
            texts = [member.value for member in members if isinstance(member, Known) and isinstance(member.value, str)]
            length = sum(map(len, texts)) + len(text) * len(texts)
            return Known(text.join(texts)) if len(texts) == len(members) and length < MOST_TEXT else UNKNOWN
    return None


def _of_heard(owner: AnswerValue, name: str, arguments: list[Value]) -> Value | None:
    """Return the result of a method of a value from an answer, None if it is not supported."""
    match name, arguments:
        case "get" | "pop", [Known(value=str() as key), *_]:
            return owner.at(key)
        case "keys", _:
            return owner.after(("keys", ()))
    if name in ("values", "items", "copy", "read") or name in _SAME:
        return owner
    if name in STEPS and all(isinstance(argument, Known) for argument in arguments):
        return owner.after((name, tuple(argument.value for argument in arguments if isinstance(argument, Known))))
    return None


def _of_fields(members: dict[str, Value], name: str, arguments: list[Value]) -> Value | None:
    """Return the result of a method of a dict, None if it is not supported."""
    match name, arguments:
        case "get", [Known(value=str() as key), *rest]:
            return members.get(key, rest[0] if rest else Known(None))
        case "items", []:
            return Many(tuple(Many((Known(key), value)) for key, value in members.items()))
        case "keys", []:
            return known(list(members))
        case "values", []:
            return Many(tuple(members.values()))
    return None


def _done(text: str | bytes, name: str, arguments: list[Value]) -> Value:
    """Return the result of a method of a known text."""
    if not all(isinstance(argument, Known) for argument in arguments):
        return UNKNOWN
    try:
        done = step(text, name, tuple(argument.value for argument in arguments if isinstance(argument, Known)))
    except ValueError:
        return UNKNOWN
    return known(done) if not isinstance(done, str | bytes) or len(done) <= MOST_TEXT else UNKNOWN


def called(function: Value, name: str, arguments: list[Value], keywords: dict[str, Value], scope: Scope) -> Value:
    """Return the result of a call. Raises TooLong."""
    last = name.rpartition(".")[2]
    heard = next((argument for argument in (*arguments, *keywords.values()) if isinstance(argument, AnswerValue)), None)
    if isinstance(function, FunctionValue):
        return scope.inline(function, arguments, keywords)
    if isinstance(function, AnswerValue):
        return function.guessed()
    if isinstance(function, ClassValue):
        return _made(function, arguments, keywords, scope)
    if answers.asks(name, arguments, keywords):
        scope.counts.asked += 1
        return AnswerValue(ModelCall(scope.counts.asked, answers.question(arguments, keywords)))
    if last == "normalize" and len(arguments) == 2:
        return _normalized(arguments[0], arguments[1])
    if last == "getattr" and len(arguments) > 1 and isinstance(arguments[1], Known):
        return attribute(arguments[0], str(arguments[1].value))
    if last == "next" and heard is not None:
        return heard.member()
    if heard is not None and last in _READS_JSON:
        return replace(heard, path=(*heard.path, "{}"), steps=())
    if heard is not None and last in _SAME:
        return heard
    return _built_in(last, arguments, keywords, name)


def _built_in(last: str, arguments: list[Value], keywords: dict[str, Value], name: str) -> Value:
    """Return the result of some built-in functions, or an object constructed with keyword arguments."""
    match last, arguments:
        case "str", [Known(value=value)]:
            return Known(str(value))
        case "range", [*_] if all(isinstance(argument, Known) for argument in arguments):
            numbers = [argument.value for argument in arguments if isinstance(argument, Known)]
            if all(isinstance(number, int) for number in numbers) and 1 <= len(numbers) <= 3 and numbers[2:] != [0]:
                turns = range(*numbers)
                return Many(tuple(Known(turn) for turn in turns)) if len(turns) <= MOST_TURNS else UNKNOWN
        case (("list" | "set" | "tuple" | "sorted"), [Many() as many]):
            return many
        case "enumerate", [Many(members=members)]:
            return Many(tuple(Many((Known(at), member)) for at, member in enumerate(members)))
        case "dict", []:
            return Fields(dict(keywords))
    if last[:1].isupper():
        content = {"content": arguments[0]} if len(arguments) == 1 and last.endswith("Message") else {}
        return Fields(content | keywords, last)
    return Unknown(name if not arguments else "")


def _normalized(form: Value, text: Value) -> Value:
    """Return the result of unicodedata.normalize."""
    match form, text:
        case Known(value=str() as name), Known(value=str() as words) if name in FORMS and len(words) <= MOST_TEXT:
            return Known(step(words, "normalize", (name,)))
        case Known(value=str() as name), AnswerValue() if name in FORMS:
            return text.after(("normalize", (name,)))
    return UNKNOWN


def _made(made: ClassValue, arguments: list[Value], keywords: dict[str, Value], scope: Scope) -> Value:
    """Return an instance of a class with available source: its keyword arguments, and the class's values for other
    fields.

    A class instantiated with a text such as `inference:chat:sanity`, and with a file `inference/chat.json` beside it,
    has the file's entry `sanity` as `data`: this is how Llama Stack's suite stores its cases.
    """
    match arguments:
        case [Known(value=str() as name)] if ":" in name and not keywords:
            *folders, case = name.split(":")
            data = scope.sources.json(f"{made.source.folder}/{'/'.join(folders)}.json")
            found = data.get(case) if isinstance(data, dict) else None
            if not isinstance(found, dict) or "data" not in found:
                return UNKNOWN
            scope.counts.step(_weight(found["data"]))
            return known(found["data"])
        case [_, *_]:
            return UNKNOWN
    given: dict[str, Value] = {}
    for statement in made.node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=field_name), value=ast.Constant() as written):
                given[field_name] = constant(written)
    return Fields(given | keywords, made.node.name)


def _weight(data: Any) -> int:
    """Return the number of values in JSON."""
    count, left = 0, [data]
    while left:
        one = left.pop()
        count += 1
        left += one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
    return count
