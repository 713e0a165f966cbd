"""Text for people: the worst findings first, with each rule explained once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from recviewer.checking.model import Checked, HowCounted, Located
from recviewer.exchange.amounts import counted
from recviewer.exchange.plain import safe
from recviewer.smells import Needs, Severity

MOST = 20
"""Most findings of one rule and level that are listed."""


def render(checked: Checked) -> str:
    """Return the result as text that is safe for terminals."""
    return safe("\n".join([*_lines(checked), ""]))


def _lines(checked: Checked) -> Iterator[str]:
    for (level, _), group in groupby(checked.counting, key=lambda one: (one.level, one.rule)):
        some = list(group)
        rule = some[0].noticed.rule
        mark = " (heuristic)" if rule.is_heuristic else ""
        yield f"{level.value} {rule.name}: {rule.each}{mark}"
        yield f"  Why it matters: {rule.words.why}"
        yield f"  What to do: {rule.words.fix}"
        for one in some[:MOST]:
            yield from _one(one)
        if len(some) > MOST:
            yield f"  … and {len(some) - MOST:,} more; --format json has them all"
        yield ""
    yield summed(checked)
    for problem in checked.problems:
        yield f"not looked at: {problem}"
    if checked.not_asked:
        yield f"{counted(len(checked.not_asked), 'rule was', 'rules were')} not asked: {_wanted(checked)}"


def _one(one: Located) -> Iterator[str]:
    noticed = one.noticed
    what = f" ({noticed.held.what})" if noticed.held.what and not noticed.held.says else ""
    part = f" {noticed.key[len(noticed.file) + 1 :]}" if noticed.key != noticed.file else ""
    yield _flat(f"  {one.file}:{one.line}{part}  {noticed.says}{what}")
    if noticed.evidence:
        yield _flat(f"      “{noticed.quoted}”")


def _flat(text: str) -> str:
    """Return text on one line, whatever a name or a recording contains."""
    return text.replace("\r", "<U+000D>").replace("\n", "<U+000A>")


def _wanted(checked: Checked) -> str:
    """Return what the rules that were not applied would have needed."""
    needs = {rule.needs for rule in checked.not_asked}
    said = ["two sides to compare (--base)"] if Needs.CHANGE in needs else []
    said += ["all recordings of the directory"] if needs & {Needs.TEST, Needs.TREE} else []
    return f"they need {' or '.join(said)}" if said else "they need more than was given"


def summed(checked: Checked) -> str:
    """Return the numbers in a sentence."""
    if not checked.recordings and not checked.found:
        return f"no {checked.unit}s to look at ({checked.where})"
    levels, standings = checked.levels, checked.standings
    parts = [f"{levels[level]:,} {level.value}" for level in Severity if levels[level]]
    said = ", ".join(parts) or "nothing found"
    rest = [
        f"{standings[standing]:,} {words}"
        for standing, words in ((HowCounted.SUPPRESSED, "suppressed"), (HowCounted.KNOWN, "there before"))
        if standings[standing]
    ]
    more = f"; {', '.join(rest)}" if rest else ""
    return f"{said} in {counted(checked.recordings, checked.unit)} ({checked.where}){more}"
