"""A pair: the old and the new recording of one call, how they were found, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class How(StrEnum):
    """How a pair was found. Part of the public contract.

    path: the same path. bytes: the same bytes at another path. test: the same test, and a similar request.
    parameters: the same test function, whose parameters (the model, most often) changed. request: the test has another
    name, or none is known, but the request is the same. hand: a reviewer said so.
    """

    PATH = "path"
    BYTES = "bytes"
    TEST = "test"
    PARAMETERS = "parameters"
    REQUEST = "request"
    HAND = "hand"


class Sure(StrEnum):
    """How sure a pair is: nothing else comes into question, it fits best by far, or it is the best guess."""

    CERTAIN = "certain"
    LIKELY = "likely"
    POSSIBLE = "possible"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two recordings of one call, by their places in the two lists.

    fit: 0 to 1. why: a clause for a person, such as `the same test, request 98 % alike`.
    """

    old: int
    new: int
    how: How
    sure: Sure
    fit: float
    why: str
