"""What is odd about a recording, or about what became of it: rules, one a module in `rules/`, and what they find."""

from recviewer.smells.asking import findings, of_recordings, rules
from recviewer.smells.model import EVIDENCE, About, Case, Finding, Needs, Rule, Severity

__all__ = ["EVIDENCE", "About", "Case", "Finding", "Needs", "Rule", "Severity", "findings", "of_recordings", "rules"]
