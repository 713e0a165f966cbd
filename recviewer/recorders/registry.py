"""The available recorders, the paths they claim, and which of them wrote a file. They are discovered by their folder."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from recviewer.configuration import env
from recviewer.formats.used_readers import note
from recviewer.recorders import kinds
from recviewer.recorders.contract import KnowsBroken, Matches, Recorder, TellsTest
from recviewer.store.claims import BARE, Claims

if TYPE_CHECKING:
    from recviewer.formats.reading import Matching

log = logging.getLogger(__name__)

DEFAULT = "ogx"
"""The recorder that takes files which no other one recognizes, so that broken files show."""


@cache
def recorders() -> tuple[Recorder, ...]:
    """Return every recorder in `recorders/kinds/`, in order of name."""
    names = sorted(module.name for module in pkgutil.iter_modules(kinds.__path__))
    found = tuple([importlib.import_module(f"{kinds.__name__}.{name}").RECORDER for name in names])
    wanted = named()
    chosen = tuple([one for one in found if wanted in ("", one.name)])
    if not chosen:
        raise env.BadEnvironment(ONE, wanted, f"name one of {', '.join(one.name for one in found)}")
    return chosen


ONE = "RECVIEWER_RECORDER"


def named() -> str:
    """Return the name of the only recorder whose files are read, "" for all: then a file's recorder is guessed."""
    return env.text(ONE)


@cache
def claims() -> Claims:
    """Return the paths claimed by all recorders."""
    if named():
        (one,) = recorders()
        return Claims({}, (*one.endings, *_packed(one)))
    by_home: dict[bytes, tuple[bytes, ...]] = {}
    loose: list[bytes] = []
    for recorder in recorders():
        if not getattr(recorder, "is_at_home_only", False):
            loose += (*recorder.endings, *_packed(recorder))
        for home in recorder.homes:
            by_home[home] = tuple(dict.fromkeys((*by_home.get(home, ()), *recorder.endings, *_packed(recorder))))
        for home in getattr(recorder, "has_bare_names_in", _NONE):
            by_home[home] = tuple(dict.fromkeys((*by_home.get(home, ()), BARE)))
    every = dict.fromkeys(ending for endings in by_home.values() for ending in endings)
    return Claims(by_home, tuple(every), tuple(dict.fromkeys(loose)))


PACKED = b".gz"
"""Suffix of compressed files, after the suffix of their content."""


def _packed(recorder: Recorder) -> tuple[bytes, ...]:
    return () if recorder.name == DEFAULT else tuple([ending + PACKED for ending in recorder.endings])


def recorder_of(name: str, data: bytes) -> Recorder | None:
    """Return `_recorder_of`, and note the recorder."""
    found = _recorder_of(name, data)
    if found is not None:
        note(found)
    return found


def _recorder_of(name: str, data: bytes) -> Recorder | None:
    """Return the recorder that wrote a file: one that recognizes its bytes, else OGX if it claims the place or the
    name.

    name: of the file, or its path if that matters, see `read_as`. None for a file that is not a recording, although it
    is among recordings.
    """
    ending = name.removesuffix(PACKED.decode())
    others, default, is_home = _claiming(ending[ending.rfind(".") :], name[: name.rfind("/") + 1])
    found = next((one for one in others if _recognizes(one, data)), None)
    if found is None and not is_home:
        found = next((one for one in others if _suspects(one, data)), None)
    if found is not None or default is None or is_home:
        return found or default or _taking_all(ending[ending.rfind(".") :], name[: name.rfind("/") + 1])
    is_its_own = getattr(default, "names", None)
    return default if (is_its_own and is_its_own(name.rpartition("/")[2])) or _recognizes(default, data) else None


