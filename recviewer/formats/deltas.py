"""Joins streamed deltas, for every wire format that streams.

Each format converts a provider's elements to neutral `Delta` objects or, on the hot path, feeds an `OutputBuilder`
directly. Both ways obey the same rules; a test compares them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from recviewer.exchange.encode import encode
from recviewer.exchange.model import Chunk, Delta, Failure, Json, Output, Part, Reply, ToolCall

TEXT, REASONING, CALL, REFUSAL, PART, FINISH, USAGE, NOTHING = "trcxpfu-"


COUNTER = 3
"""Ids of at most this many characters may be counters, so two calls may have the same."""


class CallBuilder:
    """A tool call while its fragments arrive. The id is set once; fragments of name and arguments are concatenated.

    place: the index of its first fragment, by which calls are sorted. index: the index of its fragments now.
    """

    __slots__ = ("arguments", "id", "index", "is_text", "name", "place")

    def __init__(self, index: int | None) -> None:
        self.index = self.place = index
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []
        self.is_text = False

    @property
    def is_whole(self) -> bool:
        """Whether the arguments are a complete JSON object, so that nothing can follow."""
        last = self.arguments[-1].rstrip() if self.arguments else ""
        return last[-1:] in ("}", "") and is_whole_object("".join(self.arguments))


class OutputBuilder:
    """One choice while its deltas arrive. Texts are concatenated without separators and never trimmed.

    has_stray: a fragment of a call had another index than the call that it was joined to, or repeated its
    name, or a whole call was repeated.
    """

    __slots__ = ("calls", "content", "finish", "has_stray", "parts", "reasoning", "refusal")

    def __init__(self) -> None:
        self.content: list[str] = []
        self.reasoning: list[str] = []
        self.refusal: list[str] = []
        self.calls: list[CallBuilder] = []
        self.parts: list[Part] = []
        self.finish: str | None = None
        self.has_stray = False

    @property
    def pieces(self) -> int:
        """How many pieces of texts and calls have come."""
        said = len(self.content) + len(self.reasoning) + len(self.refusal) + len(self.calls)
        return said + sum([len(call.arguments) for call in self.calls])

    def add_call(self, index: int | None, id: str, name: str, arguments: str, *, is_text: bool = False) -> None:
        """Add a fragment of a tool call.

        A fragment with a known id belongs to the call with that id, whatever its index, unless it is the start of
        another call in a stream that counts ids from "0" again. A new id starts a call, unless the call at its index
        has no id yet. Without an id it belongs to the last call at its index, and without an index to the last call of
        all. If its index is new and it has no name either, it continues the last call if that is incomplete. A name
        with arguments starts a call if the arguments so far are complete; an identical repetition of a call is ignored.
        """
        call = self._find(index, id, name, arguments)
        if call is None:
            if name and arguments and len(id) > COUNTER and self._has(id, name, arguments):
                self.has_stray = True
                return
            call = CallBuilder(index)
            self.calls.append(call)
        elif index is not None:
            call.index = index
        if is_text:
            call.is_text = True
        if id and not call.id:
            call.id = id
        if name and name == call.name:
            self.has_stray = True
        elif name:
            call.name += name
        if arguments:
            call.arguments.append(arguments)

    def _find(self, index: int | None, id: str, name: str, arguments: str) -> CallBuilder | None:
        if not self.calls:
            return None
        last = self.calls[-1]
        if not name and index is not None and last.index == index and (not id or id == last.id):
            return last  # the usual case
        call = None
        if id:
            call = next((call for call in reversed(self.calls) if call.id == id), None)
            self.has_stray |= call is not None and index is not None and call.index != index
            if call and name and len(id) <= COUNTER and call.index != index is not None and not arguments:
                return None
        if call is None:
            call = self._at(index, id, name, last)
        if call is None or not name or not call.arguments:
            return call
        if call.name and name != call.name:
            return None
        return None if arguments and call.is_whole else call

    def _has(self, id: str, name: str, arguments: str) -> bool:
        return any(call.id == id and call.name == name and "".join(call.arguments) == arguments for call in self.calls)

    def _at(self, index: int | None, id: str, name: str, last: CallBuilder) -> CallBuilder | None:
        """Return the call that a fragment with a new or missing id continues."""
        if index is None:
            if id:
                return None
            return last if not name or (name == last.name and last.arguments) else None
        call = next((call for call in reversed(self.calls) if call.index == index), None)
        if call is not None:
            return None if id and call.id else call
        if id or name or last.is_whole:
            return None
        self.has_stray = True
        return last

    def add_part(self, part: Part) -> None:
        """Add a part that is neither a text nor a call for the client.

        A call with a known id continues that call; one without id and name continues the last one without an id.
        """
        if isinstance(part, ToolCall) and (part.id or not part.name):
            for place in range(len(self.parts) - 1, -1, -1):
                other = self.parts[place]
                if isinstance(other, ToolCall) and other.id == part.id:
                    joined = ToolCall(
                        other.id, other.name or part.name, other.arguments + part.arguments, other.is_text
                    )
                    self.parts[place] = joined
                    return
        self.parts.append(part)

    def build(self, index: int) -> Output:
        """Return the finished choice. Raises TypeError if something that was added is not text."""
        calls = self.calls
        if len(calls) > 1 and all(call.place is not None for call in calls):
            calls = sorted(calls, key=lambda call: call.place or 0)
        return Output(
            index,
            "".join(self.content),
            "".join(self.reasoning),
            "".join(self.refusal),
            tuple([ToolCall(call.id, call.name, "".join(call.arguments), call.is_text) for call in calls]),
            self.finish,
            tuple(self.parts),
        )


class Runs:
    """What the chunks of a stream added, run-length encoded in order of arrival."""

    __slots__ = ("_runs",)

    def __init__(self) -> None:
        self._runs: list[list[Any]] = []

    def add(self, letter: str) -> None:
        """Count one more chunk."""
        runs = self._runs
        if runs and runs[-1][0] == letter:
            runs[-1][1] += 1
        else:
            runs.append([letter, 1])

    def build(self) -> tuple[tuple[str, int], ...]:
        """Return the runs as (letter, count) pairs."""
        return tuple([(letter, count) for letter, count in self._runs])


def letter_of(chunk: Chunk) -> str:
    """Return the letter for what a chunk adds; if it adds several things, the most important one."""
    found = [_letter_of(delta) for delta in chunk.deltas]
    first = min(found, key=_ORDER.index, default=NOTHING)
    return USAGE if first == NOTHING and chunk.usage else first


_ORDER = CALL + TEXT + REASONING + REFUSAL + PART + FINISH + NOTHING


def _letter_of(delta: Delta) -> str:
    if delta.calls:
        return CALL
    if delta.text:
        return TEXT
    if delta.reasoning:
        return REASONING
    if delta.refusal:
        return REFUSAL
    if delta.parts:
        return PART
    return FINISH if delta.finish else NOTHING


def joined(
    chunks: Sequence[Chunk], errors: Iterable[Failure | None] = (), *, model: str = "", told: Sequence[Chunk] = ()
) -> Reply:
    """Join the chunks of a streamed reply, given in order of arrival.

    errors: the failure that each element reports, or None; the first counts. told: see `Reply`.
    """
    return Reply(
        fold(delta for chunk in chunks for delta in chunk.deltas),
        last_usage(chunks),
        next((error for error in errors if error is not None), None),
        model=model,
        chunks=len(chunks),
        runs=runs_of(chunks),
        told=tuple(told),
    )


def last_usage(chunks: Sequence[Chunk]) -> dict[str, Json] | None:
    """Return the usage from the last chunk that has one; None if none has."""
    return next((chunk.usage for chunk in reversed(chunks) if chunk.usage), None)


def runs_of(chunks: Iterable[Chunk]) -> tuple[tuple[str, int], ...]:
    """Return what the chunks add, run-length encoded."""
    runs = Runs()
    for chunk in chunks:
        runs.add(letter_of(chunk))
    return runs.build()


def fold(deltas: Iterable[Delta]) -> tuple[Output, ...]:
    """Join deltas, in arrival order, into outputs ordered by choice index.

    Returns () for no deltas. Never raises: a `Delta` contains only text.
    """
    builders: dict[int, OutputBuilder] = {}
    for delta in deltas:
        builder = builders.get(delta.choice)
        if builder is None:
            builder = builders[delta.choice] = OutputBuilder()
        if delta.text:
            builder.content.append(delta.text)
        if delta.reasoning:
            builder.reasoning.append(delta.reasoning)
        if delta.refusal:
            builder.refusal.append(delta.refusal)
        for call in delta.calls:
            builder.add_call(call.index, call.id, call.name, call.arguments, is_text=call.is_text)
        for part in delta.parts:
            builder.add_part(part)
        if delta.finish:
            builder.finish = delta.finish
    return tuple([builders[index].build(index) for index in sorted(builders)])


def is_whole_object(text: str) -> bool:
    """Tell whether a text is exactly one JSON object."""
    if not text.lstrip().startswith("{") or not text.rstrip().endswith("}"):
        return False
    try:
        json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return False
    return True


def compact(value: Json) -> str:
    """Return a value as compact JSON with sorted keys: the form of arguments that were sent as an object."""
    return encode(value, is_sorted=True).decode()


def size_of(value: Json) -> int:
    """Return the size in bytes of a value as compact JSON."""
    return len(encode(value))


def is_texts(values: Sequence[Json]) -> bool:
    """Tell whether every value is text or null."""
    return all(value is None or type(value) is str for value in values)
