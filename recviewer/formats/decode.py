"""From a file's bytes to a JSON document, or to a reason why not, for people.

Two decoders: orjson for nearly every file, and the standard library's for what orjson refuses and where numbers must
keep their source text. What has no certain meaning is `Unreadable`; what has one but should not occur (byte order mark,
carriage returns, duplicate keys, NaN, lone surrogates) is read and reported as a `Problem`.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from typing import Any

import orjson

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.encode import SourceFloat, nesting
from recviewer.exchange.model import Json, Problem
from recviewer.formats import halves

DEPTH_LIMIT = 254
"""Documents nested deeper than this are refused, as orjson cannot write them. Real recordings nest about 20 deep."""

BOM = b"\xef\xbb\xbf"
_CONFLICT = re.compile(rb"^(<{7}|={7}|>{7})( |\r?$)", re.MULTILINE)
_LFS = b"version https://git-lfs.github.com/spec/"
_DIGITS_LIMIT = 4300
CUT = 200
"""Characters of the value of a duplicate key that a problem shows."""


WEIGHT_LIMIT = 256 * 1024 * 1024
"""Estimated bytes of memory, by `weight`, that a decoded document may take. Real recordings of 2 MB weigh 10 MB."""


class Unreadable(Exception):
    """The bytes are not a recording. The message is a sentence for people, without a full stop."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A document and the problems of its bytes. has_halves: it contains lone surrogates."""

    document: Json
    problems: tuple[Problem, ...] = ()
    has_halves: bool = False


def weight(data: bytes) -> int:
    """Return an upper estimate of the memory in bytes that a decoded document takes, without decoding it.

    Counts JSON punctuation: Python takes 200 bytes for an object with a key, 90 for a list, 60 for a value. Punctuation
    inside texts is counted too, which overestimates texts.
    """
    return 3 * len(data) + 200 * data.count(b"{") + 90 * data.count(b"[") + 60 * data.count(b",")


EFFORT_LIMIT = 3_000_000
"""Most `effort` of a file that is compared with another: one or two seconds of processor time for both. The largest
real recordings, of 2 MB, reach 740,000.
"""


def effort(data: bytes) -> int:
    """Return an estimate of the work that a document causes, without decoding it, in units of about a third of a
    microsecond.

    Objects cost most, then keys, then items; for YAML, each line, each mark before a value, since its parser makes an event
    of each, and each alias, which may stand for a whole exchange.
    Punctuation inside texts is counted too.
    """
    told = 30 * data.count(b"{") + 5 * data.count(b'":') + 3 * data.count(b",")
    if data[:64].lstrip()[:1] in (b"{", b"["):
        return told
    values = 5 * data.count(b",") + 8 * (data.count(b"- ") + data.count(b": ") + data.count(b"["))
    return told + values + 60 * data.count(b"\n") + (800 * len(_ALIAS.findall(data)) if b"&" in data else 0)


def takes_over(data: bytes, limit: int) -> bool:
    """Tell whether a document's `effort` is over a limit. For most documents a cheap upper bound decides."""
    if data[:64].lstrip()[:1] in (b"{", b"[") and 30 * data.count(b"{") + 3 * len(data) <= limit:
        return False  # a comma is one byte and counts 3; a key has at least two bytes and counts 5
    return effort(data) > limit


_ALIAS = re.compile(rb"[\s,\[]\*[0-9A-Za-z_-]")


HEAVY_BYTES = 8 * 1024 * 1024
"""Files of this size or more are heavy whatever they contain. The largest real recordings have 2 MB."""

_HEAVIEST = 203
"""Upper bound of `weight` per byte of a document."""

UNWEIGHED = WEIGHT_LIMIT // _HEAVIEST
"""Files up to this size cannot exceed WEIGHT_LIMIT, so they need not be weighed."""

HALVES = "half of a surrogate pair stands alone in a string"


def decode(data: bytes, *, exact: bool = False) -> Decoded:
    """Decode a file's bytes.

    exact: every float prints as it was written, as a `SourceFloat` if needed; slower, used for display. Integers are
    always exact. Surrogate pairs split between elements of the recorded body are joined. Raises Unreadable, and nothing
    else, whatever the bytes are.
    """
    if len(data) > UNWEIGHED and weight(data) > WEIGHT_LIMIT:
        raise Unreadable(
            f"so many values that they might take {weight(data) // 1_000_000:,} MB of memory, "
            f"more than the {WEIGHT_LIMIT // 1_000_000:,} MB that a recording may"
        )
    decoded = as_written(data, exact=exact)
    if not decoded.has_halves:
        return decoded
    document = decoded.document
    response = document.get("response") if isinstance(document, dict) else None
    body = response.get("body") if isinstance(response, dict) else None
    if isinstance(body, list):
        halves.join(body)
        if not halves.has_half(document):
            return Decoded(document, decoded.problems)
    return Decoded(halves.spelled(document), (*decoded.problems, Problem("file", HALVES)))


