"""Tool calls for people: `name(key: value)`, long arguments on lines of their own, nested ones as blocks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from recviewer.exchange.escapes import spelled_out
from recviewer.exchange.model import ToolCall
from recviewer.pages.templatetags.words import NAME
from recviewer.pages.text.folds import Fold, Folds, fitting, weight_of
from recviewer.pages.text.jsontext import compact, parse, pretty
from recviewer.pages.text.texts import RESULT, amount, cut

LINE = 100
"""Maximum length of a call on one line."""

BLOCK_LINES = 5
"""Lines of indented JSON from which a nested argument is shown as a block."""


class Layout(StrEnum):
    """The layout of a call's arguments."""

    LINE = "line"
    LINES = "lines"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument. value: its JSON, on several lines if `is_block`."""

    key: str
    value: str
    is_block: bool = False


@dataclass(frozen=True, slots=True)
class CallView:
    """A call to show. sent: the arguments as sent, for the layout `text`.

    problem: why they are not an object, or "". anchor: its element id, "" if nothing refers to it.
    """

    template: ClassVar[str] = "parts/_tool_call.html"
    name: str
    id: str
    layout: Layout
    arguments: tuple[Argument, ...]
    sent: str
    problem: str
    anchor: str
    rest: Fold | None = None


def call_view(call: ToolCall, folds: Folds, name: str) -> CallView:
    """Lay a call out. name: unique in the page; the call's element id."""
    text = spelled_out(call.arguments)
    end = cut(text, RESULT)
    if weight_of(text[:end]) > folds.room:
        end = fitting(text[:end], max(folds.room, 400))
    folds.spend(2 * weight_of(text[:end]) + weight_of(call.name[:NAME]))
    if end < len(text):
        left = text[end:]
        rest = folds.text(f"{name}-rest", "more arguments", left, much=amount(left), template="folds/_code.html")
        problem = parse(text).error if len(text) < 1_000_000 and not call.is_text else ""
        return CallView(call.name, call.id, Layout.TEXT, (), text[:end], problem, name, rest)
    if not text.strip():
        return CallView(call.name, call.id, Layout.LINE, (), "", "", name)
    parsed = parse(text)
    if parsed.error or not isinstance(parsed.value, dict) or call.is_text:
        problem = "" if call.is_text else parsed.error or "not an object"
        return CallView(call.name, call.id, Layout.TEXT, (), text, problem, name)
    arguments = tuple([Argument(str(key), compact(value)) for key, value in parsed.value.items()])
    width = len(call.name) + 2 + sum(len(item.key) + len(item.value) + 4 for item in arguments)
    if width <= LINE:
        return CallView(call.name, call.id, Layout.LINE, arguments, text, "", name)
    blocks = tuple([_block(str(key), value) for key, value in parsed.value.items()])
    return CallView(call.name, call.id, Layout.LINES, blocks, text, "", name)


def _block(key: str, value: object) -> Argument:
    line = compact(value)
    if len(line) <= LINE or not isinstance(value, dict | list):
        return Argument(key, line)
    indented = pretty(value)
    if indented.count("\n") + 1 > BLOCK_LINES:
        return Argument(key, indented, is_block=True)
    return Argument(key, line)
