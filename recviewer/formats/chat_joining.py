"""The chunks of a streamed chat, joined to one reply in two ways that have to agree.

Nearly all chunks of a tree are joined quickly: their types are not looked at one by one, chunks that differ in their words
alone are taken at once, and what counts besides is noted on the way. Anything odd raises there. Then all chunks are joined
carefully: any JSON value is read, and each wrong type becomes a problem. Where the quick way gives a reply, the careful one
gives the same; `tests/formats/test_chat_joining.py` holds them to that.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice, zip_longest

from recviewer.exchange.elements import Flat
from recviewer.exchange.model import Failure, Json, Left, Output, Problem, Reply
from recviewer.formats import deltas
from recviewer.formats.answers import RARE
from recviewer.formats.chat_chunks import ChunkRun, Plain, Thinking, flat_and_plain
from recviewer.formats.chat_deltas import read_chunks
from recviewer.formats.chat_messages import leave_untold
from recviewer.formats.cut_chunks import CutChunks, NotAlike
from recviewer.formats.deltas import OutputBuilder
from recviewer.formats.failure import error_in
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw

CALL_TYPES = ("function", "custom", None, "")


def joined(raw: Raw, problems: list[Problem]) -> Reply:
    """Join a streamed reply. Raises NotAlike where chunks were cut out and it cannot be told without them."""
    if not raw.sse_events:
        with suppress(TypeError, AttributeError, KeyError, ValueError):
            return joined_quickly(raw.reply, raw.alike)
    if raw.alike:
        raise NotAlike
    return joined_carefully(raw, problems)


def error_of(choice: Lookup) -> Failure | None:
    """Return the failure that a choice tells of: an error of its own, or no more than a finish reason."""
    found = error_in(choice.data)
    if found is None and choice.data.get("finish_reason") == "error":
        return Failure("", None, "finish_reason is error")
    return found


def joined_quickly(  # noqa: C901 - the pass over most chunks of a tree pays for every call
    items: list[Json], alike: Mapping[int, CutChunks]
) -> Reply:
    """Join well-formed chunks fast. Raises TypeError, AttributeError, KeyError or ValueError on anything odd.

    alike: see `Raw`.
    """
    builders: dict[int, OutputBuilder] = {}
    runs: list[tuple[str, int]] = []
    last, count = "", 0
    known: list[str] = []
    thoughts: list[str] = []
    usage: dict[str, Json] | None = None
    model = ""
    plain: Plain | None = None
    builder: OutputBuilder | None = None
    thinking = Thinking(items)
    flats: list[Flat] = []
    left: list[Left] = []
    number = 0
    behind = {place + 1: found for place, found in alike.items()}
    stop = next(iter(behind), len(items))
    while number < len(items) or number in behind:
        if plain is not None and builder is not None:
            said = plain.next_of(islice(items, number, stop))
            told = [said] if said.many else []
            number += said.many
            if number in behind:
                told.append(plain.said_by(behind.pop(number), items[number - 1]))
                stop = next(iter(behind), len(items))
            for said in told:
                builder.reasoning += filter(None, said.thoughts)
                builder.content += filter(None, said.words)
                flats += [plain.flat] * said.many
                for letter, many in _runs_in(said):
                    if letter == last:
                        count += many
                    else:
                        runs.append((last, count))
                        last, count = letter, many
            if told:
                continue
        if number in behind:
            raise ValueError
        item = items[number]
        data = item.get("__data__", item)
        letter = deltas.NOTHING
        if "error" in data and data["error"]:  # noqa: RUF019 - nearly always absent: `in` is the faster question
            raise ValueError
        found = data.get("usage")
        if found:
            if type(found) is not dict:
                raise TypeError
            usage = found
            letter = deltas.USAGE
        if not model:
            model = data.get("model") or ""
        choices = data.get("choices") or ()
        if len(choices) > 1 and any(choice.get("index") is None for choice in choices):
            raise ValueError
        for choice in choices:
            if "error" in choice and choice["error"]:  # noqa: RUF019
                raise ValueError
            index = choice.get("index") or 0
            builder = builders.get(index)
            if builder is None:
                if type(index) is not int:
                    raise TypeError
                builder = builders[index] = OutputBuilder()
            delta = choice.get("delta")
            if delta is None:
                if "message" in choice:
                    raise TypeError
                delta = {"content": choice.get("text")}
            keys = [*delta]
            if keys != known:
                if not RARE.isdisjoint(keys):
                    raise ValueError
                known, thoughts = keys, [key for key in ("reasoning", "reasoning_content") if key in delta]
            finish = choice.get("finish_reason")
            if finish:
                if type(finish) is not str or finish == "error" or "x_groq" in data:
                    raise TypeError
                builder.finish = finish
                if letter in "-u":
                    letter = deltas.FINISH
            value = delta.get("refusal")
            if value:
                builder.refusal.append(value)
                if letter in "-uf":
                    letter = deltas.REFUSAL
            if thoughts:
                value = delta[thoughts[0]] or delta[thoughts[-1]]
                if value:
                    builder.reasoning.append(value)
                    if letter in "-ufx":
                        letter = deltas.REASONING
            value = delta.get("content")
            if value:
                builder.content.append(value)
                if letter != deltas.CALL:
                    letter = deltas.TEXT
            elif "text" in choice and choice["text"] and delta is choice.get("delta"):
                raise ValueError
            value = delta.get("tool_calls")
            if value:
                for entry in value:
                    function = entry.get("function")
                    if function is None:
                        if entry.get("type") not in CALL_TYPES or "custom" in entry:
                            raise TypeError
                        function = {}
                    place, arguments = entry.get("index"), function.get("arguments")
                    if not (place is None or type(place) is int) or not (arguments is None or type(arguments) is str):
                        raise TypeError
                    builder.add_call(place, entry.get("id") or "", function.get("name") or "", arguments or "")
                letter = deltas.CALL
            value = delta.get("function_call")
            if value:
                name, arguments = value.get("name"), value.get("arguments")
                if not (arguments is None or type(arguments) is str):
                    raise TypeError
                if name or arguments:
                    builder.add_call(None, "", name or "", arguments or "")
                    letter = deltas.CALL
        if letter == last:
            count += 1
        else:
            runs.append((last, count))
            last, count = letter, 1
        flat, plain = flat_and_plain(data, "", thinking, number, left)
        flats.append(flat)
        number += 1
    if items and ("x_groq" in data or any(builder.has_stray for builder in builders.values())):
        raise ValueError
    runs.append((last, count))
    outputs = tuple([builders[index].build(index) for index in sorted(builders)])
    _check(outputs, usage, model)
    if thinking.messages:
        leave_untold(thinking.messages, outputs, left)
    return Reply(
        outputs,
        usage,
        model=model,
        chunks=len(flats),
        runs=tuple([run for run in runs if run[0]]),
        elements=tuple(flats),
        left=tuple(left),
    )


def _runs_in(said: ChunkRun) -> Iterator[tuple[str, int]]:
    """Yield what chunks add, as letters and how many of them in a row."""
    if not any(said.thoughts) and all(said.words):
        yield (deltas.TEXT if said.words else deltas.NOTHING), said.many
        return
    for words, thought in zip_longest(said.words, said.thoughts):
        yield (deltas.TEXT if words else deltas.REASONING if thought else deltas.NOTHING), 1


def _check(outputs: tuple[Output, ...], usage: Json, model: Json) -> None:
    """Raise TypeError unless the values that were taken without a look at their types have the right ones."""
    texts: list[Json] = [model]
    for output in outputs:
        if type(output.index) is not int:
            raise TypeError
        texts.append(output.finish_reason)
        for call in output.tool_calls:
            texts += (call.id, call.name)
    if not deltas.is_texts(texts) or not (usage is None or type(usage) is dict):
        raise TypeError


def joined_carefully(raw: Raw, problems: list[Problem]) -> Reply:
    """Join chunks of which some hold rare keys or values of a wrong type; each wrong type becomes a problem."""
    chunks = list(read_chunks(raw.reply, problems))
    names = [event.name for event in raw.sse_events] or [""] * len(chunks)
    errors = (_error_in_chunk(Lookup(chunk.element, "", []), name) for chunk, name in zip(chunks, names, strict=True))
    models = (Lookup(chunk.element, "", []).text("model") for chunk in chunks)
    return deltas.joined(chunks, errors, model=next((model for model in models if model), ""))


def _error_in_chunk(data: Lookup, name: str) -> Failure | None:
    found = error_in(data.data, name) or error_in(data.data.get("x_groq"))
    return found or next((error for error in map(error_of, data.items("choices")) if error is not None), None)
