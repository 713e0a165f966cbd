"""Tapes of huggingface.js: one exchange per file, the answer in base64. Source: its `packages/inference/test/vcr.ts`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import object_in
from recviewer.recorders.json_cassettes import JsonFile

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


class HuggingFaceTapes(JsonFile):
    """Tapes. The request is stored as arguments of `fetch`."""

    name = "hf-tapes"
    called = "the tapes of huggingface.js"
    matched = ("method", "url", "headers", "body")
    homes = frozenset({b"tapes"})
    start = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"url"\s*:\s*"[^"]*"\s*,\s*"init"\s*:\s*\{')

    def exchange(self, value: Any) -> HttpExchange:
        """Read a tape."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed, says_its_number

        given = object_in(value, "response")
        asked = object_in(value, "init")
        status = given.get("status")
        return HttpExchange(
            first_text((asked.get("method"),)) or "GET",
            first_text((value.get("url"),)),
            listed(asked.get("headers")),
            asked.get("body"),
            status if isinstance(status, int) else None,
            listed(given.get("headers")),
            _body(given.get("body")),
            {
                "tape": extra_fields(value, "init", "response", texts=("url",)),
                "init": extra_fields(asked, "headers", "body", texts=("method",)),
                "response": extra_fields(
                    given,
                    "headers",
                    "body",
                    *(["statusText"] if says_its_number(given.get("statusText"), status) else []),
                    numbers=("status",),
                ),
            },
        )


def _body(body: Any) -> object:
    import base64
    import binascii

    if not isinstance(body, str):
        return body
    try:
        return base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        return body


RECORDER = HuggingFaceTapes()
