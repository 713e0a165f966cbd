"""An answer that refuses in words although its finish reason is normal. A heuristic."""

from __future__ import annotations

import re

from recviewer.exchange.text import Outcome
from recviewer.smells.intent import wants_odd_end
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer

_SORRY = (
    r"(?:(?:i['’]?m|i am|we['’]?re|we are) (?:very |so |really |truly )?sorry|sorry|i apologi[sz]e|apologies"
    r"|unfortunately)"
)
_BUT = r"[,.!:;—–-]*\s*(?:but\s*)?"
_WONT = (
    r"(?:i|we)(?: can(?:no|['’])t| can not| won['’]t| will not| must decline"
    r"|(?: am| are|['’]m|['’]re) (?:not able|unable|not going))"
    r"(?: to)? (?:help|assist|provide|comply|fulfil|engage|answer|create|generate|do (?:that|this)|discuss|continue|support"
    r"|participate|share|process (?:that|this|your))"
)
_DECLINES = re.compile(rf"\s*(?:{_SORRY}{_BUT})?(?:as an ai\b|{_WONT})", re.IGNORECASE)
_FIRST = 200
"""Characters of an answer in which it would refuse."""


def _holds(case: Case) -> Held | None:
    if case.new is None or case.new.meaning.line.outcome is not Outcome.ANSWER:
        return None
    found = next(
        (one for one in case.new.exchange.outputs if not one.tool_calls and _DECLINES.match(one.content[:_FIRST])), None
    )
    if found is None:
        return None
    spots = in_answer(case.new, found.content.strip())
    if wants_odd_end(case.new):
        says = "the answer seems to decline, as its test seems to want"
        return Held(Severity.GREY, "declines", fault="declines", says=says, spots=spots)
    return Held(Severity.AMBER, "declines", fault="declines", spots=spots)


RULE = Rule(
    "refusal-words",
    "the answer seems to decline",
    Explained(
        what="An answer that begins like one that declines, in English, though its finish reason says nothing of it. "
        "Grey where the name of the test says that it wants one.",
        why="The test tries what its client makes of a refusal, not what it was written for.",
        example="`I'm sorry, but I can't help with that.`",
        fix="Re-record it with another prompt. If the test wants a refusal, suppress the finding.",
        mistaken="Tests of safety that want it; answers that only begin so, or quote somebody.",
        measured="2, 4 and 3, of which 0, 1 and 2 are grey; all were read, and 8 are right: one declines a part only. 2 in "
        "the last set; both are right.",
        right={Severity.AMBER: (14, 15), Severity.GREY: (3, 3)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.AMBER, Severity.GREY),
    is_heuristic=True,
)
