"""The parts of messages, ready for templates/parts/: one small class for each part kind."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, ClassVar

from recviewer.exchange.model import (
    Image,
    Json,
    JsonPart,
    Part,
    Reasoning,
    RefusalPart,
    SentFile,
    Text,
    ToolCall,
    ToolResult,
)
from recviewer.pages.recording.calls import CallView, call_view
from recviewer.pages.templatetags.words import size
from recviewer.pages.text.folds import Fold, Folds, weight_of
from recviewer.pages.text.jsontext import pretty
from recviewer.pages.text.lengths import in_words, seconds_of
from recviewer.pages.text.media import ASSUMED_RATE, Picture, data_size, picture_of, sound_of
from recviewer.pages.text.pixels import pixels_of
from recviewer.pages.text.texts import RESULT, SECOND, TURN, Limit, ShownText, amount, words

SEALS = frozenset({"thoughtSignature", "thought_signature"})
"""Keys that may be beside anything, so that data is not named after them."""


@dataclass(frozen=True, slots=True)
class ReasoningView:
    """A reasoning part. fold: with its size."""

    template: ClassVar[str] = "parts/_reasoning.html"
    fold: Fold


@dataclass(frozen=True, slots=True)
class RefusalView:
    """A refusal instead of an answer."""

    template: ClassVar[str] = "parts/_refusal.html"
    words: ShownText


@dataclass(frozen=True, slots=True)
class ServerCallView:
    """A call that the server made itself, as part of its answer."""

    template: ClassVar[str] = "recording/_server_call.html"
    call: CallView


@dataclass(frozen=True, slots=True)
class ResultView:
    """A tool's result. name: of the tool, "" if unknown. call: element id of the call, or ""."""

    template: ClassVar[str] = "parts/_tool_result.html"
    name: str
    call_id: str
    call: str
    items: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class ImageView:
    """A picture. src: a URL of this server, "" if the picture is not in the recording. url: its original URL."""

    template: ClassVar[str] = "parts/_image.html"
    src: str
    url: str
    about: str


@dataclass(frozen=True, slots=True)
class FileView:
    """A file in a message. src: for a sound that can be played, a URL of this server, else ""."""

    template: ClassVar[str] = "parts/_file.html"
    name: str
    id: str
    about: str
    src: str = ""


@dataclass(frozen=True, slots=True)
class JsonView:
    """Data, as it was recorded. name: its own name, "" for none. texts: multi-line texts in it.

    Each text comes with its key, because JSON writes all its lines as one. is_cut: only its start is shown; the raw
    file has the rest.
    """

    template: ClassVar[str] = "parts/_json.html"
    words: ShownText
    name: str = ""
    texts: tuple[tuple[str, ShownText], ...] = ()
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class MoreView:
    """What follows the items that are shown."""

    template: ClassVar[str] = "_more.html"
    fold: Fold


@dataclass(frozen=True, slots=True)
class Called:
    """The place of a tool call, for its result."""

    name: str
    anchor: str


def calls_by_id(parts: Iterable[tuple[str, Part]]) -> dict[str, Called]:
    """Map call ids to the place of the call.

    parts: (element id, part) in order; for duplicate ids the last call counts.
    """
    return {part.id: Called(part.name, at) for at, part in parts if isinstance(part, ToolCall) and part.id}


def views(
    parts: Sequence[Part], folds: Folds, name: str, calls: dict[str, Called], limit: Limit = TURN
) -> tuple[Any, ...]:
    """Return the views of parts; of many the first, and a fold with the others.

    name: unique in the page, as `m3`; parts are `m3.0`, `m3.1`, …
    """
    return shown_of(
        folds, f"{name}.parts", len(parts), lambda at: _view(parts[at], folds, f"{name}.{at}", calls, limit)
    )


def shown_of(folds: Folds, name: str, count: int, view: Callable[[int], Any], noun: str = "part") -> tuple[Any, ...]:
    """Return the first of many items, each with its template, followed by a fold with the others."""
    shown, more = folds.some(name, count, view, noun, template="folds/_items.html")
    return (*shown, MoreView(more)) if more else shown


def view_of(part: Part, folds: Folds, name: str, calls: dict[str, Called]) -> Any:
    """Return the view of one part. name: unique in the page, as `m3.0`."""
    return _view(part, folds, name, calls, TURN)


