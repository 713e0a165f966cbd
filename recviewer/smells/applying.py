"""Applies every rule to every case that has what the rule needs."""

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
    """Return the findings on the changes of a range: red, then amber, each sorted by number of changes.

    on: the objects that findings refer to. cases: the corresponding inputs of rules, in the same order. asked: the
    rules, by default all. A range knows neither all recordings of a test nor the tree, so of rules that need these only
    `holds` is applied.
    """
    named = rules() if asked is None else asked
    return _sorted([finding for rule in named for finding in ask(rule, on, cases)])


def _sorted(found: Sequence[Finding[On]]) -> tuple[Finding[On], ...]:
    return tuple(sorted(found, key=lambda finding: (list(Severity).index(finding.severity), -len(finding.on))))


def ask(rule: Rule, on: Sequence[On], cases: Sequence[Case]) -> Iterator[Finding[On]]:
    """Yield the findings of one rule: one red and one amber at most. on, cases: as for `findings`.

    If the rule raises on a case, the other cases keep their findings, and the failure is reported as a finding.
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
        except Exception:  # a bug of ours: continue, and report it as a finding
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
    """Apply a rule to a case, unless it was as bad before. Results based on a guess are never red."""
    held = holds(case)
    if held is None or (held.fault and _fault_before(holds, case) == held.fault):
        return None
    return _weighed(case, held)


def _fault_before(holds: Holds, case: Case) -> str:
    """Return the fault of the old recording by itself, "" if there is none, or if the pair is only a guess."""
    before = holds(Case(None, case.known)) if case.known is not None else None
    return before.fault if before is not None else ""


def _is_of_content(rule: Rule, held: Held) -> bool:
    """Tell whether a finding is only about the new recording's content."""
    return rule.about is About.CONTENT and not held.is_compared


def _weighed(case: Case, held: Held) -> Held:
    """Reduce red to amber if it rests on a comparison with a recording that is only possibly of the same call."""
    return replace(held, severity=Severity.AMBER) if held.is_compared and case.is_guess else held


def _guesses(some: Sequence[Instance]) -> str:
    """Return how many rest on a guess, as a clause."""
    count = sum(instance.held.is_compared and instance.case.is_guess for instance in some)
    if not count:
        return ""
    which = "Compared" if count == len(some) else f"{counted(count, 'recording')} compared"
    return f"{which} with a recording that is possibly of the same call."
