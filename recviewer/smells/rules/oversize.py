"""A recording that is far larger than others."""

from __future__ import annotations

from recviewer.exchange import amounts
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity

LARGE = 500_000
"""Bytes above which a recording is large: the limit of common checks for large files."""


def _holds(case: Case) -> Held | None:
    if case.new is None or case.new.meaning.size <= LARGE:
        return None
    return Held(Severity.GREY, "large", fault="large", says=f"it holds {amounts.size(case.new.meaning.size)}")


RULE = Rule(
    "oversize",
    f"it is larger than {amounts.size(LARGE)}",
    Explained(
        what=f"A recording of more than {amounts.size(LARGE)}; most have a few kB.",
        why="It stays in the history of the repository for ever, and common checks for large files refuse it.",
        example="A model list of 1.1 MB, or a stream of 3,000 chunks.",
        fix="Ask for less: a lower limit, a smaller picture, fewer or shorter texts to embed. Then re-record it.",
        mistaken="None known: it is that large.",
        measured="13, 4 and 8; all are right.",
        right={Severity.GREY: (20, 20)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.GREY,),
)
