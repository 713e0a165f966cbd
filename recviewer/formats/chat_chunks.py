"""What counts in chat chunks besides their text, computed fast: most chunks of a stream differ only in their text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import zip_longest
from typing import NamedTuple

import orjson

from recviewer.exchange.elements import Elements, Flat, flat_of
from recviewer.exchange.encode import exact, written
from recviewer.exchange.model import Json, Left
from recviewer.exchange.not_understood import is_hollow, path_of
from recviewer.exchange.path_nodes import Take
from recviewer.exchange.signs import PASSED, passed_value
from recviewer.formats.answers import RARE, without_read
from recviewer.formats.chat_shape import SHAPE
from recviewer.formats.cut_chunks import CutChunks
from recviewer.formats.raw import Raw, unwrap

KNOWN_MOST = 2_000
"""Most distinct frames that one process caches: the streams of a tree have few."""

_DATA = frozenset({"choices", "id", "created", "obfuscation", "system_fingerprint", "service_tier"})
_CHOICE = frozenset({"delta", "obfuscation"})
_DELTA = frozenset({"content", "reasoning"})
_PASSED = {"id": "", "created": 0, "obfuscation": "", "system_fingerprint": "", "service_tier": ""}
_TEXT = frozenset({str, type(None)})
_HOLDERS = frozenset({dict, list})


class ChunkRun(NamedTuple):
    """What consecutive chunks add. many: their number. thoughts, words: reasoning and text of each; [] without such a
    key.
    """

    many: int
    thoughts: Sequence[str | None]
    words: Sequence[str | None]


class Plain:
    """A chunk without its texts, to which the following chunks are compared. flat: its counted values.

    exact: by key, the values of its choice for which Python's equality is too loose (1 == 1.0 == True), as JSON text.
    free: the keys of a chunk, other than its choices, whose values may differ.
    """

    __slots__ = ("choice", "data", "delta", "exact", "flat", "free")

    def __init__(self, data: Json, flat: Flat) -> None:
        choice = data["choices"][0]
        self.data, self.choice, self.delta = _held(data, _DATA), _held(choice, _CHOICE), _held(choice["delta"], _DELTA)
        self.free = [key for key in data if key in _DATA and key != "choices"]
        fixed = [key for key in choice if key not in _CHOICE and key != "index"]
        self.exact = [(key, _text_of(choice[key])) for key in fixed if not _is_sure(choice[key])]
        self.flat = flat

    def next_of(self, items: Iterable[Json]) -> ChunkRun:  # noqa: C901 - the hot path: function calls would cost too much
        """Return the texts of chunks, up to the first that differs from this one in more than its texts."""
        data, choice, delta = {**self.data}, {**self.choice}, {**self.delta}
        has_thoughts, has_words, is_hidden = "reasoning" in delta, "content" in delta, "obfuscation" in choice
        thoughts: list[str | None] = []
        words: list[str | None] = []
        count = 0
        with suppress(KeyError, TypeError, ValueError, AttributeError):  # raised by a chunk of a different structure
            for item in items:
                found = item.get("__data__", item)
                data["choices"] = choices = found["choices"]
                (one,) = choices
                choice["delta"] = said = one["delta"]
                if has_words:
                    delta["content"] = text = said["content"]
                    if type(text) is not str and text is not None:
                        break
                if has_thoughts:
                    delta["reasoning"] = thought = said["reasoning"]
                    if type(thought) is not str and thought is not None:
                        break
                if is_hidden:
                    choice["obfuscation"] = one["obfuscation"]
                if said != delta or one != choice or type(one["index"]) is not int:
                    break
                if found != data:
                    for key in self.free:
                        data[key] = found[key]
                    if found != data:
                        break
                if self.exact and any(orjson.dumps(one[key], default=written) != made for key, made in self.exact):
                    break
                count += 1
                if has_words:
                    words.append(text)
                if has_thoughts:
                    thoughts.append(thought)
        return ChunkRun(count, thoughts, words)

    def said_by(self, alike: CutChunks, before: Json) -> ChunkRun:
        """Return what cut-out chunks add. They equal the chunk before them, which equals this one, except for a text.

        Raises ValueError if that chunk also has a text at the other key, which all of them would repeat.
        """
        delta = before.get("__data__", before)["choices"][0]["delta"]
        other = "reasoning" if alike.key == "content" else "content"
        if delta.get(other):
            raise ValueError
        many = len(alike.texts)
        same = [""] * many if other in delta else []
        return ChunkRun(many, same, alike.texts) if alike.key == "content" else ChunkRun(many, alike.texts, same)

    @property
    def is_sure(self) -> bool:
        """Tell whether equality is strict enough for comparing, apart from the values compared as text."""
        held = [self.data[key] for key in self.data if key not in _DATA]
        held += [self.delta[key] for key in self.delta if key not in _DELTA]
        return all(map(_is_sure, held))


def _held(value: dict[str, Json], free: frozenset[str]) -> dict[str, Json]:
    """Return an object without the values that may differ."""
    return {key: None if key in free else item for key, item in value.items()}


def _is_sure(value: Json) -> bool:
    """Tell whether only an identical value equals this one: Python takes 1, 1.0 and True for equal."""
    kind = type(value)
    return kind in _TEXT or (kind is int and value > 1) or (kind in _HOLDERS and not value)


def _text_of(value: Json) -> bytes:
    return exact(orjson.dumps(value, default=written))


def add_chunks(raw: Raw, made: Elements, left: list[Left]) -> dict[int, Json]:
    """Add the counted values of each chunk of a chat stream, equal to the result of `flat_of`.

    Returns by choice the last message that stood beside a delta.
    """
    plain: Plain | None = None
    messages: dict[int, Json] = {}
    for item, event in zip_longest(raw.reply, raw.sse_events):
        if plain is not None and event is None and plain.next_of([item]).many:
            made.add(plain.flat)
            continue
        flat, plain = flat_and_plain(unwrap(item), event.name if event is not None else "", messages, left)
        made.add(flat)
    return messages


def _index_of(choice: dict[str, Json], place: int) -> int:
    index = choice.get("index")
    return index if type(index) is int else place


def flat_and_plain(data: Json, event: str, messages: dict[int, Json], left: list[Left]) -> tuple[Flat, Plain | None]:
    """Return the counted values of a chunk, and the chunk for comparison with the next ones if it adds only texts.

    messages: by choice, the last message that stood beside a delta; those of this chunk are put in.
    """
    frame = b"" if event else _frame(data)
    known = _KNOWN.get(frame) if frame else None
    if known is not None:
        return known
    found: list[Left] = []
    bare, repeated = _without_messages(data)
    flat = flat_of(_without_read(bare), SHAPE, found, event=event)
    for index, message in repeated.items():
        flat[path_of(("choices", index, "message")), Take.FINAL] = messages[index] = message
    left += found
    if not frame or found:
        return flat, None
    known = flat, _plain_of(data, flat)
    if len(_KNOWN) < KNOWN_MOST:
        _KNOWN[frame] = known
    return known


_MORE = (
    "usage",
    "error",
    "logprobs",
    "text",
    "finish_reason",
    "refusal",
    "tool_calls",
    "function_call",
    "reasoning_content",
)
"""Keys with which a chunk adds more than texts."""


def _plain_of(data: Json, flat: Flat) -> Plain | None:
    try:
        (choice,) = data["choices"]
        delta = choice["delta"]
    except ValueError:  # a chunk without choices
        return None
    if any(data.get(key) for key in _MORE) or any(choice.get(key) for key in _MORE) or any(map(delta.get, _MORE)):
        return None
    made = Plain(data, flat)
    return made if made.is_sure else None


def _without_messages(data: Json) -> tuple[Json, dict[int, Json]]:
    """Return a chunk without the messages beside its deltas, and those messages by choice.

    They repeat the whole text so far, so only the last one counts.
    """
    choices = data.get("choices") if type(data) is dict else None
    if type(choices) is not list or not any(
        type(one) is dict and "delta" in one and "message" in one for one in choices
    ):
        return data, {}
    bare, found = [], {}
    for place, choice in enumerate(choices):
        if type(choice) is dict and "delta" in choice and "message" in choice:
            found[_index_of(choice, place)] = choice["message"]
            choice = {key: value for key, value in choice.items() if key != "message"}
        bare.append(choice)
    return {**data, "choices": bare}, found


def _without_read(data: Json) -> Json:
    """Return a chunk without values read outside of the shape's paths."""
    choices = data.get("choices") if type(data) is dict else None
    if type(choices) is not list:
        return data
    made = []
    for choice in choices:
        delta = choice.get("delta") if type(choice) is dict else None
        if type(delta) is dict:
            bare = without_read(delta)
            choice = choice if bare is delta else {**choice, "delta": bare}
        made.append(choice)
    return {**data, "choices": made}


