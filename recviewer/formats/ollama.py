"""Common parts of Ollama's generate and chat replies: `done_reason`, counts, one choice."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace

from recviewer.exchange.elements import Elements, Flat, flat_of
from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Left, Problem, Reply
from recviewer.exchange.shape import Shape
from recviewer.formats import deltas
from recviewer.formats.failure import error_in, first_error
from recviewer.formats.framing import cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap

COUNTS = ("prompt_eval_count", "eval_count")


def usage_of(data: Lookup) -> dict[str, Json] | None:
    """Return the two token counts as recorded, None if the chunk has neither."""
    if COUNTS[0] not in data.data and COUNTS[1] not in data.data:  # the usual case
        return None
    found = {key: data.integer(key) for key in COUNTS}
    return found if any(value is not None for value in found.values()) else None


def chunks_of(
    items: list[Json], problems: list[Problem], delta_of: Callable[[Lookup], Delta], read: frozenset[str]
) -> Iterator[Chunk]:
    """Yield the neutral form of each element of a streamed reply."""
    for number, item in enumerate(items):
        data = cursor(item, number, problems)
        yield Chunk(
            number + 1,
            (Delta(parts=(JsonPart(item),)) if isinstance(item, str) else delta_of(data),),
            usage_of(data),
            data.data,
            read | set(COUNTS),
        )


def add_elements(raw: Raw, shape: Shape, made: Elements, left: list[Left]) -> None:
    """Add each element of a stream. Of those that differ only in text and times, only the first is examined."""
    known: dict[Hashable, Flat] = {}
    for number, item in enumerate(raw.reply if isinstance(raw.reply, list) else ()):
        key = _look_of(item)
        flat = None if key is None else known.get(key)
        if flat is None:
            sent = unwrap(item)
            element = cursor(item, number, []).data if sent is None or type(sent) in (dict, str) else sent
            name = raw.sse_events[number].name if number < len(raw.sse_events) else ""
            flat = flat_of(element, shape, left, event=name)
            if key is not None and not raw.sse_events:
                known[key] = flat
        made.add(flat)


def _look_of(item: Json) -> Hashable:
    """Return what distinguishes a chat chunk besides its text and times, None for an element with other content."""
    if type(item) is not dict or len(item) != 4:
        return None
    message, model = item.get("message"), item.get("model")
    if type(message) is not dict or type(model) is not str or type(item.get("created_at")) is not str:
        return None
    if item.get("done") is not False or not _WORDS.issuperset(message) or set(map(type, message.values())) != {str}:
        return None
    return model, message.get("role"), *item, *message


_WORDS = frozenset({"role", "content", "thinking"})


def reply_of(raw: Raw, problems: list[Problem], delta_of: Callable[[Lookup], Delta], read: frozenset[str]) -> Reply:
    """Read a complete or streamed reply: one choice, joined."""
    if not isinstance(raw.reply, list):
        data = Lookup(unwrap(raw.reply), "response.body", problems)
        outputs, is_done = deltas.fold([delta_of(data)]), _is_done(data.data)
        return Reply(outputs, usage_of(data), error_in(data.data), model=data.text("model"), is_whole=is_done)
    chunks = list(chunks_of(raw.reply, problems, delta_of, read))
    models = (Lookup(unwrap(item), "", []).text("model") for item in raw.reply)
    model = next((model for model in models if model), "")
    found = deltas.joined(chunks, [first_error(raw.reply)], model=model, told=chunks)
    return replace(found, is_whole=bool(chunks) and _is_done(chunks[-1].element))


def _is_done(element: Json) -> bool:
    """Tell whether it says that it is the last: servers before April 2024 give no reason beside that."""
    return isinstance(element, dict) and element.get("done") is True
