"""Paths of requests, with their ids shortened, so that what follows an id is seen on one line."""

from __future__ import annotations

import re

_ID = re.compile(
    r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}|(?<![A-Za-z0-9])(?=[A-Za-z]*\d)[A-Za-z0-9]{16,}", re.ASCII
)
_CALL = re.compile(r"(?:DELETE|GET|HEAD|PATCH|POST|PUT) /\S*")

HEAD, TAIL = 5, 4
"""Characters of an id that are kept at its beginning and its end."""


def brief_path(path: str) -> str:
    """Return a path in which each id of 16 or more letters and digits is shortened: `/v1/threads/thread_57O8y…8Ot1/runs`."""
    return _ID.sub(lambda found: f"{found[0][:HEAD]}…{found[0][-TAIL:]}", path)


def brief_call(text: str) -> str:
    """Return a text that begins with a method and a path with that path shortened; other texts unchanged."""
    found = _CALL.match(text)
    return brief_path(found[0]) + text[found.end() :] if found else text
