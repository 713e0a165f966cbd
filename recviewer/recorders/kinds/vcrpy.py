"""VCR.py (also pytest-recording, pytest-vcr): YAML with `interactions`. Source: vcrpy 7, `vcr/serialize.py`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HEAD, HOMES, Cassette, object_in
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from recviewer.recorders.http_exchange import HttpExchange


class VcrPy(Cassette):
    """Cassettes of VCR.py; also single exchanges cut out of any YAML cassette of this family."""

    name = "vcrpy"
    called = "VCR.py"
    matched = ("method", "url")
    is_in_order = True
    has_bare_names_in = HOMES
    start = re.compile(
        rb"(?:\xef\xbb\xbf)?(?:(?:#.*| *)\n)*(?:--- *\n)?(?:version: *1\n)?"
        rb"(?:interactions:(?: *\[\]|\n(?:(?: *#.*| *)\n)* *-(?:\n| +(?:#.*\n)?) *"
        rb"(?:request|request_sample|request_stream|collections_method|kind|response|recorded_at): ?)"
        rb"| *-(?:\n| +(?:#.*\n)?) *(?:request|response|request_sample|request_stream|collections_method):"
        rb"(?: [&*{]| *\n *(?:body|parsed_body|headers|method|response_proto_type|uri|url|json|raw|status|chunks_json|id"
        rb"|proto|proto_major|content_length|host)\b))"
        rb"|(?:\xef\xbb\xbf)?(?:(?:#.*| *)\n)*(?:--- *\n)?- *(?:request: !!python/|!ruby/struct:VCR::)"
    )
    inside = re.compile(rb"(?m)^interactions: *\r?\n *- *(?:request|id): *(?:\d+ *)?\r?\n")

    def test_of(self, path: str) -> str | None:
        """Return the test after which pytest-recording named a cassette."""
        return test_of_cassette(path)

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges; all frames of a WebSocket session form one exchange."""
        if not _FRAME.search(data[:HEAD]):
            yield from super().parts(data, exact=exact)
            return
        from recviewer.recorders.http_exchange import document_of
        from recviewer.recorders.yaml_text import BadYaml, documents

        try:
            found = documents(data)
            heard = _session([item.value for item in self.items(found)])
            around = self.around(found[0].whole.value) if len(found) == 1 else {}
            heard.more = {**heard.more, "file": around}
            yield FilePart("", 0, len(data), document_of(heard, exact=exact))
        except (BadYaml, ValueError) as reason:
            yield FilePart("", 0, len(data), None, str(reason))

    def exchange(self, value: Any) -> HttpExchange:
        """Read an item of VCR.py, or of another recorder of the family, recognized by its keys."""
        return (
            _sampled(value) if isinstance(value, dict) and not value.keys().isdisjoint(_SAMPLES) else exchange_of(value)
        )


_MODULE = re.compile(r"((?:.*/)?)(?:cassettes|_vcr)/([^/]+)/([^/]+)\.(?:ya?ml|json)")
_TEST = re.compile(r"(?:(?P<holder>[A-Z][A-Za-z0-9_]*)\.)?(?P<name>test_?[^/]*)")


def test_of_cassette(path: str) -> str | None:
    """Return the test of a cassette named by pytest-recording: `cassettes/<module>/[<Class>.]<test>.yaml`.

    The parameters in brackets are as in the file's name, where some characters are replaced by `-`. A suffix `.xai`
    means gRPC.
    """
    found = _MODULE.fullmatch(path)
    name = _TEST.fullmatch(found[3].removesuffix(".xai")) if found else None
    if found is None or name is None or not (found[2].startswith("test_") or found[2].endswith("_test")):
        return None
    holder = f"{name['holder']}::" if name["holder"] else ""
    return f"{found[1]}{found[2]}.py::{holder}{name['name']}"


_SAMPLES = frozenset({"request_sample", "request_stream", "collections_method"})
_FINISHED = re.compile(r'"type": ?"response\.done"|"turnComplete": ?true')
"""Marks the end of an answer, in either protocol."""

_FRAMED = frozenset({"kind", "direction", "data"})
_FRAME = re.compile(rb"\n *- kind: (?:message|close)\r?\n")


