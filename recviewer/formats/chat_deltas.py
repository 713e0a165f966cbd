"""What each chunk of a chat stream adds, as neutral `Chunk` objects, which pages show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, zip_longest

from recviewer.exchange.model import CallDelta, Chunk, Delta, Json, Problem
from recviewer.formats.answers import texts_in
from recviewer.formats.chat_chunks import ChunkRun, Plain, flat_and_plain
from recviewer.formats.cut_chunks import CutChunks, SaidRun
from recviewer.formats.framing import cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import function_call, tool_call

READ = frozenset(
    {
        "choices[].index",
        "choices[].finish_reason",
        "choices[].delta.content",
        "choices[].delta.reasoning",
        "choices[].delta.reasoning_content",
        "choices[].delta.refusal",
        "choices[].delta.role",
        "choices[].delta.tool_calls",
        "choices[].delta.function_call",
        "choices[].delta.audio.transcript",
        "choices[].delta.images",
        "choices[].error",
        "error",
        "usage",
        "x_groq.usage",
    }
)


def read_chunks(items: list[Json], problems: list[Problem]) -> Iterator[Chunk]:
    """Yield the neutral form of chunks. Any JSON value is tolerated; anomalies are appended to `problems`.

    Chunks that differ from the previous one only in their texts are not parsed again.
    """
    thinking: set[int] = set()
    number = 0
    while number < len(items):
        odd = len(problems)
        data = cursor(items[number], number, problems)
        found = [_delta(choice, at, thinking) for at, choice in enumerate(data.items("choices"))]
        chunk = Chunk(number + 1, tuple(found), usage_of(data), data.data, READ)
        yield chunk
        plain = _plain_of(chunk) if odd == len(problems) else None
        number += 1
        if plain is not None:
            said = plain.next_of(islice(items, number, None))
            yield from _chunks_like(chunk, said, items, thinking)
            number += said.many


def said_alike(items: list[Json], alike: Mapping[int, CutChunks]) -> Iterator[Chunk | SaidRun]:
    """Yield what `read_chunks` yields, with cut-out chunks as runs. alike: the chunks cut out behind an element, by its
    index.

    A run always follows a chunk that adds only text, to one choice; otherwise the document would be read in full.
    """
    thinking: set[int] = set()
    number = 0
    for place, item in enumerate(items):
        data = cursor(item, place, [])
        found = tuple([_delta(choice, at, thinking) for at, choice in enumerate(data.items("choices"))])
        number += 1
        yield Chunk(number, found, usage_of(data), data.data, READ)
        run = alike.get(place)
        if run is not None:
            (delta,) = found
            is_thought = run.key == "reasoning"
            if is_thought and any(run.texts):
                thinking.add(delta.choice)
            yield SaidRun(number + 1, delta.choice, run.texts, is_thought)
            number += len(run.texts)


def _plain_of(chunk: Chunk) -> Plain | None:
    """Return a chunk for comparison with the next ones, None if it adds more than texts, or to two choices."""
    if len(chunk.deltas) != 1:
        return None
    (delta,) = chunk.deltas
    if delta.calls or delta.parts or delta.finish or delta.refusal or chunk.usage:
        return None
    return flat_and_plain(chunk.element, "", {}, [])[1]


def _chunks_like(chunk: Chunk, said: ChunkRun, items: list[Json], thinking: set[int]) -> Iterator[Chunk]:
    """Yield the chunks that follow one and equal it except for texts. said: the texts. thinking: see `_delta`."""
    (delta,) = chunk.deltas
    words = said.words or [""] * said.many
    for number, (text, thought) in enumerate(zip_longest(words, said.thoughts), chunk.number):
        if thought:
            thinking.add(delta.choice)
        added = Delta(choice=delta.choice, role=delta.role, text=text or "", reasoning=thought or "")
        item = items[number]
        yield Chunk(number + 1, (added,), None, item.get("__data__", item), READ)


def usage_of(data: Lookup) -> dict[str, Json] | None:
    """Return the usage, including where Groq puts it in a stream."""
    return data.mapping("usage") or data.object("x_groq").mapping("usage") or None


def _delta(choice: Lookup, place: int, thinking: set[int]) -> Delta:
    """Return what a chunk adds to a choice. place: the choice's index if it has none of its own.

    thinking: the choices whose reasoning came under a plain key so far.
    """
    index = choice.integer("index")
    index = place if index is None else index
    if choice.data.get("delta") is None and choice.data.get("message") is None:
        return Delta(choice=index, text=choice.text("text"), finish=choice.text("finish_reason"))
    delta = choice.object("delta" if choice.data.get("delta") is not None else "message")
    said = texts_in(delta)
    if said.is_repeated and index in thinking:
        said.reasoning = ""
    elif said.reasoning and not said.is_repeated:
        thinking.add(index)
    calls = [_fragment(entry) for entry in delta.items("tool_calls")]
    calls += [CallDelta(None, call.id, call.name, call.arguments) for call in function_call(delta)]
    return Delta(
        choice=index,
        role=delta.text("role"),
        text=said.content or choice.text("text"),
        reasoning=said.reasoning,
        refusal=said.refusal,
        calls=tuple(calls),
        finish=choice.text("finish_reason"),
        parts=tuple(said.parts),
    )


def _fragment(entry: Lookup) -> CallDelta:
    call = tool_call(entry)
    return CallDelta(entry.integer("index"), call.id, call.name, call.arguments, call.is_text)
