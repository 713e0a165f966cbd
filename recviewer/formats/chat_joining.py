"""Joins the chunks of a streamed chat to one reply, by two implementations that must agree.

The fast one handles nearly all streams: it does not check the type of each value, takes chunks that differ only in
their texts at once, and collects the other counted values on the way. It raises on anything unusual. Then the slow one
joins all chunks: it accepts any JSON value and turns each wrong type into a problem. Wherever the fast one returns a
reply, the slow one returns the same; `tests/formats/test_chat_joining.py` checks this.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import islice, zip_longest

from recviewer.exchange.elements import Flat
from recviewer.exchange.model import Failure, Json, Left, Output, Problem, Reply
from recviewer.formats import deltas
from recviewer.formats.answers import RARE
from recviewer.formats.chat_chunks import ChunkRun, Plain, flat_and_plain
from recviewer.formats.chat_deltas import read_chunks
from recviewer.formats.chat_messages import leave_differing
from recviewer.formats.cut_chunks import CutChunks, NotAlike
from recviewer.formats.deltas import OutputBuilder
from recviewer.formats.failure import error_in
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw

CALL_TYPES = ("function", "custom", None, "")


def joined(raw: Raw, problems: list[Problem]) -> Reply:
    """Join a streamed reply. Raises NotAlike if chunks were cut out that are needed to read it."""
    if not raw.sse_events:
        with suppress(TypeError, AttributeError, KeyError, ValueError):
            return joined_quickly(raw.reply, raw.alike)
    if raw.alike:
        raise NotAlike
    return joined_carefully(raw, problems)


def error_of(choice: Lookup) -> Failure | None:
    """Return the failure that a choice reports: an error object, or only a finish reason."""
    found = error_in(choice.data)
    if found is None and choice.data.get("finish_reason") == "error":
        return Failure("", None, "finish_reason is error")
    return found


def joined_quickly(  # noqa: C901 - the hot path: function calls would cost too much
    items: list[Json], alike: Mapping[int, CutChunks]
) -> Reply:
    """Join well-formed chunks fast. Raises TypeError, AttributeError, KeyError or ValueError on anything unusual.

    alike: see `Raw`.
    """
    builders: dict[int, OutputBuilder] = {}
    runs: list[tuple[str, int]] = []
    last, count = "", 0
    known: list[str] = []  # the keys of the last delta, and those of its reasoning
    thoughts: list[str] = []
    usage: dict[str, Json] | None = None
    model = ""
    plain: Plain | None = None
    builder: OutputBuilder | None = None
    messages: dict[int, Json] = {}
    flats: list[Flat] = []
    left: list[Left] = []
    number = 0
    ends: dict[int, int] = {}
    is_once = is_twice = False  # whether some reasoning was sent under one key, and some under two
    # Where chunks were cut out: they follow the element before this index, see `Raw.alike`.
    behind = {place + 1: found for place, found in alike.items()}
    stop = next(iter(behind), len(items))
    while number < len(items) or number in behind:
        # Take all following chunks that differ from the last one only in their texts at once.
        if plain is not None and builder is not None:
            said = plain.next_of(islice(items, number, stop))
            told = [said] if said.many else []
            number += said.many
            if number in behind:
                told.append(plain.said_by(behind.pop(number), items[number - 1]))
                stop = next(iter(behind), len(items))
            for said in told:
                builder.reasoning += filter(None, said.thoughts)
                is_once = is_once or any(said.thoughts)
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
        # Any other chunk: its choices, one by one. The letter of its most important content is kept.
        item = items[number]
        data = item.get("__data__", item)
        letter = deltas.NOTHING
        if "error" in data and data["error"]:  # noqa: RUF019 - nearly always absent, and `in` is the faster test
            raise ValueError
        if "x_groq" in data and "error" in data["x_groq"]:
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
            # Most deltas have the keys of the one before them, which were checked then.
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
                    if delta[thoughts[0]] != delta[thoughts[-1]] or len(thoughts) == 1:
                        is_once = True
                    else:
                        is_twice = True
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
            if finish:
                if index in ends:
                    raise ValueError
                ends[index] = builder.pieces
        if letter == last:
            count += 1
        else:
            runs.append((last, count))
            last, count = letter, 1
        # What else counts of the chunk, and the chunk to compare the next ones with.
        flat, plain = flat_and_plain(data, "", messages, left)
        flats.append(flat)
        number += 1
    if items and ("x_groq" in data or any(builder.has_stray for builder in builders.values())):
        raise ValueError
    if any(builders[index].pieces != pieces for index, pieces in ends.items()):
        raise ValueError  # something was said behind the end
    if is_once and is_twice:
        raise ValueError  # one of the keys lacks something
    runs.append((last, count))
    outputs = tuple([builders[index].build(index) for index in sorted(builders)])
    _check(outputs, usage, model)
    if messages:
        leave_differing(messages, outputs, left)
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
    """Yield what the chunks add, run-length encoded as (letter, count)."""
    if not any(said.thoughts) and all(said.words):
        yield (deltas.TEXT if said.words else deltas.NOTHING), said.many
        return
    for words, thought in zip_longest(said.words, said.thoughts):
        yield (deltas.TEXT if words else deltas.REASONING if thought else deltas.NOTHING), 1


def _check(outputs: tuple[Output, ...], usage: Json, model: Json) -> None:
    """Raise TypeError if a value that was taken without a type check has a wrong type."""
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
    """Join chunks with rare keys or values of wrong types; each wrong type becomes a problem."""
    chunks = list(read_chunks(raw.reply, problems))
    names = [event.name for event in raw.sse_events] or [""] * len(chunks)
    errors = (_error_in_chunk(Lookup(chunk.element, "", []), name) for chunk, name in zip(chunks, names, strict=True))
    models = (Lookup(chunk.element, "", []).text("model") for chunk in chunks)
    return deltas.joined(chunks, errors, model=next((model for model in models if model), ""), told=chunks)


def _error_in_chunk(data: Lookup, name: str) -> Failure | None:
    found = error_in(data.data, name) or error_in(data.data.get("x_groq"))
    return found or next((error for error in map(error_of, data.items("choices")) if error is not None), None)
