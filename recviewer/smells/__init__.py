"""Oddities of a recording, or of a change: the rules, one per module in `rules/`, and their findings."""

from recviewer.smells.asking import findings, rules
from recviewer.smells.looking import Looking, of_recordings
from recviewer.smells.model import EVIDENCE, About, Case, Finding, Needs, Noticed, Rule, Severity, Surroundings

__all__ = [
    "EVIDENCE",
    "About",
    "Case",
    "Finding",
    "Looking",
    "Needs",
    "Noticed",
    "Rule",
    "Severity",
    "Surroundings",
    "findings",
    "of_recordings",
    "rules",
]
