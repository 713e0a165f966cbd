"""A pair: the old and the new recording of one call, how they were matched, and how certain that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How a pair was matched. Part of the public contract.

    path: the same path. bytes: equal bytes at another path. test: the same test, and a similar request. parameters: the
    same test function with other parameters (most often the model). request: another or no known test, but the same
    request. hand: a reviewer's decision.
    """

    PATH = "path"
    BYTES = "bytes"
    TEST = "test"
    PARAMETERS = "parameters"
    REQUEST = "request"
    HAND = "hand"


class Sure(StrEnum):
    """How certain a pair is: there is no other candidate, it fits best by far, or it is the best guess."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings of one call, by their indexes in the two lists.

    fit: score, 0 to 1. why: a clause for people, such as `the same test, request 98 % alike`.
    """

    old: int
    new: int
    how: How
    sure: Sure
    fit: float
    why: str
