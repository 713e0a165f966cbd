"""A request as a conversation: turns with their parts, tools and long stretches folded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from recviewer.exchange.model import Exchange, Json, Kind, Message, Text, ToolCall, ToolResult
from recviewer.exchange.text import question_of, words_of
from recviewer.exchange.tools import function_of, offered, schema_of
from recviewer.formats.deltas import size_of
from recviewer.pages.folds import Fold, Folds
from recviewer.pages.jsontext import compact, pretty
from recviewer.pages.parts import Called, calls_by_id, views
from recviewer.pages.templatetags.words import counted, size
from recviewer.pages.texts import amount

LAST = 10
"""Turns of a long conversation that stay open; the first system message is folded by itself."""

SIDES = {
    "system": "system",
    "developer": "system",
    "assistant": "assistant",
    "model": "assistant",
    "tool": "tool",
    "function": "tool",
}


@dataclass(frozen=True, slots=True)
class Turn:
    """One message. anchor: `m3`. side: system, user, assistant or tool, which draws the rule at its left.

    fold: the whole turn is behind it, and `items` is empty. is_question: shown at the top of the page already.
    """

    anchor: str
    number: int
    role: str
    name: str
    side: str
    items: tuple[Any, ...]
    fold: Fold | None = None
    is_question: bool = False


@dataclass(frozen=True, slots=True)
class Stretch:
    """Turns in a row that are folded into one line."""

    fold: Fold


@dataclass(frozen=True, slots=True)
class Mention:
    """One line of the outline."""

    anchor: str
    number: str
    role: str
    words: str


@dataclass(frozen=True, slots=True)
class Tool:
    """One offered tool. signature: its parameter names. schema: as recorded, indented."""

    name: str
    signature: str
    about: str
    schema: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """A request to show. facts: `4 messages`, `5 tools`, … rows: turns and stretches, in order."""

    facts: tuple[str, ...]
    rows: tuple[Turn | Stretch, ...]
    tools: Fold | None
    outline: tuple[Mention, ...]
    question: int


def conversation_of(exchange: Exchange, folds: Folds, *, question_on_top: bool) -> Conversation:
    """Lay a request out. question_on_top: the page shows the question by itself."""
    messages = exchange.request.messages
    question = _place(messages, question_of(exchange)) if question_on_top else -1
    calls = calls_of(exchange)
    hidden = _stretch(len(messages), question)
    rows: list[Turn | Stretch] = []
    for place, message in enumerate(messages):
        if place not in hidden:
            rows.append(_turn(message, place, folds, calls, question=question))
        elif place == hidden[0]:
            rows.append(_folded(messages, hidden, folds, calls))
    tools = offered(exchange.request.tools)
    facts = (
        _counted(exchange),
        *([counted(len(tools), "tool")] if tools else []),
        *(["streamed"] if exchange.streaming else []),
        size(size_of(exchange.request.body)),
    )
    return Conversation(facts, tuple(rows), _tools(exchange, folds), tuple(_outline(messages)), question)


def calls_of(exchange: Exchange) -> dict[str, Called]:
    """Return where the calls of a request stand, by id."""
    return calls_by_id(
        (f"m{place + 1}.{at}", part)
        for place, message in enumerate(exchange.request.messages)
        for at, part in enumerate(message.parts)
    )


def _counted(exchange: Exchange) -> str:
    many = len(exchange.request.messages)
    if exchange.kind is Kind.EMBEDDINGS:
        return counted(many, "input")
    return counted(many, "message")


def _place(messages: tuple[Message, ...], wanted: Message | None) -> int:
    return next((place for place, message in enumerate(messages) if message is wanted), -1)


def _stretch(count: int, question: int) -> range:
    """Return the turns of a long conversation that are folded: all but the last ten, the first stays by itself."""
    return range(1, count - LAST) if count > LAST + 4 else range(0)


def _turn(message: Message, place: int, folds: Folds, calls: dict[str, Called], *, question: int = -1) -> Turn:
    anchor = f"m{place + 1}"
    side = SIDES.get(message.role, "user")
    role = message.role or "no role"
    if place == question:
        return Turn(anchor, place + 1, role, message.name, side, (), is_question=True)
    if side != "system":
        return Turn(anchor, place + 1, role, message.name, side, views(message.parts, folds, anchor, calls))
    text = words_of(message.parts)
    fold = folds.fold(
        anchor,
        role,
        detail=text[:160],
        size=amount(text),
        template="folds/_items.html",
        make=lambda: views(message.parts, folds, anchor, calls),
        weight=len(text),
    )
    return Turn(anchor, place + 1, role, message.name, side, (), fold=fold)


def _folded(messages: tuple[Message, ...], hidden: range, folds: Folds, calls: dict[str, Called]) -> Stretch:
    run = [messages[place] for place in hidden]
    weight = sum(len(words_of(message.parts)) for message in run)
    fold = folds.fold(
        f"m{hidden[0] + 1}-m{hidden[-1] + 1}",
        counted(len(run), "message"),
        detail=f"m{hidden[0] + 1} to m{hidden[-1] + 1}",
        size=size(weight),
        template="folds/_turns.html",
        make=lambda: tuple([_turn(message, place, folds, calls) for place, message in zip(hidden, run, strict=True)]),
        weight=weight + 10_000,
    )
    return Stretch(fold)


def _tools(exchange: Exchange, folds: Folds) -> Fold | None:
    tools = offered(exchange.request.tools)
    if not tools:
        return None
    much = size_of(list(exchange.request.tools))
    return folds.fold(
        "tools",
        counted(len(tools), "tool"),
        detail=", ".join(name_of(tool) for tool in tools[:40]),
        size=size(much),
        template="folds/_tools.html",
        make=lambda: tuple([_tool(tool) for tool in tools]),
        weight=much * 2,
    )


def name_of(tool: Json) -> str:
    """Return the name of an offered tool, its type where it has none."""
    function = function_of(tool)
    return str(function.get("name") or (tool.get("type") if isinstance(tool, dict) else "") or "unnamed")


def _tool(tool: Json) -> Tool:
    function, schema = function_of(tool), schema_of(tool)
    properties = schema.get("properties")
    names = []
    if isinstance(properties, dict):
        required = schema.get("required")
        needed = set(map(str, required)) if isinstance(required, list) else set()
        names = [key if key in needed else f"{key}?" for key in map(str, properties)]
    about = function.get("description")
    first = about.strip().split("\n", 1)[0] if isinstance(about, str) else ""
    shown = pretty(tool) if len(compact(tool)) < 200_000 else compact(tool)[:200_000]
    return Tool(name_of(tool), f"({', '.join(names)})", first, shown)


def _outline(messages: tuple[Message, ...]) -> list[Mention]:
    return [
        Mention(f"m{place}", str(place), message.role or "no role", _brief(message))
        for place, message in enumerate(messages, 1)
    ]


def _brief(message: Message) -> str:
    for part in message.parts:
        if isinstance(part, Text) and part.text.strip():
            return part.text.lstrip()[:48]
        if isinstance(part, ToolCall):
            return ", ".join(part.name for part in message.parts if isinstance(part, ToolCall))[:48]
        if isinstance(part, ToolResult):
            return words_of(part.parts)[:48]
    return words_of(message.parts)[:48]
