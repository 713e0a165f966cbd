"""Questions about a content, wherever it is parsed: a very large one is parsed in a separate process.

What a page shows of it is small, and only that is returned. The process keeps the last content, or the last two that
are compared, so that folds open at once, and ends when it is idle.
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
"""Time limit of a question, and how long one waits for those before it."""

FEW_BYTES = 256 * 1024
"""Up to this size the text of a file is masked in this process if the other one failed."""

_child = child.Child("recviewer.catalog.heavy_apart")
_known: list[object] = []
"""What the process keeps: what it was made from, and how."""
_one_at_a_time = Lock()


class TakesTooMuch(Exception):
    """The question would take too much time or memory. The message says why, as a clause."""


def asked(content: Content, question: Callable[Concatenate[Content, P], R], *words: P.args, **more: P.kwargs) -> R:
    """Return the result of a function on a content, wherever that content is parsed.

    question: a module-level function that needs no database; its arguments and its result can be pickled. If parsing
    takes too much, the function is called with a content that says so.
    """
    if not content.is_heavy:
        return question(content, *words, **more)
    try:
        return _asked(content, question, *words, **more)
    except TakesTooMuch as why:
        reason = str(why)
    if content.part:  # the text of the whole file is not that of the part
        return question(missing(reason), *words, **more)
    with suppress(TakesTooMuch):  # its text takes less than parsing it
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
    """Return the result of a function on a whole file, with all of its exchanges. content: any of them.

    Raises TakesTooMuch.
    """
    return ask((read_here, content.name), (content.data,), [content.file_blob], question, *words, **more)


def part_of(content: Content) -> Content:
    """Return an exchange of a heavy file with many.

    content: holds the part alone; everything else that is known is taken from it.
    """
    try:
        blob, length = _asked(content, _head)
    except TakesTooMuch as why:
        return missing(str(why))
    return replace(content, blob=blob, length=length) if blob else missing("its file does not hold it any more")


def _head(content: Content) -> tuple[str, int]:
    return content.blob, len(content.data)


def own_bytes(content: Content) -> bytes | None:
    """Return an exchange's bytes unmasked, or None if its file does not hold it. Raises TakesTooMuch."""
    return _asked(content, _own) if content.is_heavy else content.data


def _own(content: Content) -> bytes | None:
    return None if content.missing else content.data


def bytes_of(content: Content) -> bytes:
    """Return the exchange's own bytes with secrets masked. Raises TakesTooMuch."""
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
    """Call a function in the other process on what a constructor makes from some bytes, and return the result.

    Raises TakesTooMuch. how: the constructor and its further arguments. blobs: the ids by which the process recognises
    the bytes.
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
