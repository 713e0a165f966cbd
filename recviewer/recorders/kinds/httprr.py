"""httprr (Go): a trace of raw HTTP/1.1. Source: golang.org/x/oscar, `internal/httprr/rr.go`.

A line `httprr trace v1`; then for each exchange a line with the lengths of request and response, followed by their
bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import Unverifiable, no_exchange, parts_of, without_spans
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.exchange.model import Json
    from recviewer.recorders.http_exchange import HttpExchange

_FIRST = b"httprr trace v1\n"
_LENGTHS = re.compile(rb"(\d{1,12}) (\d{1,12})\n")
_ALONE = re.compile(rb"\d{1,12} \d{1,12}\n[A-Z]{2,20} \S+ HTTP/")
_STATUS = re.compile(rb"HTTP/[\d.]+ (\d{3})")
_GAP = re.compile(rb"\r?\n\r?\n")
_SIZE = re.compile(rb"([0-9a-fA-F]{1,12})(?:;[^\r\n]*)?\r\n")


_TEST = re.compile(r"((?:.*/)?)testdata/(Test[^/]*)\.httprr")


class HttpRr(Unverifiable):
    """Traces of httprr; also a single exchange cut out of one."""

    name = "httprr"
    called = "httprr"
    matched = ("method", "url", "headers", "body")
    homes = frozenset({b"testdata"})
    endings = (b".httprr",)

    def recognizes(self, data: bytes) -> bool:
        """Examine only the first bytes."""
        return data.startswith(_FIRST) or _ALONE.match(data) is not None

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges; the last one comes with the reason if the lengths do not match."""
        from recviewer.recorders.yaml_text import FileItem

        at = len(_FIRST) if data.startswith(_FIRST) else 0
        items, left = [], None
        while at < len(data):
            match = _LENGTHS.match(data, at)
            if match is None:
                left = FilePart(
                    "rest", at, len(data), None, "no lengths of an exchange: a changed line end breaks them"
                )
                break
            middle = match.end() + int(match[1])
            end = middle + int(match[2])
            if end > len(data):
                left = FilePart("rest", at, len(data), None, "cut off: an exchange is shorter than its lengths say")
                break
            items.append(FileItem([data[match.end() : middle], data[middle:end]], at, end))
            at = end
        if left is not None and not items:
            yield left._replace(name="")
            return
        if not items:
            yield no_exchange(data, {})
            return
        yield from parts_of(items, _exchange, exact=exact)
        if left is not None:
            yield left

    def test_of(self, path: str) -> str | None:
        """Return the package and the test: `<package>/testdata/<TestName>.httprr`."""
        found = _TEST.fullmatch(path)
        return f"{found[1].rstrip('/') or '.'}::{found[2]}" if found else None

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Remove some exchanges with their lengths; None if no exchange would be left."""
        return without_spans(data, list(self.parts(data)), parts)


def _exchange(value: Any) -> HttpExchange:
    from recviewer.recorders.http_exchange import HttpExchange

    asked, given = value
    head, asked_headers, asked_body, asked_more = _message(asked)
    status, given_headers, given_body, given_more = _message(given)
    words = head.split(b" ")
    code = _STATUS.match(status)
    if len(words) < 3 or code is None:
        raise ValueError("no HTTP: a line of a request and one of a status were expected")
    return HttpExchange(
        words[0].decode("ascii", "replace"),
        words[1].decode("utf-8", "replace"),
        asked_headers,
        asked_body or None,
        int(code[1]),
        given_headers,
        given_body,
        {"response": {"status": status[code.end() :].strip()} | given_more, "request": asked_more},
    )


def _message(data: bytes) -> tuple[bytes, dict[str, Json], bytes, dict[str, object]]:
    """Return the first line, the headers, the body (joined if it was sent in chunks), and anomalies."""
    gap = _GAP.search(data)
    if gap is None:
        raise ValueError("no HTTP: an empty line behind the headers was expected")
    body = data[gap.end() :]
    first, *lines = data[: gap.start()].splitlines()
    headers: dict[str, Json] = {}
    for line in lines:
        name, _, value = line.partition(b":")
        held = headers.setdefault(name.decode("latin-1").strip().lower(), [])
        assert isinstance(held, list)
        held.append(value.decode("utf-8", "replace").strip())
    if "chunked" in str(headers.get("transfer-encoding", "")).lower():
        body, more = _unchunked(body)
        return first, headers, body, more
    return first, headers, body, {}


def _unchunked(body: bytes) -> tuple[bytes, dict[str, object]]:
    """Return a chunked body joined, and what follows its last chunk, or that this is missing."""
    made: list[bytes] = []
    at = 0
    while size := _SIZE.match(body, at):
        length = int(size[1], 16)
        if not length:
            rest = body[size.end() :].strip(b"\r\n")
            return b"".join(made), {"behind the last chunk": rest} if rest else {}
        made.append(body[size.end() : size.end() + length])
        at = size.end() + length + 2
    return (b"".join(made) + body[at:], {"last chunk": "missing"}) if at else (body, {})


RECORDER = HttpRr()
