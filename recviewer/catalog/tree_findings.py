"""Findings in the whole tree, which a separate process writes to the data folder whenever the catalog has changed.

Comparing all recordings with each other takes seconds, so no page and no indexing run waits for it. A finding is valid
as long as its recording is in the catalog with the bytes that were checked; what has changed since is reported as not
checked yet.
"""

from __future__ import annotations

import hashlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max, Q

from recviewer.bounded.cache import Recent
from recviewer.catalog.models import IndexRun, Recording
from recviewer.catalog.state import current_state, rename_state
from recviewer.formats.version import reader_version
from recviewer.used import stored_runs

log = logging.getLogger(__name__)

_PROCESS = "recviewer.checking.whole_tree"
_PAUSE_SECONDS = 10
"""Pause after a failed check before the next one starts."""

_looking = threading.Lock()
_last_failed = 0.0
_trouble = ""


class NoticedRow(NamedTuple):
    """A finding. level: red, amber or grey. path, blob: of the recording that was checked.

    says: what is the case, as a clause. identity: identifies the same finding elsewhere. spots: JSON pointers with
    their values. others: keys of other recordings that it concerns, of which there are other_count. is_surplus: see
    `smells.model.Held`.
    """

    rule: str
    level: str
    path: str
    blob: str
    test_id: str
    says: str
    what: str
    identity: str
    line: int
    spots: Sequence[tuple[str, str]]
    others: Sequence[str]
    other_count: int
    is_surplus: bool = False


@dataclass(frozen=True)
class FoundInTree:
    """The findings. state: that of the catalog when it was checked. rules: descriptions by name.

    at: when it was written. rows: the worst first, then by rule and path. ids: the id of each row's recording in the
    catalog, None if it was deleted or has changed.
    """

    state: str
    recordings: int
    rules: dict[str, dict[str, Any]]
    problems: tuple[str, ...]
    rows: tuple[NoticedRow, ...]
    ids: tuple[int | None, ...]
    at: datetime

    @property
    def is_current(self) -> bool:
        """Tell whether nothing was indexed since, and the rules have not changed."""
        return self.state == wanted_state()

    @cached_property
    def standing(self) -> tuple[NoticedRow, ...]:
        """The findings on recordings that have not changed."""
        return tuple([row for row, id in zip(self.rows, self.ids, strict=True) if id is not None])

    @cached_property
    def by_path(self) -> dict[str, tuple[NoticedRow, ...]]:
        """The valid findings, by the path of their recording."""
        found: dict[str, list[NoticedRow]] = {}
        for row in self.standing:
            found.setdefault(row.path, []).append(row)
        return {path: tuple(rows) for path, rows in found.items()}

    @cached_property
    def ids_by_rule(self) -> dict[str, frozenset[int]]:
        """The recordings on which each rule found something, by their ids in the catalog."""
        found: dict[str, set[int]] = {name: set() for name in self.rules}
        for row, id in zip(self.rows, self.ids, strict=True):
            if id is not None:
                found.setdefault(row.rule, set()).add(id)
        return {name: frozenset(some) for name, some in found.items()}


def recordings_with(rule: str) -> frozenset[int] | None:
    """Return the ids of the recordings on which a rule found something; None if the rule was not run."""
    found = current()
    return None if found is None else found.ids_by_rule.get(rule)


def names_by_id(known: Container[str]) -> dict[int, list[str]]:
    """Return, by the id of a recording, the rules that found something on it. known: rules to leave out."""
    found = current()
    names: dict[int, list[str]] = {}
    for rule, ids in found.ids_by_rule.items() if found else ():
        if rule not in known:
            for id in ids:
                names.setdefault(id, []).append(rule)
    return names


def _place() -> Path:
    return Path(settings.DATA_DIR) / "findings.json"


def wanted_state() -> str:
    """Return the state that findings should have now: a digest of the last indexing run, the watched runs and the
    rules' sources.
    """
    wrote = Q(added__gt=0) | Q(changed__gt=0) | Q(removed__gt=0) | Q(finished_at=None)
    newest = IndexRun.objects.filter(wrote).aggregate(newest=Max("id"))["newest"] or 0
    runs = stored_runs.state(Path(settings.DATA_DIR))
    told = f".{hashlib.sha256(repr(runs).encode()).hexdigest()[:16]}" if runs else ""
    return f"{newest}.{reader_version()}.{rules_version()}{told}"


@cache
def rules_version() -> str:
    """Return a digest of the sources of the rules."""
    digest = hashlib.sha256()
    root = Path(__file__).parent.parent
    for name in ("smells", "pairing", "checking", "used"):
        for source in sorted((root / name).rglob("*.py")):
            digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


_read = Recent[tuple[str, int, int, str], FoundInTree](1, once=True)


def current() -> FoundInTree | None:
    """Return the last findings, None if there are none yet."""
    place = _place()
    try:
        seen = place.stat()
    except OSError:
        return None
    key = (str(place), seen.st_mtime_ns, seen.st_ino, current_state())
    try:
        return _read.made(key, lambda: _loaded(place, seen.st_mtime))
    except (OSError, ValueError, KeyError, TypeError) as broken:
        log.warning("what was found cannot be read: %s", broken)
        return None


def _loaded(place: Path, at: float) -> FoundInTree:
    told = orjson.loads(place.read_bytes())
    rows = tuple([NoticedRow(*row) for row in told["found"]])
    wanted = {row.path for row in rows}
    there = {
        path: (id, blob)
        for id, path, blob in Recording.objects.values_list("pk", "path", "blob").iterator(chunk_size=5_000)
        if path in wanted
    }
    ids = tuple([found[0] if (found := there.get(row.path)) and found[1] == row.blob else None for row in rows])
    return FoundInTree(
        told["state"],
        told["recordings"],
        told["rules"],
        tuple(told["problems"]),
        rows,
        ids,
        datetime.fromtimestamp(at, UTC),
    )


def nudge() -> bool:
    """Start a check of the tree in the background if one is due. Returns whether one was started or is in progress."""
    found = current()
    if found is not None and found.is_current:
        return False
    if not settings.REFRESH_IN_BACKGROUND or time.monotonic() - _last_failed < _PAUSE_SECONDS:
        return False
    if _looking.acquire(blocking=False):
        try:
            threading.Thread(target=_look, name="recviewer-findings", daemon=True).start()
        except RuntimeError:
            _looking.release()
            return False
    return True


def trouble() -> str:
    """Return why the last check in this process failed; "" if it did not."""
    return _trouble


def _look() -> None:
    global _last_failed, _trouble
    try:
        look()
        _trouble = ""
    except (OSError, subprocess.SubprocessError, DatabaseError) as error:
        _last_failed = time.monotonic()
        said = error.stderr if isinstance(error, subprocess.CalledProcessError) else b""
        last_line = next(reversed(said.decode("utf-8", "replace").strip().splitlines()), "")
        _trouble = last_line or str(error)
        log.warning("what is odd could not be looked for: %s: %s", error, last_line)
    finally:
        connection.close()
        _looking.release()


def look() -> None:
    """Check the tree now, in a separate process, and wait for it. Raises OSError, SubprocessError."""
    state = wanted_state()
    words = [_PROCESS, str(settings.RECORDINGS_ROOT), str(_place()), state, str(settings.FILE_LIMIT_BYTES)]
    subprocess.run(  # noqa: S603 - this program itself
        [sys.executable, "-m", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        check=True,
    )
    rename_state()
