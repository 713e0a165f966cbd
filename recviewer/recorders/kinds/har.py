"""HTTP archives, as written by browsers, Playwright and Polly.js. Source: HAR 1.2; Polly.js 6, `adapter-node-http`.

Polly.js stores a compressed body as a list of fragments, in hex (up to version 5) or base64.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import ELSEWHERE, around_in, object_in
from recviewer.recorders.json_cassettes import JsonCassette

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


_TOOK = ("cache", "startedDateTime", "time", "timings", "connection", "serverIPAddress", "pageref")
"""Keys of an entry about time and transport."""

_TWICE = ("httpVersion", "cookies", "queryString", "headersSize", "bodySize", "_transferSize")
"""Keys that repeat headers and URL, or describe the transport."""

_UNKNOWN = frozenset({"", "x-unknown"})
"""Values for an unknown body type."""


_MAKER = ("version", "creator", "browser", "pages", "_recordingName")
"""Keys of an archive about its creator."""


class Har(JsonCassette):
    """HTTP archives; also a single entry cut out of one."""

    name = "har"
    is_at_home_only = True
    keys = ("log.entries",)
    homes = frozenset({b"__recordings__", b"recordings", b"cassettes", b"testdata", b"har", b"hars"})
    endings = (b".har",)
    start = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"(?:log"\s*:\s*\{|_id"|_order"|startedDateTime"|request"|pageref")')

    def around(self, value: object) -> dict[str, object]:
        """Return what the log contains besides its entries, and the file besides its log."""
        log = value.get("log") if isinstance(value, dict) else None
        return around_in(log, ("entries", *_MAKER), {}) | around_in(value, ("log",), {})

    def exchange(self, value: Any) -> HttpExchange:
        """Read an entry."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed

        asked, given = object_in(value, "request"), object_in(value, "response")
        sent = asked.get("postData")
        status = given.get("status")
        return HttpExchange(
            first_text((asked.get("method"),)) or "GET",
            first_text((asked.get("url"),)),
            listed(asked.get("headers")),
            sent.get("text") if isinstance(sent, dict) else None,
            status if isinstance(status, int) and status > 0 else None,
            listed(given.get("headers")),
            _body(given.get("content")),
            {
                "entry": extra_fields(value, "request", "response", *_TOOK),
                "request": extra_fields(asked, "headers", "postData", *_TWICE, texts=("method", "url"))
                | _otherwise(asked),
                "postData": extra_fields(sent, *_type_in(asked.get("headers"), sent), texts=("text",)),
                "response": extra_fields(given, "headers", "content", *_TWICE, numbers=("status",)),
                "content": extra_fields(
                    *(given.get("content"), "encoding", "size", "compression"),
                    *_type_in(given.get("headers"), given.get("content")),
                    texts=("text",),
                ),
            },
            [f"{ELSEWHERE}: {name}" for name in _files_of(given.get("content"))],
        )


def _type_in(headers: Any, body: Any) -> tuple[str, ...]:
    """Return the key with the type of a body if headers have the same type; else nothing."""
    from recviewer.recorders.http_exchange import listed

    told = body.get("mimeType") if isinstance(body, dict) else None
    if told is None or (isinstance(told, str) and told in _UNKNOWN):
        return ("mimeType",)
    named = [value for name, value in listed(headers).items() if name.lower() == "content-type"]
    return ("mimeType",) if named and _bare(named[0]) == _bare(told) else ()


def _bare(kind: Any) -> str:
    return str(kind).partition(";")[0].strip().lower()


def _otherwise(asked: dict[str, Any]) -> dict[str, object]:
    """Return the query of a request if it is stored separately and differs from that of the URL."""
    from urllib.parse import parse_qsl, unquote_plus, urlencode

    from recviewer.recorders.credentials import in_url

    told = asked.get("queryString")
    if not isinstance(told, list) or not all(isinstance(one, dict) for one in told):
        return {"queryString": told} if told else {}
    pairs = [(unquote_plus(str(one.get("name"))), unquote_plus(str(one.get("value")))) for one in told]
    query = str(asked.get("url")).partition("#")[0].partition("?")[2]
    if sorted(pairs) == sorted(parse_qsl(query, keep_blank_values=True)):
        return {}
    return {"queryString": in_url(f"?{urlencode(pairs)}")}


def _files_of(content: Any) -> list[str]:
    """Return the name of the file with the body, in a Playwright archive with `content: attach`."""
    return (
        [str(content["_file"])] if isinstance(content, dict) and content.get("_file") and "text" not in content else []
    )


def _body(content: Any) -> object:
    from recviewer.recorders.pieces import joined

    if not isinstance(content, dict):
        return None
    text = content.get("text")
    if isinstance(text, str) and content.get("encoding") == "base64":
        import base64
        import binascii

        whole = joined(text)
        if whole is not None:
            return whole
        try:
            return base64.b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            return text
    whole = joined(text) if isinstance(text, str) else None
    return text if whole is None else whole


RECORDER = Har()
