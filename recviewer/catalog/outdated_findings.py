"""Whether a query is answered by what rules found before the catalog changed: such an answer says so."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from recviewer.catalog import tree_findings
from recviewer.catalog.own_findings import SMELLS
from recviewer.language.tree import Term


@dataclass(frozen=True, slots=True)
class Outdated:
    """Findings that are older than the catalog. at: when they were looked for, None where nothing was looked for yet.

    is_looking: they are looked for just now.
    """

    at: datetime | None
    is_looking: bool = False


def rests_on_look(terms: Iterable[Term]) -> bool:
    """Tell whether filters ask for what only a look at the whole tree tells, not for what follows from a row."""
    return any(term.key == "smell" and term.value not in SMELLS for term in terms)


def outdated() -> Outdated | None:
    """Return what is known of findings that something was indexed since; None where they are of what is there now."""
    found = tree_findings.current()
    if found is None:
        return Outdated(None)
    return None if found.is_current else Outdated(found.at)


def outdated_for(terms: Iterable[Term]) -> Outdated | None:
    """The same for a list with these filters, None where they ask for no such thing; has the tree looked at again."""
    if not rests_on_look(terms):
        return None
    old = outdated()
    return None if old is None else Outdated(old.at, tree_findings.nudge())
