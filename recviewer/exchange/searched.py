"""The text of an exchange for the full-text index, and the sort (prompt, answer, …) of each span of it."""

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
"""Most characters that are indexed of a JSON value of unknown kind."""

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
"""The display name of each sort."""

MOST_STRETCHES = 200
"""Most spans of one text whose sort is stored; after them the sort is unknown."""


class SearchedWords(NamedTuple):
    """Indexed text, and its spans in order as `p120 c40 r5000`: the sort's letter and the number of characters.

    A span includes the line break that separates it from the next one.
    """

    text: str
    stretches: str


_Said = tuple[str, str]
"""A sort and a text."""


def searchable(exchange: Exchange) -> tuple[SearchedWords, SearchedWords]:
    """Return the text of the request and the text of the answer, for the full-text index.

    Base64 data and vectors are left out. Of tool definitions only the names are included, in the request. JSON inside
    texts comes decoded as pages show it; its fully decoded strings and the text as sent follow at the end.
    """
    return _with_spelled_out(_asked_words(exchange)), _with_spelled_out(_answered_words(exchange))


def sort_at(stretches: str, place: int) -> str:
    """Return the display name of the sort of the character at an offset, "" if unknown."""
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
