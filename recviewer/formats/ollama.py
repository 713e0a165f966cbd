"""What Ollama's generate and chat replies have in common: `done_reason`, counts, one choice."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from recviewer.exchange.model import Chunk, Delta, Json, JsonPart, Problem, Reply
from recviewer.formats import deltas
from recviewer.formats.deltas import last_usage
from recviewer.formats.failure import error_in, first_error
from recviewer.formats.framing import cursor
from recviewer.formats.lookup import Lookup
from recviewer.formats.raw import Raw, unwrap

COUNTS = ("prompt_eval_count", "eval_count")


def usage_of(data: Lookup) -> dict[str, Json] | None:
    """Return the two token counts as recorded, None where the chunk has neither."""
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


def reply_of(raw: Raw, problems: list[Problem], delta_of: Callable[[Lookup], Delta], read: frozenset[str]) -> Reply:
    """Read a whole or streamed reply: one choice, joined."""
    if not isinstance(raw.reply, list):
        data = Lookup(unwrap(raw.reply), "response.body", problems)
        return Reply(deltas.fold([delta_of(data)]), usage_of(data), error_in(data.data), model=data.text("model"))
    chunks = list(chunks_of(raw.reply, problems, delta_of, read))
    models = (Lookup(unwrap(item), "", []).text("model") for item in raw.reply)
    return Reply(
        deltas.fold(delta for chunk in chunks for delta in chunk.deltas),
        last_usage(chunks),
        first_error(raw.reply),
        model=next((model for model in models if model), ""),
        chunks=len(raw.reply),
        runs=deltas.runs_of(chunks),
        told=tuple(chunks),
    )
