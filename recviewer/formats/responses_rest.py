"""What remains of OpenAI's Responses after reading, so that nothing in them is lost.

A stream sends most content several times: in fragments, when a part is done, when an item is done, and at the end. Mere
repetitions of what was read are left out; anything different is kept as recorded.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Json, JsonPart
from recviewer.exchange.not_understood import is_empty
from recviewer.exchange.shape import type_of
from recviewer.exchange.signs import PASSED, SIZE
from recviewer.formats.answers import rest_of_image, words_of
from recviewer.formats.items import BESIDE, CALLS, ONE_OF, client_call, part_of, reasoning_of
from recviewer.formats.lookup import Lookup
from recviewer.formats.responses import (
    ARGUMENTS,
    REASONING,
    REFUSAL,
    SERVER_KEYS,
    TERMINAL,
    TEXT,
    ResponseStream,
    message_in,
    place_of,
)

_WORDS_OF_PARTS = {
    "output_text": "text",
    "text": "text",
    "reasoning_text": "text",
    "reasoning": "text",
    "refusal": "refusal",
}
"""The key of the text, by the type of a message part."""

_DONE = {
    "response.output_text.done": ("text", "text"),
    "response.refusal.done": ("refusal", "refusal"),
    "response.reasoning_summary_text.done": ("reasoning", "text"),
    "response.reasoning_text.done": ("reasoning", "text"),
    "response.function_call_arguments.done": ("arguments", "arguments"),
    "response.custom_tool_call_input.done": ("arguments", "input"),
}
"""Events that repeat in full what came in fragments: its sort, and its key."""

_PARTS = frozenset(
    {
        "response.content_part.added",
        "response.content_part.done",
        "response.reasoning_summary_part.added",
        "response.reasoning_summary_part.done",
    }
)


def left_of_response(response: Json) -> Json:
    """Return a response without what was read of its items and its end."""
    if not isinstance(response, dict):
        return response
    made = dict(response)
    if isinstance(response.get("output"), list):
        made["output"] = [left_of_item(item) for item in response["output"]]
    return _without_finish(made)


def _without_finish(made: dict[str, Json]) -> dict[str, Json]:
    """Leave out why a response ended: the reason why it is incomplete, else its status."""
    details = made.get("incomplete_details")
    if isinstance(details, dict) and isinstance(details.get("reason"), str) and details["reason"]:
        return made | {"incomplete_details": _without(details, "reason")}
    return _without_text(made, "status")


def _without(value: dict[str, Json], *keys: str) -> dict[str, Json]:
    return {key: item for key, item in value.items() if key not in keys}


def _without_text(value: dict[str, Json], key: str) -> dict[str, Json]:
    """Leave out a non-empty text; the presence of an empty one counts."""
    return _without(value, key) if isinstance(value.get(key), str) and value[key] else value


def left_of_item(value: Json) -> Json:
    """Return an item without what was read of it. The length of each text remains, because the reader joins texts."""
    if not isinstance(value, dict):
        return value
    item = Lookup(value, "")
    if item.kind == "message":
        content = value.get("content")
        if isinstance(content, list):
            return {**value, "content": [_left_of_part(part) for part in content]}
        return _without_text(value, "content") | _size_of(content)
    if item.kind == "reasoning":
        key = "summary" if reasoning_of(Lookup(_without(value, "content"), "")) else "content"
        return {**value, key: _left_of_words(value[key])} if key in value else value
    if item.kind in CALLS:
        left = _without_text(_without_text(value, "name"), CALLS[item.kind])
        return _with_call_id(left)
    if not item.kind.endswith("_call"):
        return {}
    beside = BESIDE - {"name"} if isinstance(value.get("name"), str) else BESIDE
    left = {key: kept for key, kept in value.items() if key in beside or is_empty(kept)}
    return _with_call_id(left | {key: type_of(value[key]) for key in ONE_OF if not is_empty(value.get(key))})


def _with_call_id(left: dict[str, Json]) -> dict[str, Json]:
    """Replace `call_id` by a mark that it is present; the call itself has the id."""
    call_id = left.get("call_id")
    return {**left, "call_id": PASSED} if isinstance(call_id, str) and call_id else left


def _size_of(text: Json) -> dict[str, Json]:
    return {SIZE: len(text)} if isinstance(text, str) and text else {}


def _left_of_words(value: Json) -> Json:
    """Return what remains of an item's reasoning: a text, or a list of objects with one each."""
    if isinstance(value, list):
        return [_left_of_words(part) for part in value]
    if not isinstance(value, dict):
        return {"(text)": True} | _size_of(value) if isinstance(value, str) else value
    key = next((key for key in _THOUGHT_KEYS if words_of(value.get(key))), "")
    if not key:
        return value
    held = value[key]
    left = _without(value, key) | (_size_of(held) or {key: _left_of_words(held)})
    return left if key == "text" else left | {key: type_of(held)} | left


