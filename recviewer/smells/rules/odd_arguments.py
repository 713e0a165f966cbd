"""A tool call whose arguments do not match the offered tool's schema."""

from __future__ import annotations

from recviewer.exchange.model import Exchange, Json, ToolCall
from recviewer.smells.calls import calls_of, functions, is_nothing, parsed
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.schema import fault
from recviewer.smells.spots import in_answer


def _holds(case: Case) -> Held | None:
    """Amber, since a model may do so, and a test may be about the consequences."""
    if case.new is None:
        return None
    call, why = _odd(case.new.exchange)
    if call is None:
        return None
    what = f"{call.name}: {why}"
    says = f"its call does not fit the offered tool: {what}"
    return Held(Severity.AMBER, what, fault=what, says=says, spots=in_answer(case.new, call.arguments))


def _odd(exchange: Exchange) -> tuple[ToolCall | None, str]:
    """Return the first call that does not match, and why."""
    schemas: dict[str, Json] | None = None
    for call in calls_of(exchange):
        if call.is_text:
            continue
        schemas = functions(exchange) if schemas is None else schemas
        try:
            given = {} if is_nothing(call.arguments) else parsed(call.arguments)
        except ValueError:  # the finding of another rule
            continue
        why = fault(given, schemas.get(call.name))
        if why:
            return call, why
    return None, ""


RULE = Rule(
    "odd-arguments",
    "the arguments of a call do not fit the offered tool",
    Explained(
        what="An answer with a call whose arguments do not fit the JSON schema of the tool that the request offers. "
        "Patterns, formats and references to elsewhere are not looked at.",
        why="The tool may refuse them, and the test replays a mistake of the model for ever.",
        example='`celsius` is a boolean in the schema, and the model wrote `"true"`.',
        fix="Re-record it, or with a stronger model. If the client is to repair such arguments, suppress the finding.",
        mistaken="None known: the arguments do not fit. Whether that matters the test knows.",
        measured="9, 3 and 1; all were read and are right.",
        right={Severity.AMBER: (11, 11)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
)
