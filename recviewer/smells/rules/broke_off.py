"""An answer with an abnormal end: truncated, filtered, refused, failed, paused, unfinished, or empty."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from recviewer.exchange.model import Exchange, Kind
from recviewer.exchange.text import ENDED, Outcome, end_of_one
from recviewer.smells.intent import wants_odd_end
from recviewer.smells.model import (
    About,
    Case,
    Explained,
    Held,
    Instance,
    Needs,
    Rule,
    Severity,
    Told,
    answer,
    answer_of,
    counted,
)
from recviewer.smells.spots import in_answer

_SAID = {
    Outcome.FAILED: ("failed", "failed"),
    Outcome.FILTERED: ("was stopped by a filter", "were stopped by a filter"),
    Outcome.REFUSED: ("is a refusal", "are refusals"),
    Outcome.TRUNCATED: ("was cut off at a limit", "were cut off at a limit"),
    Outcome.UNFINISHED: ("has no end", "have no end"),
    Outcome.PAUSED: ("was paused", "were paused"),
    Outcome.ODD_END: ("ended for a reason that is not known", "ended for reasons that are not known"),
    Outcome.EMPTY: ("is empty", "are empty"),
}
"""The description of one such answer, and of several."""


_HEARD = (Kind.TRANSCRIPTION, Kind.REALTIME)
"""Kinds whose streams mark their end in other ways."""

_USED_LAST = (Kind.CHAT, Kind.COMPLETION)
"""Kinds whose streams send the usage last."""

_DEFAULT = 16
"""Default token limit of legacy completions."""

_SMALL = 256
"""Token limit up to which a request only wants part of an answer."""

_EARLY = frozenset(("queued", "pending", "running", "starting", "processing", "inprogress", "notfinished"))
"""States of a task that is polled by its client until it is done."""

_NO_LETTER = re.compile(r"[^a-z]+")

_LIMIT_NAMES = "max_tokens max_completion_tokens max_output_tokens max_new_tokens num_predict maxoutputtokens maxtokens"
_LIMITS = frozenset(_LIMIT_NAMES.split())
_ASIDE = ("options", "generationConfig", "config", "inferenceConfig", "parameters")
"""Keys of a request under which some APIs nest what others have at the top level."""


def _holds(case: Case) -> Held | None:
    """Red are ends that require a decision: not those that the request, or the test's name, asks for."""
    if case.new is None:
        return None
    outcome = case.new.meaning.line.outcome
    if outcome not in _SAID:
        return None
    said = _SAID[outcome][0]
    why, severity = _why(case, outcome)
    return Held(
        severity,
        _reasons(case.new.exchange, outcome),
        fault=outcome,
        says=f"the answer {said}{why}",
        spots=in_answer(case.new, answer_of(case.new)),
    )


def _why(case: Case, outcome: Outcome) -> tuple[str, Severity]:
    """Return what explains an end, as the end of a clause, and the resulting severity."""
    side = case.side
    reasons = _reasons(side.exchange, outcome)
    ended_well = case.known is not None and case.known.meaning.line.outcome in (Outcome.ANSWER, Outcome.CALL)
    if outcome is Outcome.ODD_END:
        return ("", Severity.AMBER) if reasons or ended_well else (": it gives none", Severity.GREY)
    if ended_well:
        return "", Severity.RED
    if outcome is Outcome.EMPTY and not side.exchange.request.messages:
        return ", and nobody asked a model", Severity.GREY
    if wants_odd_end(side):
        return ", as its test seems to want", Severity.GREY
    limit = _limit(side.exchange)
    if outcome is Outcome.TRUNCATED and limit is not None and limit <= _SMALL:
        why = f": its request asks for no more than {counted(limit, 'token')}"
        return (
            (why, Severity.GREY) if _says_anything(side.exchange) else (f"{why}, and it says nothing", Severity.AMBER)
        )
    if outcome is Outcome.UNFINISHED:
        return _why_unfinished(side.exchange, reasons)
    return "", Severity.RED


def _why_unfinished(exchange: Exchange, reasons: str) -> tuple[str, Severity]:
    """Distinguish an answer in progress, and a stream without a finish reason, from one that broke off."""
    if reasons:
        is_early = not exchange.streaming and _NO_LETTER.sub("", reasons.casefold()) in _EARLY
        return ", for it was asked for too early", Severity.GREY if is_early else Severity.AMBER
    if exchange.kind in _HEARD:
        return " that is known", Severity.GREY
    if exchange.kind in _USED_LAST and exchange.usage:
        return ": it gives no finish reason, though it tells what was used, which comes last", Severity.AMBER
    return "", Severity.RED


def _says_anything(exchange: Exchange) -> bool:
    """Tell whether an answer has text or tool calls, not only reasoning."""
    return any(output.content.strip() or output.tool_calls or output.parts for output in exchange.outputs)


def _limit(exchange: Exchange) -> int | None:
    """Return the token limit of a request, None if there is none."""
    params = exchange.request.params
    places = [params, *[params[key] for key in _ASIDE if isinstance(params.get(key), dict)]]
    found = [value for place in places for key, value in place.items() if key.lower() in _LIMITS and type(value) is int]
    if found:
        return min(found)
    return _DEFAULT if exchange.kind is Kind.COMPLETION else None


def _reasons(exchange: Exchange, outcome: Outcome) -> str:
    """Return the finish reasons for an outcome, "" if it follows from something else."""
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
        what="An answer that was cut off, filtered, refused, failed, paused, never ended, or is empty. Amber is an end "
        "that recviewer does not know, a stream that came to its end and names no reason, and an answer of thinking alone "
        f"that was cut off at a limit of {_SMALL} tokens or fewer, which the request sets. Grey is one with words that "
        "was cut off there, a task that its client asked for too early, an answer that gives no reason, what the test "
        "wants by its name, and an empty reply where no model was asked. What ended well before is red. Where an API sends "
        "no finish reason, or another mark of the end, that is no finding.",
        why="A test that replays it tries half an answer, or none, and a passing test says nothing.",
        example="A chat completion whose finish reason is `length`.",
        fix="Re-record it, with a higher limit or another prompt. If the test is about such an end, suppress "
        "the finding and say so.",
        mistaken="Tests that want a limit, a filter or a refusal to be met.",
        measured="22, 24 and 57, of which 0, 1 and 3 are red and 4, 2 and 3 amber; all were read, and ended as is said. Of "
        "the amber ones one is what its test wants. 38 and 8 in the later two, of which 0 and 2 are red and 5 and "
        "0 amber: all of these are right.",
        right={Severity.RED: (6, 6), Severity.AMBER: (7, 7), Severity.GREY: (20, 20)},
    ),
    _holds,
    _tell,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED, Severity.AMBER, Severity.GREY),
)
