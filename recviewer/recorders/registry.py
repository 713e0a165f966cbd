"""Which recorders there are, which paths they claim, and which of them wrote a file. They are discovered by their folder."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Sequence
from functools import cache

from recviewer.recorders import kinds
from recviewer.recorders.contract import Recorder, TellsTest
from recviewer.store.claims import Claims

log = logging.getLogger(__name__)

DEFAULT = "ogx"
"""The recorder that takes what no other one recognizes, so that a broken file shows as one."""


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


def recorder_of(name: str, data: bytes) -> Recorder | None:
    """Return the recorder that wrote a file: one that recognizes its bytes, else OGX where it claims such names.

    name: of the file. None for a file that is no recording, though it lies where recordings lie.
    """
    claiming = _with_name(name[name.rfind(".") :])
    default = next((one for one in claiming if one.name == DEFAULT), None)
    if default is not None and len(claiming) == 1:
        return default
    return next((one for one in claiming if one is not default and _recognizes(one, data)), default)


def _recognizes(recorder: Recorder, data: bytes) -> bool:
    try:
        return recorder.recognizes(data)
    except Exception:
        log.exception("recorder %s failed to recognize a file", recorder.name)
        return False


def read_as(path: str) -> str:
    """Return what of a file's path its reading depends on: its name; the path where its folders tell the test.

    Equal bytes under an equal one are read alike, so that it is part of the key of whatever is kept of them.
    """
    folder, _, name = path.rpartition("/")
    if not folder:
        return name
    folders = [part.encode("utf-8", "surrogatepass") for part in folder.split("/")]
    return path if any(_tells_test(one, folders, name) for one in _telling()) else name


@cache
def _telling() -> tuple[Recorder, ...]:
    return tuple(one for one in recorders() if isinstance(one, TellsTest))


def _tells_test(recorder: Recorder, folders: Sequence[bytes], name: str) -> bool:
    return not recorder.homes.isdisjoint(folders) and name.encode("utf-8", "surrogatepass").endswith(recorder.endings)
