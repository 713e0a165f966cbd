"""Multipart bodies, whose boundary is made anew for each request. Source: RFC 2046, section 5.1."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import AnyStr

from recviewer.exchange.model import Json
from recviewer.recorders.headers import text_of

BOUNDARY = "(boundary)"
"""Replaces a boundary."""

_TYPE = re.compile(r"multipart/[\w.+-]+\s*;.*?\bboundary=(?:\"([^\"]+)\"|([^\s;,\"]+))", re.IGNORECASE | re.DOTALL)


def without_boundary(headers: Mapping[str, Json], body: object) -> tuple[Mapping[str, Json], object]:
    """Return headers and body of a request with the boundary of a multipart body replaced, in both.

    They are returned unchanged if the body does not begin with the boundary that its header names.
    """
    name = next((name for name in headers if name.strip().lower() == "content-type"), "")
    value = headers.get(name)
    told = text_of(value[0] if isinstance(value, list) and len(value) == 1 else value).strip()
    found = _TYPE.match(told)
    if found is None or not isinstance(body, (str, bytes)):
        return headers, body
    boundary = found[1] or found[2]
    if isinstance(body, bytes):
        made: object = _replaced(body, f"--{boundary}".encode(), f"--{BOUNDARY}".encode(), (b"\r", b"\n"))
    else:
        made = _replaced(body, f"--{boundary}", f"--{BOUNDARY}", ("\r", "\n"))
    if made is None:
        return headers, body
    start, end = found.span(1 if found[1] else 2)
    return {**headers, name: f"{told[:start]}{BOUNDARY}{told[end:]}"}, made


def _replaced(body: AnyStr, old: AnyStr, new: AnyStr, ends: tuple[AnyStr, AnyStr]) -> AnyStr | None:
    """Return a body with a delimiter replaced where it begins a line; None if it does not begin the body."""
    if not body.lstrip().startswith(old) or new in body:
        return None
    pieces = body.split(old)
    made = pieces[:1]
    for piece in pieces[1:]:
        is_delimiter = not made[-1].strip() if len(made) == 1 else made[-1].endswith(ends)
        made += [new if is_delimiter else old, piece]
    return body[:0].join(made)
