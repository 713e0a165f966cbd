"""The available formats, and the choice of the one that reads a recording. They are discovered, not listed."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from functools import cache

from recviewer.formats import wire
from recviewer.formats.contract import Format, Match
from recviewer.formats.failure import http_error_of
from recviewer.formats.raw import Raw
from recviewer.formats.used_readers import note

log = logging.getLogger(__name__)


@cache
def formats() -> tuple[Format, ...]:
    """Return every format in `formats/wire/`, in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(wire.__path__))
    return tuple([importlib.import_module(f"{wire.__name__}.{name}").FORMAT for name in names])


_BY_TYPE: dict[str, Format] = {}
"""By type name, the format that claimed it; only one can."""


def choose(raw: Raw) -> Format:
    """Return the format that reads a recording. Always one, because the generic format claims everything."""
    known = _BY_TYPE.get(raw.type_name)
    if known is not None and _claim(known, raw) is Match.TYPE:
        note(known)
        return known
    best, chosen = Match.NO, None
    for format in formats():
        match = _claim(format, raw)
        if match > best and (match is not Match.ENDPOINT or may_be_guessed(raw)):
            best, chosen = match, format
            if match is Match.TYPE:
                _BY_TYPE[raw.type_name] = format
                break
            if match is Match.SHAPE and not raw.type_name:
                break  # no other format can be surer
    assert chosen is not None
    note(chosen)
    return chosen


def _claim(format: Format, raw: Raw) -> Match:
    """Ask a format how sure it is; a format that raises claims nothing."""
    try:
        return format.match(raw)
    except Exception:
        log.exception("format %s failed to match", format.name)
        return Match.NO


def may_be_guessed(raw: Raw) -> bool:
    """Tell whether the endpoint may decide which format reads a recording: only if no reply contradicts it.

    A reply that no format recognizes by type or shape is unknown, whatever endpoint it came from; failures have no
    format.
    """
    return raw.is_empty or raw.is_exception or http_error_of(raw) is not None


def named(name: str) -> Format:
    """Return the format with this name. Raises KeyError if there is none."""
    for format in formats():
        if format.name == name:
            note(format)
            return format
    raise KeyError(name)
