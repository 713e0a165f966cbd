"""OpenAI's Responses, complete and streamed, of any compatible provider.

Source: OpenAI API reference, "The response object" and "Streaming events". Measured over 1,253 recordings: the last
event contains the complete response, unless a client empties it; 298 of 332 streams could be read from it alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.elements import Elements, flat_of
from recviewer.exchange.model import Chunk, Delta, Json, Kind, Left, Message, Problem, Reply, Request, Text
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.contract import Match
from recviewer.formats.failure import error_in
from recviewer.formats.items import content_of, message_of
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import body_lookup, request_of
from recviewer.formats.raw import Raw, unwrap
from recviewer.formats.responses import TERMINAL, ResponseStream, finish_of, in_response, whole
from recviewer.formats.responses_rest import StreamRest, left_of_response

_RESPONSE = (
    "object",
    "background",
    "billing",
    "content_filters",
    "access_programs",
    "conversation",
    "frequency_penalty",
    "incomplete_details",
    "instructions",
    "max_output_tokens",
    "max_tool_calls",
    "metadata",
    "model",
    "moderation",
    "output[].*",
    "output[].content[].*",
    "output_text",
    "parallel_tool_calls",
    "presence_penalty",
    "prompt",
    "prompt_cache_key",
    "prompt_cache_retention",
    "reasoning",
    "safety_identifier",
    "status",
    "store",
    "temperature",
    "text",
    "tool_choice",
    "tools",
    "top_logprobs",
    "top_p",
    "truncation",
    "user",
)
"""Keys of a response that are known although no reader takes them: they repeat the request or describe the end."""

_EVENT = (
    "type",
    "(beside its type)",
    "background",
    "diff",
    "output_format",
    "quality",
    "size",
    "annotation",
    "annotation_index",
    "arguments",
    "code",
    "content_index",
    "input",
    "item.*",
    "item.content[].*",
    "message",
    "output_index",
    "param",
    "part.*",
    "partial_image_b64",
    "partial_image_index",
    "refusal",
    "summary_index",
)
"""Keys of an event that are known although no reader takes them."""


class ResponsesShape(Shape):
    """The shape of Responses. Paths alone do not tell what the reader took, so `left_of_response` computes it."""

    __slots__ = ()

    def rest(self, body: Json, left: list[Left]) -> Json:
        """Return what counts of a complete response besides what its reader took."""
        return super().rest(left_of_response(body), left)


SHAPE = ResponsesShape(
    "openai_responses",
    taken=("delta:each",),  # of fragments that do not come to the finished response, two equal ones are two
    known=(*_RESPONSE, *_EVENT, *(f"response.{key}" for key in _RESPONSE)),
)
TYPES = frozenset({"Response", "ParsedResponse", "OpenAIResponseObject"})
READ = frozenset(
    {
        "type",
        "delta",
        "item.type",
        "item.id",
        "item.call_id",
        "item.name",
        "item.arguments",
        "item.input",
        "item.content",
        "item.summary",
        "output_index",
        "content_index",
        "summary_index",
        "response.output",
        "response.status",
        "response.usage",
        "response.error",
        "response.incomplete_details",
        *("output", "status", "usage", "error", "incomplete_details"),
    }
)


class OpenAIResponses:
    """Responses: items in, items out."""

    name = "openai_responses"
    kind = Kind.RESPONSES
    shape = SHAPE

    def match(self, raw: Raw) -> Match:
        """Match a response object or its events; without a reply, by the endpoint."""
        if raw.type_name in TYPES or (raw.type_name.startswith("Response") and raw.type_name.endswith("Event")):
            return Match.TYPE
        if any(_is_response(head) or _is_event(head) for head in raw.heads):
            return Match.SHAPE
        return Match.ENDPOINT if raw.url_path.endswith("/responses") else Match.NO

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read `instructions`, and `input`, text or a list of items."""
        body = body_lookup(raw, problems)
        messages = []
        if body.data.get("instructions") is not None:
            messages.append(Message("system", tuple(content_of(body, "instructions"))))
        given = body.data.get("input")
        if isinstance(given, str):
            messages.append(Message("user", (Text(given),)))
        else:
            messages += [message_of(item) for item in body.items("input")]
        return request_of(raw, messages, problems, taken=frozenset({"input", "instructions"}))

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the items of a response, or of its stream."""
        if isinstance(raw.reply, list):
            return _joined(raw, problems)
        reply = Lookup(unwrap(raw.reply), "response.body", problems)
        found = whole(reply.items("output"), finish_of(reply))
        error = error_in(reply.data)
        return Reply(deltas.fold([found]), reply.mapping("usage") or None, error, model=reply.text("model"))

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield the neutral form of each event."""
        if isinstance(raw.reply, list):
            yield from _chunks(raw, [])

    def add_elements(self, raw: Raw, made: Elements, left: list[Left]) -> None:
        """Add what counts of each event, without what was read and its repetitions."""
        stream = ResponseStream([Lookup(in_response(event.data), "", []) for event in raw.events()], [])
        stream.deltas()
        for event, data in zip(raw.events(), StreamRest(stream).events(), strict=True):
            sent = event.data
            element = {"data": event.text} if sent is None else data if type(sent) is dict else sent
            made.add(flat_of(element, SHAPE, left, event=event.name))


FORMAT = OpenAIResponses()


def _is_response(head: dict[str, Json]) -> bool:
    return head.get("object") == "response" and "output" in head


def _is_event(head: dict[str, Json]) -> bool:
    """Tell whether an element is an event of this stream; events of the Realtime API have an `event_id`."""
    kind = head.get("type")
    return isinstance(kind, str) and kind.startswith("response.") and "event_id" not in head


def _joined(raw: Raw, problems: list[Problem]) -> Reply:
    chunks = list(_chunks(raw, problems))
    ends = [Lookup(in_response(chunk.element), "", []).object("response") for chunk in chunks]
    errors = (
        error_in(chunk.element, chunk.event) or error_in(end.data) for chunk, end in zip(chunks, ends, strict=True)
    )
    return deltas.joined(chunks, errors, model=next(filter(None, (end.text("model") for end in ends)), ""), told=chunks)


def _chunks(raw: Raw, problems: list[Problem]) -> Iterator[Chunk]:
    events = list(raw.events())
    cursors = []
    for number, event in enumerate(events):
        at = f"response.body, event {number + 1}"
        if event.is_unread:
            problems.append(Problem(at, "data that is not JSON"))
        cursors.append(Lookup(in_response(event.data), at, problems))
    found: list[tuple[Delta, ...]] = ResponseStream(cursors, problems).deltas()
    for number, (event, data, added) in enumerate(zip(events, cursors, found, strict=True)):
        kind = data.text("type") or event.name
        yield Chunk(
            number + 1,
            added,
            data.object("response").mapping("usage") or None if kind in TERMINAL else None,
            event.data if isinstance(event.data, dict) else {} if event.data is not None else {"data": event.text},
            READ,
            event.size_bytes,
            kind,
        )
