"""A conversation as text for a terminal.

Control characters are shown by name, so that no recording controls the terminal.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.amounts import counted
from recviewer.exchange.ends import End
from recviewer.exchange.escapes import spelled_out
from recviewer.exchange.model import (
    Exchange,
    Exhibit,
    Hits,
    Image,
    JsonPart,
    Part,
    Passages,
    SentFile,
    Table,
    Text,
    ToolCall,
    ToolResult,
    Vector,
)
from recviewer.exchange.plain import safe
from recviewer.exchange.text import end_of_one
from recviewer.formats.deltas import compact

__all__ = ["conversation", "safe"]


def conversation(exchange: Exchange, path: str) -> str:
    """Return the whole exchange as text: its path, request, response, and problems."""
    return safe("\n".join(_lines(exchange, path)))


def _lines(exchange: Exchange, path: str) -> Iterator[str]:
    yield path
    facts = [exchange.kind.value, exchange.model, exchange.url or exchange.endpoint]
    if exchange.streaming:
        facts.append(f"streamed in {counted(exchange.chunks, 'chunk')}")
    yield "  " + " · ".join(filter(None, facts))
    if exchange.test_id:
        yield f"  {exchange.test_id}"
    for message in exchange.request.messages:
        yield ""
        yield f"{message.role}:"
        yield from _indented(_part(part) for part in message.parts)
    if exchange.request.tools:
        yield ""
        yield f"({counted(len(exchange.request.tools), 'tool')})"
    for output in exchange.outputs:
        yield ""
        place = f" {output.index}" if len(exchange.outputs) > 1 else ""
        ended = output.finish_reason or ("" if end_of_one(output, exchange) is End.DONE else "ended without finish")
        yield f"answer{place}{f' [{ended}]' if ended else ''}:"
        if output.reasoning:
            yield from _indented([f"(thought) {output.reasoning}"])
        yield from _indented(
            filter(None, [spelled_out(output.content), output.refusal and f"(refused) {output.refusal}"])
        )
        yield from _indented(_part(part) for part in output.parts)
        yield from _indented(f"{call.name}({spelled_out(call.arguments)})" for call in output.tool_calls)
    for exhibit in exchange.exhibits[:20]:
        yield ""
        yield from _indented([_exhibit(exhibit)])
    if exchange.error is not None:
        error = exchange.error
        yield ""
        yield f"error [{error.type or 'no type'}, {error.status or 'no'} status]:"
        yield from _indented([error.message])
    yield from _not_understood(exchange)
    if exchange.usage:
        yield ""
        yield f"usage: {compact(exchange.usage)}"
    for problem in exchange.problems:
        yield f"problem at {problem.where}: {problem.what}"


def _not_understood(exchange: Exchange) -> Iterator[str]:
    """Yield what no reader understands, as it was recorded."""
    if exchange.unread is not None:
        yield ""
        yield "a reply that no format is known to read:"
        yield from _indented([compact(exchange.unread)])
    for one in exchange.left:
        yield ""
        yield f"not understood, {one.where}:"
        yield from _indented([compact(one.value)])


def _indented(texts: Iterator[str] | list[str] | filter[str]) -> Iterator[str]:
    for text in texts:
        for line in text.split("\n"):
            yield f"  {line}"


def _part(part: Part) -> str:
    match part:
        case Text():
            return spelled_out(part.text)
        case ToolCall():
            return f"{part.name}({spelled_out(part.arguments)})"
        case ToolResult():
            return f"{part.name or part.call_id} returned " + "\n".join(_part(item) for item in part.parts)
        case Image():
            return f"[image, {len(part.url):,} characters]" if part.url.startswith("data:") else f"[image {part.url}]"
        case SentFile():
            return f"[file {part.name or part.id}, {len(part.data):,} characters]"
        case JsonPart():
            return compact(part.value)
        case _:
            return f"({part.kind.value}) {part.text}"


def _exhibit(exhibit: Exhibit) -> str:
    match exhibit:
        case Table():
            rows = [" · ".join("" if cell is None else str(cell) for cell in row) for row in exhibit.rows]
            return f"{len(rows)} {exhibit.title}:\n" + "\n".join(rows)
        case Vector():
            first = ", ".join(str(value) for value in exhibit.values[:6])
            return f"vector {exhibit.index}: {len(exhibit.values):,} floats: {first}, …"
        case Hits():
            return "\n".join(f"{hit.score}  {hit.title or hit.text}" for hit in exhibit.hits)
        case Passages():
            return "\n\n".join(passage.text for passage in exhibit.passages)
