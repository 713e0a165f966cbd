"""Token log probabilities that are missing now."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.smells.model import Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted
from recviewer.smells.rest import values


def _holds(case: Case) -> Held | None:
    old, new = case.old, case.new
    if old is None or new is None or new.exchange.error is not None or new.exchange.kind is Kind.UNREADABLE:
        return None
    return Held(Severity.AMBER, is_compared=True) if _has_any(old) and not _has_any(new) else None


def _has_any(side: Side) -> bool:
    """Gemini calls them `logprobsResult`. Its `avgLogprobs`, one number for all tokens, comes and goes at random."""
    return any(True for _ in values(side.exchange.rest, "logprobs", "logprobsresult"))


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    title = f"{counted(len(some), 'answer')} lost {'its' if len(some) == 1 else 'their'} probabilities of tokens"
    return Told(title, "The old recording has logprobs; the new one has none.", answer(some[0]))


RULE = Rule(
    "lost-logprobs",
    "it lost its probabilities of tokens",
    Explained(
        what="A new recording without the probabilities of tokens that the old one has.",
        why="The provider dropped them, or the request does not ask for them any more; what a test checks of them "
        "is gone.",
        example="`logprobs` is null in every choice, and was a list before.",
        fix="Look at the request; re-record it from a provider that gives them.",
        measured="5 in seven changes of cassettes, all of them an average that Gemini gives unasked, which counts no "
        "more.",
    ),
    _holds,
    _tell,
    needs=Needs.CHANGE,
)
