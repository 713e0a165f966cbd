"""The question and the response, for the top of a recording's page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from recviewer.exchange.amounts import counted
from recviewer.exchange.ends import End
from recviewer.exchange.model import (
    Exchange,
    Failure,
    JsonPart,
    Kind,
    Left,
    Message,
    Output,
    SentFile,
    Text,
    ToolCall,
    Vector,
)
from recviewer.exchange.not_understood import is_empty
from recviewer.exchange.text import ENDED, asked_of, end_of_one, question_of, words_of
from recviewer.pages.recording.calls import CallView, call_view
from recviewer.pages.recording.parts import (
    JsonView,
    RefusalView,
    ServerCallView,
    calls_by_id,
    reasoning_fold,
    shown_of,
    view_of,
    views,
)
from recviewer.pages.recording.results import Shown, exhibits_of
from recviewer.pages.recording.strip import Stream
from recviewer.pages.text.folds import Fold, Folds
from recviewer.pages.text.texts import ANSWER, QUESTION, SECOND, ShownText, is_call_shaped, words
from recviewer.pages.text.words_for import StateWord, state_of_end

PASSING = frozenset({408, 409, 425, 429})
"""Client errors that may be temporary."""

LISTINGS = frozenset({Kind.MODELS, Kind.OLLAMA_PS, Kind.OLLAMA_PULL, Kind.EMBEDDINGS})
"""Kinds whose page begins with the response, not with a question."""


@dataclass(frozen=True, slots=True)
class ReplyHead:
    """The head of the page. label: in the gutter, with `sub` under it.

    heading: recorded words, or ours if `is_ours`. items: parts of a question besides words (pictures, files). call: the
    heading is this call. note: our text under it, with its link note_url.
    """

    label: str
    heading: ShownText
    sub: str = ""
    is_ours: bool = False
    items: tuple[Any, ...] = ()
    call: CallView | None = None
    note: str = ""
    note_url: str = ""

    @property
    def is_long(self) -> bool:
        """Whether the heading is too long for large type."""
        text = self.heading.shown
        return len(text) > 220 or text.count("\n") > 3


@dataclass(frozen=True, slots=True)
class Answer:
    """One choice.

    label: in the gutter, with `sub` under it. nothing: what to say where nothing was said, or "". end: what its finish
    reason means, None for a good end.
    """

    anchor: str
    label: str
    sub: str
    reasoning: Fold | None
    words: ShownText | None
    refusal: RefusalView | None
    calls: tuple[Any, ...]
    parts: tuple[Any, ...]
    nothing: str
    is_call_shaped: bool
    finish: str
    has_finish: bool
    end: StateWord | None = None


@dataclass(frozen=True, slots=True)
class ErrorView:
    """A recorded failure. title: type and status. facts: category and so on. outlook: whether it would occur again.

    place: whether something was said before it.
    """

    title: str
    words: ShownText
    facts: tuple[tuple[str, str], ...]
    outlook: str
    place: str


@dataclass(frozen=True, slots=True)
class ShownReply:
    """The whole response, in the order of the page.

    left: what was not understood of it, as recorded, with its path; left_more: the rest of that. answers_more: the rest
    of many choices.
    """

    answers: tuple[Answer, ...]
    error: ErrorView | None
    exhibits: tuple[Shown, ...]
    more: Fold | None
    left: tuple[JsonView, ...] = ()
    left_more: Fold | None = None
    answers_more: Fold | None = None


def asked_view(exchange: Exchange, folds: Folds) -> ReplyHead:
    """Return the head of the page."""
    if exchange.kind in LISTINGS and exchange.error is None:
        label = "answered" if exchange.kind is Kind.EMBEDDINGS else "listed"
        return ReplyHead(label, ShownText(_listing_title(exchange)), sub=short_model(exchange), is_ours=True)
    question = question_of(exchange)
    if question is None or not question.parts:
        return ReplyHead("asked", ShownText(asked_of(exchange) or "nothing"), is_ours=True)
    if isinstance(question.parts[0], ToolCall):
        return ReplyHead("called", ShownText(""), call=call_view(question.parts[0], folds, "asked"))
    if exchange.kind is Kind.FILE_PROCESSOR:
        name = next((part.name or part.id for part in question.parts if isinstance(part, SentFile)), "")
        return ReplyHead("processed", ShownText(name or "a file without a name"))
    texts = [part.text for part in question.parts if isinstance(part, Text) and part.text]
    others = tuple([part for part in question.parts if not isinstance(part, Text)])
    heading = "\n\n".join(texts) if texts else words_of(question.parts) or "an empty message"
    items = _beside(question, exchange, folds) if others else ()
    return ReplyHead("asked", words(folds, "question", heading, QUESTION), is_ours=not texts, items=items)


def _beside(question: Message, exchange: Exchange, folds: Folds) -> tuple[Any, ...]:
    name = f"m{exchange.request.messages.index(question) + 1}"
    beside = [(at, part) for at, part in enumerate(question.parts) if not isinstance(part, Text)]
    return shown_of(
        folds, f"{name}.beside", len(beside), lambda at: view_of(beside[at][1], folds, f"{name}.{beside[at][0]}", {})
    )


def short_model(exchange: Exchange) -> str:
    """Return the model's name for the gutter: the last component of a path."""
    model = exchange.model or exchange.reported_model
    return model if len(model) <= 18 else model.rstrip("/").rpartition("/")[2]


