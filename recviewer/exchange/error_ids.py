"""Trace and request ids in the texts of errors: generated anew for each response, so they do not count as text."""

from __future__ import annotations

import re

from recviewer.exchange.model import Json

_UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"
_NAMES = "request|trace|correlation|activity|operation|span"
_LOOKS_MADE = r"(?=[\w-]*(?:\d[A-Za-z]+\d|(?<![A-Za-z])\d{6}))"
"""A digit behind letters behind a digit, or six digits: names that people choose, such as `delete_user_2`, have neither."""

_NAMED_ID = rf"(?i:\b(?:{_NAMES})[ _-]?id\b['\"]?\s*[:=]?\s*['\"]?){_LOOKS_MADE}[\w-]{{6,}}"
_MADE_ID = r"\b(?:req|chatcmpl|resp|msg|call|trace|run)[_-](?=[\w-]*\d[A-Za-z]+\d)[0-9A-Za-z_-]{8,}"
_IDS = re.compile(f"(?P<named>{_NAMED_ID})|{_UUID}|{_MADE_ID}")
_TAIL = re.compile(r"[\w-]+$")
_KEYS = frozenset({"requestid", "traceid", "correlationid", "activityid", "spanid", "eventid"})


def without_ids(value: Json) -> Json:
    """Return an error's value with each trace or request id replaced by `#`, inside texts and at keys that name one."""
    if type(value) is str:
        return _IDS.sub(lambda found: _TAIL.sub("#", found[0]) if found["named"] else "#", value)
    if type(value) is dict:
        return {
            key: "#" if type(item) is str and item and _holds_id(key) else without_ids(item)
            for key, item in value.items()
        }
    return [without_ids(item) for item in value] if type(value) is list else value


def _holds_id(key: str) -> bool:
    return key.lower().replace("_", "").replace("-", "") in _KEYS
