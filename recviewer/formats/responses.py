"""Joins a stream of OpenAI's Responses.

The last complete response in the stream counts; if a server or client emptied it, the finished items; if there are
none, or if these also lack what was streamed, the fragments. Where the fragments add up to what counts, each event adds
its fragment, so that the chunks show how the answer grew; otherwise the event with the counted result adds all of it,
and a problem says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from recviewer.exchange.harmless import ENCRYPTED
from recviewer.exchange.model import CallDelta, Delta, Json, JsonPart, Output, Part, Problem
from recviewer.formats.answers import picture_of
from recviewer.formats.deltas import fold
from recviewer.formats.items import CALLS, client_call, part_of, reasoning_of, server_parts
from recviewer.formats.lookup import Lookup

TERMINAL = frozenset({"response.completed", "response.incomplete", "response.failed", "response.cancelled"})

TEXT = frozenset({"response.output_text.delta", "response.text.delta"})
REFUSAL = frozenset({"response.refusal.delta"})
REASONING = frozenset(
    {
        "response.reasoning_summary_text.delta",
        "response.reasoning_summary.delta",
        "response.reasoning_text.delta",
        "response.reasoning.delta",
    }
)
ARGUMENTS = frozenset({"response.function_call_arguments.delta", "response.custom_tool_call_input.delta"})
_ARGUMENTS_DONE = {
    "response.function_call_arguments.done": "arguments",
    "response.custom_tool_call_input.done": "input",
}
SERVER_KEYS = {
    "response.mcp_call_arguments.delta": "arguments",
    "response.code_interpreter_call_code.delta": "code",
    "response.shell_call_command.delta": "action",
    "response.apply_patch_call_operation_diff.delta": "operation",
}
"""Events that send a server-side call in fragments, and the key of its item that the fragments form."""


def in_response(event: Json) -> Json:
    """Return an event with its response under `response`: the last event of Perplexity's agents has it at the top level."""
    kind = event.get("type") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(kind, str) or kind not in TERMINAL or "response" in event:
        return event
    if event.keys().isdisjoint(("output", "status")):
        return event
    kept = {key: event[key] for key in ("type", "sequence_number") if key in event}
    return kept | {"(beside its type)": True, "response": {key: event[key] for key in event if key not in kept}}


def finish_of(response: Lookup) -> str:
    """Return why a response ended: the reason why it is incomplete, else its status."""
    return response.object("incomplete_details").text("reason") or response.text("status")


def whole(items: Iterable[Lookup], finish: str) -> Delta:
    """Return the content of finished items, in order."""
    texts: list[str] = []
    thoughts: list[str] = []
    refusals: list[str] = []
    calls: list[CallDelta] = []
    parts: list[Part] = []
    for place, item in enumerate(items):
        kind = item.kind
        if kind == "message":
            said = message_in(item)
            texts.append(said.text)
            refusals.append(said.refusal)
            thoughts.append(said.reasoning)
            parts += said.parts
        elif kind == "reasoning":
            thoughts.append(reasoning_of(item))
        elif kind in CALLS:
            call = client_call(item)
            calls.append(CallDelta(place, call.id, call.name, call.arguments, call.is_text))
        else:
            parts += server_parts(item)
    return Delta(
        text="".join(texts),
        reasoning="".join(thoughts),
        refusal="".join(refusals),
        calls=tuple(calls),
        finish=finish,
        parts=tuple(parts),
    )


def message_in(item: Lookup) -> Delta:
    """Return the content of a message."""
    texts = ""
    refusal = ""
    thought = ""
    parts: list[Part] = []
    content = item.data.get("content")
    if isinstance(content, str):
        return Delta(text=content)
    for part in item.items("content"):
        match part.kind:
            case "output_text" | "text":
                texts += part.text("text")
            case "refusal":
                refusal += part.text("refusal")
            case "reasoning_text" | "reasoning":
                thought += part.text("text")
            case _:
                found = part_of(part)
                parts.append(found if found.kind.value != "json" else picture_of(part.data))
    return Delta(text=texts, refusal=refusal, reasoning=thought, parts=tuple(parts))