def _listing_title(exchange: Exchange) -> str:
    exhibits = exchange.exhibits
    if not exhibits:
        return "No vectors" if exchange.kind is Kind.EMBEDDINGS else f"Nothing listed by {exchange.endpoint}"
    first = exhibits[0]
    if isinstance(first, Vector):
        sizes = {len(item.values) for item in exhibits if isinstance(item, Vector)}
        return f"{len(exhibits):,} × {f'{sizes.pop():,}' if len(sizes) == 1 else 'a varying number of'} floats"
    rows = len(getattr(first, "rows", ()))
    title = getattr(first, "title", "")
    return counted(rows, title.removesuffix("s"), title)


def reply_view(exchange: Exchange, folds: Folds, stream: Stream | None) -> ShownReply:
    """Return the response. stream: for chunk boundaries, None without them."""
    outputs = exchange.outputs
    answers: tuple[Answer, ...] = ()
    answers_more = None
    if not (exchange.kind is Kind.TOOL and exchange.exhibits):
        answers, answers_more = folds.some(
            "answers",
            len(outputs),
            lambda at: _answer(at, exchange, folds, stream),
            "choice",
            template="folds/_answers.html",
        )
    if not outputs and not exchange.exhibits and exchange.error is None and exchange.kind is not Kind.UNREADABLE:
        answers = (_none(exchange, folds),)
    error = _error(exchange.error, exchange, folds) if exchange.error else None
    exhibits, more = exhibits_of(exchange, folds)
    left = exchange.left if exchange.kind is not Kind.UNKNOWN else ()
    shown, rest = folds.some(
        "left",
        len(left),
        lambda at: _left_view(left[at], folds, at),
        "value",
        template="folds/_items.html",
        first=LEFT_FIRST,
    )
    return ShownReply(answers, error, exhibits, more, shown, rest, answers_more)


LEFT_FIRST = 6
"""Values that were not understood and are shown at once."""


def _left_view(one: Left, folds: Folds, place: int) -> JsonView:
    view: JsonView = view_of(JsonPart(one.value), folds, f"left-{place}", {})
    return replace(view, name=one.where)


