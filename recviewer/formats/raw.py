"""The outer envelope of a recording, unpacked once for all formats."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from urllib.parse import unquote, urlsplit

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json, Problem
from recviewer.formats.cut_chunks import CutChunks
from recviewer.formats.decode import Unreadable
from recviewer.formats.framing import events_of, frame
from recviewer.formats.lookup import Lookup
from recviewer.formats.sse import DONE, Event


@dataclass(frozen=True, slots=True)
class Raw:
    """A recording's envelope."""

    document: dict[str, Json]
    test_id: str | None
    request: dict[str, Json]
    request_kind: str
    """`inference`, `tool`, `http` or `file_processor`, recognized by the request's keys, else ""."""
    response: dict[str, Json]
    method: str
    url: str
    url_path: str
    """The path part of the URL ("" if there is none)."""
    endpoint: str
    """As recorded, else url_path."""
    model: str
    """The requested model, from the request, its body, or its URL; "" if none has it."""
    body: dict[str, Json]
    """The request's body or payload, {} if absent or not an object."""
    reply: Json
    """The response's body as it was sent: one value, or the elements of a stream, in whatever lines or fragments it was
    recorded (an element that is not JSON is text).
    """
    recorded: Json
    """The body as recorded."""
    sse_events: tuple[Event, ...]
    """The server-sent events with the elements as their data, () for any other stream; `events` works for all."""
    type_name: str
    """Last dotted part of the `__type__` of the reply, or of the first element of a list, else ""."""
    heads: tuple[dict[str, Json], ...]
    """The unwrapped reply, or the first elements of a list, if they are objects."""
    first: dict[str, Json]
    """The first of `heads`."""
    is_streaming: bool
    is_exception: bool
    status: int | None
    problems: tuple[Problem, ...]
    """All problems so far."""
    of_text: tuple[Problem, ...] = ()
    """The problems found in the text of the body, if it was recorded as text."""
    alike: Mapping[int, CutChunks] = field(default_factory=dict)
    """By index of a reply's element, the chunks cut out behind it (`formats.cut_chunks`)."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing came back: no body, or one without any data."""
        reply = self.reply
        if isinstance(reply, list):
            return not any(item not in ("", None, DONE) for item in reply)
        return not reply.strip() if isinstance(reply, str) else reply is None or reply == {}

    def events(self) -> Iterator[Event]:
        """Yield the events of a stream; if it was recorded decoded, one unnamed event for each element."""
        return events_of(self.reply, self.sse_events)


_MODEL = re.compile(
    r"/(?:models|tunedModels|endpoints)/([^/]+):[A-Za-z]+$"
    r"|/model/([^/]+)/(?:converse|converse-stream|invoke|invoke-with-response-stream|count-tokens)$"
)

HEADS = 5
"""How many elements of a stream are examined to choose its format: the first may be a ping or only filter results."""


def unwrap(value: Json) -> Json:
    """Return a typed value's data (`{"__type__": …, "__data__": …}`), any other value as it is.

    The type's name is only text: nothing is ever imported by it.
    """
    if isinstance(value, dict) and "__data__" in value:
        return value["__data__"]
    return value


def type_of(value: Json) -> str:
    """Return the last dotted part of a typed value's `__type__`, "" for any other value."""
    if isinstance(value, dict):
        name = value.get("__type__")
        if isinstance(name, str):
            return name.rpartition(".")[2]
    return ""


def envelope(document: Json, alike: Mapping[int, CutChunks] | None = None) -> Raw:
    """Unpack a decoded document. alike: see `Raw`.

    Raises Unreadable if the document is not an object; every other anomaly becomes a problem.
    """
    if not isinstance(document, dict):
        names = {list: "a list", str: "a string", bool: "true or false", type(None): "null"}
        name = names.get(type(document), "a number")
        raise Unreadable(f"JSON, but not a recording: the top level is {name}, not an object")
    top = Lookup(document, "")
    request = top.object("request", required=True)
    response = top.object("response", required=True)
    test_id = top.optional_text("test_id")
    if test_id is None and "test_id" not in document and isinstance(request.data.get("test_id"), str):
        test_id = request.data["test_id"]
    url = request.text("url")
    url_path = _path_of(url)
    body = request.object("payload") if "payload" in request.data else request.object("body")
    if _has_two_bodies(request.data):
        request.problems.append(Problem("request.body", "another body than request.payload, which was read; it counts"))
    recorded = response.data.get("body")
    framed = frame(recorded)
    reply = framed.body
    samples = reply[:HEADS] if isinstance(reply, list) else [reply]
    heads = tuple([head for head in map(unwrap, samples) if isinstance(head, dict)])
    type_name = type_of(samples[0]) if samples else ""
    streaming = response.data.get("is_streaming")
    if not isinstance(streaming, bool):
        if response.data:
            response.note("is_streaming", streaming, "true or false")
        streaming = isinstance(reply, list) and type_name != "Model"
    model = request.text("model") or _model_asked(body.data) or _model_in(url_path)
    return Raw(
        document=document,
        test_id=test_id,
        request=request.data,
        request_kind=_request_kind(request.data),
        response=response.data,
        method=request.text("method"),
        url=url,
        url_path=url_path,
        endpoint=request.text("endpoint") or url_path,
        model=model,
        body=body.data,
        reply=reply,
        recorded=recorded,
        sse_events=framed.events,
        type_name=type_name,
        heads=heads,
        first=heads[0] if heads else {},
        is_streaming=streaming,
        is_exception=response.data.get("is_exception") is True,
        status=response.integer("status"),
        problems=(*top.problems, *framed.problems),
        of_text=framed.problems,
        alike=alike or {},
    )


def _has_two_bodies(request: dict[str, Json]) -> bool:
    both = [request[key] for key in ("payload", "body") if key in request]
    return len(both) > 1 and encode(both[0], is_sorted=True) != encode(both[1], is_sorted=True)


def _model_asked(body: dict[str, Json]) -> str:
    names = (body.get("model"), body.get("modelId"), body.get("model_id"))
    return next((name for name in names if isinstance(name, str) and name), "")


def _request_kind(request: dict[str, Json]) -> str:
    if "payload" in request:
        return "http"
    if "tool_name" in request:
        return "tool"
    if "file_id" in request and "api" in request:
        return "file_processor"
    return "inference" if "body" in request or "url" in request else ""


def _path_of(url: str) -> str:
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def _model_in(path: str) -> str:
    """Return the model in a URL path, as Google and AWS have it (`models/M:generateContent`, `model/M/converse`)."""
    found = _MODEL.search(path)
    return unquote(found[1] or found[2]) if found else ""


def host_of(url: str) -> str:
    """Return the host and port of a URL, "" if it has none or is invalid."""
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return ""
