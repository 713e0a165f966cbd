"""A request that replay looks for: where it looks, the nearest recordings, and what changed the hash.

A hash alone does not tell the request. It is known if the body is given, or if a recording has the hash by some rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from recviewer.catalog.by_name import by_hash, by_name_or_blob
from recviewer.catalog.content import load
from recviewer.catalog.models import Recording
from recviewer.changes.requests import Field, compare_requests
from recviewer.exchange.model import Json
from recviewer.formats.decode import Unreadable, decode
from recviewer.language.pasted import hash_in
from recviewer.replay.calls import call_of
from recviewer.replay.names import ReplayState, name_state
from recviewer.secrets.documents import masked
from recviewer.store.refusals import Refusal

MOST = 60
"""Maximum number of recordings of a test that are compared; those with as many messages come first."""

COMMON = "common"
"""The folder beside the suites in which a recorder looks after the test's own."""


class NoRequest(ValueError):
    """The input is not a request that a rule covers; the message is a sentence."""


@dataclass(frozen=True, slots=True)
class LookedAt:
    """A file that replay would look for. is_there: whether it exists. says: why replay looks there."""

    path: str
    is_there: bool
    says: str


@dataclass(frozen=True, slots=True)
class NearRecording:
    """A recording near the request. fields: how its request differs, those that change the hash first."""

    recording: Recording
    fields: tuple[Field, ...]

    @property
    def moving(self) -> tuple[Field, ...]:
        """The differences that change the hash."""
        return tuple(field for field in self.fields if field.moves)

    @property
    def is_found(self) -> bool:
        """Whether replay finds this recording."""
        return self.recording.replay == ReplayState.CURRENT


@dataclass(frozen=True, slots=True)
class SoughtRequest:
    """digits: of the hash by the present rule. test_id: "" if unknown. model: "" for none.

    named: recordings whose file or blob has the hash. holders: those with exactly this request, under an older name.
    near: the nearest first; [] if the request is unknown. more: recordings of the test that were not compared.
    is_known: whether the request is known.
    """

    digits: str
    test_id: str
    model: str
    is_known: bool
    places: tuple[LookedAt, ...]
    named: tuple[Recording, ...]
    holders: tuple[Recording, ...]
    near: tuple[NearRecording, ...]
    more: int = 0

    @property
    def nearest_found(self) -> NearRecording | None:
        """The nearest one that replay finds."""
        return next((one for one in self.near if one.is_found), None)


def by_digits(word: str, *, test_id: str = "") -> SoughtRequest:
    """Look up a hash. Raises NoRequest if it is not a hash."""
    digits = hash_in(word)
    if not digits:
        raise NoRequest(f"{word} is not a hash: 7 to 64 hexadecimal digits")
    named = tuple(Recording.objects.filter(by_name_or_blob(digits)).order_by("path")[:MOST])
    wanted = tuple(Recording.objects.filter(by_hash(digits)).order_by("path")[:MOST])
    holders = tuple(one for one in wanted if one not in named)
    document = next((document for one in (*named, *holders) if (document := _document(one)) is not None), None)
    if document is None:
        return SoughtRequest(digits, test_id, "", False, _places(digits, test_id), named, holders, ())
    return _around(document, digits, named, holders)


def document_of(data: bytes) -> Json:
    """Decode the input. Raises NoRequest if it is not JSON."""
    try:
        return decode(data, exact=True).document
    except Unreadable as wrong:
        raise NoRequest(f"this is not JSON: {wrong}") from None


def by_body(document: Json, *, test_id: str = "", url: str = "") -> SoughtRequest:
    """Look up a request: a recording, its `request`, or a request body. Raises NoRequest if no rule covers it."""
    whole = _whole(document, test_id, url)
    if call_of(whole) is None:
        raise NoRequest("this is not a request that a recorder hashes: it takes a method, an address and a body")
    expected = name_state(whole, "").expected
    if not expected:
        raise NoRequest("no name can be worked out for this request: part of what is hashed is not stored")
    digits = expected.removeprefix("models-").partition(".")[0].partition("-")[0]
    named = tuple(Recording.objects.filter(by_name_or_blob(digits)).order_by("path")[:MOST])
    holders = tuple(
        one for one in Recording.objects.filter(by_hash(digits)).order_by("path")[:MOST] if one not in named
    )
    return _around(whole, digits, named, holders)


DEFAULT_URL = "http://localhost/v1/chat/completions"
"""The URL for a body without one: the host is not hashed."""


def _whole(document: Json, test_id: str, url: str) -> dict[str, Json]:
    """Return the input in the shape of a recording."""
    if not isinstance(document, dict):
        raise NoRequest("this is not a request: it takes a JSON object")
    if isinstance(document.get("request"), dict):
        return document | ({"test_id": test_id} if test_id else {})
    is_request = {"tool_name", "file_id"} & document.keys() or {"url", "method"} <= document.keys()
    request = document if is_request else {"method": "POST", "url": url or DEFAULT_URL, "body": document}
    return {"test_id": test_id or None, "request": request}


def _around(document: Json, digits: str, named: tuple[Recording, ...], holders: tuple[Recording, ...]) -> SoughtRequest:
    whole = document if isinstance(document, dict) else {}
    test = whole.get("test_id")
    test_id = test if isinstance(test, str) else ""
    request = whole.get("request")
    body = request.get("body") if isinstance(request, dict) else None
    model = body.get("model") if isinstance(body, dict) else None
    model = model if isinstance(model, str) else ""
    candidates, more = _candidates(test_id, model)
    near = sorted(_compared(whole, candidates), key=lambda one: (len(one.moving), not one.is_found, one.recording.path))
    return SoughtRequest(digits, test_id, model, True, _places(digits, test_id), named, holders, tuple(near), more)


def _candidates(test_id: str, model: str) -> tuple[Sequence[Recording], int]:
    """Return the recordings of a test, else some of a model, and how many were left out."""
    found = Recording.objects.filter(test_id=test_id) if test_id else Recording.objects.filter(model=model)
    found = found if model or test_id else found.none()
    return list(found.order_by("turns", "path")[:MOST]), max(0, found.count() - MOST)


def _compared(document: Json, candidates: Iterable[Recording]) -> Iterable[NearRecording]:
    document = masked(document).document
    for recording in candidates:
        other = _document(recording)
        if other is not None:
            fields = compare_requests(other, document).fields
            yield NearRecording(recording, tuple(sorted(fields, key=lambda field: not field.moves)))


def _document(recording: Recording) -> Json | None:
    try:
        reading = load(recording).reading
    except Refusal:
        return None
    return reading.document if call_of(reading.document) is not None else None


def _places(digits: str, test_id: str) -> tuple[LookedAt, ...]:
    """Return the files that replay looks for: in the folder of the test, then in the shared one."""
    names = [f"{digits}.json"]
    folder = test_id.partition("::")[0].rpartition("/")[0] if "::" in test_id else ""
    told = [(f"{folder}/recordings", "the test's own folder")] if folder else []
    shared = f"{folder.rpartition('/')[0]}/{COMMON}/recordings" if folder else ""
    told += [(shared, "the shared folder")] if shared and shared != f"{folder}/recordings" else []
    paths = [(f"{place}/{name}", says) for place, says in told for name in names]
    known = set(Recording.objects.filter(path__in=[path for path, _ in paths]).values_list("path", flat=True))
    return tuple(LookedAt(path, path in known, says) for path, says in paths)
