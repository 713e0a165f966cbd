"""Red and amber findings in a change set: those that depend on the comparison or on the new recordings.

Rules examine every change, of bytes, name or place. Whatever was as bad before is not a finding.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from recviewer import smells
from recviewer.changes.model import Change
from recviewer.changes.rule_cases import cases_of

Finding: TypeAlias = smells.Finding[Change]


def findings(changes: Sequence[Change]) -> tuple[Finding, ...]:
    """Return red findings, then amber ones, each sorted by number of changes."""
    return smells.findings(changes, cases_of(changes))
