"""Messages beside the deltas of a chat stream: what they contain beyond the deltas is kept as recorded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recviewer.exchange.model import Json, Left, Output
from recviewer.exchange.not_understood import leave
from recviewer.formats.answers import texts_in
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import function_call, tool_calls


def leave_differing(messages: Mapping[int, Json], outputs: Sequence[Output], left: list[Left]) -> None:
    """Append the messages that contain more than their choice's deltas to `left`. messages: by choice."""
    for index, message in messages.items():
        said = next((output for output in outputs if output.index == index), None)
        if said is None or not _repeats(message, said):
            leave(message, ("choices", index, "message"), left)


def _repeats(message: Json, said: Output) -> bool:
    """Tell whether a message only repeats its choice, completely or up to some point."""
    if not isinstance(message, dict):
        return False
    holder = Lookup(message, "")
    found = texts_in(holder)
    calls = [(call.name, call.arguments) for call in [*tool_calls(holder), *function_call(holder)]]
    return (
        found.content in said.content
        and found.reasoning in said.reasoning
        and found.refusal in said.refusal
        and all(part in said.parts for part in found.parts)
        and all(any(name == call.name and text in call.arguments for call in said.tool_calls) for name, text in calls)
    )
