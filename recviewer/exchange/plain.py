r"""Output for terminals: without characters that control the terminal, change the writing direction or are invisible.

In text for people they are named, `<U+202E>`. In JSON they become `\u` escapes, which decode to the same characters.
"""

from __future__ import annotations

import json
import logging
import re
from typing import Any, TextIO

from recviewer.exchange import hidden

_UNSAFE = re.compile(f"[{hidden.ALWAYS}{hidden.JOINER}{hidden.HALVES}]")
_IN_JSON = re.compile(f"[{hidden.ALWAYS}{hidden.JOINER}]")


def safe(text: str) -> str:
    """Return text in which invisible and control characters are written as `<U+202E>`."""
    return _UNSAFE.sub(lambda found: f"<U+{ord(found[0]):04X}>", text.replace("\r\n", "\n"))


def escaped(text: str) -> str:
    r"""Return JSON text with such characters escaped as `\u`; in JSON they can only stand inside strings."""
    return _IN_JSON.sub(_escape, text)


def escaped_bytes(data: bytes) -> bytes:
    """Return UTF-8 JSON with escapes as in `escaped`; plain ASCII is returned unchanged."""
    return data if data.isascii() and b"\x7f" not in data else escaped(data.decode("utf-8", "surrogatepass")).encode()


def dumps(value: Any, **more: Any) -> str:
    """Return a value as JSON that is safe to print. more: keyword arguments of `json.dumps`."""
    return escaped(json.dumps(value, ensure_ascii=False, **more))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


class LogLines(logging.Formatter):
    """Log formatter whose lines are safe to print."""

    def __init__(
        self, format: str, datefmt: str | None = None
    ) -> None:  # `logging.config` passes these parameters by name
        super().__init__(format, datefmt)

    def format(self, record: logging.LogRecord) -> str:
        """Format a record as safe text."""
        return safe(super().format(record))


def put(out: TextIO, data: bytes) -> None:
    """Write output for programs (a patch, a page) unchanged to a file or pipe, and as `safe` text to a terminal."""
    if out.isatty():
        out.write(safe(data.decode("utf-8", "surrogateescape")))
    else:
        out.buffer.write(data)
    out.flush()


class Printed:
    """Wraps a text stream so that everything written to it is `safe`; writes to its `buffer` are not filtered."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text after making it safe."""
        return self._stream.write(safe(text))

    def writelines(self, lines: Any) -> None:
        """Write several texts after making them safe."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
