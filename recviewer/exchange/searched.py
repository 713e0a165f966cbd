"""The words of an exchange that the full-text index holds, and of which sort each stretch of them is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from recviewer.exchange.escapes import leaves, spelled_out, words_in
from recviewer.exchange.model import (
    Exchange,
    Hits,
    JsonPart,
    Part,
    Passages,
    Reasoning,
    RefusalPart,
    SentFile,
    Table,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.exchange.tools import function_of, offered

JSON_WORDS = 100_000
"""Characters of the words of a JSON value that nobody has described."""

PROMPT, ANSWER, CALL, RESULT, REASONING, ERROR, TOOL = "p", "a", "c", "r", "t", "e", "n"

SORT_WORDS = {
    PROMPT: "prompt",
    ANSWER: "answer",
    CALL: "call",
    RESULT: "result",
    REASONING: "reasoning",
    ERROR: "error",
    TOOL: "offered tool",
}
"""What people call each sort of words."""

MOST_STRETCHES = 200
"""Stretches of one text whose sort is kept; behind them it is not known."""


class SearchedWords(NamedTuple):
    """Words, and the stretches that they are made of, in order, as `p120 c40 r5000`: the sort and its characters.

    A stretch counts the line end that parts it from the next one.
    """

    text: str
    stretches: str


_Said = tuple[str, str]
"""A sort and a text."""


def searchable(exchange: Exchange) -> tuple[SearchedWords, SearchedWords]:
    """Return the words of the request and the words of the answer, for the full-text index.

    Base64 data and vectors are left out. Tool definitions count as words of the request by their names alone. JSON text
    stands as pages show it; what it says without its escapes, and the text as sent, come after all else.
    """
    return _with_spelled_out(_asked_words(exchange)), _with_spelled_out(_answered_words(exchange))


def sort_at(stretches: str, place: int) -> str:
    """Return of which sort the character at a place is, as people call it, "" where that is not known."""
    end = 0
    for stretch in stretches.split():
        end += int(stretch[1:])
        if place < end:
            return SORT_WORDS[stretch[0]]
    return ""


def _with_spelled_out(said: Iterator[_Said]) -> SearchedWords:
    sorts, words = [], []
    for sort, text in said:
        sorts.append(sort)
        words.append(text)
    shown = [spelled_out(text) if "\\" in text else text for text in words]
    more = [(sort, text) for sort, text in zip(sorts, words, strict=True) if "\\" in text]
    if more:
        known = set(shown)
        behind = [(sort, other) for sort, text in more for other in words_in(text)]
        behind += [one for one in more if one[1] not in known]
        sorts += [sort for sort, _ in behind]
        shown += [text for _, text in behind]
    return SearchedWords("\n".join(shown), _stretches(sorts, shown))


def _stretches(sorts: Sequence[str], texts: Sequence[str]) -> str:
    made, last, size = [], "", 0
    for sort, text in zip(sorts, texts, strict=True):
        if sort != last:
            if last:
                made.append(f"{last}{size}")
            last, size = sort, 0
        size += len(text) + 1
    if last:
        made.append(f"{last}{size}")
    return " ".join(made[:MOST_STRETCHES])


def _asked_words(exchange: Exchange) -> Iterator[_Said]:
    for message in exchange.request.messages:
        yield from _part_words(message.parts, PROMPT)
    for tool in offered(exchange.request.tools):
        name = function_of(tool).get("name")
        if isinstance(name, str):
            yield TOOL, name


def _part_words(parts: tuple[Part, ...], sort: str) -> Iterator[_Said]:
    for part in parts:
        match part:
            case Text() | RefusalPart():
                yield sort, part.text
            case Reasoning():
                yield (RESULT if sort == RESULT else REASONING), part.text
            case ToolCall():
                yield CALL, part.name
                yield CALL, part.arguments
            case ToolResult():
                yield from _part_words(part.parts, RESULT)
            case SentFile():
                yield sort, part.name
            case JsonPart():
                yield sort, "\n".join(leaves(part.value))[:JSON_WORDS]


def _answered_words(exchange: Exchange) -> Iterator[_Said]:
    for output in exchange.outputs:
        if output.content:
            yield ANSWER, output.content
        if output.reasoning:
            yield REASONING, output.reasoning
        if output.refusal:
            yield ANSWER, output.refusal
        for call in output.tool_calls:
            yield CALL, call.name
            yield CALL, call.arguments
        yield from _part_words(output.parts, ANSWER)
    if exchange.error is not None:
        yield ERROR, exchange.error.type
        yield ERROR, exchange.error.message
    for value in (exchange.unread, *(left.value for left in exchange.left)):
        if value is not None:
            yield ANSWER, "\n".join(leaves(value))[:JSON_WORDS]
    for problem in exchange.problems:
        yield ANSWER, f"{problem.where}: {problem.what}"
    yield from _exhibited_words(exchange)


def _exhibited_words(exchange: Exchange) -> Iterator[_Said]:
    for exhibit in exchange.exhibits:
        match exhibit:
            case Table():
                for row in exhibit.rows:
                    yield ANSWER, str(row[0])
            case Hits() if not exchange.outputs:
                for hit in exhibit.hits:
                    yield ANSWER, hit.text
            case Passages():
                for passage in exhibit.passages:
                    yield ANSWER, passage.text
