"""What is red or amber in a change set: what only the comparison or the new recordings show.

Every change is asked about, whether its bytes, its name or its place changed. What was as bad before is no finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from recviewer import smells
from recviewer.changes.model import Change

Finding: TypeAlias = smells.Finding[Change]


def findings(changes: Sequence[Change]) -> tuple[Finding, ...]:
    """Return what is red, then what is amber, in each what is on most changes first."""
    cases = [smells.Case(one.old, one.new, one.pair, one.moved_to) for one in changes]
    return smells.findings(changes, cases)