def _answer(place: int, exchange: Exchange, folds: Folds, stream: Stream | None) -> Answer:
    output, count = exchange.outputs[place], len(exchange.outputs)
    name = "answer" if count == 1 else f"answer-{output.index}"
    sub = short_model(exchange)
    said = bool(output.content or output.refusal or output.tool_calls or output.parts)
    only_thought = not said and bool(output.reasoning)
    pieces = stream.pieces(output.index) if stream else ()
    if pieces and "".join([text for _, text in pieces]) != output.content:
        pieces = ()
    nothing = ""
    if only_thought:
        nothing = "No answer, only reasoning."
    elif not said:
        nothing = NOT_UNDERSTOOD if exchange.left else "An empty answer: no text, no call."
    calls = output.tool_calls
    return Answer(
        anchor=name,
        label="answered" if count == 1 else f"choice {output.index + 1} of {count:,}",
        sub=sub,
        reasoning=reasoning_fold(folds, name, output.reasoning, is_open=only_thought) if output.reasoning else None,
        words=words(folds, name, output.content, ANSWER, pieces) if output.content else None,
        refusal=RefusalView(words(folds, f"{name}-refusal", output.refusal, SECOND)) if output.refusal else None,
        calls=shown_of(
            folds, f"{name}-calls", len(calls), lambda at: call_view(calls[at], folds, f"{name}-call-{at}"), "call"
        ),
        parts=_parts(output, place + 1, folds),
        nothing=nothing,
        is_call_shaped=not output.tool_calls and is_call_shaped(output.content),
        finish=output.finish_reason or "",
        has_finish=bool(output.finish_reason) or (exchange.streaming and end_of_one(output, exchange) is not End.DONE),
        end=state_of_end(ENDED.get(end_of_one(output, exchange))),
    )


def _parts(output: Output, place: int, folds: Folds) -> tuple[Any, ...]:
    """Return the other parts of an output; they are `a1.0`, `a1.1`, … for the first output, whatever its index."""
    calls = calls_by_id((f"a{place}.{at}", part) for at, part in enumerate(output.parts))

    def view(at: int) -> Any:
        made = view_of(output.parts[at], folds, f"a{place}.{at}", calls)
        return ServerCallView(made) if isinstance(made, CallView) else made

    return shown_of(folds, f"a{place}.parts", len(output.parts), view)


def _none(exchange: Exchange, folds: Folds) -> Answer:
    """Return the text if no answer was read. It says that nothing came back only if the body is empty."""
    parts: tuple[Any, ...] = ()
    nothing = "Nothing came back."
    if not is_empty(exchange.unread):
        parts, nothing = views((JsonPart(exchange.unread),), folds, "a1", {}), NO_FORMAT
    elif not is_empty(exchange.rest.get("body")) or exchange.chunks or exchange.left:
        nothing = "No answer: the reply holds no words, no call and no data that were understood."
    return Answer("answer", "answered", short_model(exchange), None, None, None, (), parts, nothing, False, "", False)


NOT_UNDERSTOOD = "No text and no call was understood. What else came back stands below."

NO_FORMAT = "No format is known to read this reply, so it is shown as it was recorded."


def _error(error: Failure, exchange: Exchange, folds: Folds) -> ErrorView:
    status = f"status {error.status}" if error.status is not None else ""
    facts = (
        ("category", error.category),
        ("provider", error.provider),
        ("type", error.type),
        ("code", error.code),
    )
    return ErrorView(
        title=", ".join(filter(None, (error.type or "Error", status))),
        words=words(folds, "error", error.message or "no message was recorded", ANSWER),
        facts=tuple([(name, value) for name, value in facts if value]),
        outlook=outlook(error.status, is_exception=exchange.kind is Kind.EXCEPTION),
        place="after the answer above" if exchange.outputs else "instead of an answer",
    )


def outlook(status: int | None, *, is_exception: bool) -> str:
    """Say whether an error would occur again. is_exception: the client raised it."""
    if status is None:
        return "may not come again: " + ("the connection failed" if is_exception else "it was told inside a reply")
    if 400 <= status < 500 and status not in PASSING:
        return f"would fail again: status {status} does not pass by itself"
    return f"may not come again: status {status} is often temporary" if status >= 400 else ""
