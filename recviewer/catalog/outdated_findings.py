"""Whether a query is answered by findings that are older than the catalog: such an answer says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recviewer.catalog import tree_findings
from recviewer.catalog.own_findings import SMELLS
from recviewer.language.tree import Term


@dataclass(frozen=True, slots=True)
class Outdated:
    """Findings that are older than the catalog. at: when they were made, None if there are none yet.

    is_looking: a new check is in progress.
    """

    at: datetime | None
    is_looking: bool = False


def rests_on_look(terms: Iterable[Term]) -> bool:
    """Tell whether filters need the findings of a whole-tree check, and not just those that follow from a row."""
    return any(term.key == "smell" and term.value not in SMELLS for term in terms)


def outdated() -> Outdated | None:
    """Return the state of outdated findings; None if they are current."""
    found = tree_findings.current()
    if found is None:
        return Outdated(None)
    return None if found.is_current else Outdated(found.at)


def outdated_for(terms: Iterable[Term]) -> Outdated | None:
    """Return the same for a list with these filters, None if they do not need findings.

    Triggers a new check of the tree.
    """
    if not rests_on_look(terms):
        return None
    old = outdated()
    return None if old is None else Outdated(old.at, tree_findings.nudge())
