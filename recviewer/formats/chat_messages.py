"""Messages that stand beside the deltas of a chat stream: what they say that the deltas did not is shown as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from recviewer.exchange.model import Json, Left, Output
from recviewer.exchange.not_understood import leave
from recviewer.formats.answers import said_in
from recviewer.formats.lookup import Lookup
from recviewer.formats.messages import function_call, tool_calls


def leave_untold(messages: Mapping[int, Json], outputs: Sequence[Output], left: list[Left]) -> None:
    """Note those messages as not understood that say what their choice's deltas did not. messages: by choice."""
    for index, message in messages.items():
        said = next((output for output in outputs if output.index == index), None)
        if said is None or not _repeats(message, said):
            leave(message, ("choices", index, "message"), left)


def _repeats(message: Json, said: Output) -> bool:
    """Tell whether a message says nothing that its choice did not say: the first part of it, or all."""
    if not isinstance(message, dict):
        return False
    holder = Lookup(message, "")
    found = said_in(holder)
    calls = [(call.name, call.arguments) for call in [*tool_calls(holder), *function_call(holder)]]
    return (
        found.content in said.content
        and found.reasoning in said.reasoning
        and found.refusal in said.refusal
        and all(part in said.parts for part in found.parts)
        and all(any(name == call.name and text in call.arguments for call in said.tool_calls) for name, text in calls)
    )
