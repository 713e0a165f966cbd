"""The interface of a recorder: a module in `recorders/kinds/` with an instance of such a class named `RECORDER`.

The registry imports every module there; there is no list to edit. They are imported even by runs that only look at
names and stamps, so they import decoders inside their methods.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, NamedTuple, Protocol, runtime_checkable

if TYPE_CHECKING:
    from recviewer.exchange.model import Json
    from recviewer.formats.decode import Decoded
    from recviewer.formats.reading import Matching
    from recviewer.replay.names import Replay


class FilePart(NamedTuple):
    """One exchange of a file."""

    name: str
    """Empty if the recorder writes one exchange per file; else unique in the file, made by `recorders.naming`, so that
    it does not change when other parts are added or removed.
    """
    start: int
    end: int
    """start, end: byte offsets of the exchange in the file."""
    decoded: Decoded | None
    """The exchange as a document with `request`, `response` and optionally `test_id`, as `formats` reads it; None if it
    is unreadable.
    """
    reason: str = ""
    """Why it is unreadable: a sentence without a full stop."""
    rest: tuple[int, int] | None = None
    """Byte offsets of its second part, for recorders that store answers apart from requests; else None."""


class Recorder(Protocol):
    """One recorder. It gets the uncompressed bytes of files (`packing`).

    homes: names of directories, at any depth, for its files. endings: suffixes of their names.

    Only paths in a home with one of the endings are considered. If `is_at_home_only` is set and true, bytes alone are
    not sufficient: such a file counts only in a home of this recorder. `takes_all_in` may name homes in which all files
    are its own, whatever their content; `has_bare_names_in` those in which it also writes names without a suffix.
    """

    name: str
    homes: frozenset[bytes]
    endings: tuple[bytes, ...]

    def recognizes(self, data: bytes) -> bool:
        """Tell from a file's bytes whether this recorder wrote it. Cheap; used if several recorders claim a path."""
        ...

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges of a file in order, at least one: a file without any is one unreadable part.

        The bytes of a single exchange, which are all that is kept of an approved one, must be readable as the same
        exchange by this recorder, or by another that recognizes them.

        exact: keep floats as they were written (slower; for display).
        """
        ...

    def replay(self, document: Json, file_name: str) -> Replay:
        """Tell whether replay still finds an exchange under its file's name. document: as yielded by `parts`."""
        ...

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Return the file without some of its exchanges, all other bytes kept; None if this recorder cannot do that."""
        ...


@runtime_checkable
class TellsTest(Protocol):
    """A recorder whose paths contain the test's name, so that the test's id can be derived from the path."""

    def test_of(self, path: str) -> str | None:
        """Return the id of the test that a file was recorded for, None if its path does not tell."""
        ...


@runtime_checkable
class Matches(Protocol):
    """A recorder whose criteria for finding an exchange at replay are known."""

    def matching(self, data: bytes) -> Matching | None:
        """Return how it finds exchanges, None if that depends on how it was configured. data: the bytes of a file."""
        ...


@runtime_checkable
class KnowsBroken(Protocol):
    """A recorder whose files can be recognized even if unrelated content precedes theirs."""

    def suspects(self, data: bytes) -> bool:
        """Tell whether a file that no recorder recognizes contains exchanges of this one further down."""
        ...


class OneDocument(Protocol):
    """A recorder whose file is one document as `formats` reads it, so that `formats.reading.read_briefly` may be tried.

    is_one_document: True.
    """

    is_one_document: bool