class ResponseStream:
    """The events of one stream, each a cursor on its data, and what each adds.

    counts_at: the index of the event whose finished response or items count instead of the fragments; None if the
    fragments add up to it. agrees: whether the last response equals what counts. texts: the streamed texts by sort and
    item index, as fragments with their position in the item.
    """

    def __init__(self, events: list[Lookup], problems: list[Problem]) -> None:
        self.events = events
        self._problems = problems
        self._pieces: list[list[Delta]] = [[] for _ in events]
        self.texts: dict[tuple[str, int | None], list[tuple[int | None, str]]] = {}
        self.begun: dict[int | None, tuple[str, str]] = {}
        self.counts_at: int | None = None
        self.agrees = False
        self.asked: dict[int | None, dict[str, list[str]]] = {}
        self.finished: dict[int, int] = {}

    def deltas(self) -> list[tuple[Delta, ...]]:
        """Return what each event adds."""
        for number, event in enumerate(self.events):
            if event.kind == "response.output_item.done":
                self.finished[place_of(event) or 0] = number
            elif event.kind in SERVER_KEYS:
                asked = self.asked.setdefault(place_of(event), {})
                asked.setdefault(SERVER_KEYS[event.kind], []).append(event.text("delta"))
        for number, event in enumerate(self.events):
            self._read(number, event)
        grown = fold(delta for found in self._pieces for delta in found)
        for counts, at, is_response in self._finals():
            final = fold([counts])
            if final == grown:
                self.agrees = is_response
                break
            if grown and _is_less(final[0], grown[0]):
                self._note(at, "leaves out some of what the pieces of the stream say, which count")
                continue
            if any(map(_says, grown)) and _unsealed(final) != _unsealed(grown) and not _adds_parts(final, grown):
                self._note(at, "is not what the pieces of the stream come to, and counts")
            self.counts_at = at
            return [(counts,) if number == at else () for number in range(len(self.events))]
        return [tuple(found) for found in self._pieces]

    def _note(self, at: int, what: str) -> None:
        self._problems.append(Problem(self.events[at].at, f"the finished response {what}"))

    def _finals(self) -> Iterator[tuple[Delta, int, bool]]:
        """Yield the content of the finished response, then that of the items finished one by one.

        Each with the index of the event with the last of it, and whether it is the response.
        """
        ends = [number for number, event in enumerate(self.events) if event.kind in TERMINAL]
        for number in reversed(ends):
            response = self.events[number].object("response")
            if response.data.get("output"):
                yield whole(response.items("output"), finish_of(response)), number, True
                break
        if self.finished and self._is_all_finished():
            numbers = [self.finished[place] for place in sorted(self.finished)]
            finish = finish_of(self.events[ends[-1]].object("response")) if ends else ""
            at = ends[-1] if ends else max(numbers)
            yield whole([self.events[number].object("item") for number in numbers], finish), at, False

    def _is_all_finished(self) -> bool:
        """Tell whether each item that started was finished."""
        begun = {place_of(event) or 0 for event in self.events if event.kind == "response.output_item.added"}
        return begun <= set(self.finished)

    def _read(self, number: int, event: Lookup) -> None:
        kind = event.kind
        place = place_of(event)
        if kind in TERMINAL:
            self._pieces[number].append(Delta(finish=finish_of(event.object("response"))))
        elif kind == "response.output_item.added":
            self._begin(number, event.object("item"), place)
        elif kind == "response.output_item.done":
            self._end(number, event.object("item"), place)
        elif kind.endswith(".delta"):
            self._grow(number, kind, event.text("delta"), place)
        elif kind in _ARGUMENTS_DONE:
            self._add_arguments(number, place, event.text(_ARGUMENTS_DONE[kind]))
        elif kind == "response.output_text.done":
            self._add_missing(number, "text", place, event.text("text"))
        elif kind == "response.refusal.done":
            self._add_missing(number, "refusal", place, event.text("refusal"))

    def _begin(self, number: int, item: Lookup, place: int | None) -> None:
        kind = item.kind
        if kind in CALLS:
            call = client_call(item)
            self.begun[place] = (call.id, call.name)
            self._pieces[number].append(Delta(calls=(CallDelta(place, call.id, call.name, "", call.is_text),)))
        elif kind not in ("", "message", "reasoning") and (place or 0) not in self.finished:
            self._pieces[number].append(Delta(parts=tuple(server_parts(self._grown_item(item, place)))))

    def _grown_item(self, item: Lookup, place: int | None) -> Lookup:
        """Return an item that was never finished, with its fragments so far."""
        made = dict(item.data)
        for key, pieces in self.asked.get(place, {}).items():
            before = made.get(key)
            made[key] = (before if isinstance(before, str) else "") + "".join(pieces)
        return Lookup(made, item.at, item.problems)

    def _grow(self, number: int, kind: str, piece: str, place: int | None) -> None:
        if kind in TEXT:
            self._add("text", number, place, Delta(text=piece), piece)
        elif kind in REFUSAL:
            self._add("refusal", number, place, Delta(refusal=piece), piece)
        elif kind in REASONING:
            self._add("reasoning", number, place, Delta(reasoning=piece), piece)
        elif kind in ARGUMENTS:
            self._add("arguments", number, place, Delta(calls=(CallDelta(place, "", "", piece),)), piece)

    def _add(self, what: str, number: int, place: int | None, delta: Delta, piece: str) -> None:
        if piece:
            event = self.events[number]
            part = event.integer("content_index" if "content_index" in event.data else "summary_index")
            self.texts.setdefault((what, place), []).append((part, piece))
        self._pieces[number].append(delta)

    def _add_missing(self, number: int, what: str, place: int | None, given: str) -> None:
        """Add a complete text if no fragment of it came before."""
        if given and (what, place) not in self.texts:
            made = Delta(text=given) if what == "text" else Delta(refusal=given)
            self._add(what, number, place, made if what != "reasoning" else Delta(reasoning=given), given)

    def _add_arguments(self, number: int, place: int | None, given: str) -> None:
        if given and ("arguments", place) not in self.texts:
            self._add("arguments", number, place, Delta(calls=(CallDelta(place, "", "", given),)), given)

    def _end(self, number: int, item: Lookup, place: int | None) -> None:
        kind = item.kind
        if kind in CALLS:
            call = client_call(item)
            if place not in self.begun:
                self.begun[place] = (call.id, call.name)
                self._pieces[number].append(Delta(calls=(CallDelta(place, call.id, call.name, "", call.is_text),)))
            self._add_arguments(number, place, call.arguments)
        elif kind == "message":
            said = message_in(item)
            self._add_missing(number, "text", place, said.text)
            self._add_missing(number, "refusal", place, said.refusal)
            if said.parts:
                self._pieces[number].append(Delta(parts=said.parts))
        elif kind == "reasoning":
            self._add_missing(number, "reasoning", place, reasoning_of(item))
        else:
            self._pieces[number].append(Delta(parts=tuple(server_parts(item))))


