"""Asking what a content means, wherever it is read: one that holds very much is read by a process of its own.

What a page shows of it is little, whatever it holds, and that is what comes back. The process keeps the last content, or
the last two that are compared, so that folds open at once, and goes when nobody asks for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from recviewer import child
from recviewer.catalog.content import Content, read_here
from recviewer.formats.reading import unreadable

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = 30
"""How long a question may take, and how long one waits for those before it."""

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
    try:
        answer: R = ask((read_here, content.name), (content.data,), [content.blob], question, *words, **more)
    except TakesTooMuch as why:
        return question(_failed(content, str(why)), *words, **more)
    return answer


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


def _failed(content: Content, reason: str) -> Content:
    return replace(content, reading=unreadable(reason), is_heavy=False)


def _answer(how: tuple[Any, ...], data: tuple[bytes, ...], blobs: list[str], what: tuple[Any, ...]) -> Any:
    known = [*how, *blobs]
    if _child.is_there and _known == known:
        return _child.ask((None, what), seconds=SECONDS)
    _known[:] = []
    answer = _child.ask((how, what), *data, seconds=SECONDS)
    _known[:] = known
    return answer
