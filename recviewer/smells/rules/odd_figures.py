"""Impossible figures in an answer: negative counts, totals below the sum of their parts, empty vectors."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from recviewer.exchange.model import Exchange, Json, Vector
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer

_TOTALS = ("total_tokens", "totalTokens", "totalTokenCount", "total_token_count")
_ASKED = (
    "prompt_tokens",
    "input_tokens",
    "inputTokens",
    "promptTokenCount",
    "prompt_token_count",
    "total_input_tokens",
)
_ANSWERED = (
    *("completion_tokens", "output_tokens", "outputTokens", "candidatesTokenCount", "candidates_token_count"),
    *("responseTokenCount", "total_output_tokens"),
)


def _holds(case: Case) -> Held | None:
    if case.new is None:
        return None
    what = next(_odd(case.new.exchange), "")
    if not what:
        return None
    says = f"its figures cannot be: {what}"
    return Held(Severity.AMBER, what, fault=what.partition(":")[0], says=says, spots=in_answer(case.new, what))


def _odd(exchange: Exchange) -> Iterator[str]:
    usage = exchange.usage or {}
    for name, count in _counts(usage):
        if count < 0:
            yield f"a count below zero: {name} is {count:,}"
    total, asked, answered = (_first(usage, names) for names in (_TOTALS, _ASKED, _ANSWERED))
    if total is not None and asked is not None and total < asked + (answered or 0):
        yield f"a total below its parts: {total:,} of {asked:,} and {answered or 0:,}"
    if answered == 0 and any(output.content.strip() for output in exchange.outputs):
        yield "an answer of no tokens: words, and 0 tokens"
    yield from _odd_vectors([one for one in exchange.exhibits if isinstance(one, Vector)])


def _counts(usage: Mapping[str, Json]) -> Iterator[tuple[str, int]]:
    for name, value in usage.items():
        if type(value) is int:
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{inner}", count) for inner, count in value.items() if type(count) is int)


def _first(usage: Mapping[str, Json], names: tuple[str, ...]) -> int | None:
    return next((usage[name] for name in names if type(usage.get(name)) is int), None)


def _odd_vectors(vectors: list[Vector]) -> Iterator[str]:
    lengths = {len(one.values) for one in vectors}
    if len(lengths) > 1 and not lengths <= {
        max(lengths),
        max(lengths) // 8,
    }:  # eight bits of binary vectors are one number
        yield "vectors of several lengths"
    for one in vectors:
        if one.values and not any(one.values):
            yield f"a vector of zeros: number {one.index + 1}"
        elif one.encoding != "base64" and not math.isfinite(sum(one.values)):
            yield f"a vector with values that are not numbers: number {one.index + 1}"


RULE = Rule(
    "odd-figures",
    "its figures cannot be",
    Explained(
        what="A reply with a negative count of tokens, a total below what it adds up, words of no tokens, or vectors "
        "that are all zeros, no numbers, or of several lengths. A total above its parts is not a finding: thinking and "
        "tools count too.",
        why="The server is broken, or somebody edited the recording. What counts tokens or compares vectors is tried "
        "on nothing.",
        example="`total_tokens` is 10, `prompt_tokens` 12.",
        fix="Re-record it. If the figures were made up for a test, suppress the finding and say so.",
        mistaken="Servers that do not count answers.",
        measured="nothing in any of them. Of 9 real recordings that were changed so by hand all were found.",
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
)
