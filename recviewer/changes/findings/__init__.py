"""What is red or amber in a change set: rules, each about something that only the comparison or the new recordings show.

Every change is asked about, whether its bytes, its name or its place changed. What was as bad before is no finding.
"""

from recviewer.changes.findings.asking import findings, rules
from recviewer.changes.findings.model import EVIDENCE, About, Finding, Rule
from recviewer.changes.model import Severity

__all__ = ["EVIDENCE", "About", "Finding", "Rule", "Severity", "findings", "rules"]
