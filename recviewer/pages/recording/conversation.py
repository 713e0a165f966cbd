"""A request as a conversation: turns with their parts; tools and long stretches are folded."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import Any

from recviewer.exchange.model import Exchange, Json, Kind, Message, Text, ToolCall, ToolResult
from recviewer.exchange.text import question_of, words_of
from recviewer.exchange.tools import function_of, name_of, offered, schema_of
from recviewer.formats.deltas import size_of
from recviewer.pages.recording.parts import Called, calls_by_id, views
from recviewer.pages.templatetags.words import NAME, counted, size
from recviewer.pages.text.folds import WINDOWED, Fold, Folds, Window, fitting, weight_of
from recviewer.pages.text.jsontext import pretty
from recviewer.pages.text.texts import amount, shortened

LAST = 10
"""Last turns of a long conversation that are not folded; the first system message is folded separately."""

UNNAMED = "unnamed"
ROLE = 60
"""Maximum length of a role or of a name."""

PARAMETERS = 60
"""Maximum number of parameters in a tool's signature."""

SCHEMA = 40_000
"""Maximum length of a tool's schema."""

OUTLINED = 100
"""Turns at either end of a conversation that the outline names."""

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
    """Consecutive turns that are folded into one line."""

    fold: Fold


@dataclass(frozen=True, slots=True)
class Mention:
    """One line of the outline."""

    anchor: str
    number: str
    role: str
    words: str


@dataclass(frozen=True, slots=True)
class OfferedTool:
    """One offered tool. signature: its parameter names. schema: as recorded, indented. is_cut: only its start."""

    name: str
    signature: str
    about: str
    schema: str
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A request to show. facts: `4 messages`, `5 tools`, … rows: turns and stretches, in order."""

    facts: tuple[str, ...]
    rows: tuple[Turn | Stretch, ...]
    tools: Fold | None
    outline: tuple[Mention, ...]
    question: int


def conversation_of(exchange: Exchange, folds: Folds, *, question_on_top: bool) -> ShownRequest:
    """Lay out a request. question_on_top: the page shows the question separately."""
    messages = exchange.request.messages
    question = _place(messages, question_of(exchange)) if question_on_top else -1
    calls = calls_of(exchange)
    hidden = stretch(len(messages))
    last = range(hidden.stop, len(messages)) if hidden else range(len(messages))
    # the last turns get the page's budget first, because they are what was answered
    shown = [_turn(messages[place], place, folds, calls, question=question) for place in last]
    rows: list[Turn | Stretch] = [*shown]
    if hidden:
        rows = [_turn(messages[0], 0, folds, calls, question=question), _folded(messages, hidden, folds, calls), *shown]
    tools = offered(exchange.request.tools)
    facts = (
        _counted(exchange),
        *([counted(len(tools), "tool")] if tools else []),
        *(["streamed"] if exchange.streaming else []),
        size(size_of(exchange.request.body)),
    )
    return ShownRequest(facts, tuple(rows), _tools(exchange, folds), tuple(_outline(messages)), question)


def calls_of(exchange: Exchange) -> dict[str, Called]:
    """Return the places of a request's calls, by id."""
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


def stretch(count: int) -> range:
    """Return the turns of a long conversation that are folded: all but the last ten; the first is kept separate."""
    return range(1, count - LAST) if count > LAST + 4 else range(0)


def _turn(message: Message, place: int, folds: Folds, calls: dict[str, Called], *, question: int = -1) -> Turn:
    anchor = f"m{place + 1}"
    side = SIDES.get(message.role, "user")
    role = shortened(message.role or "no role", ROLE)
    name = shortened(message.name, ROLE)
    if place == question:
        return Turn(anchor, place + 1, role, name, side, (), is_question=True)
    if side != "system":
        return Turn(anchor, place + 1, role, name, side, views(message.parts, folds, anchor, calls))
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
    return Turn(anchor, place + 1, role, name, side, (), fold=fold)


def _folded(messages: tuple[Message, ...], hidden: range, folds: Folds, calls: dict[str, Called]) -> Stretch:
    run = [messages[place] for place in hidden]
    weight = sum(len(words_of(message.parts)) for message in run)
    name = f"m{hidden[0] + 1}-m{hidden[-1] + 1}"

    def make() -> Window:
        shown, more = folds.some(
            name,
            len(run),
            lambda at: _turn(run[at], hidden[at], folds, calls),
            "message",
            template="folds/_turns.html",
        )
        return Window("folds/_turns.html", shown, more)

    fold = folds.fold(
        name,
        counted(len(run), "message"),
        detail=f"m{hidden[0] + 1} to m{hidden[-1] + 1}",
        size=size(weight),
        template=WINDOWED,
        make=make,
        weight=weight + 10_000,
    )
    return Stretch(fold)


def _tools(exchange: Exchange, folds: Folds) -> Fold | None:
    tools = offered(exchange.request.tools)
    if not tools:
        return None
    much = size_of(list(exchange.request.tools))

    def make() -> Window:
        shown, more = folds.some(
            "tools", len(tools), lambda at: _tool(tools[at], folds), "tool", template="folds/_tools.html"
        )
        return Window("folds/_tools.html", shown, more)

    return folds.fold(
        "tools",
        counted(len(tools), "tool"),
        detail=", ".join(shortened(name_of(tool) or UNNAMED, ROLE) for tool in tools[:40]),
        size=size(much),
        template=WINDOWED,
        make=make,
        weight=much * 2,
    )


def _tool(tool: Json, folds: Folds) -> OfferedTool:
    function, schema = function_of(tool), schema_of(tool)
    properties = schema.get("properties")
    names = []
    if isinstance(properties, dict):
        required = schema.get("required")
        needed = set(map(str, required)) if isinstance(required, list) else set()
        names = [key if key in needed else f"{key}?" for key in map(str, islice(properties, PARAMETERS))]
        names += [f"… {len(properties) - PARAMETERS:,} more"] if len(properties) > PARAMETERS else []
    about = function.get("description")
    first = about.strip().split("\n", 1)[0] if isinstance(about, str) else ""
    schema_text = pretty(tool, SCHEMA)
    end = min(fitting(schema_text, folds.room, is_json=True), SCHEMA)
    shown = schema_text[:end]
    folds.spend(weight_of(shown, is_json=True) + weight_of(first[:NAME]) + 20 * len(names))
    return OfferedTool(name_of(tool) or UNNAMED, f"({', '.join(names)})", first, shown, end < len(schema_text))


def _outline(messages: tuple[Message, ...]) -> list[Mention]:
    """Return the lines of the outline: of very many the first and the last, with a line about the rest."""
    listed = [*enumerate(messages, 1)]
    if len(listed) > 2 * OUTLINED + 1:
        left = len(listed) - 2 * OUTLINED
        before, after = ([_mention(*one) for one in some] for some in (listed[:OUTLINED], listed[-OUTLINED:]))
        return [*before, Mention(f"m{OUTLINED + 1}", "", "…", f"{left:,} more"), *after]
    return [_mention(place, message) for place, message in listed]


def _mention(place: int, message: Message) -> Mention:
    return Mention(f"m{place}", str(place), shortened(message.role or "no role", ROLE), _brief(message))


def _brief(message: Message) -> str:
    for part in message.parts:
        if isinstance(part, Text) and part.text.strip():
            return part.text.lstrip()[:48]
        if isinstance(part, ToolCall):
            return ", ".join(part.name[:48] for part in message.parts[:48] if isinstance(part, ToolCall))[:48]
        if isinstance(part, ToolResult):
            return words_of(part.parts)[:48]
    return words_of(message.parts)[:48]