def as_written(data: bytes, *, exact: bool = False) -> Decoded:
    """Decode a JSON text as `decode` does, but keep lone surrogates."""
    if b"\r" not in data:
        try:
            document = orjson.loads(data)
        except ValueError:
            return _decode_carefully(data, exact=exact)
        if _keeps_numbers(data, document) if exact else _is_certain(data, document):
            return Decoded(document)
    return _decode_carefully(data, exact=exact)


_EXPONENT = re.compile(rb"[ \[:,\n-]\d+(?:\.\d+)?[eE]")


def _keeps_numbers(data: bytes, document: Json) -> bool:
    """Tell whether every float prints as it was written, because re-encoding the document gives the same bytes.

    orjson and Python write the same digits, except for exponents (`1e-5`, `1e-05`).
    """
    try:
        again = orjson.dumps(document, option=_AS_RECORDED)
    except TypeError:  # deeper than orjson can write
        return False
    return _is_written_as(again, data) and _EXPONENT.search(data) is None


_AS_RECORDED = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE


def has_exponent(data: bytes) -> bool:
    """Tell whether a text may contain a number with an exponent, which can be written in many ways."""
    return _EXPONENT.search(data) is not None


def is_as_recorded(data: bytes, document: Json) -> bool:
    """Tell whether encoding a document as the recorder does gives its file, except for escaped characters."""
    try:
        return _is_written_as(orjson.dumps(document, option=_AS_RECORDED), data)
    except TypeError:  # deeper than orjson can write
        return False


def _is_certain(data: bytes, document: Json) -> bool:
    r"""Tell whether orjson certainly read everything: no duplicate keys, no integers beyond 64 bits, not too deep.

    Nearly all real files are reproduced byte for byte by encoding again, which proves it. For the others: a closing
    quote is followed by a colon only after a key, so `":` counts the keys; inside a string it is `\":` on both sides.
    Documents that write either differently are left to the careful decoder.
    """
    try:
        if data[1:2] not in b"\n " and orjson.dumps(document) == data:  # the layout of most stream elements
            return True
        again = orjson.dumps(document, option=_AS_RECORDED)
    except TypeError:  # deeper than orjson can write
        return False
    if _is_written_as(again, data):
        return True
    if b"\\u0022" in data or _ODD_KEY.search(data) or data.count(b'":') != again.count(b'":'):
        return False
    return not _has_long_integer(data)


_BACKSLASH = ord("\\")
ESCAPES_MOST = 500
"""Most escaped characters in a file that is compared with its re-encoding."""


def _is_written_as(again: bytes, data: bytes) -> bool:
    r"""Tell whether a file equals its re-encoding byte for byte, except for characters escaped as `\u`.

    `\\u00e9` is the same letter and ends no string; escaped ASCII characters might, and prove nothing.
    """
    if again == data:
        return True
    made: list[bytes] = []
    at, found = 0, data.find(b"\\u")
    for _ in range(ESCAPES_MOST):
        if found < 0:
            return bool(made) and b"".join([*made, data[at:]]) == again
        if _is_escaped(data, found):
            found = data.find(b"\\u", found + 2)
            continue
        code, end = int(data[found + 2 : found + 6], 16), found + 6
        if 0xD800 <= code < 0xDC00:  # orjson accepts no lone surrogates
            code, end = 0x10000 + (code - 0xD800) * 0x400 + int(data[end + 2 : end + 6], 16) - 0xDC00, end + 6
        if code < 0x80:
            return False
        made += (data[at:found], chr(code).encode())
        at, found = end, data.find(b"\\u", end)
    return False


def _is_escaped(data: bytes, place: int) -> bool:
    """Tell whether a backslash is itself escaped by another one."""
    before = place
    while data[before - 1] == _BACKSLASH:  # a document does not start with a backslash
        before -= 1
    return (place - before) % 2 == 1


_ODD_KEY = re.compile(rb'"[ \n\t]:')
"""White space before a colon: like an escaped quote, it would make counting `":` miss a key."""

_MANY_DIGITS = b"0" * 19
_DIGITS_ONLY = bytes(48 if 48 <= byte <= 57 else 32 for byte in range(256))


