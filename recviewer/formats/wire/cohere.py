"""Cohere's chat, versions 2 and 1, complete and streamed, and its legacy text generation.

Source: Cohere API reference, "Chat" (v2: events by `type`; v1: one JSON object per line, by `event_type`), "Generate".
The plan before tool calls, and thinking, are reasoning. A call's `null` arguments are sent as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from recviewer.exchange.fingerprint import arguments_as_json, canonical
from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Failure,
    Json,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reply,
    Request,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.exchange.not_understood import is_empty
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import error_in
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import arguments_text, body_lookup, chat_messages, request_of
from recviewer.formats.raw import Raw

EVENTS = frozenset(
    {
        *("message-start", "message-end", "content-start", "content-delta", "content-end", "tool-plan-delta"),
        *("tool-call-start", "tool-call-delta", "tool-call-end", "citation-start", "citation-end", "debug"),
    }
)
"""Events of version 2."""

OLD_EVENTS = frozenset(
    {
        *("stream-start", "stream-end", "text-generation", "tool-calls-generation", "tool-calls-chunk"),
        *("search-queries-generation", "search-results", "citation-generation"),
    }
)
"""Events of version 1."""

BESIDE = ("citations", "documents", "search_queries", "search_results")
"""Keys with which version 1 cites the sources of an answer."""

ASKED = {"USER": "user", "CHATBOT": "assistant", "SYSTEM": "system", "TOOL": "tool"}
_CALL = ("id", "name", "parameters:object", "function.name", "function.arguments")
SHAPE = Shape(
    "cohere",
    taken=(
        *(
            f"{holder}.{path}"
            for holder in ("message", "delta.message")
            for path in (
                *("content", "content[].text", "content[].thinking", "tool_plan"),
                *(
                    "citations:any",
                    *(f"tool_calls[].{name}" for name in _CALL),
                    *(f"tool_calls.{name}" for name in _CALL),
                ),
            )
        ),
        *("delta.message.content.text", "delta.message.content.thinking"),
        *("finish_reason:last", "delta.finish_reason:last", "index:whole"),
        *("text", *(f"tool_calls[].{name}" for name in _CALL), *(f"{name}:any" for name in BESIDE)),
        *(f"tool_call_delta.{name}" for name in ("name", "parameters", "text", "index:whole")),
        *("generations[].text", "generations[].finish_reason:last", "generations[].index:whole"),
        *("response.text", "response.tool_calls[].name", "response.tool_calls[].parameters:any"),
    ),
    known=(
        *("type", "event_type", "is_finished", "is_search_required", "prompt", "response_type", "chat_history"),
        *(
            "message.role",
            "message.content[].type",
            "delta.message.role",
            "delta.message.content[].type",
            "delta.message.content.type",
        ),
        *("meta.warnings", "meta.api_version", "response.*", "response.chat_history", "response.meta.*"),
        *("logprobs", "delta.logprobs"),
        *(
            "message.tool_calls[].type",
            "delta.message.tool_calls.type",
            "delta.message.tool_calls[].type",
            "delta.error",
        ),
        *("meta.is_*", "message.*", "delta.message.*"),
    ),
    alternatives=tuple(
        (f"{holder}{calls}", ("function", other))
        for holder in ("message", "delta.message")
        for calls in (".tool_calls[]", ".tool_calls")
        for other in ("name", "parameters")
    ),
)
READ = frozenset(
    {
        *("type", "event_type", "index", "text", "tool_calls", "tool_call_delta", "finish_reason", "is_finished"),
        *("delta.message.content.text", "delta.message.content.thinking", "delta.message.content.type"),
        *("delta.message.role", "delta.message.tool_plan", "delta.message.tool_calls", "delta.message.citations"),
        *("delta.finish_reason", "delta.usage", "response"),
    }
)


class Cohere:
    """Cohere's protocol."""

    name = "cohere"
    kind = Kind.COHERE
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match the shapes of both versions and their events; without a reply, host and endpoint."""
        if not raw.type_name and any(map(_is_own, raw.heads)):
            return Match.SHAPE
        is_there = "cohere" in raw.url.lower() and raw.url_path.endswith(("/v2/chat", "/v1/chat", "/v1/generate"))
        return Match.ENDPOINT if is_there and not _is_openai(raw) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `messages`, or version 1's `preamble`, `chat_history`, `message` and `tool_results`, or a `prompt`."""
        body = body_lookup(raw, problems)
        messages = chat_messages(body) if "messages" in body.data else []
        for key, role in (("preamble", "system"), ("prompt", "prompt")):
            if isinstance(body.data.get(key), str):
                messages.append(Message(role, (Text(body.data[key]),)))
        messages += [_turn(turn) for turn in body.items("chat_history")]
        if isinstance(body.data.get("message"), str):
            messages.append(Message("user", (Text(body.data["message"]),)))
        results = tuple(_results(body))
        if results:
            messages.append(Message("tool", results))
        taken = frozenset({"messages", "preamble", "prompt", "chat_history", "message", "tool_results"})
        return request_of(raw, messages, problems, taken=taken)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read a whole answer of either version, or join the events of a stream."""
        if isinstance(raw.reply, list):
            return _joined(raw, problems)
        reply = Lookup(raw.reply, AT, problems)
        return Reply(
            deltas.fold(_whole(reply)), _usage(reply), error_in(reply.data) or _failed(reply.text("finish_reason"))
        )

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            for chunk, _ in _events(raw, []):
                yield chunk


FORMAT = Cohere()


def _is_own(head: dict[str, Json]) -> bool:
    if str(head.get("type")) in EVENTS or str(head.get("event_type")) in OLD_EVENTS:
        return True
    made = head.get("generations")
    if isinstance(made, list) and ("meta" in head or (made and isinstance(made[0], dict) and "text" in made[0])):
        return True
    if isinstance(head.get("generation_id"), str) and isinstance(head.get("text"), str):
        return True
    has_end = isinstance(head.get("finish_reason"), str) and "choices" not in head
    return has_end and isinstance(head.get("message"), dict) and "done" not in head


def _is_openai(raw: Raw) -> bool:
    return "/compatibility/" in raw.url_path


def _turn(turn: Lookup) -> Message:
    role = turn.text("role")
    parts: list[Part] = [Text(turn.text("message"))] if turn.data.get("message") else []
    parts += [ToolCall(*_named(call)) for call in turn.items("tool_calls")]
    return Message(ASKED.get(role, role), (*parts, *_results(turn)))


def _results(holder: Lookup) -> Iterator[ToolResult]:
    for result in holder.items("tool_results"):
        call = result.object("call")
        yield ToolResult("", call.text("name"), tuple(map(JsonPart, result.list("outputs"))))


def _named(call: Lookup) -> tuple[str, str, str]:
    """Return a call's id, name and arguments, as written by version 2 or version 1."""
    if "function" in call.data:
        function = call.object("function")
        return call.text("id"), function.text("name"), arguments_text(function, "arguments")
    return call.text("id"), call.text("name"), arguments_text(call, "parameters")


