"""Alibaba Cloud's protocol for Qwen: texts, and chats with images and audio, complete and streamed.

Source: Model Studio, "DashScope API reference" (`input.messages`, `parameters.result_format`,
`output.choices[].message` or `output.text`). Each event of a stream repeats the whole text so far, unless
`incremental_output` is requested; reasoning models always stream increments. `finish_reason` is the text "null" until
the end. Only the request names the model.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    Failure,
    Image,
    Json,
    JsonPart,
    Kind,
    Message,
    Part,
    Problem,
    Reply,
    Request,
    Text,
)
from recviewer.exchange.not_understood import is_empty
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.answers import texts_in
from recviewer.formats.contract import Match
from recviewer.formats.failure import error_in, failure_of
from recviewer.formats.framing import AT
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, chat_messages, tool_call
from recviewer.formats.raw import Raw

_CALL = "output.choices[].message.tool_calls[]"
SHAPE = Shape(
    "dashscope",
    taken=(
        *("output.text", "output.finish_reason:last", "output.search_info:any"),
        *("output.choices[].finish_reason:last", "output.choices[].index:whole"),
        *(f"output.choices[].message.{key}" for key in ("content", "content[].text", "reasoning_content")),
        *(f"{_CALL}.{key}" for key in ("id", "index:whole", "function.name", "function.arguments:written")),
    ),
    known=(
        *("code", "message", "output.choices[].message.role", "output.choices[].logprobs", f"{_CALL}.type"),
        *("output.choices[].message.content[].*", "output.choices[].message.annotations"),
    ),
)
READ = frozenset({"output.text", "output.finish_reason", "output.choices", "output.search_info", "usage"})
_ASKED = frozenset({"messages", "prompt"})


class DashScope:
    """Generations of Qwen and related models."""

    name = "dashscope"
    kind = Kind.DASHSCOPE
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match `output` with choices or a text, and a `request_id`; without a reply, the endpoint."""
        if not raw.type_name and any(map(_is_own, raw.heads)):
            return Match.SHAPE
        is_there = "/services/aigc/" in raw.url_path and raw.url_path.endswith("/generation")
        return Match.ENDPOINT if is_there else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `input.messages` or `input.prompt`, and `parameters.tools`; everything else is a parameter."""
        body = body_lookup(raw, problems)
        given, asked = body.object("input"), body.object("parameters")
        messages = [_plain(message) for message in chat_messages(given)]
        if given.data.get("prompt") is not None:
            messages.append(Message("prompt", (Text(given.text("prompt")),)))
        params = {key: value for key, value in raw.body.items() if key not in ("input", "parameters")}
        beside = {key: value for key, value in given.data.items() if key not in _ASKED}
        if beside or not isinstance(raw.body.get("input", {}), dict):
            params["input"] = beside or raw.body["input"]
        tools = asked.list("tools")
        if "parameters" in raw.body:
            rest = {key: value for key, value in asked.data.items() if key != "tools" or not tools}
            params["parameters"] = rest if asked.data else raw.body["parameters"]
        return Request(tuple(messages), params, tuple(tools), raw.body)

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read a whole answer, or join the events of a stream."""
        if not isinstance(raw.reply, list):
            reply = Lookup(raw.reply, AT, problems)
            said = _said(reply.object("output"), is_whole=True)
            found = [output for one in said for output in deltas.fold([one])]  # in the order of the list, not by index
            return Reply(tuple(found), reply.mapping("usage") or None, error_in(reply.data))
        events = list(raw.events())
        chunks = list(_chunks(raw, problems))
        return deltas.joined(chunks, (_failure(event.data, event.name) for event in events))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield what each event adds."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])


FORMAT = DashScope()


def _is_own(head: dict[str, Json]) -> bool:
    output = head.get("output")
    if not isinstance(output, dict) or "request_id" not in head:
        return False
    choices = output.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else None
    if isinstance(first, dict):
        return isinstance(first.get("message"), dict)
    return isinstance(output.get("text"), str) and "finish_reason" in output


def _plain(message: Message) -> Message:
    """Return a message with its parts that have one key, `text` or `image`, converted to texts and images."""
    return Message(message.role, tuple(map(_told_of, message.parts)), message.name)


def _told_of(part: Part) -> Part:
    value = part.value if isinstance(part, JsonPart) else None
    if isinstance(value, dict) and len(value) == 1:
        ((key, told),) = value.items()
        if key in ("text", "image") and isinstance(told, str):
            return Text(told) if key == "text" else Image(told)
    return part


def _said(output: Lookup, *, is_whole: bool = False) -> list[Delta]:
    """Return the contents of an answer or of a stream's event: one delta for each choice.

    is_whole: calls are in the order of their list, whatever their `index`.
    """
    found = []
    if output.data.get("text") is not None or output.data.get("finish_reason") is not None:
        found.append(Delta(text=output.text("text"), finish=_finish(output)))
    for place, choice in enumerate(output.items("choices")):
        index = choice.integer("index")
        message = choice.object("message")
        said = texts_in(message)
        calls = []
        for number, entry in enumerate(message.items("tool_calls")):
            call = tool_call(entry)
            calls.append(
                CallDelta(
                    number if is_whole else entry.integer("index"), call.id, call.name, call.arguments, call.is_text
                )
            )
        found.append(
            Delta(
                place if index is None else index,
                role=message.text("role"),
                text=said.content,
                reasoning=said.reasoning,
                refusal=said.refusal,
                calls=tuple(calls),
                finish=_finish(choice),
                parts=tuple(said.parts),
            )
        )
    info = output.data.get("search_info")
    if not is_empty(info):
        first = found[0] if found else Delta()
        found[:1] = [replace(first, parts=(*first.parts, JsonPart({"search_info": info})))]
    return found


