"""Asks every rule of every case that gives it what it needs."""

from __future__ import annotations

import importlib
import logging
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache

from recviewer.smells import rules as package
from recviewer.smells.model import About, Case, Finding, Held, Instance, On, Rule, Severity, counted, plainly

log = logging.getLogger(__name__)

COULD_NOT_LOOK = "could not look at"


@cache
def rules() -> tuple[Rule, ...]:
    """Return every rule in `rules/`, in order of module name. They are discovered: there is no list to edit."""
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return tuple([importlib.import_module(f"{package.__name__}.{name}").RULE for name in names])


def findings(on: Sequence[On], cases: Sequence[Case], asked: Sequence[Rule] | None = None) -> tuple[Finding[On], ...]:
    """Return what is found on the changes of a range: what is red, then what is amber, and what is on most first.

    on: what the findings are to name. cases: the same, in the same order, as rules look at it. asked: the rules, by default
    all. A range knows neither all recordings of a test nor the tree, so of rules that need these only `holds` is asked.
    """
    named = rules() if asked is None else asked
    return _sorted([finding for rule in named for finding in ask(rule, on, cases)])


def _sorted(found: Sequence[Finding[On]]) -> tuple[Finding[On], ...]:
    return tuple(sorted(found, key=lambda finding: (list(Severity).index(finding.severity), -len(finding.on))))


def ask(rule: Rule, on: Sequence[On], cases: Sequence[Case]) -> Iterator[Finding[On]]:
    """Yield the findings of one rule: what is red, and what is only amber. on, cases: as of `findings`.

    A case on which the rule raises costs no other one its findings, and is found as one nobody knows about.
    """
    if rule.holds is None:
        return
    every: list[tuple[int, Instance]] = []
    failed: list[int] = []
    for place, case in enumerate(cases):
        if case.new is None and not rule.of_gone:
            continue
        try:
            held = weighed(rule.holds, case)
        except Exception:  # a bug of ours: the range goes on, and a finding says so
            log.exception("the rule %s failed", rule.name)
            failed.append(place)
            continue
        if held:
            every.append((place, Instance(case, held)))
    if failed:
        yield _failed(rule, tuple([on[place] for place in failed]))
    for severity in (Severity.RED, Severity.AMBER):
        places = [place for place, instance in every if instance.held.severity is severity]
        some = [instance for _, instance in every if instance.held.severity is severity]
        if not some:
            continue
        told = rule.tell(some, cases) if rule.tell else plainly(rule, some)
        detail = " ".join(filter(None, (told.detail, _guesses(some))))
        of_content = frozenset([at for at, one in enumerate(some) if _is_of_content(rule, one.held)])
        mine = tuple([on[place] for place in places])
        yield Finding(rule.name, severity, rule.each, told.title, detail, told.evidence, mine, of_content)


def _failed(rule: Rule, on: tuple[On, ...]) -> Finding[On]:
    title = f"{counted(len(on), 'recording')} that the rule {rule.name} {COULD_NOT_LOOK}"
    detail = f"Whether {rule.each} is not known: this is a fault of recviewer."
    return Finding(f"{rule.name}-failed", Severity.AMBER, "a rule could not look at it", title, detail, "", on)


Holds = Callable[[Case], Held | None]


def weighed(holds: Holds, case: Case) -> Held | None:
    """Ask a rule of a case, and leave out what was as bad before. What rests on a guess is never red."""
    held = holds(case)
    if held is None or (held.fault and _fault_before(holds, case) == held.fault):
        return None
    return _weighed(case, held)


def _fault_before(holds: Holds, case: Case) -> str:
    """Return the fault that the old recording has by itself, "" for none, or where it is a guess which one that is."""
    before = holds(Case(None, case.known)) if case.known is not None else None
    return before.fault if before is not None else ""


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
