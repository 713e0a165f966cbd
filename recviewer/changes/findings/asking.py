"""Asks every rule of every change."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from recviewer.changes.findings import rules as package
from recviewer.changes.findings.model import About, Case, Finding, Held, Instance, Rule, counted
from recviewer.changes.model import Change, Severity


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule in `rules/`, in order of module name. They are discovered: there is no list to edit."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple([importlib.import_module(f"{package.__name__}.{name}").RULE for name in names])


def findings(changes: Sequence[Change]) -> tuple[Finding, ...]:
    """Return what is red, then what is amber, in each what concerns most first."""
    cases = [Case(change, change.old, change.new) for change in changes]
    found = [finding for rule in rules() for finding in _of(rule, cases)]
    return tuple(sorted(found, key=lambda finding: (list(Severity).index(finding.severity), -len(finding.changes))))


def _of(rule: Rule, cases: Sequence[Case]) -> Iterator[Finding]:
    """Yield the findings of a rule: what is red, and what is only amber."""
    asked = [case for case in cases if case.new is not None or rule.of_gone]
    every = [Instance(case, _weighed(case, held)) for case in asked if (held := rule.holds(case))]
    for severity in Severity:
        some = [instance for instance in every if instance.held.severity is severity]
        if not some:
            continue
        told = rule.tell(some, cases)
        detail = " ".join(filter(None, (told.detail, _guesses(some))))
        mine = tuple([instance.case.change for instance in some])
        of_content = frozenset([one.case.change.key for one in some if _is_of_content(rule, one.held)])
        yield Finding(rule.name, severity, rule.each, told.title, detail, told.evidence, mine, of_content)


def _is_of_content(rule: Rule, held: Held) -> bool:
    """Tell whether a finding is about what the new recording says, and nothing else."""
    return rule.about is About.CONTENT and not held.is_compared


def _weighed(case: Case, held: Held) -> Held:
    """Let no red rest on a guess: what was compared with a recording that is only possibly of the same call is amber."""
    return replace(held, severity=Severity.AMBER) if held.is_compared and case.is_guess else held


def _guesses(some: Sequence[Instance]) -> str:
    """Say how many rest on a guess."""
    count = sum(instance.held.is_compared and instance.case.is_guess for instance in some)
    if not count:
        return ""
    which = "Compared" if count == len(some) else f"{counted(count, 'recording')} compared"
    return f"{which} with a recording that is possibly of the same call."