def _finish(holder: Lookup) -> str:
    finish = holder.text("finish_reason")
    return "" if finish == "null" else finish


def _failure(data: Json, name: str) -> Failure | None:
    """Return the failure that an event reports: it has a `code` and no output."""
    if isinstance(data, dict) and isinstance(data.get("code"), str) and data["code"] and not data.get("output"):
        return failure_of(data, None)
    return error_in(data, name)


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    events = list(raw.events())
    cursors, told = [], []
    for number, event in enumerate(events):
        at = f"{AT}, event {number + 1}"
        if event.is_unread:
            problems.append(Problem(at, "data that is not JSON"))
        data = Lookup(event.data, at, problems)
        cursors.append(data)
        if event.is_unread:
            told.append([Delta(parts=(JsonPart(event.text),))])
        elif "output" not in data.data and data.data and _failure(data.data, event.name) is None:
            told.append([Delta(parts=(JsonPart(data.data),))])
        else:
            told.append(_said(data.object("output")))
    is_in_pieces = _is_in_pieces(raw)
    added = _added(told, is_in_pieces)
    if is_in_pieces is None and added is not None and _may_be_pieces(told):
        problems.append(Problem("file", f"{_GUESSED}{', '.join(map(str, _sizes(told)))}"))
    told = _once(told) if added is None else added
    for number, (event, data, said) in enumerate(zip(events, cursors, told, strict=True)):
        usage = data.mapping("usage") or None
        element = data.data if event.data is not None else {"data": event.text}
        yield Chunk(number + 1, tuple(said), usage, element, READ, event.size_bytes, event.name)


def _is_in_pieces(raw: Raw) -> bool | None:
    """Tell whether the request asked for increments, None if it does not say: that depends on the model."""
    parameters = raw.body.get("parameters")
    asked = parameters.get("incremental_output") if isinstance(parameters, dict) else None
    return asked if isinstance(asked, bool) else None


GROWN_FOR_SURE = 3
"""After a stream's text grew this often by repetition, it is certain that its events are cumulative."""

_GUESSED = (
    "nobody says whether each event of this stream repeats what was said before it, and too few came to tell: "
    "it is read so. Characters of each: "
)


def _may_be_pieces(told: list[list[Delta]]) -> bool:
    """Tell whether events that each start with the previous one may still be increments of a text."""
    sizes: dict[tuple[int, str], list[int]] = {}
    for said in told:
        for delta in said:
            texts = [("text", delta.text), ("reasoning", delta.reasoning)]
            texts += [(f"call {place}", call.arguments) for place, call in enumerate(delta.calls)]
            for what, text in texts:
                found = sizes.setdefault((delta.choice, what), [])
                if text and found[-1:] != [len(text)]:
                    found.append(len(text))
    return 1 < max(map(len, sizes.values()), default=0) <= GROWN_FOR_SURE


def _sizes(told: list[list[Delta]]) -> list[int]:
    return [
        len(delta.text + delta.reasoning) + sum(len(call.arguments) for call in delta.calls)
        for said in told
        for delta in said
        if _says(delta)
    ]


def _added(told: list[list[Delta]], is_in_pieces: bool | None) -> list[list[Delta]] | None:
    """Return what each event adds if events are cumulative; None for a stream of increments.

    If the request does not say which, the stream is cumulative if texts grow; an event that adds nothing must then be
    the end, because two equal increments must not be merged.
    """
    if is_in_pieces:
        return None
    has_grown = False
    grown: list[list[Delta]] = []
    texts: dict[tuple[int, str], str] = {}
    for said in _once(told):
        grown.append([])
        for delta in said:
            calls = []
            for place, call in enumerate(delta.calls):
                at = call.index if call.index is not None else place
                key = (delta.choice, f"call {at}")
                if not call.arguments.startswith(texts.get(key, "")):
                    return None
                is_new = key not in texts
                piece = call.arguments.removeprefix(texts.get(key, ""))
                texts[key] = call.arguments
                if is_new or piece:
                    calls.append(CallDelta(at, call.id, call.name if is_new else "", piece, call.is_text))
            pieces = {}
            for what, text in (("text", delta.text), ("reasoning", delta.reasoning)):
                before = texts.get((delta.choice, what), "")
                if not text.startswith(before):
                    return None
                texts[delta.choice, what] = text
                pieces[what] = text.removeprefix(before)
            if any(pieces.values()) or calls:
                has_grown = has_grown or pieces != {"text": delta.text, "reasoning": delta.reasoning}
            elif is_in_pieces is None and _says(delta) and not (has_grown and delta.finish):
                return None
            grown[-1].append(replace(delta, text=pieces["text"], reasoning=pieces["reasoning"], calls=tuple(calls)))
    return grown


def _says(delta: Delta) -> bool:
    return bool(delta.text or delta.reasoning or delta.calls)


def _once(told: list[list[Delta]]) -> list[list[Delta]]:
    """Leave out parts that an earlier event already had: each event repeats them."""
    known: list[Part] = []
    made: list[list[Delta]] = []
    for said in told:
        made.append([])
        for delta in said:
            new = tuple([part for part in delta.parts if part not in known])
            known += [part for part in new if isinstance(part, JsonPart) and set(_keys(part)) == {"search_info"}]
            made[-1].append(replace(delta, parts=new))
    return made


def _keys(part: JsonPart) -> dict[str, Json]:
    return part.value if isinstance(part.value, dict) else {}
