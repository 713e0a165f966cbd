"""Reading a recording: bytes in, exchange out. No file content makes this raise."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

from recviewer.exchange.dataclass import dataclass
from recviewer.exchange.fingerprint import fingerprint
from recviewer.exchange.model import Chunk, Exchange, Failure, Json, Kind, Left, Problem, Reply
from recviewer.formats import registry
from recviewer.formats.contract import Format, JoinsAlike
from recviewer.formats.cut_chunks import SaidRun, shortened
from recviewer.formats.decode import Decoded, Unreadable, decode, has_exponent
from recviewer.formats.failure import exception_of, http_error_of
from recviewer.formats.lookup import PROBLEM_LIMIT
from recviewer.formats.raw import Raw, envelope
from recviewer.formats.rest import place_of, rest_of

log = logging.getLogger(__name__)

BODY = "response.body"
TOO_DEEP = "nested too deep"
NOT_UNDERSTOOD = "not understood: it is kept as it is, and counts"


@dataclass(frozen=True, slots=True)
class Matching:
    """How a recorder finds an exchange at replay. recorder: its display name. on: keys of the request that must be
    equal.

    is_in_order: of several matches, the first that was not replayed yet is used, so that the position counts.
    """

    recorder: str
    on: frozenset[str]
    is_in_order: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A recording that was read.

    raw: its envelope, None if the bytes are unreadable. format: the format that read it, None likewise. as_recorded: if
    secrets were masked, the same reading without masks: only for hashes, and for those who may see secrets. matching:
    how its recorder finds it at replay, None if unknown.
    """

    exchange: Exchange
    raw: Raw | None = None
    format: Format | None = None
    as_recorded: Reading | None = None
    matching: Matching | None = None

    @property
    def document(self) -> dict[str, Json]:
        """The decoded document, {} if the bytes are unreadable."""
        return self.raw.document if self.raw else {}

    @property
    def fingerprint(self) -> str:
        """The fingerprint of what was recorded."""
        return fingerprint((self.as_recorded or self).exchange)

    @property
    def hashed(self) -> dict[str, Json]:
        """The document as recorded, unmasked: only for hashing."""
        return (self.as_recorded or self).document

    def chunks(self) -> Iterator[Chunk]:
        """Yield what each element of a streamed reply adds; nothing if it was not streamed or is unreadable."""
        if self.raw is None or self.format is None or not self.exchange.chunks:
            return iter(())
        return self.format.chunks(self.raw)

    def said(self) -> Iterator[Chunk | SaidRun]:
        """Yield what `chunks` yields; after `read_briefly`, similar chunks come as runs."""
        if self.raw is None or not self.raw.alike:
            return self.chunks()
        of_alike: JoinsAlike = self.format  # type: ignore[assignment] # no other format reads briefly
        return of_alike.said_alike(self.raw)


def unreadable(reason: str) -> Reading:
    """Return the reading of a file that cannot be read. reason: a sentence without a full stop."""
    return Reading(Exchange(Kind.UNREADABLE, problems=(Problem("file", reason),)))


def read(data: bytes, *, exact: bool = False, as_format: str | None = None) -> Reading:
    """Read a recording's bytes.

    exact: keep floats as they were written (slower; for display). as_format: read as this format, whatever it looks
    like; errors of that format are then raised, whereas an automatically chosen format falls back to the generic one.
    Raises KeyError for an unknown `as_format`, nothing otherwise.
    """
    try:
        decoded = decode(data, exact=exact)
    except Unreadable as reason:
        return unreadable(str(reason))
    except RecursionError:
        return unreadable(TOO_DEEP)
    return read_document(decoded, as_format=as_format)


