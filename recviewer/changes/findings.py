"""What is red or amber in a change set: what only the comparison or the new recordings show.

Every change is asked about, whether its bytes, its name or its place changed. What was as bad before is no finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from recviewer import smells
from recviewer.changes.model import Change
from recviewer.changes.rule_cases import cases_of

Finding: TypeAlias = smells.Finding[Change]


def findings(changes: Sequence[Change]) -> tuple[Finding, ...]:
    """Return what is red, then what is amber, in each what is on most changes first."""
    return smells.findings(changes, cases_of(changes))