@lru_cache(maxsize=1024)
def _claiming(ending: str, folder: str) -> tuple[tuple[Recorder, ...], Recorder | None, bool]:
    """Return the recorders to ask about files with such a suffix in a folder, the one that may take unrecognized files,
    and whether it takes all of them because the folder is its home.

    All recorders are asked if none has this suffix.
    """
    if named():
        (one,) = recorders()
        is_home = not folder or not one.homes.isdisjoint(_folders(folder))
        return ((), one, is_home) if one.name == DEFAULT else ((one,), None, False)
    raw = ending.encode("utf-8", "surrogatepass")
    claiming = [one for one in recorders() if raw.endswith(one.endings)] or recorders()
    default = next((one for one in claiming if one.name == DEFAULT), None)
    folders = _folders(folder)
    if claims().are_homes(folders):
        at_home = [one for one in claiming if not one.homes.isdisjoint(folders)]
        default = default if default in at_home else None
        guests = [one for one in claiming if one not in at_home and not getattr(one, "is_at_home_only", False)]
        claiming = at_home if default is not None else [*at_home, *(one for one in guests if one.name != DEFAULT)]
    else:
        claiming = [one for one in claiming if not getattr(one, "is_at_home_only", False)]
    is_home = default is not None and (not folders or not default.homes.isdisjoint(folders))
    return tuple(one for one in claiming if one.name != DEFAULT), default, is_home


@lru_cache(maxsize=1024)
def _taking_all(ending: str, folder: str) -> Recorder | None:
    """Return the recorder that takes every file with this suffix in such a folder, None if there is none."""
    folders, raw = _folders(folder), ending.encode("utf-8", "surrogatepass")
    return next(
        (
            one
            for one in recorders()
            if raw.endswith(one.endings) and not getattr(one, "takes_all_in", _NONE).isdisjoint(folders)
        ),
        None,
    )


_NONE: frozenset[bytes] = frozenset()


def _recognizes(recorder: Recorder, data: bytes) -> bool:
    try:
        return recorder.recognizes(data)
    except Exception:
        log.exception("recorder %s failed to recognize a file", recorder.name)
        return False


def is_recognized(data: bytes) -> bool:
    """Tell whether any recorder recognizes bytes as its own, wherever they are."""
    return any(_recognizes(one, data) for one in recorders())


def _suspects(recorder: Recorder, data: bytes) -> bool:
    try:
        return isinstance(recorder, KnowsBroken) and recorder.suspects(data)
    except Exception:
        log.exception("recorder %s failed to look for its exchanges", recorder.name)
        return False


def read_as(path: str) -> str:
    """Return the part of a path that reading the file depends on: its name; the whole path in a home of other
    recorders; the name after `./` if it is in no home.

    Equal bytes with equal results are read the same, so it is part of cache keys.
    """
    folders = _folders(path)
    if folders and not _others().isdisjoint(folders):
        return path
    name = path[path.rfind("/") + 1 :]
    return name if not _default_homes().isdisjoint(folders) else f"./{name}"


@cache
def _default_homes() -> frozenset[bytes]:
    return frozenset().union(*[one.homes for one in recorders() if one.name == DEFAULT])


@cache
def _others() -> frozenset[bytes]:
    homes = [one.homes for one in recorders() if one.name != DEFAULT]
    return frozenset().union(*homes) - _default_homes()


def _folders(path: str) -> list[bytes]:
    return path.encode("utf-8", "surrogatepass").split(b"/")[:-1]


def told_test(recorder: Recorder, path: str) -> str | None:
    """Return the test id derived from a file's path, None if there is none."""
    return next((test_of(path.removesuffix(".gz")) for one, test_of in _telling() if one is recorder), None)


def matching_of(recorder: Recorder, data: bytes) -> Matching | None:
    """Return how a recorder finds the exchanges of a file at replay, None if unknown."""
    found = next((matching for one, matching in _matching() if one is recorder), None)
    return found(data) if found is not None else None


@cache
def _matching() -> tuple[tuple[Recorder, Callable[[bytes], Matching | None]], ...]:
    return tuple((one, one.matching) for one in recorders() if isinstance(one, Matches))  # cached: isinstance is slow


@cache
def _telling() -> tuple[tuple[Recorder, Callable[[str], str | None]], ...]:
    return tuple((one, one.test_of) for one in recorders() if isinstance(one, TellsTest))  # cached: isinstance is slow