def _says(output: Output) -> bool:
    return bool(output.content or output.reasoning or output.refusal or output.tool_calls or output.parts)


def _adds_parts(final: Iterable[Output], grown: Iterable[Output]) -> bool:
    """Tell whether a finished response equals the joined fragments, plus parts for which there are no events."""
    return [replace(one, parts=()) for one in final] == [*grown]


def _unsealed(outputs: Iterable[Output]) -> list[Output]:
    """Return outputs without opaque data, which the provider makes anew each time."""
    return [replace(one, parts=tuple(map(_unsealed_part, one.parts))) for one in outputs]


def _unsealed_part(part: Part) -> Part:
    return JsonPart(_without_seals(part.value)) if isinstance(part, JsonPart) else part


def _without_seals(value: Json) -> Json:
    if isinstance(value, list):
        return [_without_seals(one) for one in value]
    if isinstance(value, dict):
        return {key: _without_seals(one) for key, one in value.items() if key not in ENCRYPTED}
    return value


def _is_less(final: Output, grown: Output) -> bool:
    """Tell whether a finished response lacks something that the fragments have."""
    return any(
        given and not kept
        for given, kept in (
            (grown.content, final.content),
            (grown.reasoning, final.reasoning),
            (grown.refusal, final.refusal),
            (grown.tool_calls, final.tool_calls),
            (grown.parts, final.parts),
        )
    )


def place_of(event: Lookup) -> int | None:
    """Return the index of the item that an event belongs to."""
    return event.integer("output_index")
