"""Findings that follow from one recording's row, by the rules' names, as `smell:` takes them.

They need no file. Rules that need more (other recordings of a test, the other side of a change, unknown parts of an
answer) run elsewhere.
"""

from __future__ import annotations

from functools import lru_cache

from django.db.models import Q

from recviewer.exchange.model import Kind
from recviewer.exchange.text import Outcome
from recviewer.replay.names import ReplayState

_BROKE_OFF = tuple(
    outcome.value
    for outcome in (
        Outcome.FAILED,
        Outcome.FILTERED,
        Outcome.REFUSED,
        Outcome.TRUNCATED,
        Outcome.UNFINISHED,
        Outcome.PAUSED,
        Outcome.ODD_END,
        Outcome.EMPTY,
    )
)
LOST = tuple(state.value for state in (ReplayState.OLDER, ReplayState.EDITED, ReplayState.UNKNOWN))
"""States of recordings that replay cannot find, as stored in the column."""
_UNREADABLE = Kind.UNREADABLE.value

SMELLS: dict[str, Q] = {
    "broke-off": Q(outcome__in=_BROKE_OFF),
    "cannot-replay": Q(replay__in=LOST) & ~Q(kind=_UNREADABLE),
    "leaked-reasoning": Q(leaked=True),
    "recorded-error": Q(outcome=Outcome.ERROR.value),
    "unreadable": Q(kind=_UNREADABLE),
}
"""The rules, each with the condition for the recordings on which it finds something."""

NONE = Q(*SMELLS.values(), _connector=Q.OR, _negated=True)
"""The recordings without any of these findings."""


@lru_cache(1_000)
def found_on(outcome: str, replay: str, kind: str, leaked: bool) -> str:
    """Return the names of the rules that find something on a recording, separated by spaces."""
    holds = {
        "broke-off": outcome in _BROKE_OFF,
        "cannot-replay": replay in LOST and kind != _UNREADABLE,
        "leaked-reasoning": bool(leaked),
        "recorded-error": outcome == Outcome.ERROR,
        "unreadable": kind == _UNREADABLE,
    }
    return " ".join([name for name, is_so in holds.items() if is_so])
