"""Whether a test's name tells that it expects an error, or an abnormal end.

Recordings only contain names: of the test, or of the cassette if that is named after its test. The source of a test is
read elsewhere (`asserts`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from recviewer.pairing.sides import Side

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_ERRORS = """
    error errors fail fails failed failing failure failures invalid reject rejects rejected rejecting raise raises raised bad
    unknown nonexistent nonexisting nonexist missing unsupported unauthorized unauthenticated forbidden denied exceed
    exceeds exceeded exceeding wrong malformed broken unavailable blocked refused exception exceptions negative duplicate
    incorrect nonsense misspelled unhappy
"""
_ERROR = frozenset(_ERRORS.split())
_ASKING_WRONG = "empty retired deprecated removed typo validate validates validation suggestion suggestions"
_ASKS_WRONG = frozenset(_ASKING_WRONG.split())
"""Words in names of tests that request something impossible, or expect a correction."""
_BUSIES = (
    "ratelimit throttle throttled throttling overload overloaded quota retry retries backoff timeout timeouts 429 503"
)
_BUSY = frozenset(_BUSIES.split())
_ENDS = """
    refusal refusals refuse refuses refused safety unsafe harmful blocked filtered armor
    filter filters filtering
    moderation cancel cancels cancelled cancellation limit limits truncated truncation truncates incomplete length max pause
    paused background stop guardrail guardrails shield empty
"""
_WANTED_ENDS = frozenset(_ENDS.split())
_ENDING = re.compile(r"(?:\.\w{2,6}){1,2}$")
_HASH = re.compile(r"[0-9a-f]{12}", re.IGNORECASE)
_NOT = re.compile(
    r"(?:nonexist|not(?:found|supported|allowed|exist|exists|available|permitted))|ratelimit|timedout|connection(?:error|refused)"
)


def wants_error(side: Side) -> bool:
    """Tell whether the names of a recording show that its test expects an error."""
    words = _words(_name(side))
    if _words(_around(side)) & _ERROR:
        return True
    return bool(
        words & _ERROR or words & _BUSY or any(re.fullmatch(r"[45]\d\d", word) for word in words) or "not*" in words
    )


def asks_wrong(side: Side) -> bool:
    """Tell whether they show that its request is invalid in itself, so that any provider that processes it declines."""
    return bool(_words(_name(side)) & _ASKS_WRONG)


def wants_busy(side: Side) -> bool:
    """Tell whether they show that it expects an overloaded or unavailable provider."""
    words = _words(_name(side))
    return bool(words & _BUSY) or "busy*" in words


def wants_odd_end(side: Side) -> bool:
    """Tell whether they show that it expects a truncated, refused, filtered, cancelled or empty answer."""
    return bool(_words(_name(side)) & _WANTED_ENDS)


def wants_thinking(side: Side) -> bool:
    """Tell whether they show that it is about a model's reasoning."""
    return not _words(_name(side)).isdisjoint(("thinking", "think"))


def _name(side: Side) -> str:
    """Return the name of the function, else that of the exchange's file unless it is a hash."""
    if side.test_id:
        return side.test_id.partition("[")[0].rpartition("::")[2]
    return _ENDING.sub("", side.name) if side.part or not _HASH.search(side.name) else ""


def _around(side: Side) -> str:
    """Return the names of the function's module and class."""
    return side.test_id.partition("[")[0].rpartition("::")[0].rpartition("/")[2] if side.test_id else ""


@lru_cache(maxsize=4_096)
def _words(name: str) -> frozenset[str]:
    words = [word.casefold() for word in _WORD.findall(name)]
    found = _NOT.search("".join(words))
    marks = [] if found is None else ["not*"] if found[0].startswith("no") else ["not*", "busy*"]
    return frozenset([*words, *marks])
