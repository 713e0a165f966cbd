"""From a recorded HTTP exchange in its normal form to the document that formats read.

What differs at each recording without meaning is left out of the document: see `headers`. Credentials are replaced by a
mark: see `credentials`.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from recviewer.exchange.model import Json, Problem
from recviewer.formats import sse
from recviewer.formats.decode import Decoded, Unreadable, decode, weight
from recviewer.formats.framing import frame, is_by_line
from recviewer.recorders import credentials, event_stream
from recviewer.recorders.forms import without_boundary
from recviewer.recorders.headers import counted, marked_in, passed_over, text_of
from recviewer.recorders.packing import BadPacking, streams

BODY_LIMIT = 16_000_000
"""Most bytes of a decompressed body."""

STREAMS_LIMIT = 10_000
"""Most concatenated streams in a compressed body: each takes some time, whatever it holds."""

BODIES_WEIGHT = 128 * 1024 * 1024
"""Most `weight` of all decompressed bodies of a file: its own size says nothing about it."""


@dataclass(slots=True)
class HttpExchange:
    """One exchange, whatever its recorder. Bodies: text, bytes, a JSON value parsed by the recorder, or None.

    more: the recorder's other meaningful data, by location; all of it counts. problems: anomalies of the file. notes:
    what the recorder changed, as sentences. is_stream: whether the answer was streamed, None to derive it from its
    bytes.
    """

    method: str
    url: str
    request_headers: Mapping[str, Json] = field(default_factory=dict)
    request_body: object = None
    status: int | None = None
    response_headers: Mapping[str, Json] = field(default_factory=dict)
    response_body: object = None
    more: Mapping[str, object] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    is_stream: bool | None = None

    @property
    def asked(self) -> Json:
        """What distinguishes it from other exchanges of its file, without headers."""
        body = self.request_body
        if isinstance(body, bytes):
            body = base64.b64encode(body).decode()
        return [self.method.upper(), credentials.in_url(self.url), jsonable(body)]


def document_of(exchange: HttpExchange, *, exact: bool = False) -> Decoded:
    """Return the document. exact: keep floats as written, and include `shown`, which is for display and does not count."""
    problems = list(exchange.problems)
    asking, asked = without_boundary(exchange.request_headers, exchange.request_body)
    request: dict[str, Json] = {
        "method": exchange.method.upper(),
        "url": credentials.in_url(exchange.url),
        "headers": counted(asking, is_request=True),
    }
    sent = _opened(asked, "request.body", problems, exact)
    if sent is not None:
        sent = credentials.in_request(sent)
        request["body"] = sent if isinstance(sent, dict) else {_kind_of(sent): sent}
    for where, body, headers in (
        ("request.body", exchange.request_body, exchange.request_headers),
        ("response.body", exchange.response_body, exchange.response_headers),
    ):
        packing = unopened(body, headers)
        if packing:
            problems.append(f"{where}: compressed by {packing}, which cannot be opened here; its bytes are kept")
    given = _opened(exchange.response_body, "response.body", problems, exact)
    response: dict[str, Json] = {
        "status": exchange.status,
        "body": credentials.in_reply(given),
        "is_streaming": _is_stream(exchange, given),
    }
    headers = counted(exchange.response_headers)
    if headers:
        response["headers"] = headers
    if exchange.status is None:
        del response["status"]
    document: dict[str, Json] = {"request": request, "response": response}
    more = {key: value for key, value in exchange.more.items() if value not in ({}, None)}
    if more:
        document["recorder"] = credentials.in_any(jsonable(more))
    if exact:
        document["shown"] = _shown(exchange)
    return Decoded(document, tuple(Problem("file", problem) for problem in problems))


def _shown(exchange: HttpExchange) -> dict[str, Json]:
    """Return details for display that do not count: see `Shown`."""
    sides = (("request", exchange.request_headers), ("reply", exchange.response_headers))
    marked = [f"{name.lower()} of the {side}" for side, headers in sides for name in marked_in(headers)]
    more = f" and {len(marked) - 6:,} more" if len(marked) > 6 else ""
    notes = [*exchange.notes, *([f"marks stand in place of {', '.join(marked[:6])}{more}"] if marked else [])]
    return {"notes": notes, "headers": passed_over(exchange.request_headers)}


def _kind_of(sent: Json) -> str:
    return "(text)" if isinstance(sent, str) else "(value)"


def _is_stream(exchange: HttpExchange, body: Json) -> bool:
    if exchange.is_stream is not None:
        return exchange.is_stream
    if isinstance(body, str):
        return _is_text_of_stream(body)
    return (
        isinstance(body, list)
        and bool(body)
        and ("streamgeneratecontent" in exchange.url.lower() or _is_events(exchange.response_body))
    )


def _is_text_of_stream(text: str) -> bool:
    """Tell whether `framing.frame` will split a text, judged by its start; that happens when it is read."""
    begun = text.removeprefix("\ufeff").lstrip(" \t\r\n")
    if sse.is_stream(begun):
        return True
    if not begun.startswith("{"):
        return begun.startswith("[") and isinstance(frame(text).body, list)
    try:
        _, end = json.JSONDecoder().raw_decode(begun)
    except (ValueError, RecursionError):
        return False
    return bool(begun[end:].strip()) and isinstance(frame(begun[:end]).body, dict)


def _is_events(body: object) -> bool:
    return isinstance(body, bytes) and event_stream.is_stream(_inflated(body, []))


def _opened(body: object, where: str, problems: list[str], exact: bool) -> Json:
    """Return a body as a parsed value if it is JSON, as text if it is text, else as base64."""
    if isinstance(body, (dict, list)):
        return jsonable(body)
    if isinstance(body, bytes):
        data = _inflated(body, problems)
        if event_stream.is_stream(data):
            found: list[str] = []
            value = event_stream.elements(data, found, exact=exact)
            problems += [f"{where}: {what}" for what in found]
            return value
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(data).decode()}
        return _of_text(text, where, problems, exact)
    if isinstance(body, str):
        return _of_text(body, where, problems, exact)
    return None if body is None else str(body)


def _of_text(text: str, where: str, problems: list[str], exact: bool) -> Json:
    if not text:
        return None if where.startswith("request") else ""
    if text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        begun = text.strip("\ufeff \t\r\n")
        if is_by_line(begun):
            return text
        data = begun.encode("utf-8", "surrogatepass")
        try:
            decoded = decode(data, exact=exact)
        except Unreadable:
            return text
        problems += [f"{where}: {problem.what}" for problem in decoded.problems if "carriage" not in problem.what]
        if isinstance(decoded.document, dict) and decoded.document.keys() == {"base64"}:
            problems.append(f"{where}: an object that looks like the form in which bytes are kept here")
        return decoded.document
    return text


def unopened(body: object, headers: Mapping[str, Json]) -> str:
    """Return the compression of a body that cannot be decompressed, else "". Brotli is recognized by headers only."""
    if not isinstance(body, bytes):
        return ""
    if body.startswith(_ZSTANDARD):
        return "Zstandard"
    told = next((value for name, value in headers.items() if name.lower() == "content-encoding"), "")
    if "br" not in re.split(r"[^a-z]+", text_of(told).lower()):
        return ""
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return "Brotli"
    return ""


_ZSTANDARD = b"\x28\xb5\x2f\xfd"


def _inflated(data: bytes, problems: list[str]) -> bytes:
    """Decompress bytes, recognized by their signature; a header may describe compression that was already undone."""
    if data[:2] == b"\x1f\x8b":
        bits = zlib.MAX_WBITS | 16
    elif data[:1] == b"\x78" and data[1:2] in (b"\x01", b"\x9c", b"\xda"):
        bits = zlib.MAX_WBITS
    else:
        return data
    limit = min(BODY_LIMIT, _left() // 3)
    try:
        made = streams(data, data[:2], bits, limit, most=STREAMS_LIMIT)
    except zlib.error:
        problems.append("a compressed body that cannot be opened")
        return data
    except BadPacking:
        problems.append("a compressed body of too many parts to be opened")
        return data
    if len(made.content) > limit or not _may_weigh(weight(made.content)):
        problems.append("a compressed body that is too large to be opened")
        return data
    if not made.is_whole:
        problems.append("a compressed body that is cut off")
        return made.content
    if made.end < len(data):
        told = hashlib.sha256(data[made.end :]).hexdigest()[:16]
        problems.append(f"more bytes behind the end of a compressed body: {len(data) - made.end:,} ({told})")
    return made.content


_file = threading.local()
"""weight_left: what the bodies of the file that this thread reads may still weigh, None if it reads a single exchange."""


@contextmanager
def bounded_bodies() -> Iterator[None]:
    """Limit what the compressed bodies of all exchanges that this thread reads meanwhile may weigh together."""
    before = getattr(_file, "weight_left", None)
    _file.weight_left = BODIES_WEIGHT
    try:
        yield
    finally:
        _file.weight_left = before


def _left() -> int:
    left = getattr(_file, "weight_left", None)
    return BODIES_WEIGHT if left is None else left


def _may_weigh(weighs: int) -> bool:
    """Tell whether a decompressed body may take so much memory, and if so, subtract it from what is left."""
    left = _left() - weighs
    if left >= 0 and getattr(_file, "weight_left", None) is not None:
        _file.weight_left = left
    return left >= 0


def jsonable(value: object) -> Json:
    """Return a value with bytes as base64."""
    if isinstance(value, dict):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [jsonable(item) for item in value]
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            return {"base64": base64.b64encode(value).decode()}
    return value if isinstance(value, (str, int, float, bool)) or value is None else str(value)


def extra_fields(
    held: object, *known: str, texts: Collection[str] = (), numbers: Collection[str] = ()
) -> dict[str, object]:
    """Return an object's values other than some keys: those that were read, and those without meaning.

    texts, numbers: keys of which only a text or an integer was read; values of other types are returned.
    """
    if not isinstance(held, dict):
        return {} if held is None else {"(no object)": held}
    read = dict.fromkeys(texts, str) | dict.fromkeys(numbers, int)
    return {
        key: value
        for key, value in held.items()
        if (value is not None and not isinstance(value, read[key]) if key in read else key not in known)
    }


def says_its_number(phrase: object, status: object) -> bool:
    """Tell whether a status phrase is missing or the standard one, so that it has no meaning of its own."""
    usual = HTTPStatus(status).phrase if isinstance(status, int) and status in _NUMBERS else ""
    return phrase in (None, "") or (isinstance(phrase, str) and phrase.lower() == usual.lower())


_NUMBERS = frozenset(HTTPStatus)


def listed(pairs: object) -> dict[str, Json]:
    """Return headers of any notation: an object of texts or lists, a list of pairs, or a list of lines.

    A repeated name has all its values. Entries that are not a header are under the name `ODD`.
    """
    if isinstance(pairs, dict):
        return {str(name): jsonable(value) for name, value in pairs.items()}
    found: dict[str, list[Json]] = {}
    for one in pairs if isinstance(pairs, list) else [pairs] if pairs else []:
        if isinstance(one, dict) and isinstance(one.get("name"), str):
            found.setdefault(one["name"], []).append(jsonable(one.get("value")))
            more = {
                key: value for key, value in one.items() if key not in ("name", "value") and value not in ("", None)
            }
            if more:
                found.setdefault(ODD, []).append(jsonable({one["name"]: more}))
        elif isinstance(one, str) and _LINE.match(one):
            name, _, value = one.partition(":")
            found.setdefault(name, []).append(value.strip())
        elif isinstance(one, (list, tuple)) and len(one) == 2 and isinstance(one[0], str):
            found.setdefault(one[0], []).append(jsonable(one[1]))
        else:
            found.setdefault(ODD, []).append(credentials.in_any(jsonable(one)))
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


ODD = "(no header)"
"""The name for entries among headers that are not headers."""

_LINE = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:")


def first_text(values: Iterable[object]) -> str:
    """Return the first text among some values, "" if there is none."""
    return next((value for value in values if isinstance(value, str)), "")