def _whole(reply: Lookup) -> Iterator[Delta]:
    """Yield the contents of a complete answer."""
    if "generations" in reply.data:
        for place, one in enumerate(reply.items("generations")):
            index = one.integer("index")
            yield Delta(place if index is None else index, text=one.text("text"), finish=one.text("finish_reason"))
        return
    holder = reply.object("message") if isinstance(reply.data.get("message"), dict) else reply
    yield Delta(role=holder.text("role"), reasoning=holder.text("tool_plan"))
    yield from _content(holder)
    yield Delta(text=reply.text("text"), calls=tuple(_calls(holder)), parts=tuple(_beside(holder)))
    if holder is not reply:
        yield Delta(parts=tuple(_beside(reply)))
    yield Delta(finish=reply.text("finish_reason"))


def _block(block: Lookup) -> Delta:
    """Return what a block of content adds."""
    if isinstance(block.data.get("thinking"), str):
        return Delta(reasoning=block.text("thinking"))
    if isinstance(block.data.get("text"), str):
        return Delta(text=block.text("text"))
    return Delta(parts=(JsonPart(block.data),)) if set(block.data) - {"type"} else Delta()


def _content(holder: Lookup) -> Iterator[Delta]:
    """Yield what content adds: a list of blocks, one block, or text."""
    content = holder.data.get("content")
    if isinstance(content, str):
        yield Delta(text=content)
    elif isinstance(content, list):
        for block in holder.items("content"):
            yield _block(block)
    else:
        yield _block(holder.object("content"))


def _calls(holder: Lookup) -> Iterator[CallDelta]:
    for call in holder.items("tool_calls"):
        yield CallDelta(None, *_named(call))


def _beside(holder: Lookup) -> Iterator[Part]:
    """Yield the sources of an answer: each citation as a part, each other key as one part."""
    for name in BESIDE:
        value = holder.data.get(name)
        if name == "citations" and isinstance(value, list):
            yield from map(JsonPart, value)
        elif not is_empty(value):
            yield JsonPart({name: _without_ids(value) if name == "search_queries" else value})


def _without_ids(queries: Json) -> Json:
    """Return search queries without the ids of the answers that generated them, which are new each time."""
    items = queries if isinstance(queries, list) else []
    made = [
        {key: value for key, value in item.items() if key != "generation_id"} if isinstance(item, dict) else item
        for item in items
    ]
    return made if items else queries


