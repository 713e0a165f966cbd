r"""What reaches a terminal: no character that steers it, turns the direction of writing or hides.

Text for people names them, `<U+202E>`. JSON has them as `\u` escapes, which read back as the same characters.
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
    r"""Return JSON text, in which such characters stand in strings alone, with `\u` escapes in their place."""
    return _IN_JSON.sub(_escape, text)


def escaped_bytes(data: bytes) -> bytes:
    """Return JSON in UTF-8 with escapes, as `escaped` does; what is plain ASCII is handed back as it is."""
    return data if data.isascii() and b"\x7f" not in data else escaped(data.decode("utf-8", "surrogatepass")).encode()


def dumps(value: Any, **more: Any) -> str:
    """Return a value as JSON that may be printed. more: for `json.dumps`."""
    return escaped(json.dumps(value, ensure_ascii=False, **more))


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"


class LogLines(logging.Formatter):
    """Lines of the log."""

    def __init__(self, format: str, datefmt: str | None = None) -> None:  # names that `logging.config` passes them by
        super().__init__(format, datefmt)

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as text for people."""
        return safe(super().format(record))


def put(out: TextIO, data: bytes) -> None:
    """Write what is made for programs (a patch, a page) as it is to a file or a pipe, and as `safe` text to a terminal."""
    if out.isatty():
        out.write(safe(data.decode("utf-8", "surrogateescape")))
    else:
        out.buffer.write(data)
    out.flush()


class Printed:
    """A stream of text for people; what is written to its `buffer` is not looked at."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text that steers no terminal."""
        return self._stream.write(safe(text))

    def writelines(self, lines: Any) -> None:
        """Write several such texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