_KNOWN: dict[bytes, tuple[Flat, Plain | None]] = {}
"""Cached results by frame: the streams of a tree have few distinct frames."""


def _frame(data: Json) -> bytes:
    """Return a chunk as JSON without its choice's texts and harmless values; b"" if it contains more than that.

    Chunks with equal frames differ only in texts that the reader takes, so most of a stream need not be examined.
    """
    try:
        if data["choices"] == []:
            return orjson.dumps(_bare(data, []), default=written)
        (choice,) = data["choices"]
        delta = choice["delta"]
        if "message" in choice or not RARE.isdisjoint(delta):
            return b""
        words, thought = delta.get("content"), delta.get("reasoning")
        if not (words is None or type(words) is str) or not (thought is None or type(thought) is str):
            return b""
        bare_delta = {**delta, "content": "", "reasoning": ""}
        bare = {**choice, "obfuscation": "", "delta": bare_delta}
        for holder, key, twin in ((bare_delta, "reasoning_content", thought), (bare, "text", words)):
            if holder.get(key):
                if holder[key] != twin:
                    return b""
                holder[key] = PASSED
        if choice.get("logprobs"):
            bare["logprobs"] = None if is_hollow(choice["logprobs"]) else passed_value(choice["logprobs"])
        if delta.get("tool_calls"):
            bare_delta["tool_calls"] = [_bare_call(call) for call in delta["tool_calls"]]
        return orjson.dumps(_bare(data, bare), default=written)
    except (KeyError, TypeError, ValueError, AttributeError):
        return b""


def _bare(data: dict[str, Json], choices: Json) -> dict[str, Json]:
    """Return a chunk without its harmless values."""
    frame = {**data, **_PASSED, "choices": choices}
    if data.get("usage"):
        frame["usage"] = SHAPE.passed("usage", data["usage"])
    return frame


def _bare_call(call: Json) -> Json:
    """Return a fragment of a tool call without its id and arguments if those are texts."""
    function = call["function"]
    for value in (call.get("id"), function.get("name"), function.get("arguments")):
        if value is not None and type(value) is not str:
            raise TypeError
    return {**call, "id": "", "function": {**function, "arguments": "", "name": ""}}
