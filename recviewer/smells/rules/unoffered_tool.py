"""A call of a tool that the request does not offer."""

from __future__ import annotations

from recviewer.smells.calls import calls_of, functions, offers_only_functions
from recviewer.smells.model import About, Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer


def _holds(case: Case) -> Held | None:
    """Only if all offered tools are named in the request: tools of a server, or found by a search, have other names."""
    if case.new is None:
        return None
    called = {call.name for call in calls_of(case.new.exchange) if call.name}
    if not called or not offers_only_functions(case.new.exchange):
        return None
    odd = sorted(called - set(functions(case.new.exchange)))
    if not odd:
        return None
    what = ", ".join(odd)
    says = f"it calls {what}, which was not offered"
    return Held(Severity.AMBER, what, fault=what, says=says, spots=in_answer(case.new, odd[0]))


RULE = Rule(
    "unoffered-tool",
    "it calls a tool that was not offered",
    Explained(
        what="An answer that calls a function which the request does not offer, where all that it offers are "
        "functions.",
        why="No client has such a tool: the call fails, or another one is made.",
        example="`list_files` is called, and only `get_file` was offered.",
        fix="Re-record it. If the tool was renamed, see whether the recording is older than the name.",
        mistaken="Tests that want to see what becomes of a made-up tool.",
        measured="0, 0 and 1; the one is right.",
        right={Severity.AMBER: (1, 1)},
    ),
    _holds,
    needs=Needs.EXCHANGE,
    about=About.CONTENT,
)
