"""Cassettes of the VCR family: files with a list of exchanges, each a request and a response."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from recviewer.recorders.contract import FilePart

if TYPE_CHECKING:
    from recviewer.exchange.model import Json
    from recviewer.formats.reading import Matching
    from recviewer.recorders.http_exchange import HttpExchange
    from recviewer.recorders.yaml_text import FileItem, YamlDocument
    from recviewer.replay.names import Replay

HEAD = 600
"""Number of leading bytes by which a file is recognized."""

HOMES = frozenset({b"cassettes", b"vcr_cassettes", b"vcr-cassettes", b"llmobs_cassettes", b"_vcr", b"vcr"})
"""Names of directories with cassettes of the VCR family."""

ELSEWHERE = "the answer lies in another file, and is not read with what was asked"
"""Precedes the name of that file."""


_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*+(?:[#%][^\n]*+)?\n|[ \t]*+\r\n)*+")
"""What may precede a YAML text without meaning: a byte order mark, empty lines, comments, directives."""


class Unverifiable:
    """A recorder whose files do not show whether their tests still use them.

    called, matched, is_in_order: its display name, and how it finds an exchange, see `formats.reading.Matching`;
    `matched` is empty if that depends on how it was configured.
    """

    called = ""
    matched: tuple[str, ...] = ()
    is_in_order = False

    def matching(self, data: bytes) -> Matching | None:
        """Return how it finds an exchange at replay. data: the bytes of a file."""
        from recviewer.formats.reading import Matching

        return Matching(self.called, frozenset(self.matched), self.is_in_order) if self.matched else None

    def replay(self, document: Json, file_name: str) -> Replay:
        """Return UNVERIFIABLE: a file does not show whether its test still uses it."""
        from recviewer.replay.names import Replay, ReplayState

        return Replay(ReplayState.UNVERIFIABLE)

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Return None: exchanges cannot be removed one by one."""
        return None


class Cassette(Unverifiable):
    """Base class of the recorders of this family. key: of the top-level list. start: matches a file's first bytes.

    plain: meaningless top-level keys beside the list: with these values only, or any if (). inside: matches the start
    of the list at any place. has_documents: a file may have several YAML documents; otherwise replay reads only the
    first one or none.
    """

    name = ""
    key = "interactions"
    plain: Mapping[str, tuple[object, ...]] = {"version": (1,), "recorded_with": ()}
    homes: frozenset[bytes] = HOMES | {b"testdata", b"fixtures"}
    endings: tuple[bytes, ...] = (b".yaml", b".yml")
    start: re.Pattern[bytes]
    inside: re.Pattern[bytes] | None = None
    has_documents = False

    def suspects(self, data: bytes) -> bool:
        """Search the whole file for the list."""
        return self.inside is not None and self.inside.search(data) is not None

    def recognizes(self, data: bytes) -> bool:
        """Examine only the first bytes, after any leading comments."""
        if self.start.match(data[:HEAD].replace(b"\r\n", b"\n")) is not None:
            return True
        before = _BEFORE.match(data)
        if before is None or not before.end():
            return False
        return self.start.match(data[before.end() : before.end() + HEAD].replace(b"\r\n", b"\n")) is not None

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges; an unreadable one comes with the reason."""
        from recviewer.recorders.yaml_text import BadYaml, documents

        try:
            found = documents(data)
        except BadYaml as reason:
            yield FilePart("", 0, len(data), None, str(reason))
            return
        if not self.has_documents and any(one.whole.value is not None for one in found[1:]):
            why = f"{len(found):,} YAML documents, of which {self.called} reads the first one or none"
            yield FilePart("", 0, len(data), None, why)
            return
        items = self.items(found)
        if not items:
            yield no_exchange(data, self.around(found[0].whole.value) if len(found) == 1 else {})
            return
        repeated = [key for document in found for key in document.repeated]
        around = self.around(found[0].whole.value) if len(found) == 1 else {}
        yield from parts_of(items, self.exchange, exact=exact, repeated=repeated, around=around)

    def around(self, value: object) -> dict[str, object]:
        """Return the meaningful values of a file beside its exchanges."""
        return around_in(value, (self.key,), self.plain)

    def items(self, found: Sequence[YamlDocument]) -> list[FileItem]:
        """Return the items that are exchanges, including those of a list that was cut out of a file."""
        return [item for document in found for key in (self.key, "") for item in document.items.get(key, ())]

    def exchange(self, value: Any) -> HttpExchange:
        """Convert an item to its normal form. Raises ValueError with the reason if it is not an exchange."""
        raise NotImplementedError

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Remove the lines of some exchanges and keep all other bytes; None if no exchange would be left."""
        return without_spans(data, list(self.parts(data)), parts)


