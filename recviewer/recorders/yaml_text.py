"""YAML as recorders write it: values by the Core schema of YAML 1.2, each item with its byte offsets.

Only PyYAML's parser on libyaml is used, not its constructors, so that no tag creates an object. Source: the YAML 1.2.2
specification, section 10.3 (Core schema); `!binary` without a URI is what Ruby's psych writes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import yaml

from recviewer.exchange.dataclass import dataclass

log = logging.getLogger(__name__)

DEPTH_LIMIT = 100
"""Files nested deeper than this are refused; real cassettes nest ten deep."""

VALUES_LIMIT = 2_000_000
"""Most values in a file; those repeated by aliases are counted each time."""

REPEATED_LIMIT = 20_000_000
"""Most characters that aliases may repeat in a file: a few lines could stand for gigabytes."""

Value: TypeAlias = "dict[str, Value] | list[Value] | str | bytes | int | float | bool | None"

_TELLING = frozenset(("", *"0123456789+-.~nNtTfF"))
"""First characters of plain scalars that may not be strings."""

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]{1,4000}")
_OCTAL = re.compile(r"0o[0-7]{1,4000}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,4000}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_PYTHON = "tag:yaml.org,2002:python/"
"""Prefix of Python's own tags: those of plain values create no object."""

_BINARY = frozenset({"tag:yaml.org,2002:binary", "!binary", f"{_PYTHON}bytes"})
_TEXT = frozenset({"tag:yaml.org,2002:str", "!", f"{_PYTHON}unicode", f"{_PYTHON}str"})
_VALUES = frozenset({f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "null", "timestamp")})
_PLAIN = frozenset(
    {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!", *(f"{_PYTHON}{kind}" for kind in ("tuple", "list", "dict"))}
)
_ISTR = re.compile(_PYTHON + r"object/(?:apply|new):multidict(?:\.\w+)*\.istr")
"""Tag of a list whose only item is a text: a name of a header as aiohttp has it, which PyYAML takes for an object."""


LONG = 200
"""Most characters of a value that are told of it."""


class BadYaml(Exception):
    """A text that cannot be read as YAML, or contains what no recording needs. The message has no full stop."""


@dataclass(frozen=True, slots=True)
class FileItem:
    """An item of a list, or a whole document.

    start, end: byte offsets of its lines. problems: its anomalies.
    """

    value: Value
    start: int
    end: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One document. items: of its top-level lists, by key; of a document that is a list, under "".

    repeated: duplicate keys of an object; the last one counts.
    """

    whole: FileItem
    items: dict[str, tuple[FileItem, ...]]
    repeated: tuple[str, ...] = ()


def documents(data: bytes) -> list[YamlDocument]:
    """Read the documents of a file. Raises BadYaml, and nothing else, whatever the bytes are."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadYaml(f"not UTF-8 text: byte 0x{data[error.start]:02x} at offset {error.start:,}") from None
    if text.startswith("\ufeff"):
        text, before = text[1:], len("\ufeff".encode())
    else:
        before = 0
    places = _Places(text, len(text) == len(data) - before, before)
    try:
        return list(_documents(text, places))
    except yaml.YAMLError as error:
        raise BadYaml(_why(error)) from None


def _why(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    what = getattr(error, "problem", None) or str(error).partition("\n")[0]
    return f"not YAML: {what}" + (f" in line {mark.line + 1:,}, column {mark.column + 1:,}" if mark else "")


def _at(mark: Any) -> int:
    index: int = mark.index
    return index


def _loader() -> Any:
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is None:
        log.warning("PyYAML is here without libyaml: cassettes are read twelve to sixty times slower")
    return fast or yaml.SafeLoader


class _Places:
    """Converts character indexes to byte offsets. before: number of bytes that precede the text."""

    def __init__(self, text: str, is_ascii: bool, before: int) -> None:
        self.text = text
        self._is_ascii, self._before = is_ascii, before
        self._known = (0, before)
        self._line = (0, 0)

    def item_at(self, index: int) -> int:
        """Return the byte offset of an item's first line: that of its dash, if the dash has a line of its own."""
        at = index
        while at and self.text[at - 1] in " \r\n":
            at -= 1
        return self.line_of(at - 1 if at and self.text[at - 1] == "-" else index)

    def line_of(self, index: int) -> int:
        """Return the byte offset of the line with a character; of the end of the text, if the index is there."""
        start = index if index >= len(self.text) else self._start_of(index)
        if self._is_ascii:
            return start + self._before
        index, place = self._known
        if start < index:
            index, place = 0, self._before
        place += len(self.text[index:start].encode())
        self._known = (start, place)
        return place

    def _start_of(self, index: int) -> int:
        """Return the start of the line with a character. From one to a later one only what lies between is searched."""
        asked, start = self._line
        if index < asked:
            asked, start = 0, 0
        start = self.text.rfind("\n", asked, index) + 1 or start
        self._line = (index, start)
        return start


class _Open:
    """A list or an object while it is read. values, pairs: its content so far, one of them is None.

    is_text: whether a list stands for its only item, a text.
    key: of the next value. before: number of values read before it. begun: where it begins, plus the characters that aliases
    repeated before it; of one with an anchor. starts: character indexes of the items of a list at
    which the file may be cut. end: the end of such a list.
    """

    __slots__ = ("anchor", "before", "begun", "end", "is_cut", "is_text", "key", "pairs", "starts", "values")

    def __init__(
        self,
        values: list[Value] | None,
        pairs: dict[str, Value] | None,
        anchor: str | None,
        before: int,
        begun: int,
        is_cut: bool,
    ) -> None:
        self.values, self.pairs, self.anchor, self.before, self.begun, self.is_cut = (
            values,
            pairs,
            anchor,
            before,
            begun,
            is_cut,
        )
        self.is_text = False
        self.key: str | None = None
        self.starts: list[int] = []
        self.end = 0


def _documents(text: str, places: _Places) -> Iterator[YamlDocument]:
    loader = _loader()(text)
    try:
        while (event := loader.get_event()) is not None:
            if event.__class__ is yaml.DocumentStartEvent:
                yield _Reading(places, _at(event.start_mark)).document(loader.get_event)
    finally:
        loader.dispose()


class _Reading:
    """Builds one document from the parser's events, without recursion."""

    def __init__(self, places: _Places, start: int) -> None:
        self._places, self._start = places, start
        self._open: list[_Open] = []
        self._top: Value = None
        self._anchors: dict[str, tuple[Value, int, int]] = {}
        self._count = self._repeated_characters = 0
        self._shown: dict[int, tuple[Value, str]] = {}
        self._repeated: dict[str, None] = {}
        self._lists: dict[str, _Open] = {}

    def document(self, next_event: Callable[[], Any]) -> YamlDocument:
        """Read the events of the document up to its end."""
        scalar, mapping, sequence = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent
        opened = self._open
        while True:
            event = next_event()
            kind = event.__class__
            if kind is scalar:
                if event.tag is None:  # most have no tag and start with a letter
                    text: str = event.value
                    value = _plain(text) if text[:1] in _TELLING and event.implicit[0] else text
                else:
                    value = _scalar(event)
                pairs = opened[-1].pairs if opened else None
                if pairs is None or event.anchor is not None:
                    self._add(value, event, 1)
                    continue
                self._count += 1  # inlined from `_add`, for keys and values of objects: nearly all events
                if self._count > VALUES_LIMIT:
                    raise BadYaml(f"more than {VALUES_LIMIT:,} values")
                holder = opened[-1]
                key = holder.key
                if key is None:
                    holder.key = value if value.__class__ is str else _key_of(value)
                else:
                    if key in pairs:
                        self._note_repeated(key, pairs[key])
                    pairs[key] = value
                    holder.key = None
            elif kind is mapping or kind is sequence:
                self._begin(event, is_list=kind is sequence)
            elif kind is yaml.DocumentEndEvent:
                return self._made(_at(event.start_mark))
            elif kind is yaml.AliasEvent:
                self._repeat(event)
            else:
                self._end(event)

    def _repeat(self, event: Any) -> None:
        """Add the value of an alias."""
        value, count, characters = self._anchors.get(event.anchor or "", (None, 0, 0))
        if not count:
            raise BadYaml(f"not YAML: an alias of {event.anchor}, which is nowhere")
        self._repeated_characters += characters
        if self._repeated_characters > REPEATED_LIMIT:
            raise BadYaml(f"more than {REPEATED_LIMIT:,} characters repeated by aliases")
        self._add(value, event, count, anchor=None)

    def _begin(self, event: Any, *, is_list: bool) -> None:
        """Begin a list or an object."""
        opened = self._open
        is_text = event.tag is not None and is_list and _ISTR.fullmatch(event.tag) is not None
        if event.tag is not None and event.tag not in _PLAIN and not is_text:
            raise BadYaml(f"a tag that names an object: {event.tag[:80]}")
        depth = len(opened)
        if depth >= DEPTH_LIMIT:
            raise BadYaml(f"nested deeper than {DEPTH_LIMIT} levels")
        if depth and opened[-1].is_cut:
            opened[-1].starts.append(_at(event.start_mark))
        begun = _at(event.start_mark) + self._repeated_characters if event.anchor else 0
        if is_list:
            opened.append(_Open([], None, event.anchor, self._count, begun, depth < 2 and not is_text))
            opened[-1].is_text = is_text
        else:
            opened.append(_Open(None, {}, event.anchor, self._count, begun, False))

    def _end(self, event: Any) -> None:
        """End a list or an object."""
        done = self._open.pop()
        if done.is_cut:
            done.end = _at(event.end_mark)
            key = self._open[0].key if self._open else ""
            self._lists[key or ""] = done
        made: Value = done.values if done.pairs is None else done.pairs
        if done.is_text:
            if not isinstance(made, list) or len(made) != 1 or not isinstance(made[0], str):
                raise BadYaml("the name of a header that is not text")
            made = made[0]
        characters = _at(event.end_mark) + self._repeated_characters - done.begun if done.anchor else 0
        self._put(made, done.anchor, self._count - done.before + 1, characters)

    def _add(self, value: Value, event: Any, count: int, anchor: str | None = "") -> None:
        self._count += count
        if self._count > VALUES_LIMIT:
            raise BadYaml(f"more than {VALUES_LIMIT:,} values")
        if self._open and self._open[-1].is_cut:
            self._open[-1].starts.append(_at(event.start_mark))
        characters = len(value) if isinstance(value, str | bytes) else 1
        self._put(value, event.anchor if anchor == "" else anchor, count, characters)

    def _put(self, value: Value, anchor: str | None, count: int, characters: int) -> None:
        if anchor:
            self._anchors[anchor] = value, count, characters
        if not self._open:
            self._top = value
            return
        holder = self._open[-1]
        if holder.pairs is None:
            assert holder.values is not None
            holder.values.append(value)
        elif holder.key is None:
            holder.key = value if value.__class__ is str else _key_of(value)
        else:
            if holder.key in holder.pairs:
                self._note_repeated(holder.key, holder.pairs[holder.key])
            holder.pairs[holder.key] = value
            holder.key = None

    def _note_repeated(self, key: str, before: Value) -> None:
        known = self._shown.get(id(before))  # what an alias repeats is written out once
        if known is None:
            known = before, _short(before)
            if len(known[1]) > LONG:
                self._shown[id(before)] = known
        self._repeated[f"{key}, before it stood {known[1]}"] = None

    def _made(self, end: int) -> YamlDocument:
        line = self._places.line_of
        items = {}
        for key, held in self._lists.items():
            starts = [self._places.item_at(start) for start in held.starts]
            ends = [*starts[1:], line(held.end)] if starts else []
            items[key] = tuple(map(FileItem, held.values or (), starts, ends))
        whole = FileItem(self._top, line(self._start) if self._start else 0, line(end))
        return YamlDocument(whole, items, tuple(self._repeated))


def _short(value: Value) -> str:
    """Return a readable value; a truncated one gets a digest, so that it still differs from every other."""
    text = repr(value)
    return (
        text
        if len(text) <= LONG
        else f"{text[:LONG]}… ({hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]})"
    )


def _key_of(value: Value) -> str:
    if isinstance(value, (dict, list, bytes)):
        raise BadYaml("a key that is not text")
    return value if isinstance(value, str) else "null" if value is None else str(value)


def _scalar(event: Any) -> Value:
    text: str = event.value
    if event.tag in _BINARY:
        try:
            return base64.b64decode(text, validate=False)
        except (binascii.Error, ValueError):
            raise BadYaml("bytes that are not written in base64") from None
    if event.tag in _VALUES:
        return _plain(text)
    if event.tag is not None and event.tag not in _TEXT:
        raise BadYaml(f"a tag that names an object: {event.tag[:80]}")
    return _plain(text) if event.tag is None and event.implicit[0] else text


def _plain(text: str) -> Value:
    """Return the value of a plain scalar."""
    if text[:1] not in _TELLING:
        return text
    if _NULL.fullmatch(text):
        return None
    if _BOOL.fullmatch(text):
        return text[0] in "tT"
    if _INT.fullmatch(text):
        return int(text)
    if _OCTAL.fullmatch(text):
        return int(text[2:], 8)
    if _HEX.fullmatch(text):
        return int(text, 16)
    return float(text) if _FLOAT.fullmatch(text) else text
