"""Annotations of a GitHub workflow: the worst ten, and a notice about the rest, since GitHub shows ten per step."""

from __future__ import annotations

from collections.abc import Iterator

from recviewer.checking.forms.text import summed
from recviewer.checking.model import Checked, Located
from recviewer.exchange.plain import safe
from recviewer.smells import Severity

MOST = 10
"""Most annotations."""
_LEVELS = {Severity.RED: "error", Severity.AMBER: "warning", Severity.GREY: "notice"}


def render(checked: Checked) -> str:
    """Return a workflow command for each of the worst findings, and a notice with the counts."""
    return "\n".join([*_lines(checked), ""])


def _lines(checked: Checked) -> Iterator[str]:
    counting = checked.counting
    for one in counting[:MOST]:
        yield _command(one)
    more = f"; these are the worst {MOST}" if len(counting) > MOST else ""
    yield f"::notice title=recviewer::{_text(summed(checked) + more)}"
    for problem in checked.problems:
        yield _text(f"not looked at: {problem}")


def _command(one: Located) -> str:
    noticed = one.noticed
    evidence = f"\n“{noticed.quoted}”" if noticed.evidence else ""
    facts = {"file": one.file, "line": str(one.line), "title": f"recviewer: {one.rule}"}
    told = ",".join(f"{name}={_property(value)}" for name, value in facts.items())
    said = "\n".join([f"{noticed.says}{evidence}", noticed.rule.words.fix])
    return f"::{_LEVELS[one.level]} {told}::{_text(said)}"


def _text(text: str) -> str:
    """Escape a message for the runner."""
    return safe(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape the value of a property, which ends at a comma or colon."""
    return _text(text).replace(":", "%3A").replace(",", "%2C")
