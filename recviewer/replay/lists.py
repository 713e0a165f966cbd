"""Lists of models: several files answer one request, and replay merges them.

Source: the llama-stack (now OGX) recorder. For a request for a list, it reads all `models-<hash>-*.json` in the folder
of the test, then those in the shared folder (for a request without a test, only the shared folder), and keeps the last
version of each model id. The order of files within a folder is undefined.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

import orjson

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json
from recviewer.replay.calls import call_of, models_of
from recviewer.replay.rules import DIGITS

COMMON = "common"
"""The folder beside the suites that a recorder searches after the test's own."""

_NAME = re.compile(rf"(?:models-)?({DIGITS})(-[0-9a-f]{{8}})?\.json")
_DAYS = 8_000 * 365 * 24 * 3600
"""Seconds up to about the year 9960."""


def digits_in(file_name: str) -> str:
    """Return the digits of the request's hash in the name of a list of models, "" if it contains none."""
    found = _NAME.fullmatch(file_name)
    return found[1] if found else ""


def is_joined(file_name: str) -> bool:
    """Tell whether replay merges a file of this name with others of the same request."""
    found = _NAME.fullmatch(file_name)
    return found is not None and file_name.startswith("models-") and found[2] is not None


def test_folder(test_id: str) -> str:
    """Return the folder in which a test's recordings are searched, "" if its id contains no file in a folder."""
    file, colons, _ = test_id.partition("[")[0].partition("::")
    folder = file.rpartition("/")[0] if colons else ""
    return f"{folder}/recordings" if folder else ""


def is_common(folder: str) -> bool:
    """Tell whether a folder is the shared one."""
    return f"/{folder}".endswith(f"/{COMMON}/recordings")


def is_folder_of(folder: str, test_id: str) -> bool:
    """Tell whether a folder belongs to a test. Paths are relative to a root that may be inside the repository, or
    around it.
    """
    mine = test_folder(test_id)
    return bool(mine) and (f"/{mine}".endswith(f"/{folder}") or f"/{folder}".endswith(f"/{mine}"))


def models_in(document: Json) -> dict[str, Json] | None:
    """Return the models in a recording by id, the last of each; None if it is not a list of models."""
    call = call_of(document)
    return models_of(call) if call is not None else None


def said_of(model: Json) -> bytes:
    """Serialize a list's entry for a model as JSON with sorted keys."""
    return encode(model, is_sorted=True)


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file with a list of models. key: its own; host: the request's.

    models: its entries by id, as serialized by `said_of`; None if the file is not a readable list. is_read: replay
    reads it for the request. place: 0 in the folder that is read first, 1 in the shared one.
    """

    key: str
    host: str
    models: Mapping[str, bytes] | None
    is_read: bool
    place: int = 0

    @property
    def as_of(self) -> date | None:
        """The creation day of the newest model in it, None if no model has one."""
        times = [seconds for entry in (self.models or {}).values() if (seconds := created_of(entry))]
        return day_of(max(times)) if times else None


def created_of(entry: bytes) -> int:
    """Return a model's creation time in seconds since 1970; 0 if it has none. entry: a result of `said_of`."""
    model = orjson.loads(entry)
    seconds = model.get("created") if isinstance(model, dict) else None
    return seconds if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < _DAYS else 0


def day_of(seconds: int) -> date | None:
    """Return the UTC day of a time in seconds since 1970; None if it is implausible."""
    return datetime.fromtimestamp(seconds, UTC).date() if 0 < seconds < _DAYS else None


@dataclass(frozen=True, slots=True)
class JoinedModel:
    """A model of the merged list. files: indexes of the files that contain it, in the given order.

    apart: the fields in which files differ: (field, values with the number of files for each). is_listed: it is in the
    newest list of a host, or none of its hosts has a known newest list.
    """

    id: str
    files: tuple[int, ...]
    apart: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    is_listed: bool


def joined(files: Sequence[ListFile]) -> tuple[JoinedModel, ...]:
    """Merge the files that replay reads. Models are sorted by id, as in replay."""
    have: dict[str, list[int]] = {}
    for place, file in enumerate(files):
        if file.is_read:
            for one in file.models or ():
                have.setdefault(one, []).append(place)
    newest, dated = _newest(files)
    return tuple(
        JoinedModel(
            one,
            tuple(places),
            _apart([_of(files[place], one) for place in places]),
            any(place in newest or files[place].host not in dated for place in places),
        )
        for one, places in sorted(have.items())
    )


def needless(files: Sequence[ListFile], models: Sequence[JoinedModel]) -> tuple[int, ...]:
    """Return the indexes of files that can all be deleted without changing the result of any request.

    models: the merged list. Each model of a deleted file must have an identical entry in a remaining file that is read
    in all the same cases, because it is in the same folder or in the shared one. On these models all files agree, so
    the order of reading does not matter. Of files that can replace each other, the newest stays.
    """
    agreed = {model.id: frozenset(model.files) for model in models if not model.apart}
    staying = {place for place, file in enumerate(files) if file.is_read}
    folders = [file.key.rpartition("/")[0] for file in files]
    gone = []
    for place in sorted(staying, key=lambda one: (files[one].as_of or date.min, len(files[one].models or ()), one)):
        there = {one for one in staying if folders[one] == folders[place] or is_common(folders[one])} - {place}
        if there and all(one in agreed and agreed[one] & there for one in files[place].models or ()):
            staying.remove(place)
            gone.append(place)
    return tuple(sorted(gone))


def _of(file: ListFile, one: str) -> bytes:
    return (file.models or {})[one]


def _newest(files: Iterable[ListFile]) -> tuple[set[int], set[str]]:
    """Return the indexes of each host's newest lists (all of the same day), and the hosts whose lists have dates."""
    days: dict[str, dict[int, date]] = {}
    for place, file in enumerate(files):
        if file.is_read and (day := file.as_of):
            days.setdefault(file.host, {})[place] = day
    newest = {place for of in days.values() for place, day in of.items() if day == max(of.values())}
    return newest, set(days)


def _apart(entries: Sequence[bytes]) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Return the differences between several files' entries for one model, field by field."""
    if len(set(entries)) < 2:
        return ()
    models = [_fields(orjson.loads(entry)) for entry in entries]
    found = []
    for name in sorted(set().union(*models)):
        values = Counter(model.get(name, ABSENT) for model in models)
        if len(values) > 1:
            found.append((name, tuple(sorted(values.items(), key=lambda one: (-one[1], one[0])))))
    return tuple(found)


ABSENT = "absent"
"""Stands for a field that a file lacks: not JSON, so it differs from all values."""


def _fields(model: Json) -> dict[str, str]:
    """Return the fields of a model, each serialized as JSON."""
    known = model if isinstance(model, dict) else {}
    return {key: encode(value, is_sorted=True).decode("utf-8", "replace") for key, value in known.items()}