def _session(frames: Sequence[Any]) -> HttpExchange:
    """Return a WebSocket session as one exchange: the sent frames, each with the number of answers before it, and the
    received ones.

    The number of frames received by then depends on the network.
    """
    from recviewer.recorders.http_exchange import HttpExchange

    sent: list[Any] = []
    received: list[Any] = []
    beside: dict[str, object] = {}
    finished = 0
    for frame in frames:
        if not isinstance(frame, dict) or "kind" not in frame:
            raise ValueError("a session over a WebSocket with something that is not a frame")
        if frame.get("kind") == "message" and frame.get("direction") == "sent":
            beside |= {str(len(sent)): more for more in [{key: frame[key] for key in frame.keys() - _FRAMED}] if more}
            sent.append({"after": finished, "data": frame.get("data")})
        elif frame.get("direction") == "received" and set(frame) == _FRAMED and frame["kind"] == "message":
            received.append(frame["data"])
            finished += isinstance(frame["data"], str) and _FINISHED.search(frame["data"]) is not None
        else:
            received.append({"close": frame})
    return HttpExchange("", "", {}, {"sent": sent}, None, {}, received, {"sent": beside}, is_stream=True)


def _sampled(value: dict[str, Any]) -> HttpExchange:
    """Return a gRPC call whose messages were stored as JSON beside their bytes."""
    from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text

    method = value.get("collections_method")
    if isinstance(method, dict):
        name = first_text((method.get("method"),))
        more = {
            "exchange": extra_fields(value, "collections_method"),
            "call": extra_fields(method, "method", "request_json", "response_json", "request_raw", "response_raw"),
        }
        return HttpExchange("POST", name, {}, method.get("request_json"), None, {}, method.get("response_json"), more)
    asked = value.get("request_sample") or value.get("request_stream")
    given = value.get("response_sample")
    stream = value.get("response_stream")
    body = given.get("json") if isinstance(given, dict) else None
    is_stream = isinstance(stream, dict)
    if isinstance(stream, dict) and isinstance(stream.get("chunks_json"), list):
        body = [one.get("chunk", one) if isinstance(one, dict) else one for one in stream["chunks_json"]]
    if body is None:
        raise ValueError("a call over gRPC without its messages as JSON")
    more = {
        "exchange": extra_fields(value, "request_sample", "request_stream", "response_sample", "response_stream"),
        "request": extra_fields(asked, "json", "raw"),
        "response": extra_fields(given, "json", "raw"),
        "stream": extra_fields(stream, "chunks_json", "chunks_raw"),
        "chunks": _beside_chunks(stream),
    }
    sent = asked.get("json") if isinstance(asked, dict) else None
    return HttpExchange("POST", "", {}, sent, None, {}, body, more, is_stream=is_stream)


def _beside_chunks(stream: Any) -> dict[str, object]:
    """Return what is stored beside the chunks of a stream, by chunk number."""
    chunks = stream.get("chunks_json") if isinstance(stream, dict) else None
    held = {str(number): one for number, one in enumerate(chunks if isinstance(chunks, list) else ())}
    return {
        number: {key: value for key, value in one.items() if key != "chunk"}
        for number, one in held.items()
        if isinstance(one, dict) and "chunk" in one and len(one) > 1
    }


def exchange_of(value: Any) -> HttpExchange:
    """Convert an item of VCR.py, go-vcr, ReqCassette, or VCR for Ruby, R or Elixir to its normal form.

    Raises ValueError with the reason where it is none.
    """
    from recviewer.recorders.headers import counted
    from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed

    request, response = _with_typed_body(object_in(value, "request")), _with_body(object_in(value, "response"))
    status = response.get("status")
    if isinstance(status, dict):
        status = status.get("code")
    if not isinstance(status, int):
        status = response.get("code")
    bodies = [one["parsed_body"] if "parsed_body" in one else _body_of(one.get("body")) for one in (request, response)]
    return HttpExchange(
        first_text((request.get("method"),)) or "GET",
        _address(request) or _parted(request),
        listed(request.get("headers")),
        bodies[0],
        status if isinstance(status, int) else None,
        listed(response.get("headers")),
        bodies[1],
        {
            "exchange": extra_fields(value, "request", "response", "recorded_at", "id"),
            "request": extra_fields(
                request,
                "trailer",
                "headers",
                "body",
                "parsed_body",
                *_WIRE,
                texts=("method", "uri", "url", "query_string"),
            ),
            "request.body": _beside_body(request),
            "response": extra_fields(
                response, "trailer", "status", "code", "headers", "body", "parsed_body", "duration", *_WIRE
            ),
            "request.trailer": counted(listed(request.get("trailer")), is_request=True),
            "response.trailer": counted(listed(response.get("trailer"))),
            "response.status": _beside_status(response),
            "response.body": _beside_body(response),
        },
        notes=[PARSED] if any("parsed_body" in value[side] for side in ("request", "response")) else [],
    )


