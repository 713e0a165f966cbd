"""YAML as recorders write it: values by the Core schema of YAML 1.2, each item with the place of its bytes.

The parser is PyYAML's on libyaml; nothing of its constructors is used, so that no tag makes an object. Source: the YAML
1.2.2 specification, section 10.3 (Core schema); `!binary` without an address is what Ruby's psych writes.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import logging
import re
from collections.abc import Iterator
from dataclasses import field
from typing import Any, TypeAlias

import yaml

from recviewer.dataclass import dataclass

log = logging.getLogger(__name__)

DEPTH_LIMIT = 100
"""Nesting deeper than this is refused; real cassettes nest ten deep."""

VALUES_LIMIT = 2_000_000
"""Values that a file may hold, those that aliases repeat counted each time."""

Value: TypeAlias = "dict[str, Value] | list[Value] | str | bytes | int | float | bool | None"

_NULL = re.compile(r"null|Null|NULL|~|")
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE")
_INT = re.compile(r"[-+]?[0-9]{1,4000}")
_OCTAL = re.compile(r"0o[0-7]{1,4000}")
_HEX = re.compile(r"0x[0-9a-fA-F]{1,4000}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_PYTHON = "tag:yaml.org,2002:python/"
"""How Python's own tags begin: those of plain values make no object."""

_BINARY = frozenset({"tag:yaml.org,2002:binary", "!binary", f"{_PYTHON}bytes"})
_TEXT = frozenset({"tag:yaml.org,2002:str", "!", f"{_PYTHON}unicode", f"{_PYTHON}str"})
_VALUES = frozenset({f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool", "null", "timestamp")})
_PLAIN = frozenset(
    {"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq", "!", *(f"{_PYTHON}{kind}" for kind in ("tuple", "list", "dict"))}
)


class BadYaml(Exception):
    """A text that cannot be read as YAML, or holds what no recording needs. The message has no full stop."""


@dataclass(frozen=True, slots=True)
class FileItem:
    """An item of a list, or a whole document.

    start, end: where its lines stand in the bytes. problems: what is odd in it.
    """

    value: Value
    start: int
    end: int
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """One document. items: by key of the top, those of its lists; under "" those of a top that is a list itself.

    repeated: keys that one object has twice; the last one counts.
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
    """Where characters stand in the bytes of a text. before: bytes that come before the text."""

    def __init__(self, text: str, is_ascii: bool, before: int) -> None:
        self.text = text
        self._is_ascii, self._before = is_ascii, before
        self._known = (0, before)

    def item_at(self, index: int) -> int:
        """Return where the line of an item begins, in bytes: that of its dash, where this has a line of its own."""
        at = index
        while at and self.text[at - 1] in " \r\n":
            at -= 1
        return self.line_of(at - 1 if at and self.text[at - 1] == "-" else index)

    def line_of(self, index: int) -> int:
        """Return where the line begins that a character stands in, in bytes; of the end of the text, where that is."""
        start = index if index >= len(self.text) else self.text.rfind("\n", 0, index) + 1
        if self._is_ascii:
            return start + self._before
        index, place = self._known
        if start < index:
            index, place = 0, self._before
        place += len(self.text[index:start].encode())
        self._known = (start, place)
        return place


@dataclass(slots=True)
class _Open:
    """A list or an object that is being read. key: of the value to come; start: of each of its items, in characters."""

    value: dict[str, Value] | list[Value]
    anchor: str | None
    before: int
    key: str | None = None
    starts: list[int] = field(default_factory=list)
    end: int = 0


def _documents(text: str, places: _Places) -> Iterator[YamlDocument]:
    found: _Reading | None = None
    for event in yaml.parse(text, Loader=_loader()):
        if isinstance(event, yaml.DocumentStartEvent):
            found = _Reading(places, _at(event.start_mark))
        elif isinstance(event, yaml.DocumentEndEvent):
            assert found is not None
            yield found.document(_at(event.start_mark))
            found = None
        elif found is not None:
            found.take(event)


class _Reading:
    """Builds one document from the events of the parser, without recursion."""

    def __init__(self, places: _Places, start: int) -> None:
        self._places, self._start = places, start
        self._open: list[_Open] = []
        self._top: Value = None
        self._anchors: dict[str, tuple[Value, int]] = {}
        self._count = 0
        self._repeated: dict[str, None] = {}
        self._lists: dict[str, _Open] = {}

    def take(self, event: Any) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._add(_scalar(event), event.anchor, 1, _at(event.start_mark))
        elif isinstance(event, yaml.AliasEvent):
            known = self._anchors.get(event.anchor or "")
            if known is None:
                raise BadYaml(f"not YAML: an alias of {event.anchor}, which is nowhere")
            self._add(known[0], None, known[1], _at(event.start_mark))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if event.tag is not None and event.tag not in _PLAIN:
                raise BadYaml(f"a tag that names an object: {event.tag[:80]}")
            if len(self._open) >= DEPTH_LIMIT:
                raise BadYaml(f"nested deeper than {DEPTH_LIMIT} levels")
            self._begin(_at(event.start_mark))
            is_list = isinstance(event, yaml.SequenceStartEvent)
            self._open.append(_Open([] if is_list else {}, event.anchor, self._count))
        else:
            self._end(_at(event.end_mark))

    def _begin(self, index: int) -> None:
        """Note where an item of a list begins."""
        if self._open and isinstance(self._open[-1].value, list):
            self._open[-1].starts.append(index)

    def _end(self, index: int) -> None:
        done = self._open.pop()
        done.end = index
        if isinstance(done.value, list) and len(self._open) < 2:
            key = self._open[0].key if self._open else ""
            self._lists[key or ""] = done
        self._put(done.value, done.anchor, self._count - done.before + 1)

    def _add(self, value: Value, anchor: str | None, count: int, index: int) -> None:
        self._count += count
        if self._count > VALUES_LIMIT:
            raise BadYaml(f"more than {VALUES_LIMIT:,} values")
        if not (self._open and isinstance(self._open[-1].value, dict) and self._open[-1].key is None):
            self._begin(index)
        self._put(value, anchor, count)

    def _put(self, value: Value, anchor: str | None, count: int) -> None:
        if anchor:
            self._anchors[anchor] = value, count
        if not self._open:
            self._top = value
            return
        holder = self._open[-1]
        if isinstance(holder.value, list):
            holder.value.append(value)
        elif holder.key is None:
            holder.key = _key_of(value)
        else:
            if holder.key in holder.value:
                self._repeated[f"{holder.key}, before it stood {_short(holder.value[holder.key])}"] = None
            holder.value[holder.key] = value
            holder.key = None

    def document(self, end: int) -> YamlDocument:
        line = self._places.line_of
        items = {}
        for key, held in self._lists.items():
            assert isinstance(held.value, list)
            starts = [self._places.item_at(start) for start in held.starts]
            ends = [*starts[1:], line(held.end)] if starts else []
            items[key] = tuple(map(FileItem, held.value, starts, ends))
        whole = FileItem(self._top, line(self._start) if self._start else 0, line(end))
        return YamlDocument(whole, items, tuple(self._repeated))


def _short(value: Value) -> str:
    """Return a value that a person can read; one that was cut still differs from every other."""
    text = repr(value)
    return (
        text
        if len(text) <= 200
        else f"{text[:200]}… ({hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:16]})"
    )


def _key_of(value: Value) -> str:
    if isinstance(value, (dict, list, bytes)):
        raise BadYaml("a key that is no text")
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
    """Return what a text without quotes stands for."""
    first = text[:1]
    if first not in "0123456789+-.~nNtTfF":
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
