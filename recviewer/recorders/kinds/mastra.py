"""Mastra's recorder of model calls: JSON with `meta` and `recordings`. Source: mastra's `packages/_llm-recorder`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import object_in
from recviewer.recorders.json_cassettes import JsonCassette

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


class Mastra(JsonCassette):
    """Recordings of Mastra; also a single one cut out of a file. Streams are stored as network fragments."""

    name = "mastra"
    called = "Mastra's recorder"
    matched = ("method", "url", "body")
    is_at_home_only = True
    keys = ("recordings",)
    alone = "hash"
    homes = frozenset({b"__recordings__"})
    start = re.compile(
        rb'(?:\xef\xbb\xbf)?\s*\{\s*(?:"meta"\s*:\s*\{\s*"(?:name|testFile|testName|model|createdAt|updatedAt|provider)"\s*:'
        rb'|"hash"\s*:\s*"[^"]*"\s*,\s*"request"\s*:\s*\{|"recordings"\s*:\s*\[\s*\{\s*"hash")'
    )

    def around(self, value: object) -> dict[str, object]:
        """Return the file's other values, without names and times."""
        from recviewer.recorders.http_exchange import extra_fields

        made = super().around(value)
        meta = extra_fields(made.pop("meta", None), *_NAMES)
        return made | ({"meta": meta} if meta else {})

    def exchange(self, value: Any) -> HttpExchange:
        """Read an item."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields, first_text, listed, says_its_number

        asked, given = object_in(value, "request"), object_in(value, "response")
        status, chunks = given.get("status"), given.get("chunks")
        is_cut = isinstance(chunks, list) and bool(chunks) and all(isinstance(one, str) for one in chunks)
        has_both = is_cut and "body" in given
        streams = bool(given.get("isStreaming"))
        return HttpExchange(
            first_text((asked.get("method"),)) or "POST",
            first_text((asked.get("url"),)),
            listed(asked.get("headers")),
            asked.get("body"),
            status if isinstance(status, int) else None,
            listed(given.get("headers")),
            "".join(chunks) if is_cut and isinstance(chunks, list) else given.get("body"),
            {
                "recording": extra_fields(value, "request", "response"),
                "request": extra_fields(asked, "headers", "body", "timestamp", texts=("method", "url")),
                "response": extra_fields(
                    given,
                    *_READ,
                    *(["statusText"] if says_its_number(given.get("statusText"), status) else []),
                    *([] if has_both else ["body"]),
                    *(["chunks"] if is_cut or not chunks else []),
                    numbers=("status",),
                )
                | ({} if streams == is_cut else {"isStreaming": streams}),
            },
        )


_READ = ("headers", "chunkTimings", "isStreaming")
_NAMES = ("name", "testFile", "testName", "createdAt", "updatedAt")


RECORDER = Mastra()