def read_briefly(
    data: bytes, is_odd: Callable[[bytes], bool] = lambda _: False, *, exact: bool = False
) -> Reading | None:
    """Read a long stream of mostly similar chunks without decoding each of them.

    The exchange equals that of `read`; the document lacks chunks. Returns None for any other recording, and if `is_odd`
    is true for the remaining bytes. exact: as for `read`.
    """
    found = shortened(data)
    if found is None or is_odd(found.data) or (exact and has_exponent(found.data)):
        return None
    try:
        raw = envelope(found.document, found.alike)
        chosen = registry.choose(raw)
        joins_alike = getattr(chosen, "joins_alike", None)  # of a `JoinsAlike`
        if joins_alike is not None and joins_alike(raw):
            return Reading(_exchange(raw, chosen, list(raw.problems)), raw, chosen)
    except Exception:  # any error: the file is then read in full
        return None
    return None


def read_document(decoded: Decoded, *, as_format: str | None = None) -> Reading:
    """Read a decoded document. as_format and exceptions: as for `read`."""
    try:
        raw = envelope(decoded.document)
    except Unreadable as reason:
        return unreadable(str(reason))
    except RecursionError:
        return unreadable(TOO_DEEP)
    known = list(decoded.problems) + list(raw.problems)
    if as_format is not None:
        chosen = registry.named(as_format)
        return Reading(_exchange(raw, chosen, known), raw, chosen)
    chosen = registry.choose(raw)
    try:
        return Reading(_exchange(raw, chosen, list(known)), raw, chosen)
    except Exception as error:
        log.exception("format %s failed", chosen.name)
        fallback = registry.named("generic")
        known.append(Problem("file", f"the {chosen.name} reader failed ({type(error).__name__}); shown without it"))
        return Reading(_exchange(raw, fallback, known), raw, fallback)


def _exchange(raw: Raw, chosen: Format, problems: list[Problem]) -> Exchange:
    request = chosen.request(raw, problems)
    kind, error = chosen.kind, _failure(raw, problems)
    if error is not None:
        kind = Kind.EXCEPTION if raw.is_exception else Kind.HTTP_ERROR
    reply, is_read = Reply(), False
    if error is None or (raw.is_exception and raw.reply is not None):
        if raw.reply is None:
            problems.append(Problem("response.body", "missing, where an answer was expected"))
        else:
            reply, is_read = chosen.reply(raw, problems), True
    error = error or reply.error
    left: list[Left] = []
    rest = rest_of(raw, chosen, reply if is_read else None, left)
    odd = [[problem.where, problem.what] for problem in problems if problem.where == "file"]
    odd += [["", problem.what] for problem in raw.of_text]  # without event number: chunk boundaries do not matter
    problems += [Problem(f"{BODY}{_joint(one.where)}{one.where}", NOT_UNDERSTOOD) for one in left[:PROBLEM_LIMIT]]
    return Exchange(
        kind=kind,
        read_as=chosen.name,
        test_id=raw.test_id,
        method=raw.method.upper(),
        endpoint=raw.endpoint,
        url=raw.url,
        model=raw.model,
        reported_model=reply.model,
        streaming=raw.is_streaming,
        chunks=reply.chunks if raw.is_streaming or reply.chunks else 0,
        runs=reply.runs,
        status=raw.status,
        request=request,
        outputs=reply.outputs,
        usage=reply.usage,
        error=error,
        exhibits=reply.exhibits,
        is_whole=reply.is_whole,
        metadata=_object(raw.request.get("provider_metadata")),
        id_mapping=_object(raw.document.get("id_normalization_mapping")),
        unread=raw.recorded if chosen.kind is Kind.UNKNOWN else None,
        rest=rest.rest | ({"bytes": odd} if odd else {}),
        elements=rest.elements,
        left=tuple(left),
        place=place_of(raw),
        problems=tuple(problems),
    )


def _joint(where: str) -> str:
    return "" if where.startswith("[") or not where else "."


def _failure(raw: Raw, problems: list[Problem]) -> Failure | None:
    return exception_of(raw, problems) if raw.is_exception else http_error_of(raw)


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
