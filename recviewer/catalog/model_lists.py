"""Requests for lists of models, and the files that answer each, from the catalog.

A file is opened only if it is in a folder without a test that is known to make the request: whether replay looks there
depends on whether the test counts in the hash, which the catalog does not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.conf import settings
from django.db.models import QuerySet

from recviewer.bounded.cache import Recent
from recviewer.catalog.models import Recording
from recviewer.catalog.prepared import prepared
from recviewer.exchange.model import Json, Kind
from recviewer.formats.decode import EFFORT_LIMIT, Unreadable, decode, effort
from recviewer.replay.lists import digits_in, is_common, is_folder_of, is_joined, test_folder
from recviewer.replay.names import name_state
from recviewer.store import files as files_of
from recviewer.store.refusals import Refusal


class ListRow(NamedTuple):
    """A recording of a list of models. Fields are those of `catalog.models.Recording`."""

    path: str
    raw_path: bytes | None
    blob: str
    size: int
    host: str
    endpoint: str
    test_id: str | None
    replay_rule: str
    replay_expected: str
    answered: str

    @property
    def folder(self) -> str:
        """The folder of the file."""
        return self.path.rpartition("/")[0]

    @property
    def name(self) -> str:
        """The name of its file."""
        return self.path.rpartition("/")[2]

    @property
    def asks(self) -> str:
        """The digits of the hash of its request, by the newest rule; "" if they cannot be computed."""
        return digits_in(self.replay_expected)


@dataclass(frozen=True, slots=True)
class Answering:
    """A file that answers a request, or would. why: why replay does not read it, "" if it does.

    place: 0 in the folder that is read first, 1 in the shared one. is_of_another: its own request has another hash.
    """

    row: ListRow
    why: str
    place: int
    is_of_another: bool

    @property
    def is_read(self) -> bool:
        """Whether replay reads it."""
        return not self.why


@dataclass(frozen=True, slots=True)
class ListRequest:
    """A request for a list. digits: of its hash. test_id: who makes it, "" for no test or for several.

    tests: how many. files: those that are read first.
    """

    digits: str
    test_id: str
    tests: int
    files: tuple[Answering, ...]

    @property
    def read(self) -> tuple[Answering, ...]:
        """The files that replay reads, in its order as far as that is defined."""
        return tuple(one for one in self.files if one.is_read)

    @property
    def left(self) -> tuple[Answering, ...]:
        """The files that replay does not read."""
        return tuple(one for one in self.files if not one.is_read)

    @property
    def hosts(self) -> tuple[str, ...]:
        """The hosts whose lists are merged."""
        return tuple(sorted({one.row.host for one in self.read}))


@dataclass(frozen=True, slots=True)
class ListRequests:
    """All requests, those with most files first. untold: lists of models whose request's hash cannot be computed."""

    every: tuple[ListRequest, ...]
    untold: int


NOT_THERE = "in a folder where this request is not looked for"
SHADOWED = "replay takes one file for this request, and finds another first"


@prepared
def _rows(kind: str) -> QuerySet[Recording, tuple[object, ...]]:
    return Recording.objects.filter(kind=kind).order_by("path").values_list(*ListRow._fields)


_kept = Recent[str, ListRequests](1, once=True, state_of=str)


def requests(stable: str) -> ListRequests:
    """Return all requests for lists. stable: as returned by `state.stable_state`; "" disables caching."""
    return _kept.made(stable, _made) if stable else _made()


def request_of(path: str, stable: str) -> ListRequest | None:
    """Return the request that a recording's file answers, or None if unknown. stable: as for `requests`."""
    some = [one for one in requests(stable).every if any(file.row.path == path for file in one.files)]
    return min(
        some, key=lambda one: any(file.row.path == path and file.is_of_another for file in one.files), default=None
    )


def _made() -> ListRequests:
    rows = [ListRow(*row) for row in _rows(Kind.MODELS.value)]  # type: ignore[arg-type]
    asked: dict[str, list[ListRow]] = {}
    named: dict[str, list[ListRow]] = {}
    for row in rows:
        asked.setdefault(row.asks, []).append(row)
        if is_joined(row.name):
            named.setdefault(digits_in(row.name), []).append(row)
    untold = len(asked.pop("", ()))
    has_common = any(is_common(row.folder) for row in rows)
    every = [
        _request(digits, some, [*some, *(one for one in named.get(digits, ()) if one.asks != digits)], has_common)
        for digits, some in asked.items()
    ]
    every.sort(key=lambda one: (-len(one.read), -len(one.files), one.digits))
    return ListRequests(tuple(every), untold)


def _request(digits: str, own: Sequence[ListRow], every: Iterable[ListRow], has_common: bool) -> ListRequest:
    tests = sorted({row.test_id or "" for row in own})
    files = [_answering(row, digits, tests, has_common) for row in every]
    if any(one.why == NOT_THERE for one in files) and (len(tests) > 1 or not _counts_test(own[0])):
        files = [replace(one, why="") if one.why == NOT_THERE else one for one in files]
    files.sort(key=lambda one: (not one.is_read, one.place, one.row.path))
    if not is_joined(own[0].replay_expected):
        files = [replace(one, why=SHADOWED) if place and one.is_read else one for place, one in enumerate(files)]
    return ListRequest(digits, tests[0] if len(tests) == 1 else "", len([one for one in tests if one]), tuple(files))


def _counts_test(row: ListRow) -> bool:
    """Tell whether the test counts in the hash of a recording's request; False if its file cannot be read."""
    document = document_of(row)
    if not isinstance(document, dict):
        return False
    other = name_state(document | {"test_id": f"{row.test_id}, and not"}, row.name).expected
    return other != name_state(document, row.name).expected


def document_of(row: ListRow) -> Json:
    """Return the document in a recording's file, None if it cannot be read or has changed."""
    raw = row.path.encode() if row.raw_path is None else bytes(row.raw_path)
    try:
        data = files_of.read(settings.RECORDINGS_ROOT, raw, limit_bytes=settings.FILE_LIMIT_BYTES).data
        if files_of.blob_id(data) != row.blob or effort(data) > EFFORT_LIMIT:
            return None
        return decode(data).document
    except (Refusal, Unreadable):
        return None


def _answering(row: ListRow, digits: str, tests: Sequence[str], has_common: bool) -> Answering:
    is_shared = is_common(row.folder)
    is_its_own = any(is_folder_of(row.folder, test) for test in tests)
    place = 1 if is_shared and not is_its_own else 0
    why = _why(row, digits, tests, is_shared or is_its_own, has_common)
    return Answering(row, why, place, row.asks != digits)


def _why(row: ListRow, digits: str, tests: Sequence[str], is_looked_into: bool, has_common: bool) -> str:
    """Say why replay does not read a file; "" if it does, or if it is unknown which folders replay looks into."""
    if digits_in(row.name) != digits:
        return f"it has the name of the older rule {row.replay_rule}" if row.replay_rule else "no rule gives its name"
    can_tell = all(test_folder(test) if test else has_common for test in tests)
    return NOT_THERE if can_tell and not is_looked_into else ""
