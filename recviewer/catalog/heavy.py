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

from recviewer.catalog.content import Content, Opened, bytes_of_content, missing, read_here, unread_here
from recviewer.formats.reading import unreadable
from recviewer.processes import child

P = ParamSpec("P")
R = TypeVar("R")

SECONDS = 30
"""How long a question may take, and how long one waits for those before it."""

FEW_BYTES = 256 * 1024
"""Up to this size the text of a file is masked here, where the process that reads it failed."""

_child = child.Child("recviewer.catalog.heavy_apart")
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
        return _asked(content, question, *words, **more)
    except TakesTooMuch as why:
        reason = str(why)
    if content.part:  # the text of the whole file is not its own
        return question(missing(reason), *words, **more)
    with suppress(TakesTooMuch):  # its text takes less than what it means
        return ask((unread_here, content.name, reason), (content.data,), [content.blob], question, *words, **more)
    is_withheld = len(content.data) > FEW_BYTES
    if is_withheld:
        reason += "; its text is not shown either, for nobody has looked for secrets in it"
    return question(replace(content, read=unreadable(reason), is_heavy=False, is_withheld=is_withheld), *words, **more)


def _asked(content: Content, question: Callable[Concatenate[Content, P], R], *words: P.args, **more: P.kwargs) -> R:
    answer: R = ask(
        (read_here, content.name), (content.data,), [content.file_blob], _of, content.part, question, words, more
    )
    return answer


def _of(opened: Opened, part: str, question: Callable[..., R], words: tuple[Any, ...], more: dict[str, Any]) -> R:
    return question(opened.content(part), *words, **more)


def of_file(content: Content, question: Callable[Concatenate[Opened, P], R], *words: P.args, **more: P.kwargs) -> R:
    """Return what a function says of a whole file, all of its exchanges. content: any of them. Raises TakesTooMuch."""
    return ask((read_here, content.name), (content.data,), [content.file_blob], question, *words, **more)


def part_of(content: Content) -> Content:
    """Return an exchange of a heavy file of many, with what is known of it outside. content: with its part alone."""
    try:
        blob, length = _asked(content, _head)
    except TakesTooMuch as why:
        return missing(str(why))
    return replace(content, blob=blob, length=length) if blob else missing("its file does not hold it any more")


def _head(content: Content) -> tuple[str, int]:
    return content.blob, len(content.data)


def own_bytes(content: Content) -> bytes | None:
    """Return an exchange's bytes as they are, None where its file does not hold it. Raises TakesTooMuch."""
    return _asked(content, _own) if content.is_heavy else content.data


def _own(content: Content) -> bytes | None:
    return None if content.missing else content.data


def bytes_of(content: Content) -> bytes:
    """Return the exchange's own bytes as they may be seen. Raises TakesTooMuch."""
    if not content.is_heavy:
        return bytes_of_content(content)
    if content.part:
        return _asked(content, bytes_of_content)
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
