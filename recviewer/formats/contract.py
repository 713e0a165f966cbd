"""What a wire format is: one module in `formats/wire/` with an instance of a class of this shape named `FORMAT`.

The registry imports every module there; there is no list to edit. A format never sees the others and never catches
exceptions of its own: if it raises, the generic reader takes over and the recording says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Protocol, runtime_checkable

from recviewer.exchange.elements import Elements
from recviewer.exchange.model import Chunk, Kind, Left, Problem, Reply, Request
from recviewer.exchange.shape import Shape
from recviewer.formats.cut_chunks import SaidRun
from recviewer.formats.raw import Raw


class Match(IntEnum):
    """How sure a format is that a recording is its own. The surest wins; of equals the first by module name.

    A test holds that no two formats are equally sure of a case, but for those that know it only by its endpoint.
    ENDPOINT is the weakest word, for the endpoint lies: it counts only where there is no reply to look at, or where the
    reply is a recorded failure. A reply of a shape that nobody claims is unknown.
    """

    NO = 0
    FALLBACK = 1
    ENDPOINT = 2
    SHAPE = 3
    TYPE = 4


class Format(Protocol):
    """One wire format.

    `problems` collects what was odd; both readers return what could be read all the same. shape: which JSON paths of a
    reply `reply` takes as meaning. What stands at any other path counts as it was recorded.
    """

    name: str
    kind: Kind
    shape: Shape

    def match(self, raw: Raw) -> Match:
        """Say how sure this format is, from the reply's type, the reply's shape, or the endpoint."""
        ...

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read what was asked. Also called for recorded failures, whose reply belongs to no format."""
        ...

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read what came back, deltas joined."""
        ...

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield what each element of a streamed reply adds; nothing when the reply was not streamed."""
        ...


@runtime_checkable
class AddsElements(Protocol):
    """A format that knows a faster way to what counts of a stream's elements besides what is said."""

    def add_elements(self, raw: Raw, made: Elements, left: list[Left]) -> None:
        """Add each element, with the result that `elements.flat_of` gives."""
        ...


class JoinsAlike(Protocol):
    """A format whose `reply` also joins the chunks of `Raw.alike`, which other formats do not look at."""

    def joins_alike(self, raw: Raw) -> bool:
        """Tell whether all that counts of these chunks can be told without them; where not, the file is read whole."""
        ...

    def said_alike(self, raw: Raw) -> Iterator[Chunk | SaidRun]:
        """Yield what `chunks` yields of all chunks, those of `alike` as runs."""
        ...
