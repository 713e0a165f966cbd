"""Oddities of a recording, or of a change: the rules, one per module in `rules/`, and their findings."""

from recviewer.smells.applying import findings, rules
from recviewer.smells.model import (
    EVIDENCE,
    About,
    Case,
    Finding,
    Needs,
    Noticed,
    Rule,
    Severity,
    Surroundings,
    excerpted,
)
from recviewer.smells.scanning import Looking, of_recordings

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
    "excerpted",
    "findings",
    "of_recordings",
    "rules",
]
