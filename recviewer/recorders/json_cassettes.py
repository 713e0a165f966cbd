"""JSON cassettes: a list of exchanges at the top or at a key, each located by its byte offsets."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from recviewer.recorders.cassettes import HEAD, Unverifiable, around_in, no_exchange, parts_of, without_spans
from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.recorders.http_exchange import HttpExchange


class Begun(Unverifiable):
    """Base class of recorders whose JSON files are recognized by how they start. start: matches the first bytes."""

    name = ""
    homes: frozenset[bytes] = frozenset()
    endings: tuple[bytes, ...] = (b".json",)
    start: re.Pattern[bytes]

    def recognizes(self, data: bytes) -> bool:
        """Examine only the first bytes."""
        return self.start.match(data[:HEAD]) is not None


class JsonCassette(Begun):
    """Base class of recorders with a JSON list of exchanges.

    keys: of the list, as for `json_items.items_below`; the first key with items is used. alone: a key of each item.
    plain: as in `cassettes.Cassette`. may_be_list: a file may be the list itself.
    """

    keys: tuple[str, ...] = ()
    may_be_list = False
    alone = "request"
    plain: Mapping[str, tuple[object, ...]] = {"version": (1,), "recorded_with": ()}

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges; an unreadable one comes with the reason."""
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
        """Return the meaningful values of a file beside its exchanges."""
        return around_in(value, self.keys, self.plain)

    def exchange(self, value: Any) -> HttpExchange:
        """Convert an item to its normal form. Raises ValueError with the reason if it is not an exchange."""
        raise NotImplementedError

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Remove some exchanges, each with its separating comma; None if no exchange would be left."""
        from recviewer.recorders.json_items import with_commas

        every = list(self.parts(data))
        return without_spans(data, with_commas(data, every, parts), parts)


class JsonFile(Begun):
    """Base class of recorders with one exchange per JSON file."""

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
        """Convert a file's value to its normal form. Raises ValueError with the reason if it is not an exchange."""
        raise NotImplementedError
