"""An error that was recorded as the answer."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from recviewer.exchange.model import Failure
from recviewer.pairing.sides import Side
from recviewer.smells.intent import asks_wrong, wants_busy, wants_error, wants_odd_end
from recviewer.smells.model import (
    About,
    Case,
    Explained,
    Held,
    Instance,
    Needs,
    Rule,
    Severity,
    Surroundings,
    Told,
    answer,
    counted,
)
from recviewer.smells.spots import in_answer

_BUSY = re.compile(
    r"rate.?limit|too many requests|quota|billing|credit|payment|overload|capacity|throttl|connection|time.?d?.?out"
    r"|unreachable|temporar|try again later",
    re.IGNORECASE,
)
_QUOTA = re.compile(r"insufficient.?quota|your (?:current )?quota|credit balance|billing|out of credits", re.IGNORECASE)
_WRONG_KEY = re.compile(
    r"api.?key (?:is )?(?:not valid|invalid)|(?:invalid|incorrect|wrong|missing) api.?key", re.IGNORECASE
)
_FILTERED = re.compile(r"filter|safety|policy|moderation|blocked|armor", re.IGNORECASE)
_ASKED_WRONG = frozenset({501, 505})
"""Statuses above 500 that will occur again for the same request."""

_DECLINED = frozenset({400, 404, 405, 410, 413, 415, 422})
"""Statuses of requests that are always invalid."""

_REDIRECTED = 3
"""First digit of redirection statuses."""

_FIRST = 400
"""Characters of a message that are examined."""


def _holds(case: Case) -> Held | None:
    """Red are errors that may not occur again, and those that replaced an answer; others may be what a test expects."""
    if case.new is None or case.new.exchange.error is None:
        return None
    error = case.new.exchange.error
    what, spots = _failure(error), in_answer(case.new, error.message)
    if not _answered(case.old) and _is_wanted(case.new, error):
        says = f"an error was recorded, as its test seems to want: {what}"
        return Held(Severity.GREY, what, fault=what, says=says, spots=spots)
    if (_status(error) or 0) // 100 == _REDIRECTED and not _answered(case.old):
        says = f"it leads to another address, where the client goes on: {what}"
        return Held(Severity.GREY, what, fault=what, says=says, spots=spots)
    says = f"an error was recorded as the answer: {what}"
    if _is_transient(error):
        level = Severity.RED if _asks_a_model(case.new) else Severity.AMBER
        return Held(level, what, fault=what, says=f"{says}, which may not come again", spots=spots)
    if _answered(case.old):
        return Held(Severity.RED, what, is_compared=True, says=says, spots=spots)
    return Held(Severity.AMBER, what, fault=what, says=says, spots=spots)


def _failure(error: Failure) -> str:
    status = "" if error.status is None else str(error.status)
    return " ".join(dict.fromkeys(filter(None, (error.type, status)))) or "error"


def _answered(side: Side | None) -> bool:
    return side is not None and side.exchange.error is None


def _status(error: Failure) -> int | None:
    return int(error.type) if error.status is None and re.fullmatch(r"[1-5]\d\d", error.type) else error.status


def _is_busy(error: Failure) -> bool:
    """Tell whether the provider was overloaded, unavailable, or required payment, independent of the request."""
    status = _status(error)
    if status is not None and (status in (402, 408, 425, 429) or (status >= 500 and status not in _ASKED_WRONG)):
        return True
    if status is not None and status >= 500:
        return False
    said = error.message[:_FIRST]
    return bool(
        _BUSY.search(f"{error.type} {error.code}") or _QUOTA.search(said) or (status is None and _BUSY.search(said))
    )


def _is_transient(error: Failure) -> bool:
    """Tell whether the same request may succeed another time, or with a valid key."""
    return _is_busy(error) or _status(error) in (401, 403) or bool(_WRONG_KEY.search(error.message[:_FIRST]))


def _asks_a_model(side: Side) -> bool:
    """Tell whether a model, or the list of models, was requested. Other requests of a client, such as traces, are not
    tested.
    """
    return bool(side.exchange.request.messages) or "models" in side.exchange.endpoint


def _is_wanted(side: Side, error: Failure) -> bool:
    """Tell whether the names of a test show that it expects such an error."""
    if _FILTERED.search(f"{error.type} {error.code}") and wants_odd_end(side):
        return True
    if _is_busy(error) and _status(error) != 500:
        return wants_busy(side)
    return wants_error(side) or (_status(error) in _DECLINED and asks_wrong(side))


_SAYS_BUSY = re.compile(
    r"rate|quota|timeout|connect|auth|permission|status|server|unavailable|overload|api_?error", re.IGNORECASE
)


def _soften(held: Held, test_id: str, around: Surroundings) -> Held:
    """Errors that a test expects by `pytest.raises` are intended; transient ones only if they are named there."""
    from recviewer.asserts.reading import expectations_of  # only needed if there are errors

    read = expectations_of(around.sources, test_id) if around.sources is not None else None
    names = [name for one in read.raises for name in one.names] if read is not None else []
    if held.severity is Severity.RED and (held.is_compared or not any(_SAYS_BUSY.search(name) for name in names)):
        return held
    if held.severity is Severity.GREY or not names:
        return held
    said = " or ".join(dict.fromkeys(names))
    return replace(
        held, severity=Severity.GREY, says=f"an error was recorded, as its test expects ({said}): {held.what}"
    )


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
        what="A failure in place of an answer. One that may not come again (429, 5xx, a lost connection, a quota, 401, "
        "403, a wrong key) is red where a model was asked, any other amber. A redirection is grey. Where the name of "
        "the test, its class or its file says that it wants an error, or its source expects one (`pytest.raises`), it "
        "is grey, and so is a request that was declined for what it asks (400, 404, 422, …) where the name says that it "
        "asks for nothing or for what is gone (`empty`, `retired`, `validation`). Only words such as `retry` or "
        "`rate_limit` excuse a provider that was overloaded.",
        why="The test replays a bad day of the provider for ever, and passes or fails because of it.",
        example="An exception of type `RateLimitError` with status 429.",
        fix="Re-record it. If the test is about the error, suppress the finding and say so.",
        mistaken="Tests that want just this error, and say so neither in their name nor by `pytest.raises`.",
        measured="31, 15 and 83, of which 0, 1 and 9 are red and 18, 9 and 11 amber; all of these were read. All red are "
        "right. Of 38 in amber 4 seem to be what a test wants, as far as their names and questions tell, for the "
        "sources were not at hand; where they are, `pytest.raises` makes such a finding grey. 33 and 11 in the "
        "later two, of which 0 and 2 are red and 19 and 1 amber, read with their sources: both red are right, and "
        "18 in amber; 2 tests take an error or an answer.",
        right={Severity.RED: (8, 8), Severity.AMBER: (18, 20), Severity.GREY: (20, 20)},
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED, Severity.AMBER, Severity.GREY),
    soften=_soften,
)
