"""GitLab's code quality report: a list of the counted findings, https://docs.gitlab.com/ci/testing/code_quality/."""

from __future__ import annotations

import hashlib
from collections import Counter

from recviewer.checking.model import Checked, Located
from recviewer.exchange.model import Json
from recviewer.exchange.plain import dumps, safe
from recviewer.smells import Severity

_SEVERITIES = {Severity.RED: "critical", Severity.AMBER: "minor", Severity.GREY: "info"}


def render(checked: Checked) -> str:
    """Return the report. Fingerprints are unique, since GitLab shows only one entry for each."""
    seen: Counter[str] = Counter()
    made = []
    for one in checked.counting:
        seen[one.noticed.identity] += 1
        made.append(_entry(one, seen[one.noticed.identity]))
    return dumps(made, indent=1) + "\n"


def _entry(one: Located, number: int) -> dict[str, Json]:
    noticed = one.noticed
    named = noticed.identity if number == 1 else f"{noticed.identity}:{number}"
    return {
        "description": safe(f"{noticed.says[:1].upper()}{noticed.says[1:]}. {noticed.rule.words.fix}"),
        "check_name": one.rule,
        "fingerprint": hashlib.sha256(named.encode()).hexdigest()[:40],
        "severity": _SEVERITIES[one.level],
        "location": {"path": one.file, "lines": {"begin": one.line}},
    }
