"""Finds and masks secrets in a decoded document, including those that a stream split."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeAlias

from recviewer.exchange.model import Json
from recviewer.exchange.secret import Secret
from recviewer.secrets import pieces
from recviewer.secrets.kinds import Level
from recviewer.secrets.mask import REST, mask_of, proof
from recviewer.secrets.named import find_all
from recviewer.secrets.texts import LEAST, SHORTEST, SecretAt, hidden

_Way: TypeAlias = tuple[str | int, ...]


class Masked(NamedTuple):
    """A masked document, the secrets found, and the literal masked values with their masks."""

    document: Json
    secrets: tuple[Secret, ...]
    values: dict[str, str]


@dataclass(slots=True)
class _Walk:
    secrets: list[Secret] = field(default_factory=list)
    values: dict[str, str] = field(default_factory=dict)
    known: set[tuple[str, str]] = field(default_factory=set)
    """Names and texts known to contain none: streams repeat them in each element."""

    def add(self, found: list[SecretAt], text: str, where: str) -> None:
        for one in found:
            self.secrets.append(secret_of(one, text, where))
            if one.kind.is_masked:
                self.values[text[one.start : one.end]] = mask_of(one, text)

    def masked(self, value: Json, name: str, where: str) -> Json:
        """Return a value with masks. name: its key; for list items, the list's key."""
        if isinstance(value, str):
            return self.of_text(value, name, where)
        if isinstance(value, list):
            return [self.masked(item, name, f"{where}[{place}]") for place, item in enumerate(value)]
        if isinstance(value, dict):
            named = value.get("name") if isinstance(value.get("value"), str) else None
            made: dict[str, Json] = {}
            for key, item in value.items():
                name = named if key == "value" and isinstance(named, str) else str(key)
                told = self.of_text(key, "", where) if isinstance(key, str) else key
                while told in made:  # another key has the same mask; keep both
                    told += REST
                made[told] = self.masked(item, name, _below(where, key))
            return made
        return value

    def of_text(self, text: str, name: str, where: str) -> str:
        if len(text) < (SHORTEST if name else LEAST):
            return text
        if (name, text) in self.known:
            return text
        found = find_all(text, name)
        inside = pieces.across(text) if '"' in text and len(text) > pieces.LEAST else []
        if not found and not inside:
            self.known.add((name, text))
            return text
        self.add(found, text, where)
        made = hidden(text, found)
        for one in inside:
            self.add([one.found], one.joined, where)
        return pieces.hidden_across(made) if inside else made


def secret_of(found: SecretAt, text: str, where: str) -> Secret:
    """Return the description of a secret found in a text. where: the path of the text."""
    kind = found.kind
    told = found.shown + (mask_of(found, text) if kind.is_masked else text[found.start : found.end])
    return Secret(kind.name, kind.called, kind.level.value, where, told, proof(text[found.start : found.end]))


def masked(document: Json) -> Masked:
    """Return a document with secrets masked. The original is not changed."""
    walk = _Walk()
    body = _body(document)
    if body is not None:
        document = {**document, "response": {**document["response"], "body": _joined(body, walk)}}
    made = walk.masked(document, "", "")
    return Masked(made, tuple(dict.fromkeys(walk.secrets)), walk.values)


def _below(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)


def _body(document: Json) -> list[Json] | None:
    """Return the elements of a stream, None if the reply is not one."""
    response = document.get("response") if isinstance(document, dict) else None
    body = response.get("body") if isinstance(response, dict) else None
    return body if isinstance(body, list) and len(body) > 1 else None


def _of_lines(body: list[Json], walk: _Walk) -> list[Json]:
    """Return the lines or fragments of an event stream with secrets masked that span several events.

    Fragments cut anywhere by the network are joined into the first of them.
    """
    for joint in ("\n", ""):
        text = joint.join(body)
        found = pieces.across(text)
        for one in found:
            walk.add([one.found], one.joined, "response.body")
        if found:
            made = pieces.hidden_across(text)
            lines = made.split(joint) if joint else []
            return lines if len(lines) == len(body) else [made, *[""] * (len(body) - 1)]
    return body


class _Piece(NamedTuple):
    """A text of an element. element: its index. way: the path of the text in it."""

    element: int
    way: _Way
    text: str


def _joined(body: list[Json], walk: _Walk) -> list[Json]:
    """Return a stream with secrets masked that start in one element and end in another.

    Texts form a series if they are at the same path of their elements, and of the same choice, call or block.
    """
    if all(isinstance(element, str) for element in body):
        body = _of_lines(body, walk)
    series: dict[tuple[Any, ...], list[_Piece]] = {}
    for place, element in enumerate(body):
        for key, way, text in _texts(element, (), ()):
            series.setdefault(key, []).append(_Piece(place, way, text))
    made = list(body)
    for some in series.values():
        if len(some) > 1:
            cuts = pieces.cut([piece.text for piece in some])
            for one in cuts.found:
                first = some[one.first]
                walk.add([one.found], one.joined, f"response.body[{first.element}]{_spelled(first.way)}")
            for place, text in cuts.changed.items():
                made[some[place].element] = _with(made[some[place].element], some[place].way, text)
    return made


def _texts(value: Json, key: tuple[Any, ...], way: _Way) -> Iterator[tuple[tuple[Any, ...], _Way, str]]:
    """Yield the texts in an element: the key of the series it belongs to, its path, and the text."""
    if isinstance(value, str):
        yield key, way, value
    elif isinstance(value, dict):
        own = tuple(
            [value[name] for name in ("index", "output_index", "content_index") if isinstance(value.get(name), int)]
        )
        for name, item in value.items():
            yield from _texts(item, (*key, own, name), (*way, name))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts(item, (*key, place), (*way, place))


def _with(value: Json, way: _Way, text: str) -> Json:
    """Return a value with another text at a path."""
    if not way:
        return text
    step, rest = way[0], way[1:]
    if isinstance(value, dict):
        return {**value, step: _with(value[step], rest, text)}
    return [_with(item, rest, text) if place == step else item for place, item in enumerate(value)]


def _spelled(way: _Way) -> str:
    return "".join([f"[{step}]" if isinstance(step, int) else f".{step}" for step in way])


def worst(secrets: tuple[Secret, ...]) -> str:
    """Return the worst level of some secrets, "" for none."""
    return next((level.value for level in Level if any(one.level == level for one in secrets)), "")
