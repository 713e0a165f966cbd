"""What a list shows of an exchange in one line."""

from __future__ import annotations

from enum import StrEnum
from itertools import islice

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.ends import End, end_of, worst
from recviewer.exchange.escapes import leaves, spelled_out
from recviewer.exchange.inner import inner_message
from recviewer.exchange.model import (
    Exchange,
    Exhibit,
    Hits,
    Image,
    JsonPart,
    Kind,
    Message,
    Output,
    Part,
    Passages,
    Reasoning,
    RefusalPart,
    SentFile,
    Table,
    Text,
    ToolCall,
    ToolResult,
    Vector,
)
from recviewer.exchange.not_understood import is_empty

LINE = 240
"""Characters kept of the question and of the answer; a row shows fewer."""

ASKING = frozenset({"user", "prompt", "input", "query", "call"})

SENT = frozenset({"assistant", "model"})
"""Roles of turns that are earlier answers: re-recording changes their text."""


class AnswerKind(StrEnum):
    """How a list displays the answer: as text, a tool call in monospace, an error in red, a note in grey."""

    TEXT = "text"
    CALL = "call"
    ERROR = "error"
    NOTE = "note"


class Outcome(StrEnum):
    """What the request resulted in.

    truncated, filtered, refused, failed, paused, odd_end: an answer with an abnormal end, see `exchange.ends`.
    unfinished: an answer without an end.
    """

    ANSWER = "answer"
    CALL = "call"
    ERROR = "error"
    FAILED = "failed"
    FILTERED = "filtered"
    REFUSED = "refused"
    TRUNCATED = "truncated"
    UNFINISHED = "unfinished"
    PAUSED = "paused"
    ODD_END = "odd_end"
    EMPTY = "empty"
    LISTING = "listing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Line:
    """One line about an exchange. asked, answered: at most LINE characters, line breaks kept."""

    asked: str
    answered: str
    answer_kind: AnswerKind
    outcome: Outcome


def line_of(exchange: Exchange) -> Line:
    """Return what a list shows of an exchange."""
    answered, kind = _answered(exchange)
    return Line(asked_of(exchange)[:LINE], answered[:LINE], kind, outcome_of(exchange))


def asked_of(exchange: Exchange) -> str:
    """Return the text of the last question; if there is none, the call that was made."""
    message = question_of(exchange)
    if message is not None:
        words = words_of(message.parts)
        if words:
            return words
    if exchange.kind in (Kind.UNREADABLE, Kind.NO_EXCHANGE):
        return ""
    if not (exchange.method or exchange.endpoint or exchange.url):
        return UNASKED
    return f"{_method(exchange)} {exchange.endpoint or exchange.url}".strip()


UNASKED = "a request that was not recorded"
"""Shown as the question if nothing is known of the request."""


def _method(exchange: Exchange) -> str:
    return "" if exchange.kind in (Kind.TOOL, Kind.FILE_PROCESSOR) else exchange.method or "POST"


def question_of(exchange: Exchange) -> Message | None:
    """Return the last message with an asking role, else the last message, None if there are no messages.

    A user's message that contains only tool results is no question.
    """
    messages = exchange.request.messages
    for message in reversed(messages):
        if message.role in ASKING and any(not isinstance(part, ToolResult) for part in message.parts):
            return message
    return messages[-1] if messages else None


def words_of(parts: tuple[Part, ...]) -> str:
    """Return the text of parts; parts that are not text are described in brackets."""
    return " ".join(filter(None, (_words(part) for part in parts)))


def _words(part: Part) -> str:
    match part:
        case Text() | RefusalPart():
            return spelled_out(part.text)
        case Reasoning():
            return ""
        case ToolCall():
            return f"{part.name}({spelled_out(part.arguments)})"
        case ToolResult():
            return words_of(part.parts)
        case Image():
            return "[image]"
        case SentFile():
            return (
                f"[{'sound' if part.data.startswith('data:audio/') else 'file'} {part.name or part.id}".rstrip() + "]"
            )
        case JsonPart():
            return "[data]"


def _answered(exchange: Exchange) -> tuple[str, AnswerKind]:
    if exchange.kind is Kind.UNREADABLE:
        return (exchange.problems[0].what if exchange.problems else "unreadable"), AnswerKind.ERROR
    if exchange.error is not None:
        error = exchange.error
        return inner_message(error.message) or error.type or f"status {error.status}", AnswerKind.ERROR
    for output in exchange.outputs:
        if output.content.strip():
            return spelled_out(output.content).lstrip()[:LINE], AnswerKind.TEXT
        if output.tool_calls:
            calls = " ".join(f"{call.name} {spelled_out(call.arguments)}" for call in output.tool_calls)
            return calls, AnswerKind.CALL
        beside = words_of(output.parts)
        if beside:
            return beside[:LINE], AnswerKind.NOTE
        if output.refusal:
            return f"refused: {output.refusal}", AnswerKind.NOTE
        if output.reasoning.strip():
            return f"only thought: {output.reasoning.strip()[:LINE]}", AnswerKind.NOTE
    if exchange.exhibits:
        return describe(exchange.exhibits), AnswerKind.NOTE
    if exchange.outputs and exchange.outputs[0].finish_reason == "load":
        return "the model was loaded", AnswerKind.NOTE
    if exchange.kind is Kind.UNKNOWN:
        words = " ".join(islice(leaves(exchange.unread), 20))
        return f"not understood: {words}" if words else "nothing", AnswerKind.NOTE
    return _NOTHING.get(exchange.kind, "nothing"), AnswerKind.NOTE