_THOUGHT_KEYS = ("text", "content", "thinking", "reasoning", "summary")


def _left_of_part(part: Json) -> Json:
    if not isinstance(part, dict):
        return part
    key = _WORDS_OF_PARTS.get(Lookup(part, "").kind)
    if key is not None:
        return _without_text(part, key) | _size_of(part.get(key))
    if isinstance(part_of(Lookup(part, "")), JsonPart):
        return rest_of_image(part)
    return {key: value for key, value in part.items() if key not in ("image_url", "filename", "file_id", "file_data")}


class StreamRest:
    """What remains of each event of a stream after reading."""

    def __init__(self, stream: ResponseStream) -> None:
        self._stream = stream

    def events(self) -> Iterator[Json]:
        """Yield the data of each event without what was read or is only repeated."""
        stream = self._stream
        for number, event in enumerate(stream.events):
            if stream.counts_at is None:
                yield self._left(event)
            elif number == stream.counts_at and event.object("response").data.get("output"):
                yield {**event.data, "response": left_of_response(event.data["response"])}
            else:
                yield event.data

    def _left(self, event: Lookup) -> Json:
        data, kind, place = event.data, event.kind, place_of(event)
        if kind in TEXT | REFUSAL | REASONING | ARGUMENTS:
            return _without(data, "delta") if isinstance(data.get("delta"), str) else data
        if kind in _DONE:
            what, key = _DONE[kind]
            return _without(data, key) if data.get(key) in self._told(what, place) else data
        if kind in SERVER_KEYS:
            return _without(data, "delta") if self._is_told_by_item(kind, place) else data
        if kind in _PARTS:
            return self._left_of_part(data, place)
        if kind in ("response.output_item.added", "response.output_item.done"):
            return {**data, "item": self._left_of_item(event.object("item"), place, is_done=kind.endswith("done"))}
        if kind in TERMINAL and isinstance(data.get("response"), dict):
            response = data["response"]
            if self._stream.agrees:
                return {**data, "response": left_of_response(response)}
            return {**data, "response": _without_finish(response)}
        return data

    def _told(self, what: str, place: int | None) -> list[str]:
        """Return the texts streamed for an item: the whole, and each part."""
        pieces = self._stream.texts.get((what, place), [])
        parts: dict[int | None, str] = {}
        for part, piece in pieces:
            parts[part] = parts.get(part, "") + piece
        return ["".join(piece for _, piece in pieces), *parts.values()]

    def _left_of_part(self, data: dict[str, Json], place: int | None) -> Json:
        part = data.get("part")
        if not isinstance(part, dict):
            return data
        told = ["", *(text for what in ("text", "refusal", "reasoning") for text in self._told(what, place))]
        said = [key for key in ("text", "refusal") if part.get(key) in told and isinstance(part.get(key), str)]
        return {**data, "part": _without(part, *said)}

    def _is_told_by_item(self, kind: str, place: int | None) -> bool:
        """Tell whether the fragments of a server-side call equal its finished item, or form it if there is none."""
        stream = self._stream
        number = stream.finished.get(place or 0)
        if number is None:
            return True
        key = SERVER_KEYS[kind]
        return stream.events[number].object("item").data.get(key) == "".join(stream.asked.get(place, {}).get(key, []))

    def _left_of_item(self, item: Lookup, place: int | None, *, is_done: bool) -> Json:
        kind = item.kind
        if kind == "message":
            said = message_in(item)
            is_told = (
                (is_done or not said.parts)
                and said.text in ("", self._told("text", place)[0])
                and said.refusal
                in (
                    "",
                    self._told("refusal", place)[0],
                )
            )
        elif kind == "reasoning":
            is_told = reasoning_of(item) in ("", self._told("reasoning", place)[0])
        elif kind in CALLS:
            call = client_call(item)
            is_begun = self._stream.begun.get(place) == (call.id, call.name)
            is_told = is_begun and call.arguments in ("", self._told("arguments", place)[0])
        else:
            is_told = is_done or (place or 0) not in self._stream.finished
        return left_of_item(item.data) if is_told else item.data
