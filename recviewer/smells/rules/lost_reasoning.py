"""An answer that came with reasoning before, and has none now."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.smells.model import Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted
from recviewer.smells.thinking import has_moved, leaked, thoughts


def _holds(case: Case) -> Held | None:
    """Reasoning that leaked into the answer has a rule of its own."""
    old, new = case.old, case.new
    if old is None or new is None or new.exchange.error is not None or not new.exchange.outputs:
        return None
    if not thoughts(old).strip() or thoughts(new).strip() or leaked(new) or has_moved(old, new):
        return None
    return Held(Severity.AMBER, is_compared=True)


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    title = f"{counted(len(some), 'answer')} lost {'its' if len(some) == 1 else 'their'} thinking"
    return Told(
        title, "The old recording has a channel of its own for it; in the new one it is empty.", answer(some[0])
    )


RULE = Rule(
    "lost-reasoning",
    "it lost its thinking",
    Explained(
        what="A new answer without thinking where the old one had some in a channel of its own.",
        why="The model, its settings or the server changed more than the test meant to.",
        example="`reasoning_content` is empty in every chunk.",
        fix="Look at model and parameters of both sides; re-record it if nobody wanted that.",
        mistaken="A model that was changed on purpose for one that does not think.",
        measured="nothing in seven pull requests of OGX and seven changes of cassettes.",
    ),
    _holds,
    _tell,
    needs=Needs.CHANGE,
)
