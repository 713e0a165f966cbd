"""An answer whose end is no good one: cut off, filtered, refused, failed, paused, without an end, or empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from recviewer.exchange.model import Exchange
from recviewer.exchange.text import ENDED, Outcome, end_of_one
from recviewer.smells.model import About, Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted

_SAID = {
    Outcome.FAILED: ("failed", "failed"),
    Outcome.FILTERED: ("was stopped by a filter", "were stopped by a filter"),
    Outcome.REFUSED: ("is a refusal", "are refusals"),
    Outcome.TRUNCATED: ("was cut off at a limit", "were cut off at a limit"),
    Outcome.UNFINISHED: ("has no end", "have no end"),
    Outcome.PAUSED: ("was paused", "were paused"),
    Outcome.ODD_END: ("ended for a reason that nobody has described", "ended for reasons that nobody has described"),
    Outcome.EMPTY: ("is empty", "are empty"),
}
"""What is said of one such answer, and of several."""


def _holds(case: Case) -> Held | None:
    """An end of which only nobody knows what it means is amber."""
    if case.new is None:
        return None
    outcome = case.new.meaning.line.outcome
    if outcome not in _SAID:
        return None
    severity = Severity.AMBER if outcome is Outcome.ODD_END else Severity.RED
    return Held(severity, _reasons(case.new.exchange, outcome), fault=outcome)


def _reasons(exchange: Exchange, outcome: Outcome) -> str:
    """Return the finish reasons that say so, "" where something else does."""
    ended = [output for output in exchange.outputs if ENDED.get(end_of_one(output, exchange)) is outcome]
    return ", ".join(dict.fromkeys(output.finish_reason for output in ended if output.finish_reason))


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    kinds = Counter(one.case.side.meaning.line.outcome for one in some)
    said = ", ".join(f"{count:,} {_SAID[outcome][count > 1]}" for outcome, count in kinds.most_common())
    title = f"{counted(len(some), 'answer')} did not end well"
    if len(kinds) == 1:
        title, said = f"{counted(len(some), 'answer')} {_SAID[next(iter(kinds))][len(some) > 1]}", ""
    reasons = Counter(one.held.what for one in some if one.held.what)
    named = ", ".join(f"{reason} ×{count:,}" for reason, count in reasons.most_common(6))
    answered = sum(
        one.case.known is not None and one.case.known.meaning.line.outcome in (Outcome.ANSWER, Outcome.CALL)
        for one in some
    )
    parts = [f"{part}." for part in (said, f"Finish reason: {named}" if named else "") if part]
    if answered:
        parts.append(f"{counted(answered, 'recording')} ended well before.")
    return Told(title, " ".join(parts), answer(some[0]))


RULE = Rule(
    "broke-off",
    "the answer did not end well",
    Explained(
        what="An answer that was cut off, filtered, refused, failed, paused, never ended, or is empty. An end that "
        "nobody has described is amber.",
        why="A test that replays it tries half an answer, or none, and a passing test says nothing.",
        example="A chat completion whose finish reason is `length`.",
        fix="Record it again, with a higher limit or another prompt. If the test is about such an end, suppress "
        "the finding and say so.",
        mistaken="Tests that want a limit, a filter or a refusal to be met.",
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED, Severity.AMBER),
)
