"""Applies rules to single recordings while they are read, and to all of them together afterwards.

Only a short note is kept of each recording for rules about many, so that trees of any size can be examined.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from recviewer.pairing.sides import Side
from recviewer.smells.applying import COULD_NOT_LOOK, rules, weighed
from recviewer.smells.model import Among, Case, Held, Needs, Noted, Noticed, Rule, Severity, Surroundings

log = logging.getLogger(__name__)


def of_each(side: Side, asked: Sequence[Rule] | None = None) -> list[Noticed]:
    """Return the findings of rules about one recording. asked: the rules, by default all; those about many are ignored.

    If a rule raises, that is a finding of its own, and the other rules keep theirs.
    """
    found = []
    case = Case(None, side)
    for rule in rules() if asked is None else asked:
        if rule.needs is not Needs.EXCHANGE or rule.holds is None:
            continue
        try:
            held = rule.holds(case)
        except Exception:  # a bug of ours: continue, and report it as a finding
            log.exception("the rule %s failed", rule.name)
            held = failed(rule)
        if held is not None:
            found.append(on_side(rule, held, side))
    return found


def on_side(rule: Rule, held: Held, side: Side) -> Noticed:
    """Return a rule's result on a recording as a finding."""
    return Noticed(rule, held, side.path, side.test_id, side.blob, side.subject, side.file_path)


def notes_on(side: Side, asked: Sequence[Rule] | None = None) -> dict[str, str]:
    """Return the notes of rules about many on a recording, by rule name; without those that exclude it."""
    noted = {}
    for rule in rules() if asked is None else asked:
        if rule.among is not None and (note := _note(rule, rule.among, side)):
            noted[rule.name] = note
    return noted


def _note(rule: Rule, among: Among, side: Side) -> str:
    try:
        return among.note(side)
    except Exception:  # a bug of ours: exclude the recording, and log it
        log.exception("the rule %s could not note a recording", rule.name)
        return ""


def noted(side: Side, note: str) -> Noted:
    """Return a recording in the form for rules about many."""
    file = side.file_path if side.part else ""
    return Noted(side.path, side.test_id, side.blob, side.subject, side.meaning.replay.state.value, note, file)


def of_many(rule: Rule, some: Iterable[Noted], around: Surroundings) -> Iterator[Noticed]:
    """Yield the findings of a rule about many. some: the recordings of the whole tree that it noted."""
    if rule.among is None:
        return
    every = sorted(some, key=lambda one: one.key)
    groups: dict[str, list[Noted]] = {}
    if rule.needs is Needs.TEST:
        for one in every:
            if one.test_id:
                groups.setdefault(one.test_id, []).append(one)
    elif every:
        groups[""] = every
    for group in groups.values():
        try:
            found = list(rule.among.find(group, around))
        except Exception:  # a bug of ours: continue, and report it as a finding
            log.exception("the rule %s failed", rule.name)
            found = [(0, failed(rule))]
        for place, held in found:
            one = group[place]
            yield Noticed(rule, held, one.key, one.test_id, one.blob, one.subject, one.file or one.key)


def softened(found: Iterable[Noticed], around: Surroundings) -> Iterator[Noticed]:
    """Yield findings adjusted by their tests' sources and git's history."""
    for one in found:
        soften = one.rule.soften if one.test_id and around.sources is not None else None
        trace = one.rule.trace if around.history is not None else None
        try:
            told = replace(one, held=soften(one.held, one.test_id, around)) if soften else one
            yield replace(told, held=trace(told, around)) if trace else told
        except Exception:  # a bug of ours: keep the finding unchanged, and log it
            log.exception("the rule %s could not ask the sources", one.rule.name)
            yield one


def failed(rule: Rule) -> Held:
    """Return the result for a rule that raised."""
    return Held(Severity.AMBER, "failed", says=f"the rule {rule.name} {COULD_NOT_LOOK} it: a fault of recviewer")


def of_changes(cases: Iterable[Case], asked: Sequence[Rule] | None = None) -> Iterator[Noticed]:
    """Yield the findings on each change of a range, without those that were as bad before."""
    for case in cases:
        for rule in rules() if asked is None else asked:
            if rule.holds is None or (case.new is None and not rule.of_gone):
                continue
            try:
                held = weighed(rule.holds, case)
            except Exception:  # a bug of ours: continue, and report it as a finding
                log.exception("the rule %s failed", rule.name)
                held = failed(rule)
            if held is not None:
                yield on_side(rule, held, case.side)


class Looking:
    """Examines recordings one by one, then all together.

    asked: the rules, by default all. noted: the notes, by rule.
    """

    def __init__(self, asked: Sequence[Rule] | None = None) -> None:
        self.asked = tuple(rules() if asked is None else asked)
        self.noted: dict[str, list[Noted]] = {rule.name: [] for rule in self.asked if rule.among}

    def at(self, side: Side) -> list[Noticed]:
        """Return the findings on one recording, and keep notes for rules about many."""
        for name, note in notes_on(side, self.asked).items():
            self.noted[name].append(noted(side, note))
        return of_each(side, self.asked)

    def together(self, around: Surroundings | None = None) -> list[Noticed]:
        """Return the findings of rules about many."""
        beside = around or Surroundings()
        return [one for rule in self.asked if rule.among for one in of_many(rule, self.noted[rule.name], beside)]


def of_recordings(
    recordings: Iterable[Side], asked: Sequence[Rule] | None = None, around: Surroundings | None = None
) -> tuple[Noticed, ...]:
    """Return the findings on recordings, in the order of `in_order`. recordings: all recordings."""
    look = Looking(asked)
    found = [one for side in recordings for one in look.at(side)]
    return in_order([*softened(found, around or Surroundings()), *look.together(around)])


def in_order(found: Iterable[Noticed]) -> tuple[Noticed, ...]:
    """Return findings sorted by severity, rule and path."""
    levels = list(Severity)
    return tuple(sorted(found, key=lambda one: (levels.index(one.held.severity), one.rule.name, one.key)))
