"""The complete result for scripts. Keys are added, never renamed or removed."""

from __future__ import annotations

from recviewer.checking.model import Checked, Located
from recviewer.exchange.model import Json
from recviewer.exchange.plain import dumps
from recviewer.smells import Rule, Severity


def render(checked: Checked) -> str:
    """Return the public JSON object as text."""
    return dumps(as_json(checked), indent=1) + "\n"


def as_json(checked: Checked) -> dict[str, Json]:
    """Return the public JSON object."""
    return {
        "looked_at": checked.where,
        checked.unit + "s": checked.recordings,
        "counts": {level.value: checked.levels[level] for level in Severity},
        "standings": {standing.value: count for standing, count in sorted(checked.standings.items())},
        "findings": [_finding(one) for one in checked.found],
        "rules": [rule_json(rule) for rule in checked.asked],
        "not_asked": [rule.name for rule in checked.not_asked],
        "problems": list(checked.problems),
    }


def rule_json(rule: Rule) -> dict[str, Json]:
    """Return a rule's documentation."""
    words = rule.words
    return {
        "rule": rule.name,
        "each": rule.each,
        "levels": [level.value for level in rule.levels],
        "heuristic": rule.is_heuristic,
        "needs": rule.needs.value,
        "what": words.what,
        "why": words.why,
        "example": words.example,
        "fix": words.fix,
        "mistaken": words.mistaken,
    }


def _finding(one: Located) -> dict[str, Json]:
    noticed = one.noticed
    return {
        "rule": one.rule,
        "level": one.level.value,
        "standing": one.standing.value,
        "reason": one.reason,
        "says": noticed.says,
        "what": noticed.held.what,
        "file": one.file,
        "line": one.line,
        "path": noticed.key,
        "spots": [{"pointer": spot.pointer, "evidence": spot.evidence} for spot in noticed.held.spots],
        "others": list(noticed.held.others),
        "surplus": noticed.held.is_surplus,
        "test": noticed.test_id,
        "blob": noticed.blob,
        "fingerprint": noticed.subject,
        "heuristic": noticed.rule.is_heuristic,
        "identity": noticed.identity,
    }
