"""Cassettes in JSON: a list of exchanges at the top or below a key, each found with the place of its bytes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HEAD, Unverifiable, around_in, no_exchange, parts_of, without_spans
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


class Begun(Unverifiable):
    """What recorders share whose files of JSON are known by how they begin. start: of a file, in its first bytes."""

    name = ""
    homes: frozenset[bytes] = frozenset()
    endings: tuple[bytes, ...] = (b".json",)
    start: re.Pattern[bytes]

    def recognizes(self, data: bytes) -> bool:
        """Look at the first bytes alone."""
        return self.start.match(data[:HEAD]) is not None


class JsonCassette(Begun):
    """What recorders share that keep exchanges in a list of JSON.

    keys: of the list, as for `json_items.items_below`; the first one counts under which there is anything. alone: a key that
    an item has. plain: as in `cassettes.Cassette`. may_be_list: a file may be the list itself.
    """

    keys: tuple[str, ...] = ()
    may_be_list = False
    alone = "request"
    plain: Mapping[str, tuple[object, ...]] = {"version": (1,), "recorded_with": ()}

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges, one that cannot be read with the reason."""
        from recviewer.recorders.json_items import BadJson, around, items_below

        is_list = self.may_be_list and data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
        keys = ("",) if is_list else self.keys
        try:
            items = next((some for key in keys if (some := items_below(data, key, alone=self.alone))), [])
            beside = self.around(around(data, items))
        except BadJson as reason:
            yield FilePart("", 0, len(data), None, str(reason))
            return
        if not items:
            yield no_exchange(data, beside)
            return
        yield from parts_of(items, self.exchange, exact=exact, around=beside)

    def around(self, value: object) -> dict[str, object]:
        """Return what stands beside the exchanges of a file and says something."""
        return around_in(value, self.keys, self.plain)

    def exchange(self, value: Any) -> HttpExchange:
        """Return an item in its normal form. Raises ValueError with the reason where it is none."""
        raise NotImplementedError

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Take some out, each with the comma that parts it from its neighbour; None where none would be left."""
        from recviewer.recorders.json_items import with_commas

        every = list(self.parts(data))
        return without_spans(data, with_commas(data, every, parts), parts)


class JsonFile(Begun):
    """What recorders share that keep one exchange in each file of JSON."""

    is_at_home_only = True

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the one exchange."""
        from dataclasses import replace

        from recviewer.formats.decode import Unreadable, decode
        from recviewer.recorders.http_exchange import document_of

        try:
            decoded = decode(data, exact=exact)
            made = document_of(self.exchange(decoded.document), exact=exact)
        except (Unreadable, ValueError) as reason:
            yield FilePart("", 0, len(data), None, str(reason))
            return
        yield FilePart("", 0, len(data), replace(made, problems=(*decoded.problems, *made.problems)))

    def exchange(self, value: Any) -> HttpExchange:
        """Return a file's value in its normal form. Raises ValueError with the reason where it is none."""
        raise NotImplementedError
