"""A tool call that became an answer without one."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.exchange.model import Kind
from recviewer.pairing.sides import Side
from recviewer.smells.model import Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted


def _holds(case: Case) -> Held | None:
    """Errors and unreadable files have lost more than their call; they have rules of their own.

    A call that another turn of the test makes now is not lost: the test took one turn more, or one less.
    """
    old, new = case.old, case.new
    if (
        old is None
        or new is None
        or case.is_made_elsewhere
        or new.exchange.error is not None
        or new.exchange.kind is Kind.UNREADABLE
    ):
        return None
    return Held(Severity.RED, is_compared=True) if _calls(old) and not _calls(new) else None


def _calls(side: Side) -> int:
    return sum(len(output.tool_calls) for output in side.exchange.outputs)


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    title = f"{counted(len(some), 'recording')} lost {'its' if len(some) == 1 else 'their'} tool call"
    return Told(title, "The old recording called a tool; the new one answers without.", answer(some[0]))


RULE = Rule(
    "lost-tool-call",
    "it lost its tool call",
    Explained(
        what="An answer without a call of a tool where the old recording made one, and no turn of its test makes it now.",
        why="The test is about the tool, and the model now answers from its head.",
        example='Before: `get_weather({"city": "Paris"})`. Now: “I cannot know the weather.”',
        fix="Re-record it; if it comes again, the prompt, the tool's description or the model is the cause.",
        measured="1 in seven changes of cassettes, which is right; nothing in seven pull requests of OGX.",
        right={Severity.AMBER: (1, 1)},
    ),
    _holds,
    _tell,
    needs=Needs.CHANGE,
    levels=(Severity.RED, Severity.AMBER),
)
