"""Changes in the form that rules examine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from recviewer.changes.model import Change
from recviewer.exchange.encode import encode
from recviewer.exchange.fingerprint import arguments_as_json
from recviewer.pairing.sides import Side
from recviewer.smells import Case

Calls = Counter[bytes]
"""The tool calls of a model with their arguments, without ids."""


def cases_of(changes: Sequence[Change]) -> list[Case]:
    """Return the cases for the rules, in the order of the changes."""
    elsewhere = set(_made_elsewhere(changes))
    return [
        Case(one.old, one.new, one.pair, one.moved_to, is_made_elsewhere=place in elsewhere)
        for place, one in enumerate(changes)
    ]


def _made_elsewhere(changes: Sequence[Change]) -> Iterator[int]:
    """Yield the indexes of changes whose lost tool calls are made literally by another turn of their test or file.

    A call gained in one turn accounts for one lost call only.
    """
    made: dict[str, Calls] = {}
    for one in changes:
        story = one.about.story
        came = _calls(one.new) - _calls(one.old)
        if story and came:
            made.setdefault(story, Counter()).update(came)
    for place, one in enumerate(changes):
        lost = _calls(one.old) if one.new is not None and not _calls(one.new) else Counter()
        there = made.get(one.about.story)
        if lost and there is not None and lost <= there:
            there.subtract(lost)
            yield place


def _calls(side: Side | None) -> Calls:
    if side is None:
        return Counter()
    calls = [call for output in side.exchange.outputs for call in output.tool_calls]
    return Counter([encode([call.name, arguments_as_json(call.arguments)], is_sorted=True) for call in calls])
