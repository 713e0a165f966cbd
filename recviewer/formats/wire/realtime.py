"""WebSocket sessions: OpenAI's Realtime (also of Azure and xAI), and Gemini Live. A session is one exchange.

Source: OpenAI API reference, "Realtime: client events, server events"; Gemini API reference, "Live API". The request
has the frames of the client, `sent`, each with the number of answers finished before it, `after`; each response of the
server is a choice whose text is its words, written or spoken.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.elements import Elements, flat_of
from recviewer.exchange.model import (
    CallDelta,
    Chunk,
    Delta,
    JsonPart,
    Kind,
    Left,
    Message,
    Part,
    Problem,
    Reply,
    Request,
    Text,
)
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import error_in
from recviewer.formats.framing import AT
from recviewer.formats.gemini_parts import key_in, parts_of
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw
from recviewer.formats.realtime_frames import whole_frames
from recviewer.formats.realtime_places import AGAIN, CALL, ITEM, RESPONSE, add_places

_HELD = ("session", "item", "response", "part", "conversation", "error", "setupComplete", "serverContent", "toolCall")
_MORE = ("toolCallCancellation", "goAway", "sessionResumptionUpdate", "close")
SHAPE = Shape(
    "realtime",
    known=(
        *("type", "delta", "text", "transcript", "arguments", "name", "output_index", "content_index", "sound"),
        *("logprobs", "content.*", "usage.*", "status", AGAIN, CALL, ITEM, RESPONSE),
        *(f"{key}.*" for key in (*_HELD, *_MORE)),
        *("response.output[].*", "toolCall.functionCalls[].*", "serverContent.modelTurn.*"),
        *("serverContent.modelTurn.parts[].*", "serverContent.modelTurn.parts[].inlineData.*"),
    ),
)
TEXTS = frozenset(
    {
        *("response.text.delta", "response.output_text.delta"),
        *("response.audio_transcript.delta", "response.output_audio_transcript.delta"),
    }
)
_AUDIO = "input_audio_buffer.append"
READ = frozenset({"type"})


class Realtime:
    """Sessions with input and output by text and audio."""

    name = "realtime"
    kind = Kind.REALTIME
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match the first events of either protocol."""
        return Match.SHAPE if not raw.type_name and any(map(_is_own, raw.heads)) else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the frames of the client; audio sent in fragments is listed once."""
        messages: list[Message] = []
        heard = 0
        for frame in body_lookup(raw, problems).items("sent"):
            data = frame.object("data")
            if data.text("type") == _AUDIO:
                heard += 1
                continue
            if heard:
                messages.append(_sound(heard))
                heard = 0
            messages += _said(data)
        if heard:
            messages.append(_sound(heard))
        return request_of(raw, messages, problems, taken=frozenset({"sent"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Join what the server sent."""
        chunks = list(_chunks(raw, problems))
        return deltas.joined(chunks, (error_in(chunk.element) for chunk in chunks if chunk.element), told=chunks)

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each frame."""
        yield from _chunks(raw, [])

    def add_elements(self, raw: Raw, made: Elements, left: list[Left]) -> None:
        """Add each frame, with fragments joined at the first of them."""
        frames = [event.data for event in raw.events()]
        for element in add_places(frames, whole_frames(frames)):
            made.add(flat_of(element, SHAPE, left))


FORMAT = Realtime()


def _is_own(head: dict[str, object]) -> bool:
    kind = head.get("type")
    if isinstance(kind, str):
        return "event_id" in head and kind.startswith(("session.", "response.", "conversation."))
    return "setupComplete" in head or isinstance(head.get("serverContent"), dict)


def _sound(count: int) -> Message:
    return Message("user", (JsonPart({"type": _AUDIO, "frames": count}),))


def _said(data: Lookup) -> Iterator[Message]:
    """Yield the content of a client frame; a control frame is kept as it is."""
    item, content = data.object("item"), data.object(key_in(data.data, "client_content"))
    if data.text("type") == "conversation.item.create" and isinstance(item.data.get("content"), list):
        parts: list[Part] = [
            Text(part.text("text")) if isinstance(part.data.get("text"), str) else JsonPart(part.data)
            for part in item.items("content")
        ]
        yield Message(item.text("role"), tuple(parts))
    elif content.data:
        for turn in content.items("turns"):
            yield Message(turn.text("role"), tuple(parts_of(turn)))
    elif data.data:
        yield Message(data.text("type") or next(iter(data.data)), (JsonPart(data.data),))


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    session = _Session()
    for number, event in enumerate(raw.events()):
        data = Lookup(event.data, f"{AT}[{number}]", problems)
        found = tuple(session.deltas(data))
        usage = data.object("response").mapping("usage") or data.mapping("usageMetadata") or None
        yield Chunk(number + 1, found, usage, event.data, READ, event.size_bytes, data.text("type"))


class _Session:
    """State of a session: the choice of each response, its text, and the names of calls by item."""

    def __init__(self) -> None:
        self._choices: dict[str, int] = {}
        self._spoken: set[int] = set()
        self._names: dict[str, str] = {}
        self._turn = 0

    def deltas(self, data: Lookup) -> Iterator[Delta]:
        """Yield what an event adds."""
        kind = data.text("type")
        if not kind:
            yield from self._of_gemini(data)
            return
        response = data.object("response")
        choice = self._choice(data.text("response_id") or response.text("id")) if kind.startswith("response.") else 0
        if kind in TEXTS:
            self._spoken.add(choice)
            yield Delta(choice, text=data.text("delta"))
        elif kind == "response.output_item.added":
            self._names[data.object("item").text("id")] = data.object("item").text("name")
        elif kind == "response.function_call_arguments.done":
            self._spoken.add(choice)
            name = data.text("name") or self._names.get(data.text("item_id"), "")
            yield Delta(choice, calls=(CallDelta(None, data.text("call_id"), name, data.text("arguments")),))
        elif kind == "response.done":
            if choice not in self._spoken:
                yield from _told(choice, response)
            yield Delta(choice, finish=response.text("status"))

    def _choice(self, response: str) -> int:
        return self._choices.setdefault(response, len(self._choices))

    def _of_gemini(self, data: Lookup) -> Iterator[Delta]:
        content = data.object("serverContent")
        for part in parts_of(content.object("modelTurn")):
            yield self._part(part)
        transcript = content.object("outputTranscription")
        if transcript.data:
            yield Delta(self._turn, text=transcript.text("text"))
        for call in data.object("toolCall").items("functionCalls"):
            arguments = deltas.compact(call.data.get("args", {}))
            yield Delta(self._turn, calls=(CallDelta(None, call.text("id"), call.text("name"), arguments),))
        if content.data.get("turnComplete") is True:
            yield Delta(self._turn, finish="turnComplete")
            self._turn += 1

    def _part(self, part: Part) -> Delta:
        match part:
            case Text():
                return Delta(self._turn, text=part.text)
            case _ if part.kind.value == "reasoning":
                return Delta(self._turn, reasoning=str(getattr(part, "text", "")))
            case _ if part.kind.value in ("file", "image"):
                return Delta()
            case _:
                return Delta(self._turn, parts=(part,))


def _told(choice: int, response: Lookup) -> Iterator[Delta]:
    """Yield the content of a response that came without fragments."""
    for item in response.items("output"):
        for part in item.items("content"):
            yield Delta(choice, text=part.text("text") or part.text("transcript"))
        if item.text("type") == "function_call":
            yield Delta(
                choice, calls=(CallDelta(None, item.text("call_id"), item.text("name"), item.text("arguments")),)
            )
