"""Asking what a content means, wherever it is read: one that holds very much is read by a process of its own.

What a page shows of it is little, whatever it holds, and that is what comes back. The process keeps the last content, or
the last two that are compared, so that folds open at once, and goes when nobody asks for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from recviewer import child
from recviewer.catalog.content import Content, bytes_of_content, read_here, unread_here
from recviewer.formats.reading import unreadable

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = 30
"""How long a question may take, and how long one waits for those before it."""

FEW_BYTES = 256 * 1024
"""Up to this size the text of a file is masked here, where the process that reads it failed."""

_child = child.Child("recviewer.pages.recording.apart")
_known: list[object] = []
"""What the process keeps: what it was made of, and how."""
_one_at_a_time = Lock()


class TakesTooMuch(Exception):
    """What was asked takes too much. The message says why, as a clause."""


def asked(content: Content, question: Callable[Concatenate[Content, P], R], *words: P.args, **more: P.kwargs) -> R:
    """Return what a function says of a content.

    question: stands in a module, needs no database, and its answer can be pickled; so can its other arguments. Where reading
    takes too much, it is asked of a content that says so.
    """
    if not content.is_heavy:
        return question(content, *words, **more)
    data, blobs = (content.data,), [content.blob]
    try:
        return ask((read_here, content.name), data, blobs, question, *words, **more)
    except TakesTooMuch as why:
        reason = str(why)
    with suppress(TakesTooMuch):  # its text takes less than what it means
        return ask((unread_here, content.name, reason), data, blobs, question, *words, **more)
    is_withheld = len(content.data) > FEW_BYTES
    if is_withheld:
        reason += "; its text is not shown either, for nobody has looked for secrets in it"
    return question(
        replace(content, reading=unreadable(reason), is_heavy=False, is_withheld=is_withheld), *words, **more
    )


def bytes_of(content: Content) -> bytes:
    """Return the exchange's own bytes as they may be seen. Raises TakesTooMuch."""
    if not content.is_heavy:
        return bytes_of_content(content)
    return ask((unread_here, content.name, ""), (content.data,), [content.blob], bytes_of_content)


def ask(
    how: tuple[Any, ...],
    data: tuple[bytes, ...],
    blobs: list[str],
    question: Callable[Concatenate[Any, P], R],
    *words: P.args,
    **more: P.kwargs,
) -> R:
    """Return what a function says of what another one makes of some bytes, in a process of its own. Raises TakesTooMuch.

    how: that other one, and what it is told besides the bytes. blobs: by which the bytes are known again.
    """
    if not _one_at_a_time.acquire(timeout=SECONDS):
        raise TakesTooMuch("other files that hold very much are being read; ask again in a moment")
    try:
        answer: R = _answer(how, data, blobs, (question, words, more))
    except child.ChildGone:
        raise TakesTooMuch(
            f"reading it takes more than {SECONDS} seconds, or more memory than there is for it"
        ) from None
    finally:
        _one_at_a_time.release()
    return answer


def _answer(how: tuple[Any, ...], data: tuple[bytes, ...], blobs: list[str], what: tuple[Any, ...]) -> Any:
    known = [*how, *blobs]
    if _child.is_there and _known == known:
        return _child.ask((None, what), seconds=SECONDS)
    _known[:] = []
    answer = _child.ask((how, what), *data, seconds=SECONDS)
    _known[:] = known
    return answer
