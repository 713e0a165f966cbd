"""From a file's bytes to a JSON document, or a reason that a person understands.

Two decoders: orjson for nearly every file, and the standard library's where orjson refuses or where numbers must keep
their source text. What a recording cannot mean with certainty is `Unreadable`; what it can mean but should not contain
(byte order mark, carriage returns, keys given twice, NaN, lone surrogates) is read and named as a `Problem`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

import orjson

from recviewer.exchange.model import Json, Problem

DEPTH_LIMIT = 900
"""Nesting deeper than this is refused. Real recordings nest about 20 deep; orjson and Python give up near 1,000."""

BOM = b"\xef\xbb\xbf"
_CONFLICT = re.compile(rb"^(<{7}|={7}|>{7})( |\r?$)", re.MULTILINE)
_LFS = b"version https://git-lfs.github.com/spec/"
_DIGITS_LIMIT = 4300


class Unreadable(Exception):
    """The bytes are no recording. The message is a sentence for a person, without a final full stop."""


class SourceFloat(float):
    """A float that remembers how it was written; `str()` and `repr()` give the recorded text."""

    text: str

    def __new__(cls, text: str) -> SourceFloat:
        """Make the number from its JSON text."""
        made = super().__new__(cls, text)
        made.text = text
        return made

    def __repr__(self) -> str:
        return self.text

    __str__ = __repr__


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document and what was wrong with its bytes."""

    document: Json
    problems: tuple[Problem, ...] = ()


def decode(data: bytes, *, exact: bool = False) -> Decoded:
    """Decode a file's bytes.

    exact: keep each float's source text (`SourceFloat`); about ten times slower, for what is shown to people.
    Integers are exact in either mode. Raises Unreadable, and nothing else, whatever the bytes are.
    """
    if not exact and b"\r" not in data:
        try:
            document = orjson.loads(data)
        except ValueError:
            return _decode_carefully(data, exact=exact)
        if _is_certain(data, document):
            return Decoded(document)
    return _decode_carefully(data, exact=exact)


_AS_RECORDED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def _is_certain(data: bytes, document: Json) -> bool:
    r"""Tell whether orjson surely read all there is: no key given twice, no integer beyond 64 bits.

    Seven of eight real files come out byte for byte when written again, which settles it. For the others: a quote that
    ends a string is followed by a colon only after a key, so `":` counts the keys; inside a string it stands as `\":`
    on both sides. Spaces before a colon make the counts differ without need, and then the careful decoder looks.
    """
    if orjson.dumps(document, option=_AS_RECORDED) == data:
        return True
    if data.count(b'":') != orjson.dumps(document).count(b'":'):
        return False
    return not _has_long_integer(data)


_MANY_DIGITS = b"0" * 19
_DIGITS_ONLY = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))


def _has_long_integer(data: bytes) -> bool:
    """Tell whether 19 digits or more stand in a row that is not behind a decimal point."""
    digits = data.translate(_DIGITS_ONLY)
    start = digits.find(_MANY_DIGITS)
    while start >= 0:
        if data[start - 1 : start] != b".":
            return True
        start = digits.find(_MANY_DIGITS, digits.find(b" ", start))
    return False


def _decode_carefully(data: bytes, *, exact: bool) -> Decoded:
    problems: list[Problem] = []
    text = _text_of(data, problems)
    repeated: list[str] = []
    odd: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            seen: set[str] = set()
            repeated.extend(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        return made

    def constant(name: str) -> float:
        odd.append(name)
        return float(name.replace("Infinity", "inf"))

    try:
        document = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=constant,
            parse_int=_integer,
            parse_float=SourceFloat if exact else None,
        )
    except RecursionError:
        raise Unreadable(f"nested deeper than {DEPTH_LIMIT} levels") from None
    except ValueError as error:
        raise Unreadable(_why_not_json(text, error)) from None
    if repeated:
        names = ", ".join(dict.fromkeys(repeated))
        problems.append(Problem("file", f"keys given twice, the last one counts: {names[:200]}"))
    if odd:
        names = ", ".join(dict.fromkeys(odd))
        problems.append(Problem("file", f"numbers that JSON does not have: {names}"))
    if "\\u" in text and _has_lone_surrogate(text):
        problems.append(Problem("file", "half of a surrogate pair stands alone in a string"))
        document = _mend_surrogates(document)
    return Decoded(document, tuple(problems))


def _integer(digits: str) -> int | SourceFloat:
    """Read an integer of any length; beyond Python's limit for digits it is a float that keeps its text."""
    return int(digits) if len(digits) <= _DIGITS_LIMIT else SourceFloat(digits)


def _text_of(data: bytes, problems: list[Problem]) -> str:
    """Decode the bytes to text, naming a byte order mark and carriage returns. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("the file is empty" if not data else "the file holds only white space")
    if data.startswith(_LFS):
        raise Unreadable("a git-lfs pointer: the content was not fetched (run `git lfs pull`)")
    if data.startswith(BOM):
        problems.append(Problem("file", "starts with a byte order mark"))
        data = data[len(BOM) :]
    if b"\0" in data[:8192]:
        raise Unreadable("a binary file, not JSON text")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unreadable(f"not UTF-8 text: byte 0x{data[error.start]:02x} at offset {error.start:,}") from None
    if "\r" in text:
        problems.append(Problem("file", "has carriage returns (CRLF line ends)"))
    if _deepest(data) > DEPTH_LIMIT:
        raise Unreadable(f"nested deeper than {DEPTH_LIMIT} levels")
    return text


_STRUCTURE = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', re.DOTALL)


def _deepest(data: bytes) -> int:
    """Return how deep brackets nest, counting no more than just above the limit."""
    if data.count(b"[") + data.count(b"{") <= DEPTH_LIMIT:
        return 0
    depth = deepest = 0
    for token in _STRUCTURE.finditer(data):
        mark = token[0]
        if mark in b"[{":
            depth += 1
            if depth > deepest:
                deepest = depth
                if deepest > DEPTH_LIMIT:
                    break
        elif mark in b"]}":
            depth -= 1
    return deepest


def _why_not_json(text: str, error: ValueError) -> str:
    if _CONFLICT.search(text.encode("utf-8", "surrogatepass")):
        return "merge conflict markers: the file was committed or left in the middle of a merge"
    if not isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error}"
    ended = error.pos >= len(text.rstrip()) - 1 and error.msg != "Extra data"
    cut = ended or error.msg.startswith("Unterminated string")
    start = text.lstrip()[:1]
    if cut and start in ("{", "[", '"'):
        return f"cut off in the middle: the text ends in line {text.count(chr(10)) + 1:,}"
    return f"not JSON: {error.msg.lower()} in line {error.lineno:,}, column {error.colno:,}"


_SURROGATE = re.compile("[\ud800-\udfff]")


def _has_lone_surrogate(text: str) -> bool:
    try:
        decoded = json.loads(text)
        json.dumps(decoded, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return True
    except (ValueError, RecursionError):
        return False
    return False


def _mend_surrogates(value: Json) -> Json:
    """Return the value with each lone surrogate shown as its escape, so that it can be stored and sent."""
    if isinstance(value, str):
        return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", value)
    if isinstance(value, list):
        return [_mend_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_mend_surrogates(key): _mend_surrogates(item) for key, item in value.items()}
    return value
