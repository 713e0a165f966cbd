"""Looks up keys in what an exchange contains besides its meaning (`Exchange.rest`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from recviewer.exchange.encode import encode
from recviewer.exchange.model import Json
from recviewer.exchange.not_understood import is_hollow


def values(rest: dict[str, Json], *names: str) -> Iterator[Json]:
    """Yield the non-empty values at any of the names, at any depth.

    names: in lower case. Keys may be paths, as for chunks: `choices[0].logprobs`; their last part is compared.
    """
    for key, held in rest.items():
        if _is_named(key, names) and not is_hollow(held):
            yield held
        elif isinstance(held, dict | list) and _may_name(held, names):
            yield from _below(held, names)


def _is_named(key: str, names: Sequence[str]) -> bool:
    return key.rpartition(".")[2].lower() in names


def _may_name(value: Json, names: Sequence[str]) -> bool:
    """Tell whether a value may contain one of the names, by its JSON text: most do not, and traversing them is slow."""
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
