"""Generated values in a reply that OGX's recorder should have replaced by fixed ones, but did not.

It writes `rec-` and twelve digits of the request's hash for ids, 0 for times and durations, and the year 1970 for dates
(`_normalize_response` in `api_recorder.py`, since October 2025), if the reply is a typed value of a client that it
knows.
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
"""Bytes of a reply that are searched: ids and times are near its start, and in every chunk of a stream."""


def made_anew(data: bytes) -> str:
    """Return what a reply contains that will differ in its next recording, "" if nothing; texts are not considered.

    data: the bytes of an OGX recording. JSON inside a text has a backslash before each quotation mark.
    """
    start = data.find(b'"response"')
    found = _PLACES.search(data, start, start + _LOOKED_AT) if start >= 0 else None
    return _WORDS[found.lastgroup or ""] if found else ""