_NOTHING = {Kind.EMBEDDINGS: "0 vectors", Kind.NO_EXCHANGE: "no exchanges in it"}
"""Descriptions of empty replies, by kind, other than "nothing"."""


def describe(exhibits: tuple[Exhibit, ...]) -> str:
    """Return a one-line description of what a reply without choices shows."""
    first = exhibits[0]
    if isinstance(first, Table) and "flagged" in first.columns:
        return _flagged(exhibits)
    match first:
        case Vector():
            sizes = {len(item.values) for item in exhibits if isinstance(item, Vector)}
            dims = f"{sizes.pop():,}" if len(sizes) == 1 else "a varying number of"
            return f"{len(exhibits)} × {dims} floats"
        case Table():
            names = ", ".join(str(row[0]) for row in first.rows[:12] if row)
            many = _many(len(first.rows), first.title)
            return f"{many}: {names}" if names else many
        case Hits():
            best = next((hit.title or hit.text for hit in first.hits), "")
            return f"{_many(len(first.hits), first.title)}: {best}"
        case Passages():
            return f"{_many(len(first.passages), first.title)}: {first.passages[0].text if first.passages else ''}"


def _many(count: int, things: str) -> str:
    """Return a number with its noun. things: in the plural."""
    return f"{count} {things.removesuffix('s') if count == 1 else things}"


def _flagged(exhibits: tuple[Exhibit, ...]) -> str:
    """Return which categories of a moderation were flagged."""
    tables = [item for item in exhibits if isinstance(item, Table)]
    found = dict.fromkeys(str(row[0]) for table in tables for row in table.rows if row[1] == "true")
    return f"flagged: {', '.join(found)}" if found else "nothing flagged"


ENDED = {
    End.FAILED: Outcome.FAILED,
    End.FILTERED: Outcome.FILTERED,
    End.REFUSED: Outcome.REFUSED,
    End.CUT: Outcome.TRUNCATED,
    End.OPEN: Outcome.UNFINISHED,
    End.PAUSED: Outcome.PAUSED,
    End.ODD: Outcome.ODD_END,
}
"""Descriptions of answers with abnormal ends."""


def end_of_all(exchange: Exchange) -> End:
    """Return how an answer ended; of several choices the worst end counts."""
    outputs = exchange.outputs
    if len(outputs) == 1:  # the usual case
        return end_of_one(outputs[0], exchange)
    return worst(end_of_one(output, exchange) for output in outputs)


_TELLS_NO_END = frozenset(
    {
        Kind.EMBEDDINGS,
        Kind.MODELS,
        Kind.OLLAMA_PS,
        Kind.OLLAMA_PULL,
        Kind.RERANK,
        Kind.TOOL,
        Kind.FILE_PROCESSOR,
        Kind.MODERATION,
        Kind.TOKENS,
        Kind.SPEECH,
        Kind.IMAGES,
        Kind.TRANSCRIPTION,
        Kind.RESOURCE,
        Kind.EXCEPTION,
        Kind.HTTP_ERROR,
        Kind.NO_EXCHANGE,
        Kind.UNKNOWN,
        Kind.UNREADABLE,
    }
)
"""Kinds whose replies have no finish reason; those of all other kinds always have one."""


def end_of_one(output: Output, exchange: Exchange) -> End:
    """Return how a choice ended. Without a finish reason a stream was unfinished; for a complete answer that is odd."""
    end = end_of(output.finish_reason) if output.finish_reason else End.DONE
    if end is End.DONE and output.refusal and not output.content and not output.tool_calls:
        return End.REFUSED
    if output.finish_reason:
        return end
    if exchange.is_whole:
        return End.DONE
    if exchange.streaming:
        return End.OPEN
    return End.DONE if exchange.kind in _TELLS_NO_END else End.ODD


def outcome_of(exchange: Exchange) -> Outcome:
    """Return the outcome of the request."""
    if exchange.kind is Kind.UNREADABLE:
        return Outcome.UNREADABLE
    if exchange.error is not None:
        return Outcome.ERROR
    outputs = exchange.outputs
    if exchange.exhibits or exchange.kind in (Kind.MODELS, Kind.EMBEDDINGS, Kind.OLLAMA_PS, Kind.TOOL):
        return Outcome.LISTING
    ended = ENDED.get(end_of_all(exchange))
    if ended is not None:
        return ended
    if any(output.tool_calls for output in outputs):
        return Outcome.CALL
    if any(output.content or output.reasoning or output.refusal or output.parts for output in outputs):
        return Outcome.ANSWER
    if not is_empty(exchange.unread):
        return Outcome.ANSWER
    return Outcome.EMPTY


def reasons(exchange: Exchange) -> bool:
    """Tell whether the answer contains reasoning."""
    return any(
        output.reasoning or any(isinstance(part, Reasoning) for part in output.parts) for output in exchange.outputs
    )
