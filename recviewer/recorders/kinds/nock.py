"""nock: a JSON list of definitions. Source: nock 14, `lib/recorder.js` (`output_objects`), `lib/back.js`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.json_cassettes import JsonCassette

if TYPE_CHECKING:
    from recviewer.exchange.model import Json
    from recviewer.recorders.http_exchange import HttpExchange


_READ = ("path", "body", "response", "reqheaders", "rawHeaders")


class Nock(JsonCassette):
    """Fixtures of nock; also a single definition cut out of one. A compressed answer is a list of hex fragments."""

    name = "nock"
    called = "nock"
    matched = ("method", "url", "body")
    is_in_order = True
    is_at_home_only = True
    keys = ("",)
    alone = "scope"
    homes = frozenset({b"cassettes", b"fixtures", b"__fixtures__", b"nock-fixtures", b"__nock-fixtures__", b"nocks"})
    start = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[\s*)?\{\s*"scope"\s*:\s*"https?:')

    def exchange(self, value: Any) -> HttpExchange:
        """Read a definition."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed
        from recviewer.recorders.pieces import joined_list

        if not isinstance(value, dict) or not isinstance(value.get("path"), str):
            raise ValueError("a definition without `path`")
        status, answer = value.get("status"), value.get("response")
        whole = joined_list(answer)
        if whole is None and value.get("responseIsBinary") is True and isinstance(answer, str):
            whole = _of_hex(answer)
        is_odd = whole is None and bool(value.get("responseIsBinary"))
        asked = value.get("body")
        return HttpExchange(
            first_text((value.get("method"),)) or "GET",
            first_text((value.get("scope"),)) + value["path"],
            listed(value.get("reqheaders")),
            None if asked == "" else asked,
            status if isinstance(status, int) else None,
            _headers(value.get("rawHeaders")),
            answer if whole is None else whole,
            {
                "definition": extra_fields(
                    value,
                    *_READ,
                    *([] if is_odd else ["responseIsBinary"]),
                    texts=("scope", "method"),
                    numbers=("status",),
                )
            },
        )


def _of_hex(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return None


def _headers(raw: Any) -> dict[str, Json]:
    """Return headers that are stored as alternating names and values, or as an object."""
    from recviewer.recorders.http_exchange import listed

    if not isinstance(raw, list):
        return listed(raw)
    made: dict[str, Json] = {}
    for name, value in zip(raw[::2], raw[1::2], strict=False):
        held = made.setdefault(str(name), [])
        if isinstance(held, list):
            held.append(value)
    return made


RECORDER = Nock()