def no_exchange(data: bytes, around: Mapping[str, object]) -> FilePart:
    """Return the only part of a file without exchanges. around: its other meaningful values."""
    from recviewer.formats.decode import Decoded
    from recviewer.recorders.http_exchange import jsonable

    document: dict[str, Json] = {"exchanges": [], "request": {}, "response": {"body": "", "is_streaming": False}}
    if around:
        document["recorder"] = {"file": jsonable(dict(around))}
    return FilePart("", 0, len(data), Decoded(document, ()))


def without_spans(data: bytes, every: Sequence[FilePart], parts: Collection[str]) -> bytes | None:
    """Return a file's bytes without those of some parts; None if no part would be left."""
    if all(one.name in parts for one in every):
        return None
    made, at = [], 0
    gone = [span for one in every if one.name in parts for span in ((one.start, one.end), one.rest) if span]
    for start, end in sorted(gone):
        made.append(data[at:start])
        at = end
    return b"".join([*made, data[at:]])


def parts_of(
    items: Sequence[FileItem],
    exchange: Any,
    *,
    exact: bool,
    repeated: Sequence[str] = (),
    around: Mapping[str, object] | None = None,
) -> Iterator[FilePart]:
    """Yield the parts of a file from its items. exchange: converts an item's value to its normal form.

    repeated: duplicate keys anywhere in the file. around: the file's other values, which count with each exchange.
    """
    from dataclasses import replace

    from recviewer.exchange.model import Problem
    from recviewer.recorders.http_exchange import document_of, jsonable
    from recviewer.recorders.naming import PartNames

    names = PartNames()
    for item in items:
        try:
            heard = exchange(item.value)
        except ValueError as reason:
            yield FilePart(names.of(jsonable(item.value)), item.start, item.end, None, str(reason))
            continue
        if around:
            heard.more = {**heard.more, "file": dict(around)}
        decoded = document_of(heard, exact=exact)
        odd = [f"keys given twice, the last one counts: {one}" for one in dict.fromkeys(repeated)] + [*item.problems]
        if odd:
            decoded = replace(decoded, problems=(*decoded.problems, *(Problem("file", what) for what in odd)))
        yield FilePart(names.of(heard.asked), item.start, item.end, decoded)


def around_in(value: object, lists: Collection[str], plain: Mapping[str, tuple[object, ...]]) -> dict[str, object]:
    """Return an object's values other than some lists, without empty ones and those in `plain` (see `Cassette`)."""
    if not isinstance(value, dict):
        return {}
    return {
        key: held
        for key, held in value.items()
        if key not in lists
        and held not in (None, "", [], {})
        and not (key in plain and held in (plain[key] or (held,)))
    }


def object_in(value: Any, key: str, *, what: str = "an exchange") -> dict[str, Any]:
    """Return the object at a key. Raises ValueError with the reason if there is none."""
    held = value.get(key) if isinstance(value, dict) else None
    if not isinstance(held, dict):
        raise ValueError(f"{what} without {'an object ' if isinstance(value, dict) else ''}`{key}`")
    return held
