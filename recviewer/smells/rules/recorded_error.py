"""A failure that was recorded as the answer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.pairing.sides import Side
from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted


def _holds(case: Case) -> Held | None:
    """Red is what may not come again, and what had an answer before; any other error may be what a test wants."""
    if case.new is None or case.new.exchange.error is None:
        return None
    what = _failure(case.new)
    if _is_transient(case.new):
        return Held(Severity.RED, what, fault=what)
    if _answered(case.old):
        return Held(Severity.RED, what, is_compared=True)
    return Held(Severity.AMBER, what, fault=what)


def _failure(side: Side) -> str:
    error = side.exchange.error
    if error is None:
        return ""
    return " ".join(filter(None, (error.type, "" if error.status is None else str(error.status)))) or "error"


def _answered(side: Side | None) -> bool:
    return side is not None and side.exchange.error is None


def _is_transient(side: Side) -> bool:
    error = side.exchange.error
    return error is not None and (error.status is None or error.status in (401, 403, 408, 429) or error.status >= 500)


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    kinds = Counter(one.held.what for one in some)
    said = ", ".join(f"{label} ×{count:,}" for label, count in kinds.most_common(4))
    fresh = sum(_answered(one.case.known) for one in some)
    detail = f"{said}." + (f" {counted(fresh, 'recording')} had an answer before." if fresh else "")
    title = f"{counted(len(some), 'error')} recorded as {'an answer' if len(some) == 1 else 'answers'}"
    return Told(title, detail, answer(some[0]))


RULE = Rule(
    "recorded-error",
    "an error was recorded as the answer",
    Explained(
        what="A failure in place of an answer. One that may not come again (429, 5xx, a lost connection, 401, 403) "
        "is red, any other amber.",
        why="The test replays a bad day of the provider for ever, and passes or fails because of it.",
        example="An exception of type `RateLimitError` with status 429.",
        fix="Record it again. If the test is about the error, suppress the finding and say so.",
        mistaken="Tests that want just this error.",
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED, Severity.AMBER),
)
