"""What an exchange holds besides what its reader took as meaning (`Exchange.rest`), looked up by key."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json
from recviewer.exchange.not_understood import is_hollow


def values(rest: dict[str, Json], *names: str) -> Iterator[Json]:
    """Yield what stands under any of the names, at any depth, where it is neither null nor empty.

    names: in lower case. A key may be a whole path, as of chunks: `choices[0].logprobs`; its end counts.
    """
    for key, held in rest.items():
        if _is_named(key, names) and not is_hollow(held):
            yield held
        elif isinstance(held, dict | list) and _may_name(held, names):
            yield from _below(held, names)


def _is_named(key: str, names: Sequence[str]) -> bool:
    return key.rpartition(".")[2].lower() in names


def _may_name(value: Json, names: Sequence[str]) -> bool:
    """Tell whether a value may hold one of the names, by its JSON: most hold none, and to walk through them takes long."""
    text = encode(value).decode().lower()
    return any(f'{name}"' in text for name in names)


def _below(value: Json, names: Sequence[str]) -> Iterator[Json]:
    if isinstance(value, dict):
        for key, held in value.items():
            if _is_named(key, names) and not is_hollow(held):
                yield held
            else:
                yield from _below(held, names)
    elif isinstance(value, list):
        for held in value:
            yield from _below(held, names)
