"""A list, a search or embeddings that came back empty."""

from __future__ import annotations

from collections.abc import Sequence

from recviewer.exchange.model import Hits, Kind, Passages, Table, Vector
from recviewer.pairing.sides import Side
from recviewer.smells.model import Case, Explained, Held, Instance, Needs, Rule, Severity, Told, answer, counted


def _holds(case: Case) -> Held | None:
    old, new = case.old, case.new
    if old is None or new is None or new.exchange.error is not None or new.exchange.kind is Kind.UNREADABLE:
        return None
    is_lost = (
        _results(old) and not _results(new) and not any(one.content or one.tool_calls for one in new.exchange.outputs)
    )
    return Held(Severity.RED, is_compared=True) if is_lost else None


def _results(side: Side) -> int:
    """Return the number of rows, vectors, hits and passages."""
    total = 0
    for exhibit in side.exchange.exhibits:
        match exhibit:
            case Table():
                total += len(exhibit.rows)
            case Vector():
                total += bool(exhibit.values)
            case Hits():
                total += len(exhibit.hits)
            case Passages():
                total += len(exhibit.passages)
    return total


def _tell(some: Sequence[Instance], every: Sequence[Case]) -> Told:
    title = f"{counted(len(some), 'recording')} lost {'its' if len(some) == 1 else 'their'} results"
    return Told(title, "The old recording has some; the new one has none.", answer(some[0]))


RULE = Rule(
    "lost-results",
    "it lost its results",
    Explained(
        what="A list, a search or embeddings that came back empty where the old recording has results.",
        why="The test now replays a search that finds nothing.",
        example="A vector search with five hits before, and none now.",
        fix="Look whether what is searched was filled before the search was recorded; re-record it.",
        measured="nothing in seven pull requests of OGX and seven changes of cassettes.",
    ),
    _holds,
    _tell,
    needs=Needs.CHANGE,
    levels=(Severity.RED, Severity.AMBER),
)
