"""Which recorders there are, which paths they claim, and which of them wrote a file. They are discovered by their folder."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from functools import cache

from recviewer.recorders import kinds
from recviewer.recorders.contract import Recorder
from recviewer.store.claims import Claims

log = logging.getLogger(__name__)


@cache
def recorders() -> tuple[Recorder, ...]:
    """Return every recorder in `recorders/kinds/`, in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    return tuple([importlib.import_module(f"{kinds.__name__}.{name}").RECORDER for name in names])


@cache
def claims() -> Claims:
    """Return which paths recorders claim, all together."""
    by_home: dict[bytes, tuple[bytes, ...]] = {}
    for recorder in recorders():
        for home in recorder.homes:
            by_home[home] = tuple(dict.fromkeys((*by_home.get(home, ()), *recorder.endings)))
    return Claims(by_home, tuple(dict.fromkeys(ending for endings in by_home.values() for ending in endings)))


@cache
def _with_name(name: str) -> tuple[Recorder, ...]:
    """Return the recorders whose files have names that end like this one; all, where none has."""
    raw = name.encode("utf-8", "surrogatepass")
    return tuple(one for one in recorders() if raw.endswith(one.endings)) or recorders()


def recorder_of(name: str, data: bytes) -> Recorder:
    """Return the recorder that wrote a file: one that recognizes its bytes, else the default one.

    name: of the file. The name decides only where a single recorder claims such names.
    """
    ending = name[name.rfind(".") :]
    claiming = _with_name(ending)
    if len(claiming) == 1:
        return claiming[0]
    return next((one for one in claiming if _recognizes(one, data)), _default(claiming))


def _recognizes(recorder: Recorder, data: bytes) -> bool:
    try:
        return recorder.recognizes(data)
    except Exception:
        log.exception("recorder %s failed to recognize a file", recorder.name)
        return False


def _default(claiming: tuple[Recorder, ...]) -> Recorder:
    return next((one for one in claiming if one.name == "ogx"), claiming[0])
