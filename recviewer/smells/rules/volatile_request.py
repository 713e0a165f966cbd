"""A request with generated values: times, ids and URLs that differ in the next recording."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from recviewer.exchange.model import Exchange, Part, Text, ToolResult
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_request

_UUID = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_TAKEN_OUT = re.compile(
    rf",?\s{{0,9}}attributes:\s{{0,9}}\{{[^}}]{{0,2000}}\}}|document_id:\s{{0,9}}{_UUID}|<\|{_UUID}\|>"
)
"""What the newest rule of OGX's recorder removes from a request's texts before hashing it."""

_KINDS = (
    ("an id", re.compile(rf"\b(?:file|vs|resp|chatcmpl|req|run|thread)[-_][0-9a-f]{{24,}}\b|\b{_UUID}\b")),
    ("a time", re.compile(r"\b20\d\d-[01]\d-[0-3]\d[T ](?!00:00:00)[0-2]\d:[0-5]\d:[0-5]\d(?:\.\d+)?")),
    ("a temporary place", re.compile(r"/(?:tmp|private/var|var/folders)/[\w.-]+/[\w./-]+")),
    ("a port", re.compile(r"\b(?:localhost|127\.0\.0\.1):[3-6]\d{4}\b")),
)
_NEEDLES = ("localhost:", "127.0.0.1:", "tmp/", "var/folders/", "private/var/")
_SIGNS = tuple(re.compile(pattern) for pattern in (r"-[0-9a-f]{4}-[0-9a-f]{4}-", r":\d\d:\d\d", r"[-_][0-9a-f]{24}"))
_LONGEST = 200_000


def _holds(case: Case) -> Held | None:
    if case.new is None:
        return None
    for text in _texts(case.new.exchange):
        if not _may_hold(text):
            continue
        rest = _TAKEN_OUT.sub("", text[:_LONGEST])
        for kind, pattern in _KINDS:
            found = pattern.search(rest)
            if found:
                says = f"the words of its request hold {kind} that may be made anew each time: “{found[0][:60]}”"
                return Held(Severity.GREY, kind, fault=kind, says=says, spots=in_request(case.new, found[0]))
    return None


def _may_hold(text: str) -> bool:
    """A fast test whether a text is worth searching: most contain none of these markers."""
    if any(needle in text for needle in _NEEDLES):
        return True
    return any(pattern.search(text) for pattern in _SIGNS)


def _texts(exchange: Exchange) -> Iterator[str]:
    for message in exchange.request.messages:
        yield from _of_parts(message.parts)


def _of_parts(parts: Sequence[Part]) -> Iterator[str]:
    for part in parts:
        match part:
            case Text():
                yield part.text
            case ToolResult():
                yield from _of_parts(part.parts)


RULE = Rule(
    "volatile-request",
    "its request may be worded anew each time",
    Explained(
        what="A request whose messages hold ids, times, temporary places or ports that are probably made anew for "
        "every run. What the newest rule of its recorder takes out before it names a request does not count.",
        why="The next recording asks with other words and gets another name: the old one stays behind, and replay "
        "fails when the value changes.",
        example="`document_id: file-d3bd9b63d2134199b3156206027b208e` in the result of a search.",
        fix="Have the test or the recorder use fixed values there.",
        mistaken="Fixed ids and times of a suite's own data.",
        measured="10, 2 and 0; all were read and are right.",
        right={Severity.GREY: (13, 13)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.GREY,),
    is_heuristic=True,
)
