"""Lists of models: several files answer one request, and replay lays them over one another.

Source: the llama-stack (now OGX) recorder. Asked for a list, it reads all `models-<hash>-*.json` in the folder of the
test that asks, then those in the shared folder (of a request without a test in the shared folder alone), and keeps each
model under its id as it read it last. In which order the files of one folder come is not fixed.
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
"""The folder beside the suites that a recorder looks into after the test's own."""

_NAME = re.compile(rf"(?:models-)?({DIGITS})(-[0-9a-f]{{8}})?\.json")
_DAYS = 8_000 * 365 * 24 * 3600
"""Seconds up to about the year 9960."""


def digits_in(file_name: str) -> str:
    """Return the digits of the request's hash in the name of a list of models, "" for a name that holds none."""
    found = _NAME.fullmatch(file_name)
    return found[1] if found else ""


def is_joined(file_name: str) -> bool:
    """Tell whether a file of this name is laid over others that the same request has."""
    found = _NAME.fullmatch(file_name)
    return found is not None and file_name.startswith("models-") and found[2] is not None


def test_folder(test_id: str) -> str:
    """Return the folder in which a test's recordings are looked for, "" where its id names no file in a folder."""
    file, colons, _ = test_id.partition("[")[0].partition("::")
    folder = file.rpartition("/")[0] if colons else ""
    return f"{folder}/recordings" if folder else ""


def is_common(folder: str) -> bool:
    """Tell whether a folder is the shared one."""
    return f"/{folder}".endswith(f"/{COMMON}/recordings")


def is_folder_of(folder: str, test_id: str) -> bool:
    """Tell whether a folder is that of a test. Paths are below a root that may lie inside the repository, or around it."""
    mine = test_folder(test_id)
    return bool(mine) and (f"/{mine}".endswith(f"/{folder}") or f"/{folder}".endswith(f"/{mine}"))


def models_in(document: Json) -> dict[str, Json] | None:
    """Return the models that a recording lists, by id, the last of each; None for what is no list of models."""
    call = call_of(document)
    return models_of(call) if call is not None else None


def said_of(model: Json) -> bytes:
    """Return all that a list says of a model, as JSON with sorted keys."""
    return encode(model, is_sorted=True)


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file with a list of models. key: its own; host: it came from.

    models: what it says of each, by id, as `said_of` writes it; None where the file cannot be read as a list.
    is_read: replay reads it for the request. place: 0 in the folder that is read first, 1 in the shared one.
    """

    key: str
    host: str
    models: Mapping[str, bytes] | None
    is_read: bool
    place: int = 0

    @property
    def as_of(self) -> date | None:
        """The day of the newest model it lists, None where no model has one."""
        times = [seconds for said in (self.models or {}).values() if (seconds := created_of(said))]
        return day_of(max(times)) if times else None


def created_of(said: bytes) -> int:
    """Return when a model was made, in seconds since 1970; 0 where it does not say. said: as of `said_of`."""
    model = orjson.loads(said)
    seconds = model.get("created") if isinstance(model, dict) else None
    return seconds if isinstance(seconds, int) and not isinstance(seconds, bool) and 0 < seconds < _DAYS else 0


def day_of(seconds: int) -> date | None:
    """Return the day of a time in seconds since 1970, in UTC; None for what is no time of people."""
    return datetime.fromtimestamp(seconds, UTC).date() if 0 < seconds < _DAYS else None


@dataclass(frozen=True, slots=True)
class JoinedModel:
    """A model of the union. files: places of the files that list it, in the order given.

    apart: (field, values and in how many files each) of what files say differently of it. is_listed: it stands in the
    newest list of a host, or no host's newest list can be told among those that have it.
    """

    id: str
    files: tuple[int, ...]
    apart: tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
    is_listed: bool


def joined(files: Sequence[ListFile]) -> tuple[JoinedModel, ...]:
    """Lay the files that replay reads over one another. Models come in order of their ids, as replay gives them."""
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
    """Return the places of files that can all go together, for whoever asks still gets the same models, told the same way.

    models: the union. For each model of a file that goes another one stays that says just the same of it, and is read
    wherever that file is: it lies in the same folder, or in the shared one. On each of these models all files agree, so
    it does not matter which of them is read last. Of several that could go for each other, the newest stays.
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
    """Return the places of each host's newest lists, those of one day together, and the hosts whose lists have dates."""
    days: dict[str, dict[int, date]] = {}
    for place, file in enumerate(files):
        if file.is_read and (day := file.as_of):
            days.setdefault(file.host, {})[place] = day
    newest = {place for of in days.values() for place, day in of.items() if day == max(of.values())}
    return newest, set(days)


def _apart(told: Sequence[bytes]) -> tuple[tuple[str, tuple[tuple[str, int], ...]], ...]:
    """Return what several files say differently of one model, field by field."""
    if len(set(told)) < 2:
        return ()
    models = [_fields(orjson.loads(said)) for said in told]
    found = []
    for name in sorted(set().union(*models)):
        values = Counter(model.get(name, ABSENT) for model in models)
        if len(values) > 1:
            found.append((name, tuple(sorted(values.items(), key=lambda one: (-one[1], one[0])))))
    return tuple(found)


ABSENT = "absent"
"""Stands for a field that a file does not have: no JSON, unlike all values."""


def _fields(model: Json) -> dict[str, str]:
    """Return the fields of a model, each as JSON."""
    known = model if isinstance(model, dict) else {}
    return {key: encode(value, is_sorted=True).decode("utf-8", "replace") for key, value in known.items()}
