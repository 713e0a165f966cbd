"""httpmock (Rust): YAML documents with `when` and `then`, one exchange each. Source: httpmock 0.8, `src/common/data.rs`."""

from __future__ import annotations

import binascii
import re
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import Cassette, object_in

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange
    from recviewer.recorders.yaml_text import FileItem, YamlDocument


_TEST = re.compile(r"(?:.*/)?cassettes/([^/]+/[^/]+)/([^/]+)\.ya?ml")


class HttpMock(Cassette):
    """Recordings of httpmock. They contain no host: the folder names the provider."""

    name = "httpmock"
    called = "httpmock"
    has_documents = True
    matched = ("method", "url", "headers", "body")
    start = re.compile(rb"(?:---\n)?when:\n  (?:path|method|query_param|header|body|scheme|host|port)")

    def test_of(self, path: str) -> str | None:
        """Return module and scenario: `cassettes/<provider>/<module>/<scenario>.yaml`."""
        found = _TEST.fullmatch(path)
        return f"{found[1]}::{found[2]}" if found else None

    def items(self, found: Sequence[YamlDocument]) -> list[FileItem]:
        """Return the documents."""
        return [document.whole for document in found if document.whole.value is not None]

    def around(self, value: object) -> dict[str, object]:
        """Return nothing: there is nothing around the documents."""
        return {}

    def exchange(self, value: Any) -> HttpExchange:
        """Read a document."""
        import base64

        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed

        asked, given = object_in(value, "when"), object_in(value, "then")
        given_query = asked.get("query_param") or []
        query = [f"{one['name']}={one.get('value')}" for one in given_query if _is_pair(one)]
        url = first_text((asked.get("path"),)) + (f"?{'&'.join(query)}" if query else "")
        body = given.get("body")
        if given.get("body_encoding") == "base64" and isinstance(body, str):
            with suppress(binascii.Error):
                body = base64.b64decode("".join(body.split()), validate=True)
        status = given.get("status")
        return HttpExchange(
            first_text((asked.get("method"),)) or "GET",
            url,
            listed(asked.get("header")),
            asked.get("body"),
            status if isinstance(status, int) else None,
            listed(given.get("header")),
            body,
            {
                "document": extra_fields(value, "when", "then"),
                "when": extra_fields(asked, "query_param", "header", "body", texts=("path", "method")),
                "query_param": [one for one in given_query if not _is_pair(one) or len(one) > 2] or None,
                "then": extra_fields(given, "header", "body", "body_encoding", numbers=("status",)),
            },
        )


def _is_pair(one: Any) -> bool:
    return isinstance(one, dict) and "name" in one


RECORDER = HttpMock()
