"""What a recorder is: one module in `recorders/kinds/` with an instance of a class of this shape named `RECORDER`.

The registry imports every module there; there is no list to edit. Those modules are imported by each run that only looks
at names and stamps, so they import what decodes within their methods.
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
    """Empty where the recorder writes one exchange into a file; else what tells it from the others in the file, made by
    `recorders.naming`, so that it stays when others come or go."""
    start: int
    end: int
    """start, end: where its bytes stand in the file."""
    decoded: Decoded | None
    """The exchange as a document with `request`, `response` and perhaps `test_id`, as `formats` reads it; None where
    it cannot be read."""
    reason: str = ""
    """Why it cannot be read: a sentence without its full stop."""
    rest: tuple[int, int] | None = None
    """Where the other part of its bytes stands, of a recorder that keeps answers apart from what was asked; else None."""


class Recorder(Protocol):
    """One recorder. It sees files as they are without compression (`packing`).

    homes: names of directories that hold its files, at any depth. endings: what its files' names end in.

    Only a path that lies in a home and has one of the endings is asked about at all. Where `is_at_home_only` is set, and
    true, bytes alone do not tell: such a file counts in a home of this recorder alone. `takes_all_in` may name homes whose
    files are all its own, whatever is in them; `has_bare_names_in` those in which it also writes names without an ending.
    """

    name: str
    homes: frozenset[bytes]
    endings: tuple[bytes, ...]

    def recognizes(self, data: bytes) -> bool:
        """Tell from a file's bytes whether this recorder wrote it. Cheap; asked where several recorders claim a place."""
        ...

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges of a file in their order, at least one: a file without any is one that cannot be read.

        The bytes of one exchange alone, which are all that is kept of an approved one, have to be read as the same exchange
        by this recorder, or by another that recognizes them.

        exact: keep how floats were written (slower; for what people see).
        """
        ...

    def replay(self, document: Json, file_name: str) -> Replay:
        """Say whether replay still finds an exchange under the name of its file. document: as `parts` yields it."""
        ...

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Return the file without some of its exchanges, every other byte kept; None where this recorder cannot do that."""
        ...


@runtime_checkable
class TellsTest(Protocol):
    """A recorder whose files lie where their test says, so that its id can be told from their path."""

    def test_of(self, path: str) -> str | None:
        """Return the id of the test that a file was recorded for, None where its path does not tell."""
        ...


@runtime_checkable
class Matches(Protocol):
    """A recorder of which it is known what it looks at when it looks for an exchange at replay."""

    def matching(self, data: bytes) -> Matching | None:
        """Return how it finds exchanges, None where that hangs on how it was called. data: of a file."""
        ...


@runtime_checkable
class KnowsBroken(Protocol):
    """A recorder whose files can be told also where something stands before them that does not belong there."""

    def suspects(self, data: bytes) -> bool:
        """Tell of a file that no recorder recognizes whether exchanges of this one stand further down in it."""
        ...


class OneDocument(Protocol):
    """A recorder whose file is one document as `formats` reads it, so that `formats.reading.read_briefly` may be tried.

    is_one_document: True.
    """

    is_one_document: bool
