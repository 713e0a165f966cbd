"""Placeholders for values that do not count as recorded."""

from __future__ import annotations

from recviewer.exchange.model import Json
from recviewer.exchange.not_understood import is_hollow


class StandIn(str):
    """A placeholder text. A recorded text with the same characters is not equal in kind: it is a plain `str`."""

    __slots__ = ()


PASSED = StandIn("…")
"""Stands for a harmless value of which only the presence counts."""

SIZE = "(characters)"
"""Key for the length of a block's text, where a reader joins several blocks."""


def passed_value(value: Json) -> Json:
    """Return what counts of a value of which only the presence does: of logprobs also that of alternatives and refusals."""
    if type(value) is dict:
        told = [key for key in _OPTIONAL if not is_hollow(value.get(key))]
        lists = [item for item in value.values() if type(item) is list]
    else:
        told, lists = [], [value] if type(value) is list else []
    if any(type(one) is dict and not is_hollow(one.get("top_logprobs")) for items in lists for one in items):
        told.append("top_logprobs of tokens")
    return [PASSED, *told] if told else PASSED


_OPTIONAL = ("refusal", "top_logprobs", "top_candidates", "topCandidates")
"""Keys of logprobs that are there only if they were asked for, or if the model refused."""
