"""An entry of the list of what is harmless, and the reasons that many of them have."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class HowHarmless(StrEnum):
    """How far a path is harmless.

    wholly: whatever stands there, also nothing. value: the value alone; that something is there counts, and so do zero,
    null and empty. figure: numbers alone, zero too; texts, null and the names of keys count. ids: ids inside texts alone.
    unfiltered: the verdicts of a filter that let everything pass; that there are any counts.
    """

    WHOLLY = "wholly"
    VALUE = "value"
    FIGURE = "figure"
    IDS = "ids"
    UNFILTERED = "unfiltered"


class Harmless(NamedTuple):
    """An entry of the list. path: below the body. reason: why nobody has to look at it, as a clause."""

    path: str
    how: HowHarmless
    reason: str


ID = "made anew for each reply"
TIME = "when the reply was made"
TOOK = "how long it took"
TOKENS = "a count of the run; that it is there, and not zero, counts"
COUNT = "a count of the run"
SEALED = "sealed by the provider, new with each reply; that it is there counts, for a later request has to send it back"
LOGPROBS = "measured anew at each run; that they are there counts"
TIER = "which machine served the reply"
HEADER = "how this one reply travelled"
