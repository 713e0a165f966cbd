"""Cassettes: files of which one list holds exchanges, each a request and a response, as the family of VCR writes them."""

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
"""Bytes by which a file is known."""

HOMES = frozenset({b"cassettes", b"vcr_cassettes", b"vcr-cassettes", b"llmobs_cassettes", b"_vcr", b"vcr"})
"""Directories that hold cassettes of the family of VCR, by their names."""

ELSEWHERE = "the answer lies in another file, and is not read with what was asked"
"""What is said of it, before its name."""


_BEFORE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*+(?:[#%][^\n]*+)?\n|[ \t]*+\r\n)*+")
"""What may stand before a text of YAML and says nothing: a byte order mark, empty lines, comments, directives."""


class Unverifiable:
    """A recorder of whose files nobody can tell whether their tests still ask for them.

    called, matched, is_in_order: how people call it, and how it finds an exchange, see `formats.reading.Matching`; of
    `matched` none where that hangs on how it was called.
    """

    called = ""
    matched: tuple[str, ...] = ()
    is_in_order = False

    def matching(self, data: bytes) -> Matching | None:
        """Return how it finds an exchange at replay. data: of its file."""
        from recviewer.formats.reading import Matching

        return Matching(self.called, frozenset(self.matched), self.is_in_order) if self.matched else None

    def replay(self, document: Json, file_name: str) -> Replay:
        """Say that nobody can tell from a file whether its test still asks for it."""
        from recviewer.replay.names import Replay, ReplayState

        return Replay(ReplayState.UNVERIFIABLE)

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Return None: a file goes as a whole."""
        return None


class Cassette(Unverifiable):
    """What the recorders of this family share. key: of the list at the top. start: of a file, in its first bytes.

    plain: what stands beside the list and says nothing, by key: only with these values, of () with any. inside: how the list
    begins, wherever it stands. has_documents: a file may hold several YAML documents; else replay reads the first one
    or none.
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
        """Look for the list in the whole file."""
        return self.inside is not None and self.inside.search(data) is not None

    def recognizes(self, data: bytes) -> bool:
        """Look at the first bytes alone, and at those behind comments, should it begin with some."""
        if self.start.match(data[:HEAD].replace(b"\r\n", b"\n")) is not None:
            return True
        before = _BEFORE.match(data)
        if before is None or not before.end():
            return False
        return self.start.match(data[before.end() : before.end() + HEAD].replace(b"\r\n", b"\n")) is not None

    def parts(self, data: bytes, *, exact: bool = False) -> Iterator[FilePart]:
        """Yield the exchanges, one that cannot be read with the reason."""
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
        """Return what stands beside the exchanges of a file and says something."""
        return around_in(value, (self.key,), self.plain)

    def items(self, found: Sequence[YamlDocument]) -> list[FileItem]:
        """Return the items that are exchanges, also of a list that was cut out of a file."""
        return [item for document in found for key in (self.key, "") for item in document.items.get(key, ())]

    def exchange(self, value: Any) -> HttpExchange:
        """Return an item in its normal form. Raises ValueError with the reason where it is none."""
        raise NotImplementedError

    def without(self, data: bytes, parts: Collection[str]) -> bytes | None:
        """Take the lines of some exchanges out, and leave every other byte; None where none would be left."""
        return without_spans(data, list(self.parts(data)), parts)


def no_exchange(data: bytes, around: Mapping[str, object]) -> FilePart:
    """Return the one part of a file that holds no exchange. around: what else it holds that counts."""
    from recviewer.formats.decode import Decoded
    from recviewer.recorders.http_exchange import jsonable

    document: dict[str, Json] = {"exchanges": [], "request": {}, "response": {"body": "", "is_streaming": False}}
    if around:
        document["recorder"] = {"file": jsonable(dict(around))}
    return FilePart("", 0, len(data), Decoded(document, ()))


def without_spans(data: bytes, every: Sequence[FilePart], parts: Collection[str]) -> bytes | None:
    """Return the bytes of a file without those of some parts; None where none would be left."""
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
    """Yield the parts of a file by its items. exchange: makes the normal form of an item's value.

    repeated: keys that stand twice somewhere in the file. around: what it holds beside them, which counts with each.
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
    """Return what an object holds besides some lists, but for what is plain (see `Cassette`) or empty."""
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
    """Return the object below a key. Raises ValueError with the reason where there is none."""
    held = value.get(key) if isinstance(value, dict) else None
    if not isinstance(held, dict):
        raise ValueError(f"{what} without {'an object ' if isinstance(value, dict) else ''}`{key}`")
    return held