def _view(part: Part, folds: Folds, name: str, calls: dict[str, Called], limit: Limit) -> Any:
    match part:
        case Text():
            return words(folds, name, part.text, limit)
        case Reasoning():
            return ReasoningView(reasoning_fold(folds, name, part.text))
        case RefusalPart():
            return RefusalView(words(folds, name, part.text, limit))
        case ToolCall():
            return call_view(part, folds, name)
        case ToolResult():
            called = calls.get(part.call_id)
            inner = views(part.parts, folds, name, calls, RESULT)
            tool = part.name or (called.name if called else "")
            return ResultView(tool, part.call_id, called.anchor if called else "", inner)
        case Image():
            return _image(picture_of(part.url), part.url, name)
        case SentFile():
            about = f"{size(data_size(part.data))} in the recording" if part.data else "only its id was recorded"
            sound = sound_of(part.data, part.name) if part.data else None
            if sound is not None:
                about = f"{sound.type} · {_lasting(sound)} · {about}"
            return FileView(part.name, part.id, about, f"?media={name}" if sound else "")
        case JsonPart():
            return _json(part.value, folds, name)


def _lasting(sound: Picture) -> str:
    """Return the duration of a sound, in words."""
    seconds = seconds_of(sound.type, sound.data)
    if seconds is None:
        return "its bytes do not say how long it is"
    assumed = f" at {ASSUMED_RATE:,} numbers a second, which nothing says" if sound.is_rate_assumed else ""
    return in_words(seconds) + assumed


TEXTS = 4
"""Multi-line texts that are repeated below the data that contains them."""


VALUES = 300_000
"""Maximum length of indented JSON that is shown; the raw file has the rest."""

LOOKED_AT = 20_000
"""Number of values in which multi-line texts are looked for."""


def _json(value: Json, folds: Folds, name: str) -> JsonView:
    left = [LOOKED_AT]
    found = list(islice(_texts_in(value, left), TEXTS))
    indented = pretty(value, VALUES)
    shown = words(folds, name, indented[:VALUES], SECOND)
    folds.spend(weight_of(shown.shown, is_json=True))
    texts = [
        (key, replace(words(folds, f"{name}-text-{place}", text, RESULT), is_data=True))
        for place, (key, text) in enumerate(found)
    ]
    return JsonView(shown, _name_of(value), tuple(texts), len(indented) > VALUES)


def _name_of(value: Json) -> str:
    """Return the own name of data: its type, or its only key."""
    if not isinstance(value, dict):
        return ""
    named = value.get("type")
    if isinstance(named, str) and named:
        return named[:60]
    keys = [key for key in value if key not in SEALS]
    return keys[0][:60] if len(keys) == 1 else ""


def _texts_in(value: Json, left: list[int], key: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the multi-line texts in a value, each with its path. left: remaining budget of values."""
    left[0] -= 1
    if isinstance(value, str):
        if "\n" in value.strip():
            yield key, value
    elif depth < 6 and isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            if left[0] <= 0:
                return
            inner = f"{key}[{step}]" if isinstance(value, list) else f"{key}.{step}" if key else str(step)
            yield from _texts_in(item, left, inner, depth + 1)


def reasoning_fold(folds: Folds, name: str, text: str, *, is_open: bool = False) -> Fold:
    """Fold a reasoning text."""
    return folds.text(
        f"{name}-thought",
        "reasoning",
        text,
        detail=text[:160],
        much=amount(text),
        template="folds/_words.html",
        is_open=is_open,
    )


def _image(picture: Picture | None, url: str, name: str) -> ImageView:
    if picture is None:
        where = url if len(url) <= 400 else f"{url[:400]}…"
        return ImageView("", where, "a web address; recviewer does not fetch it" if "://" in url[:12] else "not shown")
    digest = hashlib.sha256(picture.data).hexdigest()[:12]
    pixels = pixels_of(picture.data) if picture.is_shown else None
    large = f"{pixels[0]:,} × {pixels[1]:,} pixels · " if pixels else ""
    about = f"{picture.type} · {large}{size(len(picture.data))} · sha256 {digest}"
    return ImageView(f"?media={name}" if picture.is_shown else "", "", about)
