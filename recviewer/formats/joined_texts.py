"""How long each text of a complete answer is, where its reader joins the texts of several objects.

A word that moves to another block is a different answer although the joined text is equal. Blocks whose text is at the
key `text` itself are counted by their shape, see `exchange/shape.py`. Source: see the formats' readers.
"""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.exchange.model import Json
from recviewer.exchange.signs import SIZE

_JOINED: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "anthropic": (("content", ("thinking",)),),
    "cohere": (("message.content", ("thinking",)),),
    "converse": (
        ("output.message.content", ("reasoningContent.reasoningText.text",)),
        ("output.message.content", ("citationsContent.content.text",)),
    ),
    "interactions": (("steps", ("content.text",)),),
    "mistral_conversations": (("outputs", ("content", "content.text")),),
    "openai_chat": (
        ("choices.message.reasoning_details", ("text", "summary")),
        ("choices.message.thinking_blocks", ("thinking",)),
    ),
}
"""By format, the lists whose items have texts that are joined, and where in an item these are; lists on the way are
entered.
"""


def of_whole(name: str, reply: Json) -> list[Json]:
    """Return the lengths of the texts in each list, [] if none has several. name: of the format."""
    return [
        {"of": path, SIZE: sizes}
        for path, keys in _JOINED.get(name, ())
        for items in _lists(reply, path.split("."))
        for sizes in [[sum(_size(item, key.split(".")) for key in keys) for item in items]]
        if sum(map(bool, sizes)) > 1
    ]


def _lists(value: Json, path: list[str]) -> Iterator[list[Json]]:
    if type(value) is list:
        if not path:
            yield value
        for item in value if path else ():
            yield from _lists(item, path)
    elif type(value) is dict and path:
        yield from _lists(value.get(path[0]), path[1:])


def _size(value: Json, path: list[str]) -> int:
    """Return the length of all texts at a path."""
    if type(value) is list:
        return sum(_size(item, path) for item in value) if path else 0
    if type(value) is dict:
        return _size(value.get(path[0]), path[1:]) if path else 0
    return len(value) if type(value) is str and not path else 0
