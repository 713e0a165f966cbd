"""Gemini CLI: replies of integration tests, one per line with the method called. Source: its `fakeContentGenerator.ts`.

The requests are unknown; each reply is used once, in order.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HEAD, Unverifiable, no_exchange, parts_of, without_spans
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


class GeminiCli(Unverifiable):
    """JSON lines, each with a `method` and its `response`: an object, or a list of chunks."""

    name = "gemini-cli"
    called = "the Gemini CLI's fake responses"
    matched = ("method", "url")
    is_in_order = True
    homes = frozenset({b"integration-tests", b"evals"})
    endings = (b".responses",)
    start = re.compile(rb'(?:\xef\xbb\xbf)?\s*\{\s*"method" ?: ?"[A-Za-z]{1,60}"\s*[,}]')

    def recognizes(self, data: bytes) -> bool:
        """Examine only the first bytes."""
        return self.start.match(data[:HEAD]) is not None

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the replies; an unreadable one comes with the reason."""
        from recviewer.formats.decode import Unreadable, decode
        from recviewer.recorders.yaml_text import FileItem

        items: list[FileItem] = []
        at, start = 0, 0  # an item starts after the previous one, so it includes preceding empty lines
        for line in data.splitlines(keepends=True):
            at += len(line)
            if not line.strip():
                continue
            try:
                decoded = decode(line.strip(), exact=exact)
                items.append(FileItem(decoded.document, start, at, tuple(one.what for one in decoded.problems)))
                start = at
            except Unreadable as reason:
                yield FilePart("", 0, len(data), None, f"line {len(items) + 1:,}: {reason}")
                return
        if not items:
            yield no_exchange(data, {})
            return
        yield from parts_of(items, self.exchange, exact=exact)

    def exchange(self, value: Any) -> HttpExchange:
        """Read a line."""
        from recviewer.recorders.http_exchange import HttpExchange, extra_fields

        if not isinstance(value, dict) or not isinstance(value.get("method"), str) or "response" not in value:
            raise ValueError("a line that is not a reply to a method")
        given = value["response"]
        more = {"exchange": extra_fields(value, "method", "response")}
        return HttpExchange("POST", value["method"], {}, None, None, {}, given, more, is_stream=isinstance(given, list))

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Remove the lines of some replies."""
        return without_spans(data, list(self.parts(data)), parts)


RECORDER = GeminiCli()
