"""WireMock: one mapping per file in `mappings`, its answer inline or in `__files`. Source: WireMock 3, "Stubbing"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import ELSEWHERE, HEAD, Unverifiable
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange

_START = re.compile(
    rb'(?:\xef\xbb\xbf)?\s*\{\s*(?:"(?:id|uuid|name|priority|persistent|scenarioName)"\s*:\s*(?:"[^"]*"|\w+)\s*,\s*)*'
    rb'"request"\s*:\s*\{\s*"(?:url|urlPath|urlPattern|urlPathPattern|method)"'
)
_HAS = re.compile(rb'"request"\s*:\s*\{')
_ANSWERS = ("jsonBody", "base64Body", "bodyFileName", "body")
_BODIES = ("equalToJson", "equalTo")
_URLS = ("url", "urlPath", "urlPattern", "urlPathPattern", "urlPathTemplate")


def _is_mapping(value: Any) -> bool:
    """Tell whether a value matches a URL or a method, and has an answer."""
    asked, given = (value.get("request"), value.get("response")) if isinstance(value, dict) else (None, None)
    is_asked = isinstance(asked, dict) and any(key in asked for key in (*_URLS, "method"))
    return is_asked and isinstance(given, dict) and any(key in given for key in (*_ANSWERS, "status"))


class WireMock(Unverifiable):
    """Mappings. If the answer is in another file, that file's name is used."""

    name = "wiremock"
    called = "WireMock"
    matched = ("method", "url", "body")
    is_at_home_only = True
    homes = frozenset({b"mappings"})
    endings = (b".json",)

    def recognizes(self, data: bytes) -> bool:
        """Examine the first bytes; if they do not tell, search for the keys of every mapping, or of a file with several."""
        if _START.match(data[:HEAD]) is not None:
            return True
        if not _HAS.search(data) or b'"response"' not in data:
            return False
        import orjson

        try:
            value = orjson.loads(data.removeprefix(b"\xef\xbb\xbf"))
        except ValueError:
            return False
        several = value.get("mappings") if isinstance(value, dict) else None
        return _is_mapping(value) or (isinstance(several, list) and bool(several) and all(map(_is_mapping, several)))

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchange, or those of a file with several."""
        from recviewer.formats.decode import Unreadable, decode
        from recviewer.recorders.cassettes import parts_of
        from recviewer.recorders.http_exchange import document_of
        from recviewer.recorders.json_items import BadJson, items_below

        if b'"mappings"' in data:
            try:
                items = items_below(data, "mappings", alone="request")
            except BadJson as reason:
                yield FilePart("", 0, len(data), None, str(reason))
                return
            if items and b"{" in data[: items[0].start]:
                yield from parts_of(items, _exchange, exact=exact)
                return
        try:
            heard = _exchange(decode(data, exact=exact).document)
        except (Unreadable, ValueError) as reason:
            yield FilePart("", 0, len(data), None, str(reason))
            return
        yield FilePart("", 0, len(data), document_of(heard, exact=exact))


def _exchange(value: Any) -> HttpExchange:
    from recviewer.recorders.cassettes import object_in
    from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed

    asked, given = object_in(value, "request"), object_in(value, "response")
    status = given.get("status")
    url = next((key for key in _URLS if key in asked), "url")
    answer = next((key for key in _ANSWERS if key in given), "body")
    return HttpExchange(
        first_text((asked.get("method"),)) or "ANY",
        first_text((asked.get(url),)),
        {},
        _asked(asked.get("bodyPatterns")),
        status if isinstance(status, int) else None,
        listed(given.get("headers")),
        _given(given),
        {
            "mapping": extra_fields(value, "request", "response", "id", "uuid", "persistent", "insertionIndex"),
            "request": extra_fields(asked, "bodyPatterns", texts=("method", url))
            | ({"address is": url} if url != "url" else {}),
            "pattern": _beside_pattern(asked.get("bodyPatterns")),
            "response": extra_fields(given, "headers", answer, numbers=("status",)),
        },
        [f"{ELSEWHERE}: __files/{given[answer]}"] if answer == "bodyFileName" else [],
    )


def _asked(patterns: Any) -> object:
    """Return the requested body; if there is not exactly one, the patterns as they are."""
    if isinstance(patterns, list) and len(patterns) == 1 and isinstance(patterns[0], dict):
        for key in _BODIES:
            if key in patterns[0]:
                return patterns[0][key]
    return {"bodyPatterns": patterns} if patterns else None


def _beside_pattern(patterns: Any) -> dict[str, object]:
    """Return what the single pattern contains besides the body."""
    one = patterns[0] if isinstance(patterns, list) and len(patterns) == 1 else None
    key = next((key for key in _BODIES if isinstance(one, dict) and key in one), "")
    return {name: value for name, value in one.items() if name != key} if key and isinstance(one, dict) else {}


def _given(given: dict[str, Any]) -> object:
    import base64
    import binascii

    if "jsonBody" in given:
        return given["jsonBody"]
    if isinstance(given.get("base64Body"), str):
        try:
            return base64.b64decode(given["base64Body"], validate=True)
        except (binascii.Error, ValueError):
            return given["base64Body"]
    if "bodyFileName" in given:
        return {"bodyFileName": given["bodyFileName"]}
    return given.get("body")


RECORDER = WireMock()
