"""What an exchange holds besides what its reader took as meaning (`Exchange.rest`), looked up by key."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Json
from recviewer.exchange.shape import is_hollow


def values(rest: Json, *names: str) -> Iterator[Json]:
    """Yield what stands under any of the names, at any depth, where it is neither null nor empty.

    names: in lower case. A key may be a whole path, as of chunks: `choices[0].logprobs`; its end counts.
    """
    if isinstance(rest, dict):
        for key, held in rest.items():
            if str(key).rpartition(".")[2].lower() in names and not is_hollow(held):
                yield held
            elif isinstance(held, dict | list):
                yield from values(held, *names)
    elif isinstance(rest, list):
        for held in rest:
            if isinstance(held, dict | list):
                yield from values(held, *names)