def _usage(holder: Lookup) -> dict[str, Json] | None:
    """Return the counts: `usage` in version 2; in version 1 `meta`'s billed units and tokens."""
    usage = holder.mapping("usage")
    if usage:
        return usage
    meta = holder.data.get("meta")
    found = {key: meta[key] for key in ("billed_units", "tokens") if meta.get(key)} if isinstance(meta, dict) else {}
    return found or None


def _failed(finish: str) -> Failure | None:
    return Failure(finish, None, "") if finish in ("ERROR", "ERROR_TOXIC") else None


def _joined(raw: Raw, problems: list[Problem]) -> Reply:
    events = list(_events(raw, problems))
    return deltas.joined([chunk for chunk, _ in events], (failure for _, failure in events))


@dataclass(slots=True)
class _Said:
    """What earlier events of a stream contained: a later event that repeats all of it adds nothing. calls: name and
    arguments.
    """

    text: str = ""
    calls: dict[int | None, list[str]] = field(default_factory=dict)

    def add(self, deltas: list[Delta]) -> None:
        for delta in deltas:
            self.text += delta.text
            for call in delta.calls:
                known = self.calls.setdefault(len(self.calls) if call.index is None else call.index, ["", ""])
                known[0] += call.name
                known[1] += call.arguments

    def repeats(self, calls: list[CallDelta]) -> bool:
        """Tell whether these calls equal the calls so far."""
        came = [[name, arguments_as_json(arguments)] for name, arguments in self.calls.values()]
        return canonical(came) == canonical([[call.name, arguments_as_json(call.arguments)] for call in calls])


def _events(raw: Raw, problems: list[Problem]) -> Iterator[tuple[Chunk, Failure | None]]:
    said = _Said()
    for number, event in enumerate(raw.events()):
        at = f"{AT}, event {number + 1}"
        if event.is_unread:
            problems.append(Problem(at, "data that is not JSON"))
        data = Lookup(event.data, at, problems)
        kind = data.text("type") or data.text("event_type") or event.name
        found = [Delta(parts=(JsonPart(event.text),))] if event.is_unread else list(_deltas(kind, data, said))
        said.add(found)
        ended = data.object("delta") if kind == "message-end" else data
        failure = error_in(data.data, kind) or error_in(ended.data) or _failed(ended.text("finish_reason"))
        usage = _usage(data.object("response") if kind == "stream-end" else ended)
        yield Chunk(number + 1, tuple(found), usage, data.data, READ, event.size_bytes, event.name), failure


def _deltas(kind: str, data: Lookup, said: _Said) -> Iterator[Delta]:
    """Yield what an event adds."""
    if kind in EVENTS:
        yield from _of_event(data)
    elif kind in OLD_EVENTS:
        yield from _of_old_event(kind, data, said)
    elif data.data and error_in(data.data, kind) is None:
        yield Delta(parts=(JsonPart(data.data),))


def _of_event(data: Lookup) -> Iterator[Delta]:
    """Yield the contents of an event of version 2, whatever its type."""
    delta = data.object("delta")
    message = delta.object("message")
    called, cited = message.data.get("tool_calls"), message.data.get("citations")
    entries = list(message.items("tool_calls")) if isinstance(called, list) else [message.object("tool_calls")]
    index = data.integer("index")
    yield Delta(
        role=message.text("role"),
        reasoning=message.text("tool_plan"),
        calls=tuple([CallDelta(index, *_named(entry)) for entry in entries if entry.data]),
        finish=delta.text("finish_reason"),
        parts=() if is_empty(cited) else (JsonPart(cited),),
    )
    yield from _content(message)


def _told_again(whole: Lookup, said: _Said) -> Delta:
    """Return what an event that repeats the whole answer adds: what is new in it, and what differs from earlier events."""
    text, calls = whole.text("text"), list(_calls(whole))
    parts: list[Part] = []
    if said.text and text not in ("", said.text):
        parts.append(JsonPart({"text": text}))
    if said.calls and calls and not said.repeats(calls):
        parts.append(JsonPart({"tool_calls": whole.data["tool_calls"]}))
    return Delta(text="" if said.text else text, calls=() if said.calls else tuple(calls), parts=tuple(parts))


def _of_old_event(kind: str, data: Lookup, said: _Said) -> Iterator[Delta]:
    if kind == "text-generation":
        yield Delta(text=data.text("text"))
    elif kind == "tool-calls-chunk":
        piece = data.object("tool_call_delta")
        calls = (CallDelta(piece.integer("index"), *_named(piece)),) if piece.data else ()
        yield Delta(text=data.text("text"), reasoning=piece.text("text"), calls=calls)
    elif kind in ("tool-calls-generation", "stream-end"):
        whole = data.object("response") if kind == "stream-end" else data
        yield _told_again(whole, said)
        yield Delta(finish=data.text("finish_reason") or whole.text("finish_reason"))
    else:
        yield Delta(parts=tuple(_beside(data)))
