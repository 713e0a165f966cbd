"""What OGX's recorder left in a reply that is another one each time, though it puts fixed values in such places.

It writes `rec-` and twelve digits of the request's hash for ids, 0 for times and durations, and the year 1970 for dates
(`_normalize_response` in `api_recorder.py`, since October 2025), where a reply is a typed value of a client that it knows.
"""

from __future__ import annotations

import re

_ID = (
    rb"(?:chatcmpl(?!-tool-)|cmpl|msg|resp|req|gen|run|v\d)[-_][\w-]{6,}"
    rb"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{24,}"
)
_PLACES = re.compile(
    rb'"(?:'
    rb'id": "(?P<id>' + _ID + rb')"'
    rb'|(?:created|created_at|updated)": (?P<time>"20\d\d-|[1-9]\d{8,})'
    rb'|(?:total|load|eval)_duration": (?P<duration>[1-9]\d*))'
)
_WORDS = {"id": "an id", "time": "a time", "duration": "a duration"}

_LOOKED_AT = 3_000
"""Bytes of a reply: ids and times stand near its beginning, and in a stream in each chunk."""


def made_anew(data: bytes) -> str:
    """Return what stands in a reply that its next recording will not have, "" for nothing; not its words.

    data: the bytes of a recording of OGX's. A text that holds JSON has a backslash before each quotation mark.
    """
    start = data.find(b'"response"')
    found = _PLACES.search(data, start, start + _LOOKED_AT) if start >= 0 else None
    return _WORDS[found.lastgroup or ""] if found else ""
