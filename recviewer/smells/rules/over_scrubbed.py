"""A reply, or a question, that consists only of placeholders written by the recorder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from recviewer.exchange.escapes import leaves
from recviewer.exchange.model import Exchange
from recviewer.exchange.text import words_of
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer, in_request

_WORD = "redacted|scrubbed|saniti[sz]ed|filtered|masked|removed|hidden|censored|anonymi[sz]ed|obfuscated"
_MARK = re.compile(
    rf"(?i:[\[<({{]+\s*(?:{_WORD})\s*[\])>}}]+)|\b(?:{_WORD.upper()})(?:_[A-Z0-9]+)*\b"
    r"|\*{3,}|\b[xX]{6,}\b|█{3,}|^\s*Sanitized\s*$"
)
"""Placeholders of recorders and their filters: in brackets, in capital letters, or as Azure's test proxy writes it."""

_LONGEST = 2_000
"""Longer texts are not examined."""
_MOST = 50


def _holds(case: Case) -> Held | None:
    if case.new is None:
        return None
    exchange = case.new.exchange
    answered = _answer(exchange)
    if _is_nothing_else(answered):
        return Held(Severity.AMBER, "reply", fault="reply", spots=in_answer(case.new, _first(answered)))
    asked = [words for message in exchange.request.messages if (words := words_of(message.parts).strip())]
    if _is_nothing_else(asked):
        says = "its recorder took out all that was asked"
        return Held(Severity.AMBER, "request", fault="request", says=says, spots=in_request(case.new, _first(asked)))
    return None


def _answer(exchange: Exchange) -> list[str]:
    """Return the texts of a reply, [] if it has other content."""
    if exchange.error is not None or exchange.exhibits:
        return []
    if not exchange.outputs:
        return [one for one in islice(leaves(exchange.unread), _MOST) if one.strip()]
    if any(output.tool_calls or output.parts for output in exchange.outputs):
        return []
    return [one for output in exchange.outputs for one in (output.content, output.reasoning) if one.strip()]


def _is_nothing_else(texts: list[str]) -> bool:
    """Tell whether there are texts, and they contain nothing but placeholders."""
    return bool(texts) and all(len(one) <= _LONGEST and _is_mark(one) for one in texts)


def _is_mark(text: str) -> bool:
    left, count = _MARK.subn(" ", text)
    return count > 0 and not any(sign.isalnum() for sign in left)


def _first(texts: Iterable[str]) -> str:
    return next(iter(texts), "").strip()


RULE = Rule(
    "over-scrubbed",
    "its recorder took out all that was answered",
    Explained(
        what="A reply, or a question, of which nothing is left but marks of what was taken out, such as `[REDACTED]`.",
        why="The test replays a reply that says nothing, and nobody can tell what was asked.",
        example="`content` is `[REDACTED]`, in each of the choices.",
        fix="Let the recorder take out values by name, such as keys in headers, not whole bodies; then re-record it.",
        mistaken="Tests of the scrubbing itself.",
        measured="nothing in any of them. Of 9 real recordings that were changed so by hand all were found.",
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.AMBER,),
)
