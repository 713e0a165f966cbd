"""ReqLLM (Elixir): one exchange per file, bodies and stream fragments in base64. Source: its `test/support/fixtures`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import object_in
from recviewer.recorders.json_cassettes import JsonFile

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange

_READ = ("request", "response", "chunks", "captured_at")


class ReqLlm(JsonFile):
    """Fixtures of ReqLLM. Streams are stored as network fragments."""

    name = "req-llm"
    called = "ReqLLM's fixtures"
    homes = frozenset({b"fixtures"})
    start = re.compile(
        rb'(?:\xef\xbb\xbf)?\s*\{\s*(?:"(?:captured_at|model_spec|provider)"\s*:\s*"[^"]*"\s*,\s*)*'
        rb'(?:"chunks"\s*:\s*\[\s*\{\s*(?:"t_us"\s*:\s*\d+\s*,\s*)?"b64"\s*:'
        rb'|"(?:chunks"\s*:\s*\[\s*\]\s*,\s*"(?:\w+"\s*:\s*"[^"]*"\s*,\s*")*)?request"\s*:\s*\{\s*"(?:body"\s*:\s*\{\s*"b64"|canonical_json"))'
    )

    def exchange(self, value: Any) -> HttpExchange:
        """Read a fixture."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed

        asked, given = object_in(value, "request"), object_in(value, "response")
        sent = _body(asked.get("body"))
        chunks = value.get("chunks")
        whole = _joined(chunks)
        status = given.get("status")
        known = ("headers", "body", *(["canonical_json"] if _says(asked.get("canonical_json"), sent) else []))
        return HttpExchange(
            first_text((asked.get("method"),)) or "POST",
            first_text((asked.get("url"),)),
            listed(asked.get("headers")),
            sent,
            status if isinstance(status, int) else None,
            listed(given.get("headers")),
            _body(given.get("body")) if whole is None else whole,
            {
                "fixture": extra_fields(
                    value, *(_READ if whole is not None or not chunks else set(_READ) - {"chunks"})
                ),
                "request": extra_fields(asked, *known, texts=("method", "url")),
                "response": extra_fields(given, "headers", *(["body"] if whole is None else []), numbers=("status",)),
            },
        )


def _body(body: Any) -> object:
    import base64
    import binascii

    if isinstance(body, dict) and isinstance(body.get("b64"), str) and set(body) <= {"b64", "decoded"}:
        try:
            return base64.b64decode(body["b64"], validate=True)
        except (binascii.Error, ValueError):
            return body
    return body


def _joined(chunks: Any) -> object:
    """Return the fragments of a stream joined, None if there are none or one is invalid."""
    if not isinstance(chunks, list) or not chunks:
        return None
    made = [
        _body({key: item for key, item in one.items() if key != "t_us"} if isinstance(one, dict) else one)
        for one in chunks
    ]
    return (
        b"".join(one for one in made if isinstance(one, bytes)) if all(isinstance(one, bytes) for one in made) else None
    )


def _says(value: Any, sent: object) -> bool:
    """Tell whether a value, or the JSON in its text, only repeats a body."""
    import json

    try:
        said = json.loads(sent) if isinstance(sent, bytes | str) else sent
        return bool((json.loads(value) if isinstance(value, str) else value) == said)
    except ValueError:
        return False


RECORDER = ReqLlm()
