"""An answer that no longer contains its token usage."""

from __future__ import annotations

from recviewer.smells.model import Case, Explained, Held, Needs, Rule, Severity
from recviewer.smells.spots import in_answer


def _holds(case: Case) -> Held | None:
    old, new = case.old, case.new
    if old is None or new is None or new.exchange.error is not None or not new.exchange.outputs:
        return None
    if (
        not old.exchange.usage
        or new.exchange.usage
        or _asks(old.exchange.request.body) > _asks(new.exchange.request.body)
    ):
        return None
    return Held(Severity.AMBER, is_compared=True, spots=in_answer(new, ""))


def _asks(body: object) -> bool:
    """Tell whether a request asks for the usage of a stream."""
    options = body.get("stream_options") if isinstance(body, dict) else None
    return bool(options.get("include_usage")) if isinstance(options, dict) else False


RULE = Rule(
    "lost-usage",
    "it no longer says how many tokens were used",
    Explained(
        what="A new recording without usage, where the old one has it. Where the request no longer asks for the usage "
        "of its stream there is no finding.",
        why="What counts tokens or money is no longer tested, and may fail.",
        example="The old stream ended with a chunk of usage; the new one has none.",
        fix="Look whether the server or the client left it out, and re-record it.",
        measured="nothing in seven pull requests of OGX.",
    ),
    _holds,
    needs=Needs.CHANGE,
)
