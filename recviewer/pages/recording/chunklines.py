"""The lines of a file that contain each chunk, if the recorder writes a streamed body as an array with one block for
each element.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recviewer.pages.recording.rawview import Source

_BODY = re.compile(r'^ *"response": \{\n(?: +"(?!body)[^\n]*[^\[{]\n)*( *)"body": \[\n( +)', re.MULTILINE)


def chunk_lines(source: Source, count: int) -> Sequence[tuple[int, int]]:
    """Return the first and last line of each chunk in order; nothing if the file does not show them clearly.

    count: number of chunks. If the array has another number of elements, nothing is returned.
    """
    body = _BODY.search(source.text) if count else None
    if body is None:
        return ()
    found: list[tuple[int, int]] = []
    for lines in _elements(source, body.start(2), body[1], body[2]):
        if len(found) == count:
            return ()
        found.append(lines)
    return found if len(found) == count else ()


def _elements(source: Source, at: int, outside: str, indent: str) -> Iterator[tuple[int, int]]:
    """Yield the lines of each element of an array.

    at: start of the first; outside: the indentation of the closing bracket.
    """
    text = source.text
    number = text.count("\n", 0, at) + 1
    while text.startswith(indent, at):
        end = source.end_of(at)
        closing = source.block_at(at, end)
        last = number if closing < 0 else number + text.count("\n", at, closing)
        if text.startswith(" ", at + len(indent)) or text[at + len(indent)] in "}]":
            return
        yield number, last
        at = (end if closing < 0 else source.end_of(closing)) + 1
        number = last + 1
    if not text.startswith(f"{outside}]", at):
        yield -1, -1  # the array continues in another layout: one element too many, so that nothing is returned