def _address(request: dict[str, Any]) -> str:
    """Return the URL of a request, with its query if that is stored apart."""
    from recviewer.recorders.http_exchange import first_text

    address, query = first_text((request.get("uri"), request.get("url"))), request.get("query_string")
    return f"{address}?{query}" if address and isinstance(query, str) and query else address


def _parted(request: dict[str, Any]) -> str:
    """Return the URL of a request that stores it in parts, as VCR.py did before version 1."""
    scheme, host, port, path = map(request.get, ("protocol", "host", "port", "path"))
    if not isinstance(host, str) or not isinstance(path, str):
        return ""
    return f"{scheme or 'http'}://{host}{'' if port in (None, 80, 443) else f':{port}'}{path}"


def _with_body(response: dict[str, Any]) -> dict[str, Any]:
    """Return a response with body and status at their usual keys.

    Before version 6 VCR.py stored those of httpx as `content` and `status_code`; ExVCR has the latter, too.
    """
    response = _with_typed_body(response)
    if "binary" in response and "status" not in response and isinstance(response.get("status_code"), int):
        rest = {key: item for key, item in response.items() if key != "status_code"}
        return {**rest, "status": response["status_code"]}
    if not isinstance(response.get("content"), str | bytes) or "body" in response or "parsed_body" in response:
        return response
    rest = {key: item for key, item in response.items() if key not in ("content", "status_code")}
    return {**rest, "body": response["content"], "status": {"code": response.get("status_code")}}


_TYPED = {"json": "body_json", "blob": "body_blob"}
"""The key of a body of ReqCassette by its `body_type`; a text has the usual key."""


def _with_typed_body(message: dict[str, Any]) -> dict[str, Any]:
    """Return a request or response of ReqCassette with its body at the usual key; any other as it is."""
    kind = message.get("body_type")
    if kind == "text":
        return {key: item for key, item in message.items() if key != "body_type"}
    key = _TYPED.get(kind) if isinstance(kind, str) else None
    if key is None or key not in message or "body" in message:
        return message
    rest = {name: item for name, item in message.items() if name not in (key, "body_type")}
    return (
        {**rest, "body": {"base64_string": message[key]}} if kind == "blob" else {**rest, "parsed_body": message[key]}
    )


PARSED = (
    "the serializer kept bodies taken apart (`parsed_body`): it sorted keys, left headers out, and may have written signs of"
    " texts in another way"
)

_WIRE = (
    *("proto", "proto_major", "proto_minor", "http_version", "content_length", "transfer_encoding"),
    *("remote_addr", "request_uri", "uncompressed"),
)
"""Keys about the transport of a message, without meaning."""


def _beside_body(message: dict[str, Any]) -> object:
    """Return what is stored beside the text of a body, and a second copy of the body."""
    from recviewer.recorders.http_exchange import extra_fields

    body = message.get("body")
    if "parsed_body" in message and "body" in message:
        return body
    if not isinstance(body, dict):
        return None
    return extra_fields(body, "encoding", "base64_string" if "base64_string" in body else "string")


def _beside_status(response: dict[str, Any]) -> object:
    """Return what a status contains besides its number."""
    from recviewer.recorders.http_exchange import extra_fields

    status = response.get("status")
    if isinstance(status, dict):
        return extra_fields(status, numbers=("code",))
    if isinstance(status, int) and "code" in response:
        return {"code": response["code"]}
    return {"text": status} if isinstance(status, str) else None


def _body_of(body: Any) -> object:
    """Return a body: as it is, or from the key that names its encoding."""
    if isinstance(body, dict):
        if "base64_string" in body:
            import base64

            return base64.b64decode("".join(str(body["base64_string"]).split()), validate=True)
        return body.get("string")
    return body


RECORDER = VcrPy()