def _has_long_integer(data: bytes) -> bool:
    """Tell whether there are 19 or more consecutive digits that do not follow a decimal point."""
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
    hidden: list[tuple[str, Json]] = []
    odd: list[str] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(items)
        if len(made) != len(items):
            seen: set[str] = set()
            repeated.extend(key for key, _ in items if key in seen or seen.add(key))  # type: ignore[func-returns-value]
            last = {key: place for place, (key, _) in enumerate(items)}
            hidden.extend((key, value) for place, (key, value) in enumerate(items) if last[key] != place)
        return made

    def constant(name: str) -> float:
        odd.append(name)
        return SourceFloat(name)

    try:
        document = json.loads(
            text,
            object_pairs_hook=pairs,
            parse_constant=constant,
            parse_int=_integer,
            parse_float=SourceFloat if exact else _float,
        )
    except RecursionError:
        raise Unreadable(f"nested deeper than {DEPTH_LIMIT} levels") from None
    except ValueError as error:
        raise Unreadable(_why_not_json(text, error)) from None
    if repeated:
        names = ", ".join(dict.fromkeys(repeated))
        before = ", ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in hidden)
        what = f"keys given twice, the last one counts: {_cut(names)}; before it stood {_cut(before)}"
        problems.append(Problem("file", what))
    if odd:
        names = ", ".join(dict.fromkeys(odd))
        problems.append(Problem("file", f"numbers that JSON does not have: {names}"))
    return Decoded(document, tuple(problems), "\\u" in text and halves.has_half(document))


def _cut(text: str) -> str:
    """Return a readable text; a truncated one gets a digest, so that it still differs from every other."""
    if len(text) <= CUT:
        return text
    return f"{text[:CUT]}… ({hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]})"


def _integer(digits: str) -> int | SourceFloat:
    """Read an integer of any length; beyond Python's digit limit it becomes a float that keeps its text."""
    return int(digits) if len(digits) <= _DIGITS_LIMIT else SourceFloat(digits)


def _float(text: str) -> float:
    """Read a float; one that overflows keeps its text."""
    value = float(text)
    return value if math.isfinite(value) else SourceFloat(text)


def _text_of(data: bytes, problems: list[Problem]) -> str:
    """Decode bytes to text, reporting a byte order mark and carriage returns. Raises Unreadable."""
    if not data.strip():
        raise Unreadable("the file is empty" if not data else "the file holds only white space")
    if data.startswith(_LFS):
        raise Unreadable("a git-lfs pointer: the content was not fetched (run `git lfs pull`)")
    if data.startswith(BOM):
        problems.append(Problem("file", "starts with a byte order mark"))
        data = data[len(BOM) :]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable("UTF-16 text, where UTF-8 was expected: save it as UTF-8")
    if b"\0" in data[:8192]:
        raise Unreadable("a binary file, not JSON text")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":
            raise Unreadable(_cut_off(data.decode("utf-8", "replace"))) from None
        raise Unreadable(f"not UTF-8 text: byte 0x{data[error.start]:02x} at offset {error.start:,}") from None
    if "\r" in text:
        problems.append(Problem("file", "has carriage returns (CRLF line ends)"))
    if nesting(data, limit=DEPTH_LIMIT) > DEPTH_LIMIT:
        raise Unreadable(f"nested deeper than {DEPTH_LIMIT} levels")
    return text


_BEGUN = re.compile(r"-?|t|tr|tru|f|fa|fal|fals|n|nu|nul|\.|[eE][+-]?|\\?u?[0-9a-fA-F]{0,4}")
"""What a document truncated in the middle of a word, a number or an escape may end with."""

_FAULTS = {
    "Extra data": "more text after the end",
    "Expecting value": "a value was expected",
    "Expecting ',' delimiter": "a comma or a closing bracket was expected",
    "Expecting ':' delimiter": "a colon was expected behind a key",
    "Expecting property name enclosed in double quotes": "a key in double quotes was expected",
    "Invalid control character at": "a line break or control character inside a string",
    "Invalid \\escape": "an unknown escape in a string",
    "Invalid \\uXXXX escape": "an incomplete \\u escape in a string",
}


def _why_not_json(text: str, error: ValueError) -> str:
    if _CONFLICT.search(text.encode("utf-8", "surrogatepass")):
        return "merge conflict markers: the file was committed or left in the middle of a merge"
    if not isinstance(error, json.JSONDecodeError):
        return f"not JSON: {error}"
    if text.lstrip()[:1] in ("{", "[", '"') and _ended(text, error):
        return _cut_off(text)
    fault = next((said for msg, said in _FAULTS.items() if error.msg.startswith(msg)), error.msg.lower())
    return f"not JSON: {fault} in line {error.lineno:,}, column {error.colno:,}"


def _ended(text: str, error: json.JSONDecodeError) -> bool:
    """Tell whether the error is that the text ends too early."""
    if error.msg.startswith("Unterminated string"):
        return True
    return error.msg != "Extra data" and _BEGUN.fullmatch(text[error.pos :].rstrip()) is not None


def _cut_off(text: str) -> str:
    last = text.rstrip().count("\n") + 1
    return f"cut off in the middle: the text ends in line {last:,}"
