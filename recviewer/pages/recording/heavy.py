"""Asking what a content means, wherever it is read: one that holds very much is read by a process of its own.

What a page shows of it is little, whatever it holds, and that is what comes back. The process keeps the last content, so
that its folds open at once, and goes when nobody asks for a while.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Lock
from typing import Any, Concatenate, ParamSpec, TypeVar

from recviewer import child
from recviewer.catalog.content import Content
from recviewer.formats.reading import unreadable

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = 30
"""How long a question may take, and how long one waits for those before it."""

_child = child.Child("recviewer.pages.recording.apart")
_known: list[str] = []
"""Blob id and file name of the content that the process keeps."""
_one_at_a_time = Lock()


def asked(content: Content, question: Callable[Concatenate[Content, P], R], *words: P.args, **more: P.kwargs) -> R:
    """Return what a function says of a content.

    question: stands in a module, needs no database, and its answer can be pickled; so can its other arguments. Where reading
    takes too much, it is asked of a content that says so.
    """
    if not content.is_heavy:
        return question(content, *words, **more)
    if not _one_at_a_time.acquire(timeout=SECONDS):
        return question(
            _failed(content, "other files that hold very much are being read; ask again in a moment"), *words, **more
        )
    try:
        answer: R = _answer(content, (question, words, more))
    except child.ChildGone:
        reason = f"reading it takes more than {SECONDS} seconds, or more memory than there is for it"
        return question(_failed(content, reason), *words, **more)
    finally:
        _one_at_a_time.release()
    return answer


def _failed(content: Content, reason: str) -> Content:
    return replace(content, reading=unreadable(reason), is_heavy=False)


def _answer(content: Content, what: tuple[Any, ...]) -> Any:
    name = [content.blob, content.name]
    if _child.is_there and _known == name:
        return _child.ask((None, what), seconds=SECONDS)
    _known[:] = []
    answer = _child.ask((content.name, what), content.data, seconds=SECONDS)
    _known[:] = name
    return answer
