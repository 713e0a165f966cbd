"""Summaries of the ranges in a list: how many changes of each class there are, and how many are decided.

Evaluating a range takes seconds, so no list waits for it: a separate process (`glances_apart`) evaluates one range
after the other and stores the subjects of its changes in the data folder. The verdicts are looked up each time, so that
no number is out of date. The file is signed, like those of `range_files`.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import orjson
from django.conf import settings
from django.db import connection
from django.utils.crypto import salted_hmac

from recviewer.bounded.cache import Recent
from recviewer.changes.agreement import Demand, heard, heeded
from recviewer.changes.model import ORDER
from recviewer.changes.overview import verdict_of
from recviewer.changes.reviewers import rules_of
from recviewer.changes.sources import parse
from recviewer.difference.model import Churn
from recviewer.git import refs
from recviewer.git.repository import GitFailed, Repository
from recviewer.memory import range_files, ranges
from recviewer.review import pairs, standing
from recviewer.review.filters import standings_for
from recviewer.review.standing import words_on

log = logging.getLogger(__name__)

KEPT_BYTES = 20_000_000
"""Maximum size of the file; the ranges that were evaluated first are dropped first."""

SECONDS = 1800
"""Time limit of the process for everything that it was asked for."""

_PROCESS = "recviewer.memory.glances_apart"


class ChangeSubjects(NamedTuple):
    """The subjects of a change. asks: it has to be decided on by itself, as in `Change`. demands: see `Agreement`."""

    churn: str
    is_churn: bool
    asks: bool
    subject: str
    own: str
    demands: tuple[Demand, ...] = ()


@dataclass(frozen=True, slots=True)
class LookedThrough:
    """A range that was evaluated. unseen: recordings in it that could not be read."""

    changes: tuple[ChangeSubjects, ...]
    unseen: int


@dataclass(frozen=True, slots=True)
class Glance:
    """The present summary of a range. classes: how many changes of each, in review order.

    need_you, decided: changes.
    """

    classes: tuple[tuple[Churn, int], ...]
    changes: int
    need_you: int
    decided: int
    unseen: int


_read = Recent[tuple[str, int, int], dict[str, LookedThrough]](1, once=True)
_glances = Recent[tuple[object, ...], Glance](500)
_looking = threading.Lock()
_tried: set[str] = set()


def name_of(repository: Repository, base: str, head: str, said: Iterable[object]) -> str:
    """Return the key under which a range is stored.

    base: the commit that it starts from; said: on pairs, by reviewers.
    """
    told = repr((range_files.version(), os.fsencode(repository.git_dir), base, head, tuple(said)))
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:24]


def of_list(repository: Repository, base: str, asked: Mapping[str, str]) -> tuple[dict[str, Glance], bool]:
    """Return the summaries of some heads, as far as they exist, and whether the others are being computed.

    base: the commit that all are compared with. asked: the range of each head.
    """
    said = pairs.choices()
    names = {head: name_of(repository, base, head, said) for head in asked}
    known = _known()
    state = standing.state()
    found = {}
    for head, name in names.items():
        if name in known:
            found[head] = _glances.made((name, state), partial(glance, known[name]))
    missing = {names[head]: spec for head, spec in asked.items() if head not in found}
    return found, _nudge(missing)


def glance(looked: LookedThrough) -> Glance:
    """Return the summary of a range with the present verdicts."""
    subjects = {subject for one in looked.changes for subject in (one.subject, one.own) if subject}
    verdicts = {subject: stand.state for subject, stand in standings_for(sorted(subjects)).items()}
    asked = [one for one in looked.changes if one.demands]
    said = words_on([subject for one in asked for subject in (one.subject, one.own) if subject]) if asked else {}
    open_ = [one for one in looked.changes if _is_open(one, verdicts, said)]
    counts = Counter(one.churn for one in looked.changes)
    return Glance(
        tuple([(churn, counts[churn.value]) for churn in ORDER if counts[churn.value]]),
        len(looked.changes),
        sum(not one.is_churn for one in open_),
        len(looked.changes) - len(open_),
        looked.unseen,
    )


def _is_open(one: ChangeSubjects, verdicts: Mapping[str, str], said: Mapping[str, Mapping[str, str]]) -> bool:
    """Tell whether a change is undecided: nobody has given a verdict, or not everybody who has to."""
    verdict = verdict_of(one.subject, one.own, verdicts, asks=one.asks)
    return not verdict or heard(one.demands, verdict, heeded(one.subject, one.own, asks=one.asks), said).is_waiting


def _nudge(missing: Mapping[str, str]) -> bool:
    """Start evaluating ranges in the background, each once in the life of this process.

    Tells whether any is being evaluated.
    """
    new = {name: spec for name, spec in missing.items() if name not in _tried}
    if not new or not settings.REFRESH_IN_BACKGROUND:
        return bool(missing) and _looking.locked()
    if _looking.acquire(blocking=False):
        _tried.update(new)
        thread = threading.Thread(target=_look_apart, args=(list(new.values()),), name="recviewer-glances", daemon=True)
        try:
            thread.start()
        except RuntimeError:  # no thread is available: the next page tries again
            _tried.difference_update(new)
            _looking.release()
            return False
    return True


def _look_apart(specs: Sequence[str]) -> None:
    try:
        subprocess.run(  # noqa: S603 - this program itself
            [sys.executable, "-m", _PROCESS, *specs],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            check=True,
            timeout=SECONDS,
        )
    except (OSError, subprocess.SubprocessError) as error:
        log.warning("ranges could not be looked through: %s", error)
    finally:
        connection.close()
        _looking.release()


def look(specs: Iterable[str]) -> None:
    """Evaluate some ranges, one after the other, and store each result. Raises OSError."""
    for spec in specs:
        try:
            asked = ranges.range_of(spec)
            base = refs.commit_of(asked.repository, parse(spec).base)
            found = ranges.report_on(asked).found
            rules = rules_of(asked)
        except GitFailed as failed:
            log.warning("%s cannot be looked through: %s", spec, failed)
            continue
        if not asked.head or not found.is_whole:
            continue
        looked = LookedThrough(
            tuple(
                [
                    ChangeSubjects(
                        one.churn.value, one.is_churn, bool(one.asks), one.subject, one.own_subject, rules.on(one)
                    )
                    for one in found.changes
                ]
            ),
            len(found.source.problems),
        )
        _keep(name_of(asked.repository, base, asked.head, pairs.choices()), looked)


def _keep(name: str, looked: LookedThrough) -> None:
    rows = [(name, looked), *((other, one) for other, one in _known().items() if other != name)]
    packed, room = [], KEPT_BYTES
    for key, one in rows:
        row = orjson.dumps(
            [key, one.unseen, [[*change[:-1], [list(demand) for demand in change.demands]] for change in one.changes]]
        )
        room -= len(row)
        if room < 0:
            break
        packed.append(row)
    data = b"\n".join(packed)
    fresh = _place().with_suffix(f".{os.getpid()}")
    fresh.write_bytes(_signature(data) + b"\n" + data)
    os.replace(fresh, _place())


def _known() -> dict[str, LookedThrough]:
    """Return the stored results by key, the newest first; nothing if the file's signature is not valid."""
    place = _place()
    try:
        seen = place.stat()
        return _read.made((str(place), seen.st_mtime_ns, seen.st_ino), lambda: _loaded(place))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, TypeError) as broken:
        log.warning("what ranges come to cannot be read: %s", broken)
        return {}


def _loaded(place: Path) -> dict[str, LookedThrough]:
    signed, _, data = place.read_bytes().partition(b"\n")
    if not hmac.compare_digest(signed, _signature(data)):
        return {}
    rows = map(orjson.loads, data.splitlines())
    return {name: LookedThrough(tuple([_subjects(*one) for one in some]), unseen) for name, unseen, some in rows}


def _subjects(churn: str, is_churn: bool, asks: bool, subject: str, own: str, demands: list[Any]) -> ChangeSubjects:
    told = tuple([Demand(number, tuple(names)) for number, names in demands])
    return ChangeSubjects(churn, is_churn, asks, subject, own, told)


def _signature(data: bytes) -> bytes:
    key = salted_hmac("recviewer.memory.glances", range_files.version(), algorithm="sha256").digest()
    return hmac.new(key, data, hashlib.sha256).hexdigest().encode()


def _place() -> Path:
    return Path(settings.DATA_DIR) / "glances"
