"""The interface of a wire format: a module in `formats/wire/` with an instance of such a class named `FORMAT`.

The registry imports every module there; there is no list to edit. A format never sees the others and does not catch its
own exceptions: if it raises, the generic reader takes over and the recording reports it.
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
    """How sure a format is that a recording is its own. The highest wins; of equals the first by module name.

    A test ensures that no two formats are equally sure of a case, except those that recognize it only by its endpoint.
    ENDPOINT is weak because endpoints can be misleading: it counts only if there is no reply to look at, or if the
    reply is a recorded failure. A reply whose shape no format claims is unknown.
    """

    NO = 0
    FALLBACK = 1
    ENDPOINT = 2
    SHAPE = 3
    TYPE = 4


class Format(Protocol):
    """One wire format.

    `problems` collects anomalies; both readers return whatever could be read. shape: which JSON paths of a reply
    `reply` takes as meaning. Values at other paths count as recorded.
    """

    name: str
    kind: Kind
    shape: Shape

    def match(self, raw: Raw) -> Match:
        """Return how sure this format is, judged by the reply's type, the reply's shape, or the endpoint."""
        ...

    def request(self, raw: Raw, problems: list[Problem]) -> Request:
        """Read the request. Also called for recorded failures, whose reply belongs to no format."""
        ...

    def reply(self, raw: Raw, problems: list[Problem]) -> Reply:
        """Read the response, with deltas joined."""
        ...

    def chunks(self, raw: Raw) -> Iterator[Chunk]:
        """Yield what each element of a streamed reply adds; nothing if the reply was not streamed."""
        ...


@runtime_checkable
class AddsElements(Protocol):
    """A format with a faster way to compute the counted values of a stream's elements."""

    def add_elements(self, raw: Raw, made: Elements, left: list[Left]) -> None:
        """Add each element, with the same result as `elements.flat_of`."""
        ...


class JoinsAlike(Protocol):
    """A format whose `reply` also joins the chunks in `Raw.alike`; other formats do not support them."""

    def joins_alike(self, raw: Raw) -> bool:
        """Tell whether everything that counts of these chunks is known without decoding them; else the file is read in
        full.
        """
        ...

    def said_alike(self, raw: Raw) -> Iterator[Chunk | SaidRun]:
        """Yield what `chunks` yields for all chunks, with those of `alike` as runs."""
        ...
