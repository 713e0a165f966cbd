"""Cassettes of seinfeld, Braintrust's recorder for JavaScript: JSON with `entries`.

Source: braintrust-sdk-javascript, `dev-packages/seinfeld/src` (`format/v1.ts`, `recorder.ts`, `serializer/index.ts`,
`matcher/default.ts`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import ELSEWHERE, HOMES, object_in
from recviewer.recorders.json_cassettes import JsonCassette

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recviewer.exchange.model import Json
    from recviewer.recorders.http_exchange import HttpExchange


class Seinfeld(JsonCassette):
    """Cassettes of seinfeld. Each body says what kind it is; large binary ones are in files of their own."""

    name = "seinfeld"
    called = "seinfeld"
    matched = ("method", "url", "body")
    is_in_order = True
    is_at_home_only = True
    keys = ("entries",)
    alone = "matchKey"
    plain = {"version": (1,)}
    homes = HOMES | {b"__cassettes__"}
    start = re.compile(
        rb'(?:\xef\xbb\xbf)?\s*\{\s*(?:"version"\s*:\s*\d+\s*,\s*)?'
        rb'(?:"meta"\s*:\s*\{\s*(?:"\w+"\s*:\s*"[^"]*"\s*,?\s*)*\}\s*,\s*)?'
        rb'(?:"entries"\s*:\s*\[\s*(?:\{\s*)?)?'
        rb'(?:\]\s*,\s*"meta"\s*:\s*\{|(?:"(?:id|callIndex)"\s*:\s*(?:"[^"]*"|\d+)\s*,\s*)*"matchKey"\s*:\s*")'
    )

    def around(self, value: object) -> dict[str, object]:
        """Return the file's other values, without who wrote it and when."""
        from recviewer.recorders.http_exchange import extra_fields

        made = super().around(value)
        meta = extra_fields(made.pop("meta", None), "createdAt", "seinfeldVersion")
        return made | ({"meta": meta} if meta else {})

    def exchange(self, value: Any) -> HttpExchange:
        """Read an entry. Its `id` and `callIndex` follow from the request and its place."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed, says_its_number

        asked, given = object_in(value, "request"), object_in(value, "response")
        status = given.get("status")
        headers = listed(given.get("headers"))
        sent, answer = listed(asked.get("headers")), given.get("body")
        return HttpExchange(
            first_text((asked.get("method"),)) or "GET",
            first_text((asked.get("url"),)),
            sent,
            _body(asked.get("body")),
            status if isinstance(status, int) else None,
            headers,
            _body(answer),
            {
                "entry": extra_fields(value, "request", "response", "id", "callIndex", "recordedAt"),
                "request": extra_fields(asked, "headers", "body", texts=("method", "url")),
                "request body": _beside(asked.get("body"), sent),
                "response": extra_fields(
                    given,
                    "headers",
                    "body",
                    *(["statusText"] if says_its_number(given.get("statusText"), status) else []),
                    numbers=("status",),
                ),
                "response body": _beside(answer, headers),
            },
            [f"{ELSEWHERE}: {answer.get('path')}"]
            if isinstance(answer, dict) and answer.get("kind") == "binary"
            else [],
        )


def _body(payload: Any) -> object:
    """Return what a body holds: its JSON, text or bytes; itself if its kind is unknown or it is in another file.

    The blank line behind each event of a stream is not in the file, but is in what replay sends.
    """
    import base64
    import binascii
    import json

    kind = payload.get("kind") if isinstance(payload, dict) else None
    held = payload.get("chunks" if kind == "sse" else "value") if kind else None
    if kind == "empty":
        return None
    if kind == "json":
        return held if isinstance(held, (dict, list)) else json.dumps(held)
    if kind == "text" and isinstance(held, str):
        return held
    if kind == "sse" and isinstance(held, list) and all(isinstance(one, str) for one in held):
        return "".join([f"{event}\n\n" for event in held])
    if kind == "base64" and isinstance(held, str):
        try:
            return base64.b64decode(held, validate=True)
        except (binascii.Error, ValueError):
            return payload
    return payload


_READ = {"empty": "kind", "json": "value", "text": "value", "base64": "value", "sse": "chunks"}
"""The key of a body that is read, by its kind."""


def _beside(payload: Any, headers: Mapping[str, Json]) -> dict[str, object]:
    """Return what a body has besides what was read of it: its kind and type too, where they do not follow from the
    content and the header.
    """
    from recviewer.recorders.headers import text_of
    from recviewer.recorders.http_exchange import extra_fields

    body = _body(payload)
    if body is payload or not isinstance(payload, dict):
        return {}
    kind = payload["kind"]
    told = next((text_of(value) for name, value in headers.items() if name.lower() == "content-type"), None)
    return extra_fields(
        payload,
        _READ[kind],
        *(["kind"] if kind == _kind_of(body) else []),
        *(["contentType"] if payload.get("contentType") == told else []),
    )


def _kind_of(body: object) -> str:
    """Return the kind that seinfeld gives to a body with this content."""
    import json

    from recviewer.formats import sse

    if isinstance(body, bytes):
        try:
            body.decode()
        except UnicodeDecodeError:
            return "base64"
        return "text"
    if isinstance(body, str):
        try:
            json.loads(body)
        except ValueError:
            return "sse" if sse.is_stream(body) else "text"
    return "empty" if body is None else "json"


RECORDER = Seinfeld()
