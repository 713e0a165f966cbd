"""A tool call whose arguments are not a JSON object."""

from __future__ import annotations

from recviewer.exchange.model import Exchange, ToolCall
from recviewer.smells.calls import LONGEST, calls_of, is_nothing, parsed
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer


def _holds(case: Case) -> Held | None:
    """Missing arguments are accepted: some providers send none for a tool without parameters."""
    if case.new is None:
        return None
    bad = _bad(case.new.exchange)
    if bad is None:
        return None
    says = f"the arguments of its call of {bad.name} are not a JSON object"
    return Held(Severity.RED, bad.name, fault="no JSON object", says=says, spots=in_answer(case.new, bad.arguments))


def _bad(exchange: Exchange) -> ToolCall | None:
    for call in calls_of(exchange):
        if call.is_text or is_nothing(call.arguments) or len(call.arguments) > LONGEST:
            continue
        try:
            if not isinstance(parsed(call.arguments), dict):
                return call
        except ValueError:
            return call
    return None


RULE = Rule(
    "bad-arguments",
    "the arguments of a call are not a JSON object",
    Explained(
        what="An answer with a call whose arguments are not a JSON object, such as JSON that was cut off. A call "
        "without arguments is not a finding, for several providers write none for a tool that takes none.",
        why="A client that reads them fails, or makes another call than the model meant.",
        example='A call of `look` with the arguments `{"city": "Ber`.',
        fix="Re-record it. If the test is about broken arguments, suppress the finding and say so.",
        mistaken="Tests that want to see what a client makes of them.",
        measured="0, 0 and 1; the one is right.",
        right={Severity.RED: (1, 1)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
    levels=(Severity.RED,),
)
